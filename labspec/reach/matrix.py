"""Everybody about everybody: who may talk to whom, by what.

Interfaces that no rule tells apart are one class: those of one subnet, with the same security groups. So what is asked
grows with the rules, and not with the machines.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import reduce
from typing import NamedTuple

from labspec.reach.ends import INTERNET, End, parties
from labspec.reach.flow import Party, flow, standing
from labspec.reach.ranges import Ranges
from labspec.reach.site import Interface, Site
from labspec.reach.traffic import NONE, WHOLE


class Cell(NamedTuple):
    """What passes from each of some to each of others. `internet` is one of them."""

    sources: tuple[str, ...]
    targets: tuple[str, ...]
    protocol: str
    must: Ranges
    may: Ranges


Kind = tuple[object, ...]
"""What no rule tells apart further."""


def matrix(site: Site, family: int = 4) -> Iterator[Cell]:
    """What passes, from whom to whom, where anything may; who is treated alike is told together."""
    alike = _alike(site)
    asked = _Asked(site, family, {})
    for sources, callers in [((INTERNET,), ()), *alike]:
        for targets, called in [*alike, ((INTERNET,), ())]:
            is_alone = sources == targets and len(sources) == 1 and not any(each.kind == "group" for each in callers)
            if is_alone or not (callers or called):
                continue
            for protocol in WHOLE:
                must, may = asked.between(callers, called, protocol)
                if may:
                    yield Cell(sources, targets, protocol, must, may)


def _alike(site: Site) -> list[tuple[tuple[str, ...], tuple[Interface, ...]]]:
    """Resources whose interfaces are of the same kinds, and one interface of each kind."""
    found: dict[frozenset[Kind], tuple[list[str], tuple[Interface, ...]]] = {}
    for address, interfaces in site.interfaces.items():
        own = {_kind(each): each for each in interfaces if each.owner == address}
        if own:
            found.setdefault(frozenset(own), ([], tuple(own.values())))[0].append(address)
    return [(tuple(names), interfaces) for names, interfaces in found.values()]


def _kind(interface: Interface) -> Kind:
    return (interface.subnet, interface.groups, interface.is_open, interface.public, str(interface.condition))


class _Asked(NamedTuple):
    site: Site
    family: int
    known: dict[tuple[Kind, Kind, str], tuple[Ranges, Ranges]]

    def between(
        self, callers: Sequence[Interface], called: Sequence[Interface], protocol: str
    ) -> tuple[Ranges, Ranges]:
        """What certainly passes from all to all, and perhaps from one to one."""
        pairs = [self._pair(one, other, protocol) for one in callers or (None,) for other in called or (None,)]
        must = reduce(lambda ports, pair: ports & pair[0], pairs, WHOLE[protocol])
        return must, reduce(lambda ports, pair: ports | pair[1], pairs, NONE)

    def _pair(self, one: Interface | None, other: Interface | None, protocol: str) -> tuple[Ranges, Ranges]:
        place = (_kind(one) if one else (), _kind(other) if other else (), protocol)
        if place not in self.known:
            flows = [flow(self.site, *ends, protocol, self.family) for ends in self._ends(one, other)]
            must = reduce(lambda ports, each: ports & each.must, flows, WHOLE[protocol]) if flows else NONE
            self.known[place] = must, reduce(lambda ports, each: ports | each.may, flows, NONE)
        return self.known[place]

    def _ends(self, one: Interface | None, other: Interface | None) -> Iterator[tuple[Party, Party]]:
        world = End(INTERNET, outside=INTERNET)
        if one and other:
            yield standing(self.site, one, self.family), standing(self.site, other, self.family)
        elif other:
            here = standing(self.site, other, self.family)
            yield from ((away, here) for away in parties(self.site, world, other, self.family, NONE))
        elif one:
            here = standing(self.site, one, self.family)
            yield from ((here, away) for away in parties(self.site, world, one, self.family, NONE))
