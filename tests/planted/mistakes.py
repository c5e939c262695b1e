"""The classes of mistakes: each makes, of a spec's text and a spot in it, the texts with that mistake."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import NamedTuple

from labspec.diagnostic import Span
from labspec.model.word import Names, Word
from tests.planted.scalars import Spot


class Mutant(NamedTuple):
    """A text with a mistake."""

    text: str
    line: int
    column: int
    """Where the mistake stands."""
    end: int
    """The column after it."""
    meant: str = ""
    """What the finding has to show; nothing where nobody can know it."""


class Excluded(Exception):
    """A mistake that cannot be made here: the reason."""


Planter = Callable[[str, Spot, Mapping[str, Sequence[str]]], Iterator[Mutant]]


def _offset(text: str, line: int, column: int) -> int:
    return sum(map(len, text.splitlines(keepends=True)[: line - 1])) + column - 1


def _cut(text: str, span: Span) -> tuple[int, int]:
    return _offset(text, span.line, span.column), _offset(text, span.end_line, span.end_column)


def _replaced(text: str, spot: Spot, new: str, meant: str = "") -> Mutant:
    start, end = _cut(text, spot.span)
    column, quote = spot.span.column, text[start] if text[start] in "\"'" else ""
    new = new if new.startswith(("{", "[[")) else quote + new + quote
    return Mutant(text[:start] + new + text[end:], spot.span.line, column, column + len(new), meant)


def _bare(text: str, spot: Spot) -> None:
    start, end = _cut(text, spot.span)
    if text[start:end].strip("\"'") != spot.text:
        raise Excluded("text of several lines, or written otherwise than it is meant")


def misspelling(text: str, spot: Spot, _: Mapping[str, Sequence[str]]) -> Iterator[Mutant]:
    """Two characters swapped, one left out, one typed twice, one replaced."""
    _bare(text, spot)
    word, at = spot.text, len(spot.text) // 2
    if len(word) < 3:
        raise Excluded("of so short a word anything is a misspelling")
    meant = word if spot.is_word else ""
    swapped = word[: at - 1] + word[at] + word[at - 1] + word[at + 1 :]
    for wrong in dict.fromkeys(
        (swapped, word[:at] + word[at + 1 :], word[:at] + word[at] + word[at:], f"{word[:at]}q{word[at + 1 :]}")
    ):
        if wrong != word:
            yield _replaced(text, spot, wrong, meant)


def wrong_type(text: str, spot: Spot, _: Mapping[str, Sequence[str]]) -> Iterator[Mutant]:
    """A mapping or a list of lists in the place of a value; words in the place of a number or a notation."""
    if spot.is_key:
        raise Excluded("a key has no type")
    _bare(text, spot)
    mapping, key = _replaced(text, spot, "{strange: thing}"), spot.tree.key
    # What a mapping stands in the place of is shown by its key: the mapping may begin in the next line.
    yield mapping._replace(column=key.column) if key and key.line == mapping.line else mapping
    yield _replaced(text, spot, "[[strange]]")
    if spot.takes(Word):
        yield _replaced(text, spot, "quite some words")


def wrong_reference(text: str, spot: Spot, members: Mapping[str, Sequence[str]]) -> Iterator[Mutant]:
    """The name of a member of another kind, that exists."""
    names = [section for mark in spot.takes(Names) for section in mark.sections]
    if not names:
        raise Excluded("it names no member")
    _bare(text, spot)
    right = {name for section in names for name in members.get(section, ())}
    others = {name: section for section in sorted(members) if section not in names for name in members[section]}
    shared = [name for section in members for name in members[section]]
    only = ((section, name) for name, section in others.items() if name not in right and shared.count(name) == 1)
    other = next(only, None)
    if other is None:
        raise Excluded("there is no member of another kind")
    yield _replaced(text, spot, other[1], other[0].removesuffix("s").replace("_", " "))


def out_of_range(text: str, spot: Spot, _: Mapping[str, Sequence[str]]) -> Iterator[Mutant]:
    """A number that no service takes, in the notation of the field."""
    number = re.fullmatch(r"(-?)([0-9]+)([smhd%]|GiB|TiB)?", spot.text)
    block = re.fullmatch(r"([0-9.]+)/[0-9]+", spot.text)
    if spot.is_key or not (number or block):
        raise Excluded("it is no number")
    _bare(text, spot)
    if number:
        yield _replaced(text, spot, f"987654321{number[3] or ''}")
        yield _replaced(text, spot, f"-{number[2]}{number[3] or ''}")
    elif block:
        yield _replaced(text, spot, f"{block[1]}/99")
        yield _replaced(text, spot, "1.2.3.456/24")


class _Entry(NamedTuple):
    """A key and its scalar in one line: the text, where it is, and whether it stands in braces."""

    words: str
    start: int
    end: int
    braces: bool


def _entry(text: str, spot: Spot) -> _Entry:
    if not spot.is_key:
        raise Excluded("told of the key")
    if not isinstance(spot.tree.value, str):
        raise Excluded("it leads to more than a scalar")
    start, end = _cut(text, spot.span)[0], _cut(text, spot.tree.span)[1]
    words = text[start:end]
    if "\n" in words or not words.startswith(spot.text) or words.endswith(":"):
        raise Excluded("text of several lines, or written otherwise than it is meant")
    return _Entry(words, start, end, spot.around.in_braces)


def _without(text: str, entry: _Entry) -> str:
    before, after = text[: entry.start], text[entry.end :]
    if entry.braces:
        rest = re.sub(r"\A\s*,\s*", "", after)
        return before + rest if rest != after else re.sub(r",\s*\Z", "", before) + after
    line = before.rfind("\n") + 1
    if before[line:].strip():
        raise Excluded("it begins an item of a list")
    return text[:line] + after.partition("\n")[2]


def missing(text: str, spot: Spot, _: Mapping[str, Sequence[str]]) -> Iterator[Mutant]:
    """The line is left out: the finding stands at what it is missing from, or at what needed it."""
    entry = _entry(text, spot)
    if len(spot.around.entries) == 1:
        raise Excluded("the only entry")
    if spot.path == ("extends",):
        raise Excluded("without what it extends, the spec is another")
    place = spot.above or Span(spot.span.file, 1, 1, 1, 1)
    yield Mutant(_without(text, entry), place.line, place.column, place.end_column)


def duplicate(text: str, spot: Spot, _: Mapping[str, Sequence[str]]) -> Iterator[Mutant]:
    """The entry stands twice."""
    entry = _entry(text, spot)
    if entry.braces:
        column = spot.span.column + len(entry.words) + 2
        yield Mutant(
            f"{text[: entry.end]}, {entry.words}{text[entry.end :]}", spot.span.line, column, column + len(spot.text)
        )
        return
    indent = " " * (spot.span.column - 1)
    end = text.find("\n", entry.end)
    column = spot.span.column
    yield Mutant(
        f"{text[: end + 1]}{indent}{entry.words}\n{text[end + 1 :]}",
        spot.span.line + 1,
        column,
        column + len(spot.text),
    )


def moved(text: str, spot: Spot, _: Mapping[str, Sequence[str]]) -> Iterator[Mutant]:
    """The entry stands beside the key that it belongs under."""
    entry = _entry(text, spot)
    if spot.above is None or spot.above.line > spot.span.line:
        raise Excluded("it stands at the top")
    if len(spot.around.entries) == 1:
        raise Excluded("the only entry")
    rest = _without(text, entry)
    start, _end = _cut(text, spot.above)
    line, column = spot.above.line, spot.above.column
    before = text[text.rfind("\n", 0, start) + 1 : start]
    joint = ", " if before.strip(" -") else "\n" + " " * (column - 1)
    yield Mutant(rest[:start] + entry.words + joint + rest[start:], line, column, column + len(spot.text), spot.text)


CLASSES: Mapping[str, Planter] = {
    "misspelling": misspelling,
    "wrong type": wrong_type,
    "wrong reference": wrong_reference,
    "out of range": out_of_range,
    "missing": missing,
    "duplicate": duplicate,
    "moved": moved,
}
