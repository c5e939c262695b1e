"""Permissions, told to people: the sum, who needs an action, what a change needs."""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any, NamedTuple

from labspec.cli.reading import Reading
from labspec.wording import plural, series

if TYPE_CHECKING:
    from labspec.iam import Need, Needs, Place, Statement

SHOWN = 4
"""Members that are named of those that need a service."""


class Told(NamedTuple):
    """What the permissions are, for whoever shows them."""

    reading: Reading
    needs: Needs
    statements: Sequence[Statement]
    policies: Sequence[Sequence[Statement]]
    place: Place


def as_data(told: Told, needs: Sequence[Need]) -> list[dict[str, Any]]:
    """Needs for programs, each with who has it."""
    from labspec.iam import placed

    return [
        {
            "action": need.action,
            "resources": placed(list(need.resources), told.place),
            "condition": {operator: {key: list(values)} for operator, key, values in need.condition},
            "needed_by": _who(told.reading, need),
        }
        for need in needs
    ]


def summed(arguments: argparse.Namespace, told: Told) -> Iterator[str]:
    """The sum, then each service, with what it is needed for."""
    from labspec.iam import document, placed, size

    actions = {action for each in told.statements for action in each.actions}
    sizes = [size(placed(document(each), told.place)) for each in told.policies]
    letters = series([f"{number:,}" for number in sizes], "and")
    made = f"{plural(len(actions), 'action')} in {plural(len(told.statements), 'statement')}"
    yield f"{made}, which fill {len(sizes)} {'policy' if len(sizes) == 1 else 'policies'} ({letters} characters)."
    yield ""
    services = sorted({action.partition(":")[0] for action in actions})
    for service in services:
        mine = [need for need in told.needs.all if need.action.startswith(f"{service}:")]
        number = len({need.action for need in mine})
        yield f"{service:24} {plural(number, 'action'):>12}   {_some([_who(told.reading, need) for need in mine])}"
    yield ""
    yield from _notes(arguments, told)


def _some(names: Sequence[str]) -> str:
    found = list(dict.fromkeys(names))
    shown = found[:SHOWN]
    return series([*shown, *([f"{len(found) - SHOWN} more"] if len(found) > SHOWN else [])], "and")


def _notes(arguments: argparse.Namespace, told: Told) -> Iterator[str]:
    """What the policy cannot hold, and what would make it narrower."""
    if strange := told.needs.unknown_actions:
        named = f": {series(strange, 'and')}" if arguments.verbose else " (-v lists them)"
        yield f"AWS's schemas also name {plural(len(strange), 'action')} that IAM does not know{named}."
    reading = told.reading
    if absent := [each.address for each in reading.joined.resources.values() if each.condition is False]:
        names = _some([reading.called(each) for each in absent])
        yield f"Left out, since these values of parameters leave it out: {names}."
    if not arguments.bucket:
        yield "Publishing is left out: give `--bucket`."
    if wide := [option for option in ("stack", "region", "account") if getattr(arguments, option) in ("*", "")]:
        yield f"Narrower with {series([f'`--{option}`' for option in wide], 'and')}."
    yield "Why an action: `--why ACTION`. The policies: `--format json`; a role: `--format cloudformation`."


def needing(action: str, told: Told) -> Iterator[str]:
    """Each who needs an action, and on what."""
    found = [need for need in told.needs.all if _is_meant(need.action.lower(), action.lower())]
    if not found:
        yield f"Nothing here needs {action}."
        return
    for name in sorted({need.action for need in found}):
        yield f"{name}:"
        mine = [need for need in found if need.action == name]
        for lines in dict.fromkeys(tuple(_lines(told, need)) for need in mine):
            yield from lines


def _is_meant(needed: str, asked: str) -> bool:
    """Whether an action is asked about: either may stand for many, by stars."""
    return fnmatchcase(asked, needed) or fnmatchcase(needed, asked)


def _lines(told: Told, need: Need) -> Iterator[str]:
    from labspec.iam import placed

    resource = told.reading.joined.resources.get(need.who)
    kind = f" ({resource.type}, {need.why})" if resource else f" ({need.why})"
    place = ""
    if resource:
        span = told.reading.span(need.who)
        place = f", {span.file}:{span.line}"
    yield f"  {_who(told.reading, need)}{kind}{place}"
    for arn in placed(list(need.resources), told.place):
        yield f"    on {arn}"
    for operator, key, values in need.condition:
        yield f"    where {key} is {series(placed(list(values), told.place), 'or')} ({operator})"


def _who(reading: Reading, need: Need) -> str:
    return reading.called(need.who)


def changed(told: Told, old: Reading, new: Sequence[Need], gone: Sequence[Need]) -> Iterator[str]:
    """What a change needs, and no longer needs."""
    if not new and not gone:
        yield "This change needs no other permissions."
    for words, reading, needs in (
        ("This change needs", told.reading, new),
        ("No longer needed, once it is carried out", old, gone),
    ):
        if needs:
            yield f"{words}:"
            yield from _by_action(told, reading, needs)
    if new and gone:
        yield "While it is carried out both are needed: what goes is deleted with the old permissions."


def _by_action(told: Told, reading: Reading, needs: Sequence[Need]) -> Iterator[str]:
    """Actions of a service that the same members need on the same resources, together."""
    from labspec.iam import placed

    needed: dict[str, list[Need]] = {}
    for need in needs:
        needed.setdefault(need.action, []).append(need)
    alike: dict[tuple[str, str, tuple[str, ...]], list[str]] = {}
    for action, mine in needed.items():
        service, _, verb = action.partition(":")
        arns = tuple(sorted({arn for need in mine for arn in placed(list(need.resources), told.place)}))
        alike.setdefault((service, _some([_who(reading, need) for need in mine]), arns), []).append(verb)
    for (service, members, arns), verbs in alike.items():
        yield f"  {service}:{', '.join(verbs)}"
        yield f"    for {members}{f' on {arns[0]}' if len(arns) == 1 else ''}"
        yield from (f"    on {arn}" for arn in arns if len(arns) > 1)
