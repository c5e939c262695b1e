"""`labspec explain`."""

from __future__ import annotations

import argparse
import re
from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import TYPE_CHECKING, Any

from labspec.cli import arguments as takes
from labspec.cli.exits import FINE, misused

if TYPE_CHECKING:
    from labspec.diagnostic import Rule


def parser(commands: Any) -> None:
    """What the command takes."""
    this = takes.command(
        commands,
        "explain",
        run,
        "Tell what a finding means, with a wrong and a right example.",
        "labspec explain LS201",
    )
    this.add_argument("code", nargs="?", metavar="CODE", help="a code (LS201) or a name (unknown-name); all, if none")


def run(arguments: argparse.Namespace) -> int:
    """Print one rule, or the list of all."""
    from labspec.rules import rules

    every = rules()
    if arguments.code is None:
        print("\n".join(_listed(every)))
        return FINE
    asked = arguments.code.lower()
    for rule in every:
        if asked in (rule.code.lower(), rule.name):
            print("\n".join(_told(rule)))
            return FINE
    return misused(f"there is no rule `{arguments.code}`. {_meant(arguments.code, every)}")


def _meant(asked: str, every: Iterable[Rule]) -> str:
    """What to say of a rule that is none of ours: it may be a linter's."""
    from labspec.nearest import did_you_mean

    if re.fullmatch("[EFIW][0-9]{4}", asked, re.IGNORECASE):
        return "It looks like a linter's: the note below a finding leads to what its linter says of it."
    known = [word for rule in every for word in (rule.code, rule.name)]
    return did_you_mean(asked, known) or "`labspec explain` lists all."


def _listed(every: Iterable[Rule]) -> Iterator[str]:
    """Room by room. A star marks what a spec may lower."""
    from labspec.rules import ROOMS

    for block, group in groupby(every, key=lambda rule: rule.code[2]):
        yield f"{ROOMS[block]}:"
        for rule in group:
            mark = "*" if rule.can_be_lowered else " "
            yield f"  {rule.code}  {rule.severity:<7} {mark} {rule.name}: {rule.summary}"
        yield ""
    yield "* A spec may lower it under `checks`, or accept it for one member by `silence`."


def _told(rule: Rule) -> Iterator[str]:
    from labspec.rules import lowering

    yield f"{rule.code} {rule.name} ({rule.severity}, {lowering(rule)})"
    yield ""
    yield rule.summary
    if rule.why:
        yield rule.why
    for title, example in (("Wrong", rule.wrong), ("Right", rule.right)):
        if example:
            yield f"\n{title}:"
            yield from (f"    {line}".rstrip() for line in example.rstrip("\n").split("\n"))
    if rule.can_be_lowered:
        yield f"\nTo accept it for one member, give the reason there:\n    silence: {{{rule.name}: the reason}}"
        lower = f"checks: {{{rule.name}: {{level: off, reason: the reason}}}}"
        yield f"\nTo change its level (error, warning, hint, off) in the whole spec:\n    {lower}"
