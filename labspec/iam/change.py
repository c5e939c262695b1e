"""What a change of the stacks changes in the permissions that they take."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from labspec.iam.need import Need
from labspec.iam.scope import covers


class Change(NamedTuple):
    """Needs that the new stacks have beyond the old ones, and those that they no longer have."""

    new: tuple[Need, ...]
    gone: tuple[Need, ...]


def change(old: Iterable[Need], new: Iterable[Need]) -> Change:
    """Compare what two builds need. Needs that are the same but for who has them are no change."""
    before, after = tuple(old), tuple(new)
    return Change(_beyond(after, before), _beyond(before, after))


def _beyond(some: Iterable[Need], others: Iterable[Need]) -> tuple[Need, ...]:
    """Those that the others do not cover, in order."""
    allowed: dict[str, list[Need]] = {}
    for need in others:
        allowed.setdefault(need.action, []).append(need)
    found = (need for need in some if not _is_covered(need, allowed.get(need.action, ())))
    return tuple(sorted(set(found)))


def _is_covered(need: Need, allowed: Iterable[Need]) -> bool:
    """Whether each of its ARNs is covered, under no more conditions than it has itself."""
    fitting = [each for each in allowed if set(each.condition) <= set(need.condition)]
    return all(any(covers(other, arn) for each in fitting for other in each.resources) for arn in need.resources)
