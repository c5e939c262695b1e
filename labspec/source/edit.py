"""From a fix to the edit of a text: the very characters to replace, where they were typed.

A value may come from elsewhere: from a document below, by `like`, by an alias, from a variable. It is mended where it
was written; and only where its text is what was read (no escapes, no folded lines, nothing filled in), so that all that
stands around it stays as it is.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from labspec.diagnostic import Fix, Path, Span
from labspec.yaml_tree import Tree, begins

PLAIN = re.compile(r"(?!(?:null|Null|NULL)\Z)[\w./](?:[\w./%+~@-]|:(?=\S)| (?=\S))*\Z")
"""Texts that stand for themselves in every style of scalar, also inside braces."""


def edit_of(fix: Fix, typed: object, span: Span | None, texts: Mapping[str, str]) -> Fix | None:
    """A fix of the key or scalar that was typed at a span, with the place of the characters that it replaces."""
    if typed != fix.old or span is None or not PLAIN.match(fix.text):
        return None
    place = _characters(span, fix.old, texts[span.file].splitlines())
    return fix._replace(span=place) if place else None


def _characters(span: Span, old: str, lines: list[str]) -> Span | None:
    """Where a text was typed: without its anchor, its tag and its quotes. None where it was typed otherwise."""
    if span.line != span.end_line or span.line > len(lines):
        return None
    raw = lines[span.line - 1][span.column - 1 : span.end_column - 1]
    start = begins(raw)
    quoted = raw[start:] in (f'"{old}"', f"'{old}'")
    if raw[start:] != old and not quoted:
        return None
    column = span.column + start + quoted
    return Span(span.file, span.line, column, span.line, column + len(old))


def uses(places: Iterable[Span], trees: Iterable[tuple[Path, Tree]]) -> dict[Span, set[Path]]:
    """Every path at which what was typed at some places is used, in trees that each have a path."""
    found: dict[Span, set[Path]] = {place: set() for place in places}
    lines: dict[tuple[str, int], list[Span]] = {}
    for place in found:
        lines.setdefault((place.file, place.line), []).append(place)
    for path, tree in trees:
        for inner, span in _typed(tree, path):
            for place in lines.get((span.file, span.line), ()):
                if span.column <= place.column and place.end_column <= span.end_column:
                    found[place].add(inner)
    return found


def _typed(tree: Tree, path: Path) -> Iterator[tuple[Path, Span]]:
    """The keys and scalars in a tree."""
    if tree.key:
        yield path, tree.key
    if isinstance(tree.value, str):
        yield path, tree.span
    for step, inner in tree.entries.items() or enumerate(tree.inside):
        yield from _typed(inner, (*path, step))
