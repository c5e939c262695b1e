"""Slips of the hand that YAML takes for text: a missing blank, an equals sign, a character that only looks right.

None of them is wrong by itself: a text may hold anything. They are looked for where something else was found wrong, as
the likely reason of it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from labspec.diagnostic import Diagnostic, Rule, Span
from labspec.yaml_tree.characters import lookalike, plainly, told
from labspec.yaml_tree.rules import LOOKALIKE, TAKEN_FOR_TEXT

ENTRY = re.compile(r"([A-Za-z][\w.-]*)(\s*)([:=])(\s*)(?!//)(.*)", re.DOTALL)
UNCOLONED = re.compile(r"([A-Za-z][\w.-]*)\s+([{\[].*)", re.DOTALL)
ITEM, ODD_ITEM = re.compile(r"-[^\s\d-]"), re.compile(r"- ?[^\s-]")
COMMENT = re.compile(r"(?:^|\s)(//|/\*|(?:--|;)(?=\s))")
SHOWN = 60
"""Characters of a line that a message still shows."""


class Slip(NamedTuple):
    """What is likely wrong with a text, and where in it."""

    rule: Rule
    message: str
    help: str
    chars: tuple[int, int]
    right: str
    """The text as it was meant."""
    key: str = ""
    """The key that it was meant to be an entry of."""


def slip_at(span: Span, lines: Sequence[str], entry: bool = True, word: bool = True) -> Diagnostic | None:
    """What is likely wrong with a text, a value's or a key's, that stands at a place; nothing if it is quoted.

    `entry` says whether it may be meant as an entry of a mapping or a list, `word` whether it should be one word: of
    other texts only the characters are looked at.
    """
    # What is empty may stand after the last line.
    line, start = lines[span.line - 1] if span.line <= len(lines) else "", span.column - 1
    text = line[start : span.end_column - 1] if span.line == span.end_line else line[start:].split(" #")[0].rstrip()
    if text[:1] in ("'", '"', "|", ">"):
        return None
    begins = not line[:start].strip(" -") or line[:start].rstrip()[-1] in "{[,"
    found = slip_in(text, entry and begins) if word else _character(text)
    if found is None:
        return None
    here = Span(span.file, span.line, start + found.chars[0] + 1, span.line, start + found.chars[1] + 1)
    return Diagnostic(found.rule, found.message, span=here, help=found.help)


def slip_in(text: str, entry: bool = True) -> Slip | None:
    """What is likely wrong with a text that stands unquoted, and may be meant as an entry."""
    return _comment(text) or (_entry(text) or _item(text) or _uncoloned(text) if entry else None) or _character(text)


def _comment(text: str) -> Slip | None:
    """A comment as other languages begin one."""
    match = COMMENT.search(text)
    if match is None:
        return None
    right = f"{text[: match.start(1)]}# {text[match.end(1) :].strip(' */')}".rstrip()
    message = "A comment begins with `#`."
    return Slip(TAKEN_FOR_TEXT, message, _write(right), match.span(1), right)


def _entry(text: str) -> Slip | None:
    """`key:value`, `key = value`, or another colon than YAML's."""
    match = ENTRY.fullmatch(plainly(text))
    if match is None or len(match[0]) != len(text):
        return None
    sign, right = match.start(3), f"{match[1]}: {match[5]}".rstrip()
    if (odd := lookalike(text[: match.start(5)])) is not None:
        message = told(text[odd], text)[0]
        return Slip(LOOKALIKE, message, _write(right), (odd, odd + 1), right, match[1])
    if match[3] == "=":
        message = "A colon stands between a key and its value, not an equals sign."
    elif match[2] or match[4]:
        return None  # it is an entry, as YAML has it
    else:
        message = "A blank is missing after this colon."
    return Slip(TAKEN_FOR_TEXT, message, _write(right), (sign, sign + 1), right, match[1])


def _item(text: str) -> Slip | None:
    """`-item`."""
    plain, odd = plainly(text), text[:1] != "-"
    if not (ODD_ITEM if odd else ITEM).match(plain):
        return None
    right = f"- {plain[1:].lstrip()}"
    if odd:
        return Slip(LOOKALIKE, told(text[0], text)[0], _write(right), (0, 1), right)
    return Slip(TAKEN_FOR_TEXT, "A blank is missing after this dash.", _write(right), (0, 1), right)


def _uncoloned(text: str) -> Slip | None:
    """`key {`, of which YAML takes the brace for a part of the key."""
    match = UNCOLONED.fullmatch(text)
    if match is None:
        return None
    right = f"{match[1]}: {match[2]}"
    return Slip(TAKEN_FOR_TEXT, "No colon follows this key.", _write(right), match.span(1), right, match[1])


def _character(text: str) -> Slip | None:
    """A text that is right but for characters that only look right."""
    odd, right = lookalike(text), plainly(text).strip()
    if odd is None or not right.isascii():
        return None
    message, help_ = told(text[odd], text)
    return Slip(LOOKALIKE, message, _write(right) if right else help_, (odd, odd + 1), right)


def _write(right: str) -> str:
    line, *more = right.splitlines() or [""]
    return f"Write `{line[:SHOWN]}{'...' if more or line[SHOWN:] else ''}`."
