"""Why a text is no YAML: the one change to one line with which it can be read on.

The parser stops where it no longer understands, which is often a line below the mistake. So likely mistakes are looked
for around that place, and each is tried: the one without which the parser gets past the place is the reason.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import chain
from typing import Any

import yaml
from yaml.reader import ReaderError

from labspec.diagnostic import Diagnostic
from labspec.yaml_tree.characters import meant_by, plainly, told
from labspec.yaml_tree.indentation import Mend, beside_others, lead_and_text, under_a_text
from labspec.yaml_tree.rules import LOOKALIKE, SYNTAX
from labspec.yaml_tree.slips import slip_in
from labspec.yaml_tree.tree import at

LONGEST = 200_000
"""A text with more characters is not tried again and again."""
MOST = 5
"""More characters of a line than these are not tried one by one."""
SIGNS = re.compile(r"""[\s:,{}\[\]"'#-]|\Z""")
"""What YAML itself reads, or nothing; other characters are text to it."""
COMMENTED = re.compile(r"//|/\*|(--|;)\s")
"""A comment as other languages begin one."""
UNPARTED = re.compile(r"""(?<=[^\s,{\[:])(\s+|;\s*)(?=([A-Za-z][\w.-]*):\s)""")
"""What stands between two entries of one line in place of a comma."""
BRACKETED = re.compile(r"((?:[\w.-]+:\s+)?)([\[{][^\]}]*[\]}]\s*[^\s,:#\]}].*)")
"""A value that begins like a list or a mapping, and goes on like a text."""
UNCOLONED = re.compile(r"([A-Za-z][\w.-]*)(?: +([^:=|>]*))?")


def mended(text: str, file: str, stopped: int, began: int, signs: bool = False) -> Diagnostic | None:
    """The mistake without which a text can be read beyond the line where the parser stopped.

    Lines count from 0; `began` is the line of what it was reading. `signs` asks only for those that are sure before
    anything is said of braces and quotes: signs of other keyboards and of other languages.
    """
    lines = text.splitlines()
    if not 0 < len(text) <= LONGEST:
        return None
    stopped = min(stopped, len(lines) - 1)
    above = next((n for n in range(stopped - 1, -1, -1) if lead_and_text(lines[n])[1]), stopped)
    around = [line for line in dict.fromkeys((began, above, stopped)) if line < len(lines)]
    found = [_signs(file, lines[line], line) for line in around] + [_commas(file, lines, stopped, above)]
    if not signs:
        found = [under_a_text(file, lines, stopped, above), *(_mends(file, lines[line], line) for line in around)]
        found.append(beside_others(file, lines, stopped, above))
    for mend in chain.from_iterable(found):
        if mend.right is None or _reads_on([*lines[: mend.line], mend.right, *lines[mend.line + 1 :]], stopped, mend):
            return mend.diagnostic
    return None


def _reads_on(lines: list[str], stopped: int, mend: Mend) -> bool:
    """Whether the parser gets beyond a line, or to the end."""
    try:
        events: Iterable[Any] = yaml.parse("\n".join(lines), Loader=yaml.CSafeLoader)
        return any(event.start_mark.line > stopped and not mend.whole for event in events) or (
            mend.whole or stopped >= len(lines) - 1
        )
    except yaml.MarkedYAMLError as error:
        return error.problem_mark is not None and error.problem_mark.line > stopped and not mend.whole
    except ReaderError:
        return False


def _signs(file: str, typed: str, line: int) -> Iterator[Mend]:
    """Signs that are none of YAML's, each with the line as it was meant."""
    yield from _characters(file, typed, line)
    lead, text = lead_and_text(typed)
    if COMMENTED.match(text):
        message, help_ = "A comment begins with `#`.", f"Write `# {text.strip('/*;- ')}`."
        yield Mend(line, f"{lead}# {text}", Diagnostic(SYNTAX, message, span=at(file, line, len(lead), 2), help=help_))


def _commas(file: str, lines: list[str], line: int, above: int) -> Iterator[Mend]:
    """Entries in braces without a comma between them, or with another sign."""
    lead, text = lead_and_text(lines[above])
    end = len(lead) + len(text)
    before = "".join(lines[:line])
    if above < line and sum(before.count(sign) for sign in "{[") > sum(before.count(sign) for sign in "}]"):
        message = "A comma is missing at the end of this line."
        here = at(file, above, end - 1)
        yield Mend(above, f"{lines[above][:end]},", Diagnostic(SYNTAX, message, span=here), whole=True)
    typed = lines[line]
    for match in UNPARTED.finditer(typed) if "{" in typed else ():
        sign, start = match[1], match.start(1)
        right = f"{typed[:start]}, {typed[match.end(1) :].lstrip()}"
        if sign.strip():
            here, message = at(file, line, start), "A comma stands between entries in braces, not a semicolon."
        else:
            here = at(file, line, match.end(1), len(match[2]))
            message = f"A comma is missing before `{match[2]}`."
        yield Mend(line, right, Diagnostic(SYNTAX, message, span=here))


def _mends(file: str, typed: str, line: int) -> Iterator[Mend]:
    """What may be wrong in a line, each with the line as it was meant."""
    lead, text = lead_and_text(typed)
    if (slip := slip_in(text)) is not None:
        span = at(file, line, len(lead) + slip.chars[0], slip.chars[1] - slip.chars[0])
        yield Mend(line, lead + slip.right, Diagnostic(slip.rule, slip.message, span=span, help=slip.help))
    if (key := UNCOLONED.fullmatch(text)) is not None:
        right = f"{key[1]}: {key[2] or ''}".rstrip()
        span, help_ = at(file, line, len(lead), len(key[1])), f"Write `{right}`."
        yield Mend(line, lead + right, Diagnostic(SYNTAX, "No colon follows this key.", span=span, help=help_))
    if (bracketed := BRACKETED.fullmatch(text)) is not None:
        column, value = len(lead) + len(bracketed[1]), bracketed[2].replace("'", "''")
        message = f"A text that begins with `{value[0]}` needs quotes."
        diagnostic = Diagnostic(SYNTAX, message, span=at(file, line, column), help=f"Write `'{value}'`.")
        yield Mend(line, f"{lead}{bracketed[1]}'{value}'", diagnostic)


def _characters(file: str, typed: str, line: int) -> Iterator[Mend]:
    """Characters that only look like ones that YAML reads: one of them, or all."""
    odd = [] if typed.isascii() else [n for n, char in enumerate(typed) if SIGNS.match(meant_by(char) or "")]
    odd = [n for n in odd if meant_by(typed[n]) is not None]
    for number in odd[:MOST]:
        yield Mend(line, typed[:number] + plainly(typed[number]) + typed[number + 1 :], _odd(file, typed, line, number))
    if len(odd) > 1:
        yield Mend(line, plainly(typed), _odd(file, typed, line, odd[0]))


def _odd(file: str, typed: str, line: int, number: int) -> Diagnostic:
    message, help_ = told(typed[number], typed)
    return Diagnostic(LOOKALIKE, message, span=at(file, line, number), help=help_)
