"""YAML to data, and back from paths to lines.

A spec may be spread over files, and this is the only room that knows it. Four things happen, in this order, each on
trees that remember where every key and value stands (`yaml_tree`):

1. `extends`: the base document is resolved whole, by these same four steps, and the document is laid over it as a JSON
   merge patch (RFC 7396): maps merge by key, everything else replaces, a written null removes.
2. `include`: the sections of other documents, each resolved alone, are joined; the same member twice is an error.
   The document's own members are laid over both.
3. Overlays of the command line are laid over the result.
4. `like`: a member begins with a sibling's fields.

What comes out is plain data for the models, and a `Source` that turns the path of any diagnostic into the place where
the user wrote it: a value that came by `extends` or `like` is shown in the file and line where it stands.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path as FilePath
from typing import Any

from labspec import files
from labspec.diagnostic import Diagnostic, Label, Path, Rejected, Rule, Span
from labspec.nearest import did_you_mean
from labspec.yaml_tree import Tree, data, parse

UNREADABLE = Rule(
    "LS010",
    "unreadable-file",
    "A file cannot be read.",
    "A spec and the files that it mentions have at most 1 MiB, and lie inside the folder of what mentions them.",
    "include: [../../etc/passwd]",
    "include: [parts/network.yaml]",
)
CYCLE = Rule(
    "LS011",
    "file-cycle",
    "A document includes or extends itself.",
    "Each file is resolved whole before it is used, so none may need itself.",
    "# a.yaml\nextends: a.yaml",
    "# a.yaml\nextends: base.yaml",
)
MERGE = Rule(
    "LS012",
    "cannot-merge",
    "What one document says cannot be laid over what the other says.",
    "Maps merge by key. A single value over a map, or a map over a short form, would silently lose the rest.",
    "# base.yaml: health_check: {path: /, interval: 10s}\nhealth_check: /ok",
    "health_check: {path: /ok}",
)
DECLARED_TWICE = Rule(
    "LS013",
    "declared-twice",
    "Two joined files declare the same member.",
    "`include` joins files that know nothing of one another; to change a member, lay a document over it by `extends`.",
    "include: [a.yaml, b.yaml]     # both have vpcs.web",
    "extends: a.yaml",
)
LIKE = Rule(
    "LS014",
    "like",
    "`like` names nothing that a member could begin with.",
    "`like` names another member of the same section, and no circle.",
    "instances:\n  b: {like: aa}",
    "instances:\n  a: {subnet: public-1}\n  b: {like: a}",
)
NOTHING_TO_REMOVE = Rule(
    "LS015",
    "nothing-to-remove",
    "A null removes what is not there.",
    "In a document that extends another, a null removes. One that removes nothing is mistyped.",
    "extends: base.yaml\ninstances: {wbe: null}",
    "extends: base.yaml\ninstances: {web: null}",
)
EMPTY = Rule(
    "LS016",
    "not-a-spec",
    "The file holds no spec.",
    "A spec is a mapping that begins with `labspec: 1` and a name.",
    "- a list",
    "labspec: 1\nname: hello",
)

DIRECTIVES = ("extends", "include")


@dataclass(frozen=True, slots=True)
class Grammar:
    """What this room must know of the language: where members, raw bodies and nested sections stand, as patterns."""

    sections: frozenset[str]
    """Top-level keys that `include` takes."""
    deep_sections: frozenset[str]
    """Those of them whose entries stand one level deeper (`expect.blocked.*`)."""
    members: frozenset[tuple[str, ...]]
    """Where members stand that can say `like`."""
    raw: frozenset[tuple[str, ...]]
    """Where YAML's own types and CloudFormation's short tags apply."""
    not_copied: frozenset[str]
    """Fields that `like` leaves behind."""


@dataclass(frozen=True, slots=True)
class Source:
    """A resolved spec: its data, and where everything in it was written."""

    file: str
    data: dict[str, Any]
    tree: Tree
    texts: Mapping[str, str]
    moved: Mapping[Path, Path] = field(default_factory=dict)
    """Members that were written elsewhere than their path says: where."""

    def place(self, diagnostic: Diagnostic) -> Diagnostic:
        """The diagnostic with lines and columns, its secondary labels too."""
        related = tuple(
            label if label.span or not label.path else replace(label, span=self.span(label.path, label.at))
            for label in diagnostic.related
        )
        if diagnostic.span:
            return replace(diagnostic, related=related)
        span = self.span(diagnostic.path, diagnostic.at)
        if diagnostic.chars and (tree := self._find(diagnostic.path)) and isinstance(tree.value, str):
            span = self._narrow(tree, diagnostic.chars)
        return replace(diagnostic, span=span, related=related)

    def span(self, path: Path, at: str = "value") -> Span:
        """Where a path was written; where the path leads into what was filled in, the nearest thing above it."""
        tree = self._nearest(path)
        if tree is self.tree:
            return Span(self.file, 1, 1, 1, 1)
        if tree.key and (at == "key" or tree.is_empty or isinstance(tree.value, dict)):
            return tree.key
        return tree.span

    def position(self, path: Path) -> str:
        """`file:line:column`, the file relative to the spec's folder."""
        span = self.span(path)
        return f"{_relative(span.file, self.file)}:{span.line}:{span.column}"

    def digests(self) -> dict[str, str]:
        """The SHA-256 of every document that was read, by its path relative to the spec's folder."""
        return {
            _relative(file, self.file): hashlib.sha256(text.encode()).hexdigest()
            for file, text in sorted(self.texts.items())
        }

    def _steps(self, path: Path) -> Iterator[Tree]:
        tree = self.tree
        for step in (*self.moved[path[:2]], *path[2:]) if path[:2] in self.moved else path:
            inner: Tree | None = None
            if isinstance(tree.value, dict):
                inner = tree.value.get(str(step))
            elif isinstance(tree.value, list) and isinstance(step, int) and step < len(tree.value):
                inner = tree.value[step]
            if inner is None:
                return
            tree = inner
            yield tree

    def _nearest(self, path: Path) -> Tree:
        return next(iter(reversed([self.tree, *self._steps(path)])))

    def _find(self, path: Path) -> Tree | None:
        steps = list(self._steps(path))
        return steps[-1] if steps else None

    def _narrow(self, tree: Tree, chars: tuple[int, int]) -> Span:
        start, end = chars
        span, text = tree.span, str(tree.value)
        if tree.style == "block":
            return self._narrow_block(span, text, start, end)
        if span.line != span.end_line:
            return span
        offset = span.column + (tree.style == "quoted")
        return Span(span.file, span.line, offset + start, span.line, offset + end)

    def _narrow_block(self, span: Span, text: str, start: int, end: int) -> Span:
        line = text.count("\n", 0, start)
        column = start - (text.rfind("\n", 0, start) + 1)
        lines = self.texts[span.file].splitlines()
        number = span.line + line
        typed = lines[number] if number < len(lines) else ""
        wanted = text.splitlines()[line] if text else ""
        indent = max(typed.find(wanted), 0)
        at = indent + column + 1
        return Span(span.file, number + 1, at, number + 1, at + end - start)


def read(file: str, grammar: Grammar, overlays: Sequence[str] = ()) -> Source:
    """Read a spec and all that it extends and includes. Raises `Rejected` where that cannot be done."""
    reader = _Reader(grammar)
    tree = reader.resolved(file, ())
    for overlay in overlays:
        tree = reader.merge(tree, reader.resolved(overlay, (file,)), (), overlay)
    tree = reader.likes(tree)
    folders = {name: str(FilePath(name).parent) for name in reader.texts}
    kept = replace(
        tree, value={k: v for k, v in _mapping(tree).items() if not k.startswith("x-") and k not in DIRECTIVES}
    )
    return Source(file, data(kept, folders, grammar.raw), kept, reader.texts)


def _relative(file: str, spec: str) -> str:
    """A file's path from the folder of the spec."""
    return os.path.relpath(file, FilePath(spec).parent).replace(os.sep, "/")


def _mapping(tree: Tree) -> dict[str, Tree]:
    return tree.value if isinstance(tree.value, dict) else {}


class _Reader:
    def __init__(self, grammar: Grammar) -> None:
        self.grammar = grammar
        self.texts: dict[str, str] = {}

    def resolved(self, file: str, chain: tuple[str, ...], at: Tree | None = None) -> Tree:
        """One document with its base and its includes, before `like`. `at` is what names it."""
        tree = self._parse(file, chain, at)
        chain = (*chain, file)
        entries = _mapping(tree)
        base: Tree | None = None
        if (extends := entries.get("extends")) is not None:
            name = self._name(extends, "extends")
            base = self.resolved(name, chain, extends)
        for item in self._list(entries.get("include")):
            included = self.resolved(self._name(item, "include"), chain, item)
            base = self._join(base or replace(tree, value={}), included)
        own = replace(tree, value={k: v for k, v in entries.items() if k not in DIRECTIVES})
        return own if base is None else self.merge(base, own, (), file)

    def _parse(self, file: str, chain: tuple[str, ...], at: Tree | None) -> Tree:
        span = at.span if at else Span(file, 1, 1, 1, 1)
        if file in chain:
            route = " -> ".join([*chain[chain.index(file) :], file])
            raise Rejected(Diagnostic(CYCLE, f"These files need one another in a circle: {route}.", span=span))
        try:
            raw = files.read(FilePath(file))
            text = raw.decode("utf-8")
        except files.Unreadable as error:
            raise Rejected(Diagnostic(UNREADABLE, str(error), span=span)) from error
        except UnicodeDecodeError as error:
            line = raw.count(b"\n", 0, error.start) + 1
            where = Span(file, line, 1, line, 1)
            raise Rejected(
                Diagnostic(
                    UNREADABLE,
                    f"`{file}` is not text in UTF-8 (byte {error.start}).",
                    span=where,
                    help="Save it as UTF-8.",
                )
            ) from error
        self.texts[file] = text
        tree = parse(text.removeprefix("\ufeff"), file)
        if not isinstance(tree.value, dict):
            message = f"`{file}` is empty." if tree.is_empty else f"`{file}` is not a spec: a spec is a mapping."
            raise Rejected(
                Diagnostic(
                    EMPTY, message, span=Span(file, 1, 1, 1, 1), help="Begin with `labspec: 1` and `name: hello`."
                )
            )
        return tree

    def _list(self, tree: Tree | None) -> list[Tree]:
        if tree is None:
            return []
        return tree.value if isinstance(tree.value, list) else [tree]

    def _name(self, tree: Tree, directive: str) -> str:
        if not isinstance(tree.value, str) or tree.style in ("empty", "null"):
            raise Rejected(Diagnostic(UNREADABLE, f"`{directive}` takes the name of a file.", span=tree.span))
        try:
            return str(files.resolve(str(FilePath(tree.span.file).parent), tree.value))
        except files.Unreadable as error:
            raise Rejected(Diagnostic(UNREADABLE, str(error), span=tree.span)) from error

    # -------------------------------------------------------------- include

    def _join(self, base: Tree, included: Tree) -> Tree:
        joined = dict(_mapping(base))
        for section, tree in _mapping(included).items():
            if section not in self.grammar.sections or tree.is_empty:
                continue
            depth = 1 if section in self.grammar.deep_sections else 0
            joined[section] = self._union(joined[section], tree, depth) if section in joined else tree
        return replace(base, value=joined)

    def _union(self, left: Tree, right: Tree, depth: int) -> Tree:
        members = dict(_mapping(left))
        for name, tree in _mapping(right).items():
            if depth and name in members:
                members[name] = self._union(members[name], tree, depth - 1)
                continue
            if (other := members.get(name)) is not None:
                raise Rejected(
                    Diagnostic(
                        DECLARED_TWICE,
                        f"`{name}` is declared in two of the joined files.",
                        span=tree.key,
                        related=(Label("It is declared here, too.", span=other.key),),
                        help="Rename one, or let one document extend the other.",
                    )
                )
            members[name] = tree
        return replace(left, value=members)

    # -------------------------------------------------------------- extends

    def merge(self, base: Tree, patch: Tree, path: tuple[str, ...], file: str) -> Tree:
        """`patch` laid over `base`."""
        if patch.is_empty and isinstance(base.value, dict):
            return base
        if not isinstance(patch.value, dict) or not isinstance(base.value, dict):
            self._mergeable(base, patch)
            return patch
        if base.tag or patch.tag:
            return patch
        merged = dict(base.value)
        for name, tree in patch.value.items():
            inner = (*path, name)
            if tree.is_null and not self._in_raw(inner):
                if name not in merged:
                    self._nothing(tree, name, merged)
                del merged[name]
            elif name in merged:
                merged[name] = self.merge(merged[name], tree, inner, file)
            else:
                merged[name] = tree
        return replace(base, value=merged, span=patch.span, key=patch.key or base.key)

    def _mergeable(self, base: Tree, patch: Tree) -> None:
        one, other = isinstance(base.value, dict), isinstance(patch.value, dict)
        if one == other or base.is_empty or isinstance(base.value, list) or isinstance(patch.value, list):
            return
        message = (
            "A single value cannot be laid over a mapping." if one else "A mapping cannot be laid over a single value."
        )
        help_ = "Write the long form here." if one else "Write the long form in the base document."
        label = Label("This is what it is laid over.", span=base.key or base.span)
        raise Rejected(Diagnostic(MERGE, message, span=patch.span, related=(label,), help=help_))

    def _nothing(self, tree: Tree, name: str, there: Mapping[str, Tree]) -> None:
        message = f"There is no `{name}` to remove."
        raise Rejected(Diagnostic(NOTHING_TO_REMOVE, message, span=tree.key, help=did_you_mean(name, there)))

    def _in_raw(self, path: tuple[str, ...]) -> bool:
        return any(
            len(path) > len(pattern) and all(want in ("*", have) for want, have in zip(pattern, path, strict=False))
            for pattern in self.grammar.raw
        )

    # -------------------------------------------------------------- like

    def likes(self, tree: Tree) -> Tree:
        """Every `like` resolved, outermost members first."""
        for pattern in sorted(self.grammar.members, key=len):
            tree = self._at(tree, pattern[:-1], ())
        return tree

    def _at(self, tree: Tree, pattern: tuple[str, ...], path: tuple[str, ...]) -> Tree:
        if not isinstance(tree.value, dict):
            return tree
        if not pattern:
            return self._siblings(tree, path)
        names = list(tree.value) if pattern[0] == "*" else [name for name in (pattern[0],) if name in tree.value]
        inner = {name: self._at(tree.value[name], pattern[1:], (*path, name)) for name in names}
        return replace(tree, value={**tree.value, **inner})

    def _siblings(self, section: Tree, path: tuple[str, ...]) -> Tree:
        members = _mapping(section)
        if not any("like" in _mapping(member) for member in members.values()):
            return section
        done: dict[str, Tree] = {}
        for name in members:
            self._begin(name, members, done, (), path)
        return replace(section, value={name: done[name] for name in members})

    def _begin(
        self,
        name: str,
        members: Mapping[str, Tree],
        done: dict[str, Tree],
        chain: tuple[str, ...],
        path: tuple[str, ...],
    ) -> Tree:
        if name in done:
            return done[name]
        member = members[name]
        if (like := _mapping(member).get("like")) is None:
            done[name] = member
            return member
        if not isinstance(like.value, str) or like.value not in members:
            help_ = (
                did_you_mean(str(like.value), [other for other in members if other != name])
                if isinstance(like.value, str)
                else ""
            )
            raise Rejected(Diagnostic(LIKE, "`like` names no member of this section.", span=like.span, help=help_))
        if like.value in (*chain, name):
            route = " -> ".join([*chain, name, like.value])
            raise Rejected(
                Diagnostic(LIKE, f"These members begin with one another in a circle: {route}.", span=like.span)
            )
        model = self._begin(like.value, members, done, (*chain, name), path)
        copied = {k: v for k, v in _mapping(model).items() if k not in self.grammar.not_copied}
        base = replace(model, value={k: replace(v, via=(*v.via, f"like {like.value}")) for k, v in copied.items()})
        own = replace(member, value={k: v for k, v in _mapping(member).items() if k != "like"})
        merged = self.merge(base, own, (*path, name), member.span.file)
        done[name] = replace(merged, key=member.key, span=member.span)
        return done[name]
