"""Files to one document: bases, includes, and the order in which they are laid over one another."""

from __future__ import annotations

import codecs
import hashlib
import os
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path as FilePath

from labspec import files
from labspec.diagnostic import Diagnostic, Rejected, Rule, Span
from labspec.nearest import alike
from labspec.source.merge import alone, joined, merged
from labspec.source.rules import CYCLE, EMPTY, UNREADABLE
from labspec.source.work import Work
from labspec.yaml_tree import TOO_LARGE, Tree, parse, slip_at

DIRECTIVES = ("extends", "include")
MAX_FILES = 256
MAX_CHAIN = 32


class Documents:
    """Reads documents. `texts` holds what was read, as it is shown; `sums` the digests of the files."""

    def __init__(self, work: Work, drafts: Mapping[str, bytes]) -> None:
        self.work = work
        self.drafts = drafts
        self.texts: dict[str, str] = {}
        self.sums: dict[str, str] = {}
        self.done: dict[str, Tree | None] = {}

    def resolved(self, file: str, chain: tuple[str, ...] = (), at: Tree | None = None) -> Tree | None:
        """One document with its base and its includes, before `like`; None where it cannot be used.

        `chain` are the documents that need it, `at` is where the last of them names it.
        """
        identity = os.path.realpath(file)
        if not self._may_read(file, identity, chain, at):
            self.work.partial = True
            return None
        if identity not in self.done:
            tree = self._parse(file, at)
            self.done[identity] = tree and self._composed(tree, (*chain, file))
        if self.done[identity] is None:
            self.work.partial = True
        return self.done[identity]

    def _may_read(self, file: str, identity: str, chain: tuple[str, ...], at: Tree | None) -> bool:
        needing = [os.path.realpath(name) for name in chain]
        if identity in needing:
            route = " -> ".join([*chain[needing.index(identity) :], file])
            self._wrong(CYCLE, f"These files need one another in a circle: {route}.", file, at)
        elif len(chain) >= MAX_CHAIN:
            self._wrong(TOO_LARGE, f"More than {MAX_CHAIN} files stand one inside the other here.", file, at)
        elif identity not in self.done and len(self.done) >= MAX_FILES:
            self._wrong(TOO_LARGE, f"The spec has more than {MAX_FILES} files.", file, at)
        else:
            return True
        return False

    def _wrong(self, rule: Rule, message: str, file: str, at: Tree | None, help: str = "") -> None:
        if at and (slip := slip_at(at.span, self.texts[at.span.file].splitlines())):
            self.work.found.append(slip)
            return
        self.work.wrong(rule, message, at.span if at else Span(file, 1, 1, 1, 1), help=help)

    # -------------------------------------------------------------- one file

    def _parse(self, file: str, at: Tree | None) -> Tree | None:
        try:
            draft = self.drafts.get(os.path.realpath(file)) if self.drafts else None
            raw = files.read(FilePath(file), at.span.file if at else "") if draft is None else draft
        except files.Unreadable as error:
            self._wrong(UNREADABLE, str(error), file, at, error.help(_folder(at) if at else ""))
            return None
        text = raw.decode(_encoding(raw), "replace").removeprefix("\ufeff")
        self.texts[file] = text
        self.sums[file] = hashlib.sha256(raw).hexdigest()
        if (wrong := _not_text(raw, file)) is not None:
            self.work.found.append(wrong)
            return None
        try:
            tree, found = parse(text, file)
        except Rejected as rejected:
            self.work.found += rejected.diagnostics
            return None
        self.work.found += found
        if isinstance(tree.value, dict) and not _is_template(tree):
            return tree
        if isinstance(tree.value, dict):
            message = f"`{file}` is a template of CloudFormation, not a spec."
            folder = FilePath(file).parent
            help_ = f"`labspec lint {folder}` reads templates; a spec takes resources as they are under `resources`."
            self.work.wrong(EMPTY, message, Span(file, 1, 1, 1, 1), help=help_)
            return None
        if slip := slip_at(tree.span, text.splitlines()):
            self.work.found.append(slip)
            return None
        message = f"`{file}` is empty." if tree.is_empty else f"`{file}` is not a spec: a spec is a mapping."
        help_ = "Begin with `labspec: 1` and `name: hello`."
        self.work.wrong(EMPTY, message, Span(file, 1, 1, 1, 1), help=help_)
        return None

    # -------------------------------------------------------------- what it extends and includes

    def _composed(self, tree: Tree, chain: tuple[str, ...]) -> Tree:
        entries = {name: inner for name, inner in tree.entries.items() if not name.startswith("x-")}
        own = replace(tree, value={name: inner for name, inner in entries.items() if name not in DIRECTIVES})
        base: Tree | None = None
        if (extends := entries.get("extends")) is not None:
            base = self._named(extends, "extends", chain)
            if base is None:
                self.work.incomplete.add(())
                own = alone(self.work, own)
        if any(alike(name, DIRECTIVES) for name in entries.keys() - self.work.grammar.keys - {*DIRECTIVES}):
            self.work.incomplete.add(())  # such a key is told of as one that there is not
            self.work.partial = True
            own = alone(self.work, own)
        for item in _items(entries.get("include")):
            if (included := self._named(item, "include", chain)) is not None:
                base = joined(self.work, base or replace(tree, value={}), included)
        return own if base is None else merged(self.work, base, own)

    def _named(self, tree: Tree, directive: str, chain: tuple[str, ...]) -> Tree | None:
        if not isinstance(tree.value, str) or tree.is_empty or tree.is_null:
            help_ = "Several files are joined by `include`." if isinstance(tree.value, list) else ""
            self._wrong(UNREADABLE, f"`{directive}` takes the name of a file.", "", tree, help_)
        else:
            try:
                name = files.resolve(_folder(tree), tree.value)
                return self.resolved(str(name), chain, tree)
            except files.Unreadable as error:
                self._wrong(UNREADABLE, str(error), "", tree, error.help())
        self.work.partial = True
        return None


def _folder(tree: Tree) -> str:
    """The folder of the document that something is written in."""
    return str(FilePath(tree.span.file).parent)


def _items(tree: Tree | None) -> Iterator[Tree]:
    if tree is not None:
        yield from tree.value if isinstance(tree.value, list) else [tree]


def _is_template(tree: Tree) -> bool:
    return "labspec" not in tree.entries and bool({"AWSTemplateFormatVersion", "Resources"} & tree.entries.keys())


ENCODINGS = (
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
"""What a text in another encoding than UTF-8 begins with."""


def _encoding(raw: bytes) -> str:
    """The encoding that a text says it has, or that its zeros show."""
    marked = next((name for mark, name in ENCODINGS if raw.startswith(mark)), "")
    half = "utf-16-le" if raw[1:4:2] == b"\0\0" else "utf-16-be" if raw[:3:2] == b"\0\0" else ""
    return marked or (half if raw[:4].strip(b"\0") and raw[:2].isascii() else "") or "utf-8"


def _not_text(raw: bytes, file: str) -> Diagnostic | None:
    """A file of another kind, or text in another encoding."""
    if (encoding := _encoding(raw)) != "utf-8":
        message = f"`{file}` is text in {encoding[:6].upper()}; a spec is text in UTF-8."
        return Diagnostic(UNREADABLE, message, span=Span(file, 1, 1, 1, 1), help="Save it as UTF-8.")
    try:
        raw.decode("utf-8")
    except UnicodeDecodeError as error:
        before = raw[: error.start].decode("utf-8")
        line, column = before.count("\n") + 1, len(before) - (before.rfind("\n") + 1) + 1
        message = f"`{file}` is not text in UTF-8: byte {error.start}, {raw[error.start]:#04x}, is none of it."
        return Diagnostic(
            UNREADABLE, message, span=Span(file, line, column, line, column + 1), help="Save it as UTF-8."
        )
    return None
