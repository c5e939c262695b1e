"""The files that a spec mentions: bytes to copy, texts, and the names of what lies in folders.

A file that is used as a text is a text of the spec that stands elsewhere: variables are filled in here, and its other
expressions are linked like all others. What is wrong in it is told at the path of its name, with the characters of the
file: `source` shows them there.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path as FilePath
from typing import NamedTuple

from labspec import files
from labspec.diagnostic import Diagnostic, Path, Rule, Severity
from labspec.model.architecture import Contents
from labspec.model.attributes import AWS_VALUES, split
from labspec.model.boot import SetupFile
from labspec.model.kind import leaves
from labspec.model.load import Loaded
from labspec.model.places import part_at
from labspec.model.spec import Spec
from labspec.model.text import Text, expressions
from labspec.model.word import FileName

MISSING_FILE = Rule(
    "LS020",
    "missing-file",
    "A file that the spec mentions cannot be used.",
    "Files are found relative to the document that mentions them, inside its folder.",
    "source: ../index.php",
    "source: files/index.php",
)
NOT_TEXT = Rule(
    "LS021",
    "not-a-text",
    "A file that is used as a text is none.",
    "User data and files with `render: true` become text of the template, so they are text themselves: UTF-8, without"
    " the byte 0. Any other file is copied byte for byte, and may hold anything.",
    "setup: {files: {/srv/logo.png: {source: logo.png, render: true}}}",
    "setup: {files: {/srv/logo.png: {source: logo.png}}}",
)
MALFORMED = Rule(
    "LS022",
    "malformed-expression",
    "Something inside `${{ }}` in a file is no expression.",
    "In a file with `render: true`, all that stands inside `${{ }}` is filled in: parameters, variables, attributes of"
    " members. There are no operators. Where other tools use these braces too, `$${{` is for them.",
    "# app.yaml, which says `render: true`\nworkers: ${{ Workers + 1 }}",
    "workers: ${{ Workers }}",
)
NOT_RENDERED = Rule(
    "LS023",
    "not-rendered",
    "An expression in a file is not filled in.",
    "Files are copied as they are unless `render: true` says otherwise: the machine would get the expression.",
    "setup: {files: {/etc/app.conf: {source: app.conf}}}     # which says ${{ Stage }}",
    "setup: {files: {/etc/app.conf: {source: app.conf, render: true}}}",
    Severity.WARNING,
)
MOST = 100
"""More such findings than these are not told of one file."""


class Gathered(NamedTuple):
    """What mentioned files hold, and what is wrong with them."""

    contents: Contents
    typed: Mapping[Path, tuple[str, str]]
    """Files into which findings may point, by the paths of their names: where each lies, and what is typed there."""
    diagnostics: Sequence[Diagnostic]


def gather(loaded: Loaded) -> Gathered:
    """Read every file that a spec mentions, once for each use; of a folder only the names of what lies in it."""
    before = len(loaded.variables.found)
    mentions = [(path, leaf) for path, leaf in (*leaves(loaded.spec), *loaded.remains) if isinstance(leaf, FileName)]
    work = _Work(loaded)
    for path, name in mentions:
        if name not in work.wrong:
            work.wrong[name] = list(work.read(name, path))
    loaded.variables.tell_unknown()
    typed = {path: work.typed[name] for path, name in mentions if name in work.typed}
    left = {path for path, _ in loaded.remains}
    found = [
        wrong.under(path)
        for path, name in mentions
        for wrong in work.wrong[name]
        if _concerns(wrong, path) and not (wrong.rule is NOT_RENDERED and path in left)  # its `render` may be mistyped
    ]
    contents = Contents(work.files, work.folders, work.pages, work.texts, work.archives)
    return Gathered(contents, typed, (*found, *loaded.variables.found[before:]))


@dataclass
class _Work:
    """The state of gathering files. What is wrong with one is told wherever it is mentioned."""

    loaded: Loaded
    files: dict[FileName, bytes] = field(default_factory=dict)
    folders: dict[FileName, tuple[str, ...]] = field(default_factory=dict)
    pages: dict[FileName, Mapping[str, bytes]] = field(default_factory=dict)
    texts: dict[FileName, Text] = field(default_factory=dict)
    archives: dict[FileName, bytes] = field(default_factory=dict)
    typed: dict[FileName, tuple[str, str]] = field(default_factory=dict)
    wrong: dict[FileName, list[Diagnostic]] = field(default_factory=dict)

    def read(self, name: FileName, path: Path) -> Iterator[Diagnostic]:
        """Read what a name stands for, which is mentioned first at a path."""
        try:
            target = files.resolve(name.folder, name.name)
            if name.use == "folder":
                self.folders[name] = files.names(target)
                self.pages[name] = files.pages(target, self.folders[name])
                if (packed := files.packed(target, self.folders[name])) is not None:
                    self.archives[name] = packed
            else:
                yield from self._file(name, path, target, files.read(target))
        except files.Unreadable as error:
            yield Diagnostic(MISSING_FILE, str(error), help=error.help(name.folder))

    def _file(self, name: FileName, path: Path, target: FilePath, content: bytes) -> Iterator[Diagnostic]:
        odd = _odd_byte(content)
        if odd is not None and name.use != "copied":
            yield _not_text(path, target, content, odd)
            return
        self.files[name] = content
        if odd is None:
            # A byte order mark is no part of a text.
            yield from self._text(name, path, target, content.decode("utf-8").removeprefix("\ufeff"))

    def _text(self, name: FileName, path: Path, target: FilePath, typed: str) -> Iterator[Diagnostic]:
        if name.use == "rendered":
            text, mistakes = Text.of_file(typed)
            found = [Diagnostic(MALFORMED, m.message, chars=m.chars, help=m.help) for m in mistakes[:MOST]]
            self.texts[name] = self.loaded.variables.fill_text(text, path)
        else:
            found = list(islice(_not_rendered(self.loaded.spec, typed), MOST))
            if name.use == "text":
                self.texts[name] = Text((typed,))
        if found or name.use == "rendered":
            self.typed[name] = (str(target), typed)
        yield from found


# ------------------------------------------------------------------ what is a text


def _odd_byte(content: bytes) -> int | None:
    """Where the first byte stands that no text in UTF-8 has."""
    try:
        content.decode("utf-8")
    except UnicodeDecodeError as error:
        return error.start
    return at if (at := content.find(0)) >= 0 else None


def _not_text(path: Path, target: FilePath, content: bytes, odd: int) -> Diagnostic:
    message = f"`{target}` is not text in UTF-8 (byte {odd} is 0x{content[odd]:02X})."
    may_be_copied = part_at(path[:-1]) is SetupFile
    rest = "or leave `render` out: it is copied byte for byte then." if may_be_copied else "as all user data is."
    return Diagnostic(NOT_TEXT, message, help=f"Save it as UTF-8, {rest}")


# ------------------------------------------------------------------ what is not filled in


def _not_rendered(spec: Spec, typed: str) -> Iterator[Diagnostic]:
    """Expressions that would mean something, in a file that is copied."""
    for words, chars in expressions(typed):
        if _means_something(spec, words):
            message = f"`${{{{ {'.'.join(words)} }}}}` stays as it is: the file is copied."
            help_ = "Say `render: true` beside `source`, or accept it with `silence: {not-rendered: the reason}`."
            yield Diagnostic(NOT_RENDERED, message, chars=chars, help=help_)


def _means_something(spec: Spec, words: tuple[str, ...]) -> bool:
    if len(words) == 1:
        return words[0] in spec.parameters
    if words[0] in ("aws", "variables"):
        return words[1] in (AWS_VALUES if words[0] == "aws" else spec.variables)
    section, name, _ = split(words)
    return bool(section) and name in getattr(spec, section, ())


def _concerns(diagnostic: Diagnostic, path: Path) -> bool:
    """Whether a finding is one where a file is mentioned: nobody expects what could not be said there."""
    part = part_at(path[:-1])
    return diagnostic.rule is not NOT_RENDERED or (part is not None and "render" in part.model_fields)
