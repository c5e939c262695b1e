"""Who reaches whom: a question, and its answer with the connections that it rests on."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import NamedTuple

from labspec.reach.addresses import Symbol
from labspec.reach.balancing import listening, served
from labspec.reach.ends import End, parties
from labspec.reach.flow import Flow, Gate, Party, flow
from labspec.reach.ranges import Ranges, ranges
from labspec.reach.residents import listens
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

    @property
    def gates(self) -> tuple[Gate, ...]:
        """All that it passes until it is served."""
        return (*self.flow.gates, *self.behind)

    @property
    def passes(self) -> bool | None:
        """Whether all of it passes and is served; None where that is not known."""
        found = [
            each.must.covers(self.wanted) or (None if each.may.covers(self.wanted) else False) for each in self.gates
        ]
        return _every(found, is_open=False)

    @property
    def is_shut(self) -> bool | None:
        """Whether none of it passes; None where that is not known."""
        return True if not self.flow.may & self.wanted else None if not self.flow.must & self.wanted else False


class Answer(NamedTuple):
    """What is known of a question: all connections that it means, and why some cannot be judged."""

    pairs: tuple[Pair, ...]
    unknown: tuple[str, ...]

    @property
    def reaches(self) -> bool | None:
        """Whether everybody reaches everybody."""
        return _every([pair.passes for pair in self.pairs], bool(self.unknown))

    @property
    def is_blocked(self) -> bool | None:
        """Whether nobody reaches anybody."""
        return _every([pair.is_shut for pair in self.pairs], bool(self.unknown))


def _every(found: Collection[bool | None], is_open: bool) -> bool | None:
    if False in found:
        return False
    return True if found and None not in found and not is_open else None


def ask(site: Site, joined: Joined, source: End, target: End, asked: Asked) -> Answer:
    """Whether the one reaches the other. What is not known of an end makes the answer so."""
    unknown = tuple(f"{each.name}: {each.unknown}" for each in (source, target) if each.unknown)
    found = [*_connections(site, joined, source, target, asked)] if not unknown else []
    if not found and not unknown:
        unknown = (f"{source.name} to {target.name}: neither stands in the stacks.",)
    return Answer(tuple(found), unknown)


def _connections(site: Site, joined: Joined, source: End, target: End, asked: Asked) -> Iterator[Pair]:
    if target.bucket:
        for gates in reading(joined, target.bucket, source.outside is not None):
            yield Pair(
                Flow(Party(source.name, None, None), Party(target.name, None, None), gates),
                asked.ports or ranges([(80, 80)]),
            )
        return
    without = _without(asked.excluded)
    symbols = frozenset(each.outside for each in asked.excluded if isinstance(each.outside, Symbol))
    for family in _families(site, source, target):
        for one, other in _ends(site, source, target, family, without):
            for protocol in PROTOCOLS.get(asked.protocol, (asked.protocol,)):
                found = flow(site, one, other, protocol, family, symbols)
                yield _pair(site, joined, found, protocol, asked)


def _without(excluded: Iterable[End]) -> Ranges:
    found = NONE
    for each in excluded:
        if each.outside is not None and not isinstance(each.outside, (Symbol, str)):
            found = found | each.outside.addresses
    return found


def _families(site: Site, source: End, target: End) -> Sequence[int]:
    """IPv4; and IPv6 where a subnet of an end has it."""
    subnets = {each.subnet for one in (source, target) for each in one.interfaces}
    has_six = any(len(site.subnets[name].blocks) > 1 for name in subnets if name in site.subnets)
    return (4, 6) if has_six else (4,)


def _ends(site: Site, source: End, target: End, family: int, without: Ranges) -> Iterator[tuple[Party, Party]]:
    for interface in target.interfaces:
        for one in parties(site, source, interface, family, without):
            (other,) = parties(site, End(target.name, (interface,)), None, family, NONE)
            if one.interface is None or one.interface.address != interface.address:
                yield one, other
    if target.outside is not None:
        for interface in source.interfaces:
            (one,) = parties(site, End(source.name, (interface,)), None, family, NONE)
            outside = target._replace(interfaces=())
            yield from ((one, other) for other in parties(site, outside, interface, family, without))


def _pair(site: Site, joined: Joined, found: Flow, protocol: str, asked: Asked) -> Pair:
    whole = WHOLE[protocol]
    wanted = asked.ports & whole if asked.ports is not None else whole
    interface = found.target.interface
    if interface and protocol == "tcp" and asked.ports is None and asked.protocol == "tcp":
        wanted = listens(site, interface.owner)
    behind: tuple[Gate, ...] = ()
    if interface and interface.kind == "load balancer" and protocol == "tcp":
        found = found._replace(gates=(*found.gates, listening(site, joined, interface)))
        behind = tuple(served(site, joined, interface, wanted))
    if asked.via:
        found = found._replace(gates=(*found.gates, _filter(found, asked.via, whole)))
    return Pair(found, wanted, behind)


def _filter(found: Flow, via: tuple[str, ...], whole: Ranges) -> Gate:
    """The way leads through one of these, or it does not count."""
    met = {gate.of.address for gate in found.gates}
    passes = bool(met & set(via))
    return Gate(FILTER, At(via[0]), whole if passes else NONE, whole if passes else NONE)


def blocking(pair: Pair) -> Gate:
    """The first gate that does not let pass what is asked for."""
    shut = (gate for gate in pair.gates if not gate.may.covers(pair.wanted))
    return next(shut, None) or next(gate for gate in pair.gates if not gate.must.covers(pair.wanted))


def callers(site: Site, but: Iterable[End]) -> Iterator[Interface]:
    """Everybody in the stacks but some: whoever has an interface, and any other host of each subnet."""
    spared = [interface for each in but for interface in each.interfaces]
    names, places = {each.address for each in spared}, {each.subnet for each in spared if each.is_open}
    for address, interfaces in site.interfaces.items():
        yield from (
            each
            for each in interfaces
            if each.address == address and address not in names and each.subnet not in places
        )
    for subnet in site.subnets:
        if subnet not in places:
            yield Interface(
                subnet, subnet, "host", subnet, (), True, site.subnets[subnet].gives_public, True, At(subnet)
            )
