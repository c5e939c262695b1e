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
from labspec.reach.ends import BUCKET, INTERNET, End, has_family, parties
from labspec.reach.flow import Party, flow, standing
from labspec.reach.ranges import Ranges
from labspec.reach.site import Interface, Site
from labspec.reach.traffic import NONE, WHOLE
from labspec.reach.values import default_acl
from labspec.reach.website import reading
from labspec.template import Joined


class Cell(NamedTuple):
    """What passes from each of some to each of others. `internet` is one of them."""

    sources: tuple[str, ...]
    targets: tuple[str, ...]
    protocol: str
    must: Ranges
    may: Ranges


Kind = tuple[object, ...]
"""What no rule tells apart further."""


def matrix(site: Site) -> Iterator[Cell]:
    """What passes by IPv4 or IPv6, from whom to whom, where anything may; who is treated alike is told together."""
    kinds = _Kinds(site, _blocks(site))
    alike = _alike(kinds)
    asked = _Asked(kinds, {})
    for sources, callers in [((INTERNET,), ()), *alike]:
        for targets, called in [*alike, ((INTERNET,), ())]:
            is_alone = sources == targets and len(sources) == 1 and not any(each.kind == "group" for each in callers)
            if is_alone or not (callers or called):
                continue
            for protocol in WHOLE:
                must, may = asked.between(callers, called, protocol)
                if may:
                    yield Cell(sources, targets, protocol, must, may)


def websites(joined: Joined) -> Iterator[Cell]:
    """The websites that perhaps may be read by anybody."""
    for bucket in (each for each in joined.resources.values() if each.type == BUCKET and each.condition is not False):
        gate = reading(joined, bucket.address, from_outside=True)
        if gate.may:
            yield Cell((INTERNET,), (bucket.address,), "tcp", gate.must, gate.may)


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
        return (
            place,
            str(interface.groups),
            interface.is_open,
            interface.public,
            interface.six,
            str(interface.condition),
        )

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
        gives = (subnet.gives_public, subnet.gives_six, subnet.has_four)
        return (subnet.vpc, str(self.site.tables.get(name, ())), tuple(told), tuple(unknown), gives)


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
            found = [self._by_family(one, other, protocol, family) for family in (4, 6)]
            self.known[place] = found[0][0] | found[1][0], found[0][1] | found[1][1]
        return self.known[place]

    def _by_family(
        self, one: Interface | None, other: Interface | None, protocol: str, family: int
    ) -> tuple[Ranges, Ranges]:
        site = self.kinds.site
        flows = [flow(site, *ends, protocol, family) for ends in self._ends(one, other, family)]
        must = reduce(lambda ports, each: ports & each.must, flows, WHOLE[protocol]) if flows else NONE
        may = reduce(lambda ports, each: ports | each.may, flows, NONE)
        return (NONE, WHOLE[protocol] if flows else NONE) if site.unread else (must, may)

    def _ends(self, one: Interface | None, other: Interface | None, family: int) -> Iterator[tuple[Party, Party]]:
        site, world = self.kinds.site, End(INTERNET, outside=INTERNET)
        if not all(has_family(site, each, family) for each in (one, other) if each):
            return
        if one and other:
            yield standing(site, one, family), standing(site, other, family)
        elif other:
            here = standing(site, other, family)
            yield from ((away, here) for away in parties(site, world, other, family, NONE))
        elif one:
            here = standing(site, one, family)
            yield from ((here, away) for away in parties(site, world, one, family, NONE))
