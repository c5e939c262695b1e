"""From paths back to files and lines."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from labspec.diagnostic import At, Diagnostic, Path, Span
from labspec.nearest import nearest
from labspec.yaml_tree import Tree, slip_at, typed_at


@dataclass(frozen=True, slots=True)
class Source:
    """A resolved spec: its data, where everything in it was written, and what is wrong with how it is written."""

    file: str
    data: dict[str, Any]
    tree: Tree
    texts: Mapping[str, str]
    sums: Mapping[str, str]
    names: Mapping[str, str]
    """The documents that were read, relative to the spec's folder."""
    diagnostics: tuple[Diagnostic, ...] = ()
    told: frozenset[Path] = frozenset()
    """Where something is wrong and told already: there and below, nothing more is said."""
    incomplete: frozenset[Path] = frozenset()
    """What lacks something because of a mistake that is told."""
    partial: bool = False
    """Whether files could not be used that may declare what others name."""
    usable: bool = True
    """Whether there is anything to go on with."""
    hints: Mapping[Path, str] = field(default_factory=dict)
    """What may be the reason why a key is not known."""
    beside: Mapping[Path, Mapping[str, Tree]] = field(default_factory=dict)
    """The members of the other document, for each new one in a document that extends it."""
    absent: frozenset[tuple[str, str]] = frozenset()
    """Members (section, name) that `like` names and that there are not."""
    removed: frozenset[tuple[str, str]] = frozenset()
    """Members (section, name) that a null removed."""
    moved: Mapping[Path, Path] = field(default_factory=dict)
    """Members that were written elsewhere than their path says: where."""

    def place(self, diagnostic: Diagnostic) -> Diagnostic:
        """The diagnostic with lines and columns, its secondary labels too."""
        related = tuple(
            label
            if label.span or not label.path
            else replace(label, span=self._narrow(label.path, label.at, label.chars))
            for label in diagnostic.related
        )
        span = diagnostic.span or self._narrow(diagnostic.path, diagnostic.at, diagnostic.chars)
        return replace(diagnostic, span=span, related=related)

    def _narrow(self, path: Path, at: At, chars: tuple[int, int] | None) -> Span:
        """Where a path was written; of a text only some characters, if they are given."""
        tree = self._nearest(path)
        if chars is None or not isinstance(tree.value, str):
            return self.span(path, at)
        return typed_at(self.texts[tree.span.file].splitlines(), tree.span, tree.value, chars)

    def hint(self, path: Path) -> str:
        """What to say of a member that lacks something, or of a key that is not known.

        A member that is new in a document over another may be a mistyped one of the other's.
        """
        if path in self.hints or not (near := self.twin(path)):
            return self.hints.get(path, "")
        key = self.beside[path][near].key
        return f"Did you mean to change `{near}`" + (f" of {key.file}?" if key else "?")

    def twin(self, path: Path) -> str:
        """The member of another document that a new one may be a mistyped name for."""
        return (nearest(str(path[-1]), self.beside[path]) or "") if path in self.beside else ""

    def slip(self, path: Path, entry: bool) -> Diagnostic | None:
        """What is likely wrong with how a value, or a key that leads to it, is typed; asked where something is wrong.

        `entry` says whether the value should be a mapping, so that its text may be meant as an entry of one.
        """
        places = [(tree.key, True) for tree in self._steps(path) if tree.key]
        tree = self._nearest(path)
        if tree.style == "plain" and isinstance(tree.value, str):
            places.append((tree.span, entry))
        told = (found for found in self.diagnostics if found.span and _begins(found.span, tree.span))
        likely = (slip_at(span, self.texts[span.file].splitlines(), entries) for span, entries in places)
        return next((slip for slip in (*told, *likely) if slip), None)

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
        return f"{self.names.get(span.file, span.file)}:{span.line}:{span.column}"

    def digests(self) -> dict[str, str]:
        """The SHA-256 of every document that was read, by its path relative to the spec's folder."""
        return {self.names[file]: digest for file, digest in sorted(self.sums.items())}

    def _steps(self, path: Path) -> Iterator[Tree]:
        tree = self.tree
        for index, step in enumerate((*self.moved[path[:2]], *path[2:]) if path[:2] in self.moved else path):
            if tree.tag and str(step) in (f"Fn::{tree.tag[1:]}", tree.tag[1:]) and index:
                continue  # a short tag is a step of its own in what it stands for
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
        return [self.tree, *self._steps(path)][-1]


def _begins(one: Span, other: Span) -> bool:
    """Whether two stretches of text begin at one place."""
    return (one.file, one.line, one.column) == (other.file, other.line, other.column)
