"""Where the characters of a value were typed: between the two lie quotes, escapes, folding and indentation."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from labspec.diagnostic import Span

BLANK = " \t\r\n"
PROPERTIES = re.compile(r"(?:[&!]\S*[ \t]+)*")
"""An anchor and a tag before a scalar."""
DOUBLED = re.compile("''|.")
ESCAPED = re.compile(r"\\(?:x(..)|u(.{4})|U(.{8})|(.))|[^\\]")
NAMED = {
    "0": "\0",
    "a": "\a",
    "b": "\b",
    "e": "\x1b",
    "f": "\f",
    "v": "\v",
    "N": "\x85",
    "_": "\xa0",
    "n": "\n",
    "t": "\t",
    "r": "\r",
}
"""Escapes of one letter that stand for another character."""

Typed = tuple[str, int, int, int]
"""A character of the value, and the line and the columns in which it was typed, from 1."""


def typed_at(lines: Sequence[str], span: Span, value: str, chars: tuple[int, int]) -> Span:
    """The place of some characters of the scalar that stands in a span; the whole span where they cannot be told.

    Blanks are left out on both sides: what YAML makes of them depends on what is around them.
    """
    first = sum(char not in BLANK for char in value[: chars[0]])
    wanted = [char for char in value[: chars[1]] if char not in BLANK]
    typed = [each for each, _ in zip(_typed(lines, span), wanted, strict=False)]
    if len(wanted) == first or [char for char, *_ in typed] != wanted:
        return span
    (_, line, column, _), (_, end_line, _, end_column) = typed[first], typed[-1]
    return Span(span.file, line, column, end_line, end_column)


def begins(typed: str) -> int:
    """Where a scalar begins in what was typed: after its anchor and its tag."""
    properties = PROPERTIES.match(typed)
    return properties.end() if properties else 0


def _typed(lines: Sequence[str], span: Span) -> Iterator[Typed]:
    """The characters of a scalar that are no blanks, in their order."""
    start = span.column - 1
    start += begins(lines[span.line - 1][start:])
    sign = lines[span.line - 1][start : start + 1]
    for number in range(span.line, min(span.end_line, len(lines)) + 1):
        line = lines[number - 1][: span.end_column - 1] if number == span.end_line else lines[number - 1]
        if number > span.line:
            start = 0
        elif sign in ("|", ">"):
            continue
        read = {'"': _escaped, "'": _doubled}.get(sign, _bare)
        yield from (
            each
            for each in read(line, number, start + (number == span.line and sign in ("'", '"')))
            if each[0] not in BLANK
        )


def _bare(line: str, number: int, start: int) -> Iterator[Typed]:
    for column in range(start, len(line)):
        yield line[column], number, column + 1, column + 2


def _doubled(line: str, number: int, start: int) -> Iterator[Typed]:
    """In single quotes, where two quotes are one."""
    for match in DOUBLED.finditer(line, start):
        yield match[0][0], number, match.start() + 1, match.end() + 1


def _escaped(line: str, number: int, start: int) -> Iterator[Typed]:
    """In double quotes, where a backslash begins an escape; one at the end of a line stands for nothing."""
    for match in ESCAPED.finditer(line, start):
        code = match[1] or match[2] or match[3]
        char = chr(int(code, 16)) if code else NAMED.get(match[4], match[4]) if match[4] else match[0]
        yield char, number, match.start() + 1, match.end() + 1
