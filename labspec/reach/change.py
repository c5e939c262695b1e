"""What a change opens and shuts: two networks compared, pair by pair."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from labspec.reach.matrix import Cell, matrix
from labspec.reach.ranges import Ranges
from labspec.reach.site import Site
from labspec.reach.traffic import NONE

MOST = 1_000_000
"""More pairs than this are not compared one by one."""


class TooManyError(Exception):
    """There are too many pairs to compare them one by one."""


class Opening(NamedTuple):
    """What passes from one to another after a change, and did not before; or the other way round.

    The two are called by their logical ids, which a change of stacks leaves alone, or by their addresses where several
    have one; `internet` is one of them.
    """

    source: str
    target: str
    protocol: str
    ports: Ranges
    certain: bool
    """Whether it certainly passes now, or did before; else it perhaps does."""
    opened: bool


def openings(before: Site, after: Site) -> Iterator[Opening]:
    """What is newly reachable, and what no longer is. Raises `TooManyError`."""
    old, new = _pairs(before), _pairs(after)
    for place in dict.fromkeys([*new, *old]):
        was, now = old.get(place, (NONE, NONE)), new.get(place, (NONE, NONE))
        for one, other, opened in ((was, now, True), (now, was, False)):
            certain, perhaps = other[0] - one[1], (other[1] - one[1]) - other[0]
            if certain:
                yield Opening(*place, certain, True, opened)
            if perhaps:
                yield Opening(*place, perhaps, False, opened)


def _pairs(site: Site) -> Mapping[tuple[str, str, str], tuple[Ranges, Ranges]]:
    cells = list(matrix(site))
    if sum(len(cell.sources) * len(cell.targets) for cell in cells) > MOST:
        raise TooManyError
    names = _names(site)
    return {
        (names.get(one, one), names.get(other, other), cell.protocol): (cell.must, cell.may)
        for cell in cells
        for one, other in _expanded(cell)
    }


def _expanded(cell: Cell) -> Iterator[tuple[str, str]]:
    yield from ((one, other) for one in cell.sources for other in cell.targets if one != other)


def _names(site: Site) -> Mapping[str, str]:
    """What everybody is called: their logical id, or their address where a template is used for several stacks."""
    ids = {address: address.rpartition(".")[2] for address in site.interfaces}
    shared = Counter(ids.values())
    return {address: name if shared[name] == 1 else address for address, name in ids.items()}
