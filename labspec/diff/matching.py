"""Which resources of two graphs are the same one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from labspec.template import Joined, Resource


class Pair(NamedTuple):
    """A resource before and after; None where there is none."""

    old: Resource | None
    new: Resource | None

    @property
    def address(self) -> str:
        """What it is known by in a difference."""
        resource = self.new or self.old
        assert resource is not None
        return resource.address

    @property
    def has_moved(self) -> bool:
        """Whether it stands in another stack afterwards."""
        return bool(self.old and self.new and self.old.stack != self.new.stack)


def pairs(old: Joined, new: Joined) -> list[Pair]:
    """Every resource of both, paired by address, and else by logical id and type where that is one on both sides.

    What certainly does not exist, by its condition, is left out.
    """
    before = {address: each for address, each in old.resources.items() if each.condition is not False}
    after = {address: each for address, each in new.resources.items() if each.condition is not False}
    found = [Pair(before[address], each) for address, each in after.items() if address in before]
    left = [each for address, each in before.items() if address not in after]
    come = [each for address, each in after.items() if address not in before]
    moved = list(_moved(left, come))
    gone, arrived = {pair.old.address for pair in moved if pair.old}, {pair.address for pair in moved}
    removed = (Pair(each, None) for each in left if each.address not in gone)
    added = (Pair(None, each) for each in come if each.address not in arrived)
    return [*found, *moved, *added, *removed]


def _moved(left: Iterable[Resource], come: Iterable[Resource]) -> Iterator[Pair]:
    before, after = _by_name(left), _by_name(come)
    for name, resources in before.items():
        others = after.get(name, [])
        if len(resources) == len(others) == 1:
            yield Pair(resources[0], others[0])


def _by_name(resources: Iterable[Resource]) -> dict[tuple[str, str], list[Resource]]:
    found: dict[tuple[str, str], list[Resource]] = defaultdict(list)
    for each in resources:
        found[each.id, each.type].append(each)
    return found
