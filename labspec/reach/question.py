"""Who reaches whom: a question, and its answer with the connections that it rests on."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import product
from typing import NamedTuple

from labspec.reach.addresses import Block, Symbol
from labspec.reach.balancing import listening, served
from labspec.reach.ends import INTERNET, End, has_family, parties
from labspec.reach.flow import Flow, Gate, Party, flow
from labspec.reach.ranges import Ranges, ranges
from labspec.reach.residents import hosts, listens
from labspec.reach.site import At, Interface, Site
from labspec.reach.traffic import NONE, WHOLE
from labspec.reach.website import reading
from labspec.template import Joined

PROTOCOLS = {"all": tuple(WHOLE)}
FILTER = "COMPONENT_FILTER_RESTRICTION"


class Asked(NamedTuple):
    """What passes between ends: a protocol (`tcp`, `udp`, `icmp`, `all`) and ports; None for those listened on."""

    protocol: str = "tcp"
    ports: Ranges | None = None
    via: tuple[str, ...] = ()
    """Addresses of gateways, one of which the way has to lead through."""
    excluded: tuple[End, ...] = ()
    """Who the callers are not."""


class Pair(NamedTuple):
    """A connection, and the ports of it that are asked for."""

    flow: Flow
    wanted: Ranges
    behind: tuple[Gate, ...] = ()
    """What a load balancer does with it: without that nobody is served, but the connection is there."""
    family: int = 4
    is_known: bool = True
    """Whether it is certain that it is asked for: its ends, and which ports; else these are among those."""
    is_aside: bool = False
    """Whether it is one of somebody who stands in a network or a block that is asked for."""

    @property
    def gates(self) -> tuple[Gate, ...]:
        """All that it passes until it is served."""
        return (*self.flow.gates, *self.behind)

    @property
    def is_second(self) -> bool:
        """Whether it is one by a machine's second interface."""
        ends = (self.flow.source.interface, self.flow.target.interface)
        return any(each is not None and each.is_second for each in ends)

    @property
    def passes(self) -> bool | None:
        """Whether all of it passes and is served; None where that is not known."""
        found = [each.must.covers(self.wanted) or (None if each.may & self.wanted else False) for each in self.gates]
        part = [each.may.covers(self.wanted) or not self.is_known for each in self.gates]
        return _every(found, is_open=not self.wanted) if all(part) else False

    @property
    def is_shut(self) -> bool | None:
        """Whether none of it passes; None where that is not known."""
        if not self.flow.may & self.wanted:
            return True if self.wanted else None
        return None if not self.flow.must & self.wanted or not self.is_known else False


class Answer(NamedTuple):
    """What is known of a question: all connections that it means, and why some cannot be judged."""

    pairs: tuple[Pair, ...]
    unknown: tuple[str, ...]

    @property
    def reaches(self) -> bool | None:
        """Whether everybody reaches everybody, by one family of addresses, and by their first interfaces."""
        families = {pair.family for pair in self.pairs if not pair.is_aside}
        by_family = [_every([each.passes for each in self._first(family)], bool(self.unknown)) for family in families]
        if True in by_family:
            return True
        others = any(pair.is_second and pair.flow.may & pair.wanted for pair in self.pairs if not pair.is_aside)
        return None if None in by_family or others or not by_family else False

    def _first(self, family: int) -> list[Pair]:
        own = [pair for pair in self.pairs if pair.family == family and not pair.is_aside]
        return [pair for pair in own if not pair.is_second] or own

    @property
    def is_blocked(self) -> bool | None:
        """Whether nobody reaches anybody."""
        return _every([pair.is_shut for pair in self.pairs], bool(self.unknown))


def _every(found: Collection[bool | None], is_open: bool) -> bool | None:
    if is_open:
        return None
    if False in found:
        return False
    return True if found and None not in found else None


def ask(site: Site, joined: Joined, source: End, target: End, asked: Asked) -> Answer:
    """Whether the one reaches the other. What is not known of an end makes the answer so.

    Where all that is outside is excluded, nobody is left to ask about: there is nothing in the answer.
    """
    unknown = tuple(f"{each.name}: {each.unknown}" for each in (source, target) if each.unknown)
    found = [*_connections(site, joined, source, target, asked)] if not unknown else []
    unknown += tuple(site.unread)
    if not found and not unknown and not (asked.excluded and source.outside is not None):
        unknown = (f"{source.name} to {target.name}: no connection between them leads through the stacks.",)
    return Answer(tuple(found), unknown)


def _connections(site: Site, joined: Joined, source: End, target: End, asked: Asked) -> Iterator[Pair]:
    if target.bucket:
        ends = Party(source.name, None, None), Party(target.name, None, None)
        for protocol in PROTOCOLS.get(asked.protocol, (asked.protocol,)):
            gate = reading(joined, target.bucket, source.outside is not None, protocol)
            wanted = ranges([(80, 80)]) if asked.ports is None else asked.ports & WHOLE[protocol]
            yield Pair(Flow(*ends, (gate,), protocol), wanted)
        return
    symbols = frozenset(each.outside for each in asked.excluded if isinstance(each.outside, Symbol))
    for one_end, other_end in _asides(source, target):
        is_aside = (one_end, other_end) != (source, target)
        for family in _families(site, one_end, other_end):
            without = _without(asked.excluded, family)
            for one, other in _ends(site, one_end, other_end, family, without):
                is_sure = all(_is_within(site, party, end) for party, end in ((one, source), (other, target)))
                for protocol in PROTOCOLS.get(asked.protocol, (asked.protocol,)):
                    found = flow(site, one, other, protocol, family, symbols)
                    pair = _pair(site, joined, found, protocol, asked, family)
                    yield pair._replace(is_known=pair.is_known and is_sure, is_aside=is_aside)


def _asides(source: End, target: End) -> Iterator[tuple[End, End]]:
    """The ends themselves, and whoever stands in them."""
    sources, targets = [source], [target]
    for one, found in ((source, sources), (target, targets)):
        if one.residents:
            found.append(one._replace(interfaces=one.residents, outside=None))
    yield from product(sources, targets)


def _is_within(site: Site, party: Party, one: End) -> bool:
    """Whether a party certainly is at an address of the block that is asked for; a parameter's are not known."""
    interface, block = party.interface, one.block
    if interface is None:
        return True
    if block is None:
        return one.symbol is None
    if interface.kind == "host":
        return True
    subnet = site.subnets.get(interface.subnet)
    return subnet is not None and all(isinstance(each, Block) and block.covers(each) for each in subnet.blocks)


def _without(excluded: Iterable[End], family: int) -> Ranges:
    found = NONE
    for each in excluded:
        if each.block is not None and each.block.family == family:
            found = found | each.block.addresses
    return found


def _families(site: Site, source: End, target: End) -> Sequence[int]:
    """The families of addresses that both ends may have."""
    return [family for family in (4, 6) if all(_has(site, each, family) for each in (source, target))]


def _has(site: Site, one: End, family: int) -> bool:
    if one.outside == INTERNET or any(has_family(site, each, family) for each in one.interfaces):
        return True
    return family == (one.outside.family if isinstance(one.outside, Block) else 4) and one.outside is not None


def _ends(site: Site, source: End, target: End, family: int, without: Ranges) -> Iterator[tuple[Party, Party]]:
    for interface in target.interfaces:
        for other in parties(site, End(target.name, (interface,), block=target.block), None, family, NONE):
            for one in parties(site, source, interface, family, without):
                if one.interface is None or one.interface.address != interface.address or _has_peers(one.interface):
                    yield one, other
    if target.outside is not None:
        for interface in source.interfaces:
            for one in parties(site, End(source.name, (interface,), block=source.block), None, family, NONE):
                outside = target._replace(interfaces=())
                yield from ((one, other) for other in parties(site, outside, interface, family, without))


def _has_peers(interface: Interface) -> bool:
    """Whether a resource has machines that may talk to one another."""
    return interface.kind == "group"


def _pair(site: Site, joined: Joined, found: Flow, protocol: str, asked: Asked, family: int) -> Pair:
    whole = WHOLE[protocol]
    wanted: Ranges | None = asked.ports & whole if asked.ports is not None else whole
    interface = found.target.interface
    if interface and protocol == "tcp" and asked.ports is None and asked.protocol == "tcp":
        wanted = listens(site, interface.owner)
    behind: tuple[Gate, ...] = ()
    if interface and interface.kind == "load balancer":
        found = found._replace(gates=(*found.gates, listening(site, joined, interface, protocol)))
        behind = tuple(served(site, joined, interface, wanted or whole)) if protocol == "tcp" else ()
    if asked.via:
        found = found._replace(gates=(*found.gates, _filter(found, asked.via, whole)))
    return Pair(found, whole if wanted is None else wanted, behind, family, wanted is not None)


def _filter(found: Flow, via: tuple[str, ...], whole: Ranges) -> Gate:
    """The way leads through one of these, or it does not count."""
    passes = _meets(found.gates, set(via))
    must, may = whole if passes else NONE, NONE if passes is False else whole
    return Gate(FILTER, At(via[0]), must, may)


def _meets(gates: Sequence[Gate], via: set[str]) -> bool | None:
    """Whether a way leads through one of some; None where it is not known which way is taken."""
    if any(gate.of.address in via for gate in gates if not gate.ways):
        return True
    forks = [[_meets(way, via) for way in gate.ways if all(each.may for each in way)] for gate in gates if gate.ways]
    if any(fork and all(fork) for fork in forks):
        return True
    return None if any(each is not False for fork in forks for each in fork) else False


def blocking(pair: Pair) -> Gate:
    """The first gate that does not let pass what is asked for."""
    shut = (gate for gate in pair.gates if not gate.may.covers(pair.wanted))
    return next(shut, None) or next(gate for gate in pair.gates if not gate.must.covers(pair.wanted))


def callers(site: Site, but: Iterable[End]) -> Iterator[Interface]:
    """Everybody in the stacks but some: whoever has an interface, and any other host of each subnet."""
    spared = [(one, interface) for one in but for interface in one.interfaces]
    names = {each.address for one, each in spared if not each.is_open}
    places = {each.subnet for one, each in spared if each.is_open and _is_whole(site, one, each.subnet)}
    for address, interfaces in site.interfaces.items():
        for each in interfaces:
            if each.address == address and not names & {each.address, each.owner} and each.subnet not in places:
                yield each
    for subnet in site.subnets.values():
        if subnet.identity not in places:
            yield from hosts(site, subnet.identity)


def _is_whole(site: Site, one: End, subnet: str) -> bool:
    """Whether an end means all of a subnet."""
    blocks = [each for each in site.subnets[subnet].blocks if isinstance(each, Block)]
    return one.block is None or (bool(blocks) and all(one.block.covers(each) for each in blocks))
