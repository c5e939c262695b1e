"""One connection: from somebody to somebody, through all that may stop it.

Whatever a packet passes is a *gate*. A gate lets some ports pass certainly (`must`) and some perhaps (`may`, which
holds `must`); what neither holds is stopped. A connection passes what all of its gates let pass. Answers come back by
themselves through security groups, and through network ACLs and routes only where those let them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import reduce
from typing import NamedTuple

from labspec.reach.addresses import IPV4, Block, Symbol, internet
from labspec.reach.ranges import Ranges
from labspec.reach.site import At, Group, Interface, Member, Nat, Peer, Route, Rule, Site
from labspec.reach.survey import ANYWHERE, EGRESS, INGRESS
from labspec.reach.traffic import EPHEMERAL, NONE, WHOLE, spoken
from labspec.reach.values import default_acl, is_vague
from labspec.template.conditions import Condition, Facts, all_of, facts_of, under

SIDES = {EGRESS: "out", INGRESS: "in"}
ANSWER = "answer"
ACL, GROUP, ROUTE = "SUBNET_ACL_RESTRICTION", "ENI_SG_RULES_MISMATCH", "NO_ROUTE_TO_DESTINATION"
INWARD, OUTWARD = "IGW_PRIVATE_IP_ASSOCIATION_FOR_INGRESS", "IGW_PUBLIC_IP_ASSOCIATION_FOR_EGRESS"
GONE, DETACHED, ELSEWHERE = "BAD_STATE", "BAD_STATE_ATTACHMENT", "NGW_REQUIRES_SOURCE_IN_VPC"
PRIVATE, REDIRECTED = "IGW_SOURCE_ADDRESS_NOT_IN_RFC1918_INGRESS", "INGRESS_RTB_TRAFFIC_REDIRECTION"
PEERED, APART, UNKNOWN = "PCX_REQUIRES_ADDRESS_IN_VPC_CIDR", "DISCONNECTED_VPCS", "UNSUPPORTED_COMPONENT"
"""Names of AWS's for what stops a packet (`Reachability Analyzer explanation codes`)."""


class Party(NamedTuple):
    """An end of a connection: an interface, or addresses outside of the stacks' networks."""

    name: str
    interface: Interface | None
    addresses: Block | Symbol | None


class Use(NamedTuple):
    """Something that lets pass: a rule, a route, a gateway."""

    at: At
    must: Ranges
    may: Ranges


class Gate(NamedTuple):
    """What a connection passes. `code` is AWS's name for its being shut; `of` is whose gate it is."""

    code: str
    of: At
    must: Ranges
    may: Ranges
    uses: tuple[Use, ...] = ()
    ways: tuple[tuple[Gate, ...], ...] = ()
    """The gates of each of several ways, where it is not known which of them is taken."""
    side: str = ""
    """Of a subnet or an interface: `out` where it is left, `in` where it is entered, `answer` for what comes back."""


class Flow(NamedTuple):
    """A connection, by its gates in the order in which a packet comes to them."""

    source: Party
    target: Party
    gates: tuple[Gate, ...]
    protocol: str = "tcp"

    @property
    def must(self) -> Ranges:
        """The ports that certainly pass."""
        return reduce(lambda ports, gate: ports & gate.must, self.gates, self.gates[0].must)

    @property
    def may(self) -> Ranges:
        """The ports that perhaps pass."""
        return reduce(lambda ports, gate: ports & gate.may, self.gates, self.gates[0].may)


class Question(NamedTuple):
    """What is asked of a pair: of one protocol and family of addresses, where the conditions hold."""

    site: Site
    protocol: str
    family: int
    facts: Facts
    excluded: frozenset[Symbol] = frozenset()
    """What the callers are known not to be of."""

    @property
    def whole(self) -> Ranges:
        """All ports."""
        return WHOLE[self.protocol]

    def holds(self, condition: Condition) -> bool | None:
        """Whether something is there; None where that is not known."""
        left = under(condition, self.facts)
        return left if isinstance(left, bool) else None

    def gate(self, code: str, of: At, passes: bool | None, side: str = "") -> Gate:
        """A gate that lets all pass, or nothing, or perhaps all."""
        must, may = self.whole if passes else NONE, NONE if passes is False else self.whole
        return Gate(code, of, must, may, side=side)

    def is_public(self, interface: Interface) -> bool | None:
        """Whether the internet knows an address of an interface; every IPv6 address is such a one."""
        if self.family == IPV4 or interface.kind == "nat gateway":
            return interface.public
        place = self.site.subnets.get(interface.subnet)
        return interface.six if interface.six is not None or place is None else place.gives_six

    def answering(self, gate: Gate) -> Gate:
        """The same gate for what comes back: only what is a connection needs it."""
        may = gate.may if self.protocol == "tcp" else self.whole
        return gate._replace(side=ANSWER, may=may)

    def vpc(self, interface: Interface) -> str | None:
        """The VPC that an interface stands in; None where that is not known."""
        subnet = self.site.subnets.get(interface.subnet)
        return subnet.vpc if subnet else None


def flow(
    site: Site,
    source: Party,
    target: Party,
    protocol: str,
    family: int = 4,
    excluded: frozenset[Symbol] = frozenset(),
) -> Flow:
    """The connection from one to another, for all ports at once; one of them at least is an interface."""
    conditions = [each.interface.condition for each in (source, target) if each.interface]
    asked = Question(site, protocol, family, facts_of(all_of(conditions)), excluded)
    if all_of(conditions) is False:
        found = iter([asked.gate(UNKNOWN, At(target.name), None)])  # they are never there together
    elif source.interface and target.interface:
        found = _inside(asked, source, target)
    elif source.interface:
        found = _outward(asked, source, target)
    else:
        found = _inward(asked, source, target)
    return Flow(source, target, tuple(found), protocol)


# ------------------------------------------------------------------ the three ways


def _inside(asked: Question, source: Party, target: Party) -> Iterator[Gate]:
    assert source.interface
    assert target.interface
    yield _group(asked, source.interface, EGRESS, target)
    one, other = asked.vpc(source.interface), asked.vpc(target.interface)
    is_near = source.interface.subnet == target.interface.subnet and source.interface.subnet in asked.site.subnets
    if not is_near:
        yield _acl(asked, source.interface.subnet, EGRESS, target)
        if one != other or one is None or is_vague(one):
            yield from _peered(asked, source, target)
        else:
            yield _local(asked, source.interface, target)
            yield asked.answering(_local(asked, target.interface, source))
        yield _acl(asked, target.interface.subnet, INGRESS, source)
    yield _group(asked, target.interface, INGRESS, source)
    if not is_near:
        yield _acl(asked, target.interface.subnet, EGRESS, source, side=ANSWER)
        yield _acl(asked, source.interface.subnet, INGRESS, target, side=ANSWER)


def _outward(asked: Question, source: Party, target: Party) -> Iterator[Gate]:
    assert source.interface
    yield _group(asked, source.interface, EGRESS, target)
    yield _acl(asked, source.interface.subnet, EGRESS, target)
    yield from _leads(asked, source.interface, target, inward=False)
    yield _acl(asked, source.interface.subnet, INGRESS, target, side=ANSWER)


def _inward(asked: Question, source: Party, target: Party) -> Iterator[Gate]:
    assert target.interface
    found = tuple(_leads(asked, target.interface, source, inward=True))
    is_plain = asked.protocol == "tcp" and not target.interface.is_accelerated
    yield from found if is_plain else [_arriving(asked, target.interface, found)]
    yield _acl(asked, target.interface.subnet, INGRESS, source)
    yield _group(asked, target.interface, INGRESS, source)
    yield _acl(asked, target.interface.subnet, EGRESS, source, side=ANSWER)


def _arriving(asked: Question, interface: Interface, found: Sequence[Gate]) -> Gate:
    """What needs no answer, or is led past the gateways, arrives without a way back: where there is an address."""
    whole = Flow(Party("", None, None), Party("", None, None), tuple(found))
    has_way = interface.is_accelerated or (asked.is_public(interface) is not False and bool(asked.site.gateways))
    last = found[-1]
    return last._replace(must=whole.must, may=asked.whole if has_way else whole.may)


# ------------------------------------------------------------------ security groups


def _group(asked: Question, interface: Interface, direction: str, other: Party) -> Gate:
    """Security groups only let pass: what one of them lets pass, passes."""
    if interface.is_open:
        return asked.gate(GROUP, interface.at, True, SIDES[direction])
    strays = [
        found for rule in asked.site.stray.get(direction, ()) if (found := _of_rule(asked, rule, other, None)).may
    ]
    uses = (*_admitted(asked, interface.groups, direction, other), *strays)
    must = reduce(lambda ports, use: ports | use.must, uses, NONE)
    may = reduce(lambda ports, use: ports | use.may, uses, NONE)
    return Gate(GROUP, _of_group(asked.site, interface), must, may, uses, side=SIDES[direction])


def _of_group(site: Site, interface: Interface) -> At:
    """The first security group of an interface that the stacks make; the interface where there is none."""
    names = (
        each.identity.removesuffix(".DefaultSecurityGroup") for each in interface.groups if each.identity in site.groups
    )
    name = next((name for name in names if name), "")
    return At(name) if name else interface.at


def _admitted(asked: Question, members: Sequence[Member], direction: str, other: Party) -> Iterator[Use]:
    for member in members:
        is_member = asked.holds(member.condition)
        if is_member is False:
            continue
        if member.identity is None or member.identity not in asked.site.groups:
            yield Use(At(member.identity or ""), NONE, asked.whole)  # what else it lets pass is not known
        for rule in asked.site.rules.get((member.identity or "", direction), ()):
            found = _of_rule(asked, rule, other, is_member)
            if found.may:
                yield found


def _of_rule(asked: Question, rule: Rule, other: Party, is_there: bool | None) -> Use:
    exists, fits = asked.holds(rule.condition), _fits(asked, rule.peer, other)
    if exists is False or fits is False:
        return Use(rule.at, NONE, NONE)
    ports = spoken(rule.protocol, rule.first, rule.last, asked.protocol)
    is_sure = bool(is_there and exists and fits)
    return Use(rule.at, ports.must if is_sure else NONE, ports.may)


def _fits(asked: Question, peer: Peer, other: Party) -> bool | None:
    """Whether a rule speaks of somebody; None where that is not known."""
    if isinstance(peer, Group):
        return _is_in(asked, peer.identity, other)
    if isinstance(peer, Symbol):
        return True if other.addresses == peer else False if peer in asked.excluded else None
    if isinstance(other.addresses, Block):
        return True if peer.covers(other.addresses) else None if peer.meets(other.addresses) else False
    if peer.family != asked.family:
        return False
    return True if peer in ANYWHERE else None


def _is_in(asked: Question, group: str, other: Party) -> bool | None:
    if other.interface is None or other.interface.is_open:
        return False
    found: bool | None = False
    for member in other.interface.groups:
        same = _same(asked.site, group, member.identity)
        holds = asked.holds(member.condition)
        if same and holds:
            return True
        if same is not False and holds is not False:
            found = None
    return found


def _same(site: Site, one: str, other: str | None) -> bool | None:
    """Whether two names are of one security group: those of other stacks may be."""
    if is_vague(one) or is_vague(other) or other is None:
        return None
    if one == other:
        return True
    if one in site.groups or other in site.groups:
        return False
    return False if one.startswith("sg-") and other.startswith("sg-") else None


# ------------------------------------------------------------------ network ACLs


def _acl(asked: Question, subnet: str, direction: str, other: Party, side: str = "") -> Gate:
    """What a subnet's network ACL lets pass: of each port the first entry that fits decides.

    Answers go to a port that the caller chose: none is known, so they pass where all such ports do.
    """
    own = [each for each in asked.site.acls.get(subnet, ()) if asked.holds(each.condition) is not False]
    place, side = asked.site.subnets.get(subnet), side or SIDES[direction]
    if place is None:
        return asked.gate(ACL, At(subnet), None, side)
    if not own:  # the VPC's own ACL lets all pass, unless somebody has changed it
        changed = any(acl == default_acl(place.vpc) or is_vague(acl) for acl, _ in asked.site.entries)
        is_known = place.vpc in asked.site.made and not changed and not any(map(is_vague, asked.site.acls))
        return asked.gate(ACL, At(subnet), True if is_known else None, side)
    gates = [_entries(asked, each, direction, other) for each in own]
    if len(own) > 1 or asked.holds(own[0].condition) is None:
        gates.append(asked.gate(ACL, At(subnet), True if place.vpc in asked.site.made else None))
        may = reduce(lambda ports, gate: ports | gate.may, gates, NONE)
        must = reduce(lambda ports, gate: ports & gate.must, gates, asked.whole)
        gates = [Gate(ACL, gates[0].of, must, may, gates[0].uses)]
    return _answering(asked, gates[0]) if side == ANSWER else gates[0]._replace(side=side)


def _answering(asked: Question, gate: Gate) -> Gate:
    wanted = asked.whole & EPHEMERAL if asked.protocol in ("tcp", "udp") else asked.whole
    passes = True if gate.must.covers(wanted) else None if gate.may or asked.protocol != "tcp" else False
    return asked.gate(ACL, gate.of, passes, side=ANSWER)


def _entries(asked: Question, acl: Member, direction: str, other: Party) -> Gate:
    of = At(acl.identity or "")
    entries = asked.site.entries.get((acl.identity or "", direction), [])
    is_known = _is_ours(asked.site, acl.identity) and not any(is_vague(name) for name, _ in asked.site.entries)
    if not is_known or any(entry.number is None for entry in entries):
        return asked.gate(ACL, of, None)
    must, may, sure, open_ = NONE, NONE, asked.whole, asked.whole
    uses = []
    for entry in sorted(entries, key=lambda entry: entry.number or 0):
        found = _of_rule(asked, entry, other, True)
        if entry.allows:
            uses.append(Use(entry.at, found.must & sure, found.may & open_))
            must, may = must | (found.must & sure), may | (found.may & open_)
        sure, open_ = sure - found.may, open_ - found.must
    return Gate(ACL, of, must, may, tuple(use for use in uses if use.may))


def _is_ours(site: Site, acl: str | None) -> bool:
    """Whether all entries of a network ACL are known: it is made by the stacks."""
    return acl in site.made_acls


# ------------------------------------------------------------------ routes


def _local(asked: Question, source: Interface, target: Party) -> Gate:
    """Within a VPC everything finds its way, unless a route of its own leads some of it elsewhere."""
    for route in _routes(asked, source.subnet, target):
        if route.length > 0 and route.target.identity != "local" and _inside_vpc(asked, route, source):
            return asked.gate(ROUTE, route.at, None)
    return asked.gate(ROUTE, At(source.subnet), True)


def _inside_vpc(asked: Question, route: Route, source: Interface) -> bool:
    blocks = asked.site.vpcs.get(asked.vpc(source) or "", ())
    if isinstance(route.destination, Symbol):
        return route.target.kind != "VpcEndpointId"  # it may be one within the VPC, which is taken before the VPC's own
    return any(isinstance(block, Block) and block.covers(route.destination) for block in blocks)


def _routes(asked: Question, subnet: str, other: Party) -> list[Route]:
    """The routes of a subnet that may fit, the longest prefix first."""
    tables = [each for each in asked.site.tables.get(subnet, ()) if asked.holds(each.condition) is not False]
    found = [route for table in tables for route in asked.site.routes.get(table.identity or "", ())]
    fitting = [route for route in found if asked.holds(route.condition) is not False]
    return sorted(
        (each for each in fitting if _fits(asked, each.destination, other) is not False), key=lambda r: -r.length
    )


def _leads(asked: Question, interface: Interface, other: Party, inward: bool, by: Nat | None = None) -> Iterable[Gate]:
    """The gates of the way from an interface to the outside, or from there to it: answers take the same way."""
    subnet = interface.subnet
    tables = [each for each in asked.site.tables.get(subnet, ()) if asked.holds(each.condition) is not False]
    if not _is_mapped(asked.site, subnet, tables):
        return [asked.gate(UNKNOWN, At(subnet), None)]
    routes = _routes(asked, subnet, other)
    is_known = len(tables) <= 1 and all(asked.holds(each.condition) for each in tables)
    ways: list[list[Gate]] = []
    for route in routes:
        ways.append(list(_through(asked, route, interface, other, inward, by)))
        if asked.holds(route.condition) and _fits(asked, route.destination, other):
            break
    else:
        ways.append([asked.gate(ROUTE, At(_table(tables, subnet)), False)])
    if len(ways) == 1 and is_known:
        return ways[0]
    return [_perhaps(asked, ways, is_known)]


def _is_mapped(site: Site, subnet: str, tables: Sequence[Member]) -> bool:
    """Whether all routes of a subnet are known: its own tables', or those of its VPC's main one, which has none."""
    place = site.subnets.get(subnet)
    if place is None or any(map(is_vague, (*site.tables, *site.routes))):
        return False
    return all(each.identity in site.made for each in tables) if tables else place.vpc in site.made


def _table(tables: Sequence[Member], subnet: str) -> str:
    return tables[0].identity or subnet if tables else subnet


def _perhaps(asked: Question, ways: Sequence[Sequence[Gate]], is_known: bool) -> Gate:
    """One of several ways, of which it is not known which: certain is what all let pass, possible what one does."""
    flows = [Flow(Party("", None, None), Party("", None, None), tuple(way)) for way in ways]
    must = reduce(lambda ports, each: ports & each.must, flows, asked.whole) if is_known else NONE
    may = reduce(lambda ports, each: ports | each.may, flows, NONE)
    first = next(gate for way in ways for gate in way)
    return Gate(first.code, first.of, must, may, ways=tuple(map(tuple, ways)))


def _through(
    asked: Question, route: Route, interface: Interface, other: Party, inward: bool, by: Nat | None
) -> Iterator[Gate]:
    """The gates of a route, and of what it leads to."""
    yield asked.gate(ROUTE, route.at, True)._replace(uses=(Use(route.at, asked.whole, asked.whole),))
    kind, identity = route.target
    if kind == "GatewayId" and identity in asked.site.gateways:
        yield from _internet(asked, identity, interface, other, inward)
    elif kind == "NatGatewayId" and not inward and by is None and identity in asked.site.nats:
        yield from _nat(asked, asked.site.nats[identity], interface, other)
    elif kind == "NatGatewayId" and inward:
        yield asked.gate(INWARD, At(identity), False)  # it begins nothing from outside
    elif kind == "VpcEndpointId" and identity in asked.site.endpoints:
        yield asked.gate(UNKNOWN, route.at, asked.protocol == "tcp" and not inward)
    elif kind == "EgressOnlyInternetGatewayId":
        yield asked.gate(INWARD, At(identity), not inward)
    elif kind == "VpcPeeringConnectionId" and identity in asked.site.peerings:
        yield asked.gate(PEERED, At(identity), False if _is_public(other) else None)
    else:
        yield asked.gate(UNKNOWN, route.at, None)


def _is_public(other: Party) -> bool:
    return isinstance(other.addresses, Block) and internet(other.addresses.family).covers(other.addresses)


def _internet(asked: Question, gateway: str, interface: Interface, other: Party, inward: bool) -> Iterator[Gate]:
    vpc = asked.vpc(interface)
    members = asked.site.gateways[gateway]
    attached = [
        asked.holds(each.condition) if each.identity == vpc else None for each in members if _may_be(each.identity, vpc)
    ]
    yield asked.gate(DETACHED, At(gateway), True if True in attached else None if attached else False)
    if isinstance(other.addresses, Block) and not other.addresses.meets(internet(other.addresses.family)):
        yield asked.gate(PRIVATE, At(gateway), False)
    if gateway in asked.site.edges:
        yield asked.gate(REDIRECTED, At(gateway), None)
    if asked.site.is_shut:
        yield asked.gate("VPC_BLOCK_PUBLIC_ACCESS_ENABLED", At(gateway), None)
    yield asked.gate(INWARD if inward else OUTWARD, interface.at, asked.is_public(interface))


def _may_be(one: str | None, other: str | None) -> bool:
    """Whether two names may be of one thing."""
    return one == other or is_vague(one) or is_vague(other)


def _nat(asked: Question, nat: Nat, interface: Interface, other: Party) -> Iterator[Gate]:
    """Out through a NAT gateway: it stands in a subnet of its own, and has to get out from there."""
    subnet = asked.site.subnets.get(nat.subnet)
    is_there = asked.holds(nat.condition)
    if subnet is None or subnet.vpc != asked.vpc(interface):
        yield asked.gate(ELSEWHERE, At(nat.address), None if subnet is None else False)
        return
    yield asked.gate(GONE, At(nat.address), is_there)
    caller = Party("", interface, _addresses(asked.site, interface, asked.family))
    itself = Interface(
        nat.address, nat.address, "nat gateway", nat.subnet, (), True, nat.is_public, True, At(nat.address)
    )
    if nat.subnet != interface.subnet:
        yield _acl(asked, nat.subnet, INGRESS, caller)
    yield _acl(asked, nat.subnet, EGRESS, other)
    yield from _leads(asked, itself, other, inward=False, by=nat)
    yield _acl(asked, nat.subnet, INGRESS, other, side=ANSWER)
    yield asked.answering(_local(asked, itself, caller))
    if nat.subnet != interface.subnet:
        yield _acl(asked, nat.subnet, EGRESS, caller, side=ANSWER)


# ------------------------------------------------------------------ peering


def _peered(asked: Question, source: Party, target: Party) -> Iterator[Gate]:
    """From VPC to VPC: by a peering connection of the two, that routes of both lead to."""
    assert source.interface
    assert target.interface
    ends = asked.vpc(source.interface), asked.vpc(target.interface)
    if None in ends or any(map(is_vague, ends)) or target.interface.public is not False:
        yield asked.gate(UNKNOWN, At(target.interface.subnet), None)  # or by the internet, to its public address
        return
    for interface, other, side in ((source.interface, target, ""), (target.interface, source, ANSWER)):
        yield _to_peer(asked, interface, other, {str(end) for end in ends}, side)


def _to_peer(asked: Question, interface: Interface, other: Party, ends: set[str], side: str) -> Gate:
    for route in _routes(asked, interface.subnet, other):
        sure = asked.holds(route.condition) and _fits(asked, route.destination, other)
        peering = asked.site.peerings.get(route.target.identity)
        if not sure:
            return asked.gate(UNKNOWN, route.at, None, side)
        if route.target.kind != "VpcPeeringConnectionId" or peering is None:
            is_known = route.target.identity in (*asked.site.gateways, *asked.site.nats)
            return asked.gate(APART, route.at, False if is_known else None, side)
        joins = set(peering.vpcs) == ends
        return asked.gate(PEERED, route.at, (asked.holds(peering.condition) or None) if joins else False, side)
    return asked.gate(APART, At(interface.subnet), False, side)


def _addresses(site: Site, interface: Interface, family: int) -> Block | Symbol | None:
    """The addresses that an interface may have: those of its subnet."""
    subnet = site.subnets.get(interface.subnet)
    blocks = subnet.blocks if subnet else ()
    known = (each for each in blocks if isinstance(each, Block) and each.family == family)
    return next(known, None)


def standing(site: Site, interface: Interface, family: int = 4) -> Party:
    """An interface as an end of connections."""
    return Party(interface.address, interface, _addresses(site, interface, family))
