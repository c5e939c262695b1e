"""`labspec explain`."""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from labspec.cli import arguments as takes
from labspec.cli.status import FINE, misused

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
    from labspec.nearest import did_you_mean
    from labspec.reference.rules import rules

    every = rules()
    if arguments.code is None:
        print("\n".join(_listed(every)))
        return FINE
    asked = arguments.code.lower()
    for rule in every:
        if asked in (rule.code.lower(), rule.name):
            print("\n".join(_told(rule)))
            return FINE
    known = [word for rule in every for word in (rule.code, rule.name)]
    help_ = did_you_mean(arguments.code, known) or "`labspec explain` lists all."
    return misused(f"there is no rule `{arguments.code}`. {help_}")


def _listed(every: Iterable[Rule]) -> Iterator[str]:
    for rule in every:
        yield f"{rule.code}  {rule.severity:<7}  {rule.name}: {rule.summary}"


def _told(rule: Rule) -> Iterator[str]:
    yield f"{rule.code} {rule.name} ({rule.severity})"
    yield ""
    yield rule.summary
    if rule.why:
        yield rule.why
    for title, example in (("Wrong", rule.wrong), ("Right", rule.right)):
        if example:
            yield f"\n{title}:"
            yield from (f"    {line}".rstrip() for line in example.rstrip("\n").split("\n"))
    if rule.severity != "error":
        yield f"\nTo accept it for one member, give a reason:\n    silence: {{{rule.name}: the reason}}"
