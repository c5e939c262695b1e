"""Lines that are indented as they cannot be."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import takewhile
from typing import NamedTuple

from labspec.diagnostic import Diagnostic, Label, Span
from labspec.wording import plural
from labspec.yaml_tree.rules import SYNTAX
from labspec.yaml_tree.tree import at

LEAD = re.compile(r"(\s*(?:- +)*)(.*?)\s*(?:(?:^|(?<=\s))#.*)?")
VALUED = re.compile(r"[^\s:#][^:#]*:\s+[^\s|>&#].*")
"""A key with its value on one line."""
OPENS_TEXT = re.compile(r".*(?:^|\s)([|>])[-+0-9]*")
"""The end of a line under which a text is to stand."""


class Mend(NamedTuple):
    """A mistake in a line, and the line without it; None where it is a mistake beyond doubt.

    `whole` says that the text must then be YAML to its end.
    """

    line: int
    right: str | None
    diagnostic: Diagnostic
    whole: bool = False


def lead_and_text(line: str) -> tuple[str, str]:
    """What a line begins with, dashes of items included, and its text without a comment."""
    match = LEAD.fullmatch(line)
    return (match[1], match[2]) if match else ("", line)


def under_a_text(file: str, lines: list[str], line: int, above: int) -> Iterator[Mend]:
    """A line of a text under `|` or `>` that is not indented as one; `above` is the last before it with a text."""
    opens = OPENS_TEXT.fullmatch(lead_and_text(lines[above])[1]) if above < line else None
    if opens and _depth(lines[line]) <= _depth(lines[above]):
        message = f"A text under `{opens[1]}` is indented deeper than its key."
        label = Label("It belongs to this.", span=_word(file, lines, above))
        yield Mend(line, None, _wrong(file, lines, line, message, label, "Indent all its lines by two blanks more."))
    elif (first := _text_above(lines, line)) is not None:
        message = "This line is indented less than the first line of its text, which ends before it."
        label = Label("The text begins here.", span=_word(file, lines, first))
        help_ = f"Indent both by {plural(_depth(lines[line]), 'blank')}."
        yield Mend(line, None, _wrong(file, lines, line, message, label, help_))


def beside_others(file: str, lines: list[str], line: int, above: int) -> Iterator[Mend]:
    """A line that should be indented like one of those above it."""
    if above == line:
        return
    lead, (lead_above, text_above) = lead_and_text(lines[line])[0], lead_and_text(lines[above])
    if _depth(lines[line]) > len(lead_above) and VALUED.fullmatch(text_above):
        yield from _above_too_little(file, lines, line, above)
        key = text_above.split(":")[0]
        message = f"`{key}` has a value already, so that nothing can stand under it."
        label = Label("Its value stands here.", span=_word(file, lines, above))
        right = " " * len(lead_above) + lines[line].lstrip()
        yield Mend(line, right, _wrong(file, lines, line, message, label, _by(len(lead_above))))
    elif _depth(lines[line]) == _depth(lines[above]) and ("-" in lead) != ("-" in lead_above):
        what = ("An item", "among keys") if "-" in lead else ("A key", "among the items of a list")
        label = Label("It is indented like this.", span=_word(file, lines, above))
        message = f"{what[0]} cannot stand {what[1]}."
        yield Mend(line, None, _wrong(file, lines, line, message, label, "Indent it like what it belongs to."))
    for like in sorted(_levels(lines, line), key=lambda n: abs(_depth(lines[n]) - _depth(lines[line]))):
        depth = _depth(lines[like])
        label = Label("Like this line?", span=_word(file, lines, like))
        message = f"This line is indented by {_depth(lines[line])}, which no line around it is."
        right = " " * depth + lines[line].lstrip()
        yield Mend(line, right, _wrong(file, lines, line, message, label, _by(depth)))


def _above_too_little(file: str, lines: list[str], line: int, above: int) -> Iterator[Mend]:
    """A line that is indented less than what it belongs to, which begins before it or goes on below it."""
    depth, levels = _depth(lines[line]), list(_levels(lines, above))
    lacks = levels[:1] and _depth(lines[levels[0]]) == _depth(lines[above]) and lines[levels[0]].rstrip().endswith(":")
    if lacks or _is_first_of(lines, line, above) or depth in (_depth(lines[level]) for level in levels):
        message = "This line is indented less than those that it stands among."
        label = Label("This would stand under it, and it has a value already.", span=_word(file, lines, line))
        right = " " * depth + lines[above].lstrip()
        yield Mend(above, right, _wrong(file, lines, above, message, label, _by(depth)))


def _is_first_of(lines: list[str], line: int, above: int) -> bool:
    """Whether several lines are indented like one, and none of those that they stand among like the one above it."""
    depths = [_depth(text) for text in lines[line + 1 :] if lead_and_text(text)[1]]
    within = list(takewhile(lambda depth: depth >= _depth(lines[above]), depths))
    return _depth(lines[line]) in within and min(within) == _depth(lines[line])


def _by(depth: int) -> str:
    return f"Indent it by {plural(depth, 'blank')}." if depth else "Begin it at the left margin."


def _depth(line: str) -> int:
    return len(line) - len(line.lstrip(" "))


def _levels(lines: list[str], line: int) -> Iterator[int]:
    """The lines above that something at their depth could follow, upwards."""
    depth: int | None = None
    for number in range(line - 1, -1, -1):
        if lead_and_text(lines[number])[1] and (depth is None or _depth(lines[number]) < depth):
            depth = _depth(lines[number])
            yield number


def _text_above(lines: list[str], line: int) -> int | None:
    """The first line of a text under `|` or `>` that ended only because a line is indented less."""
    first = line
    for number in range(line - 1, -1, -1):
        text = lead_and_text(lines[number])[1]
        if text and _depth(lines[number]) < _depth(lines[line]):
            return first if first < line and OPENS_TEXT.fullmatch(text) else None
        first = number if text else first
    return None


def _word(file: str, lines: list[str], line: int) -> Span:
    """The key of a line, or what stands there in its place."""
    lead, text = lead_and_text(lines[line])
    return at(file, line, len(lead), len(re.split(r":(?:\s|$)", text)[0]))


def _wrong(file: str, lines: list[str], line: int, message: str, label: Label, help: str) -> Diagnostic:
    return Diagnostic(SYNTAX, message, span=_word(file, lines, line), related=(label,), help=help)
