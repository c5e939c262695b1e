"""A document as a tree."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from labspec.diagnostic import Span
from labspec.scalar import Style

MAX_DEPTH = 64
"""Mappings and lists inside one another."""
MAX_NODES = 100_000
"""Values in a document, everything that aliases, `like` and other files bring included."""


@dataclass(slots=True)
class Tree:
    """A value of a document: a mapping, a list or a scalar, where it stands, and where its key stands."""

    value: dict[str, Tree] | list[Tree] | str
    span: Span
    key: Span | None = None
    style: Style = "plain"
    tag: str = ""
    in_braces: bool = False
    """Whether a mapping or list stands in braces or brackets."""
    via: str = ""
    """The member that it began with (`like`)."""
    twice: bool = False
    """Whether its key stands twice, and it holds what both mappings say."""

    @property
    def is_null(self) -> bool:
        """Whether a null was written out."""
        return self.style == "null"

    @property
    def is_empty(self) -> bool:
        """Whether nothing at all was written."""
        return self.style == "empty"

    @property
    def entries(self) -> dict[str, Tree]:
        """A mapping's entries; none of anything else."""
        return self.value if isinstance(self.value, dict) else {}

    @property
    def inside(self) -> list[Tree]:
        """What stands directly inside."""
        if isinstance(self.value, dict):
            return list(self.value.values())
        return self.value if isinstance(self.value, list) else []


def at(file: str, line: int, column: int, length: int = 1) -> Span:
    """A place that is counted from 0."""
    return Span(file, line + 1, column + 1, line + 1, column + 1 + length)


def within(tree: Tree, most: int = MAX_NODES) -> Iterator[tuple[Tree, int]]:
    """A tree and everything inside it, each with its depth; at most one more than `most`."""
    pending, seen = [(tree, 1)], 0
    while pending and seen <= most:
        seen += 1
        top, depth = pending.pop()
        yield top, depth
        pending.extend((inner, depth + 1) for inner in top.inside)
