"""Everybody about everybody: who may talk to whom, by what.

Interfaces that no rule tells apart are of one kind: those with the same security groups, in subnets with the same
routes that no block of a rule tells apart. So what is asked grows with the rules, and not with the machines.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import reduce
from typing import NamedTuple

from labspec.reach.addresses import Block
from labspec.reach.ends import INTERNET, End, parties
from labspec.reach.flow import Party, flow, standing
from labspec.reach.ranges import Ranges
from labspec.reach.site import Interface, Site
from labspec.reach.traffic import NONE, WHOLE
from labspec.reach.values import default_acl


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
    kinds = _Kinds(site, _blocks(site))
    alike = _alike(kinds)
    asked = _Asked(kinds, family, {})
    for sources, callers in [((INTERNET,), ()), *alike]:
        for targets, called in [*alike, ((INTERNET,), ())]:
            is_alone = sources == targets and len(sources) == 1 and not any(each.kind == "group" for each in callers)
            if is_alone or not (callers or called):
                continue
            for protocol in WHOLE:
                must, may = asked.between(callers, called, protocol)
                if may:
                    yield Cell(sources, targets, protocol, must, may)


def _blocks(site: Site) -> tuple[Block, ...]:
    """Every block that a rule, an entry or a route speaks of."""
    rules = [rule.peer for rules in (*site.rules.values(), *site.entries.values()) for rule in rules]
    routes = [route.destination for routes in site.routes.values() for route in routes]
    return tuple({each for each in (*rules, *routes) if isinstance(each, Block)})


@dataclass(frozen=True)
class _Kinds:
    site: Site
    blocks: tuple[Block, ...]
    known: dict[str, Kind] = field(default_factory=dict)

    def of(self, interface: Interface) -> Kind:
        """What there is to tell an interface by."""
        if interface.subnet not in self.known:
            self.known[interface.subnet] = self._place(interface.subnet)
        place = self.known[interface.subnet]
        return (place, interface.groups, interface.is_open, interface.public, str(interface.condition))

    def _place(self, name: str) -> Kind:
        """What there is to tell a subnet by; itself where an ACL makes it matter who is a neighbour."""
        subnet = self.site.subnets.get(name)
        if (
            subnet is None
            or self.site.acls.get(name)
            or default_acl(subnet.vpc) in {acl for acl, _ in self.site.entries}
        ):
            return (name,)
        own = [each for each in subnet.blocks if isinstance(each, Block)]
        told = [(each.covers(block), each.meets(block)) for block in own for each in self.blocks]
        unknown = [each for each in subnet.blocks if not isinstance(each, Block)]
        return (subnet.vpc, tuple(self.site.tables.get(name, ())), tuple(told), tuple(unknown))


def _alike(kinds: _Kinds) -> list[tuple[tuple[str, ...], tuple[Interface, ...]]]:
    """Resources whose interfaces are of the same kinds, and one interface of each kind."""
    found: dict[frozenset[Kind], tuple[list[str], tuple[Interface, ...]]] = {}
    for address, interfaces in kinds.site.interfaces.items():
        own = {kinds.of(each): each for each in interfaces if each.owner == address}
        if own:
            found.setdefault(frozenset(own), ([], tuple(own.values())))[0].append(address)
    return [(tuple(names), interfaces) for names, interfaces in found.values()]


class _Asked(NamedTuple):
    kinds: _Kinds
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
        place = (self.kinds.of(one) if one else (), self.kinds.of(other) if other else (), protocol)
        if place not in self.known:
            flows = [flow(self.kinds.site, *ends, protocol, self.family) for ends in self._ends(one, other)]
            must = reduce(lambda ports, each: ports & each.must, flows, WHOLE[protocol]) if flows else NONE
            self.known[place] = must, reduce(lambda ports, each: ports | each.may, flows, NONE)
        return self.known[place]

    def _ends(self, one: Interface | None, other: Interface | None) -> Iterator[tuple[Party, Party]]:
        world = End(INTERNET, outside=INTERNET)
        if one and other:
            yield standing(self.kinds.site, one, self.family), standing(self.kinds.site, other, self.family)
        elif other:
            here = standing(self.kinds.site, other, self.family)
            yield from ((away, here) for away in parties(self.kinds.site, world, other, self.family, NONE))
        elif one:
            here = standing(self.kinds.site, one, self.family)
            yield from ((here, away) for away in parties(self.kinds.site, world, one, self.family, NONE))
