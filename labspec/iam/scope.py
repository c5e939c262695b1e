"""On what an action is to be allowed: as narrow as IAM takes it, and as what is known of names allows."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cache

from labspec.iam.authority import Action, Kind
from labspec.iam.names import NAMED, NAMING_SERVICES, known_names
from labspec.iam.need import ANYTHING
from labspec.template import Joined, Resource

KEPT = ("${Partition}", "${Region}", "${Account}")
VARIABLE = re.compile(r"\$\{[^}]*\}")
ALTERNATIVES = ("s3:",)
"""Services whose kinds of resources are other ways to the same: an access point, and the bucket behind it."""
MOST = 6
"""Kinds of resources of one service that are named one by one."""


def scoped(joined: Joined, resource: Resource, action: Action, stack: str) -> tuple[str, ...]:
    """The ARNs that an action is needed on for a resource.

    What the resource is, or names itself, is named. Other kinds of resources that the action also takes (a parameter
    group, where a database is made) are allowed by their kind, in this account: they may be anybody's. There is none
    where the resource names nothing of the kind: a policy of roles touches no user.
    """
    if not action.kinds:
        return ANYTHING
    mine = dict(_owned(joined, resource, action, stack))
    if action.looks and not mine and not any(kind.required for kind in action.kinds):
        return ANYTHING  # also asked about nothing in particular
    others = [
        kind for kind in action.kinds if kind.name not in mine and (kind.required or not _is_enough(action, mine))
    ]
    named = (arn for arns in mine.values() for arn in arns)
    return least([*named, *_of_kinds(action, others)])


def _is_enough(action: Action, mine: object) -> bool:
    """Whether the other kinds are alternatives: what looks or tags is asked about one resource."""
    is_of_one = action.looks or "Tagging" in action.levels or "Permissions management" in action.levels
    return bool(mine) and (is_of_one or action.name.startswith(ALTERNATIVES))


def _owned(joined: Joined, resource: Resource, action: Action, stack: str) -> Iterator[tuple[str, list[str]]]:
    service = action.name.partition(":")[0]
    kinds = {kind.name: kind for kind in action.kinds}
    for owned in NAMED.get(resource.type, ()):
        if owned.service == service and (kind := kinds.get(owned.kind)):
            names = known_names(joined, resource, owned, stack)
            yield kind.name, [filled(kind, {owned.variable: name}) for name in names]


@cache
def _whole(arn: str) -> str:
    return filled(Kind("", arn, required=False), {})


def filled(kind: Kind, names: dict[str, str]) -> str:
    """An ARN with names in it; what is not known is `*`."""
    made = VARIABLE.sub(lambda found: _filling(found[0], names), kind.arn)
    return re.sub(r"\*+(/\*+)*", "*", made) if made.endswith("*") and ":::" not in made else made


def _filling(variable: str, names: dict[str, str]) -> str:
    return variable if variable in KEPT else names.get(variable[2:-1], "*")


def _of_kinds(action: Action, kinds: Iterable[Kind]) -> list[str]:
    """Whole kinds of resources. Where ids are given by the service, its resources of the account are one pattern."""
    arns = [_whole(kind.arn) for kind in kinds]
    service = action.name.partition(":")[0]
    if service in NAMING_SERVICES and len(arns) <= MOST:
        return arns
    return [":".join([*arn.split(":")[:5], "*"]) for arn in arns]


def least(arns: Iterable[str]) -> tuple[str, ...]:
    """Each once, in order, without those that another one covers."""
    found = sorted(set(arns))
    wide = [arn for arn in found if "*" in arn]
    return tuple(arn for arn in found if not any(other != arn and covers(other, arn) for other in wide))


def covers(pattern: str, arn: str) -> bool:
    """Whether a pattern of ARNs surely covers another one, part by part: a star is covered by a star alone."""
    one, other = pattern.split(":", 5), arn.split(":", 5)
    parts = zip(one, other, strict=False)
    return pattern == "*" or (len(one) == len(other) and all(fits(left, right) for left, right in parts))


def fits(pattern: str, text: str) -> bool:
    """Whether a text is of a pattern's form, in which only the star means anything but itself."""
    first, *rest = pattern.split("*")
    if not rest:
        return pattern == text
    at = len(first)
    if not text.startswith(first):
        return False
    for piece in rest[:-1]:
        found = text.find(piece, at)
        if found < 0:
            return False
        at = found + len(piece)
    return len(text) - len(rest[-1]) >= at and text.endswith(rest[-1])
