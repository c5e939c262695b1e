"""The ends of a question: whom a name, an address block, a parameter or the internet stands for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from labspec.reach.addresses import IPV4, Block, Symbol, block_of, internet
from labspec.reach.flow import Party, standing
from labspec.reach.ranges import Ranges
from labspec.reach.residents import hosts, residents
from labspec.reach.site import Interface, Site, Subnet
from labspec.reach.survey import EGRESS, INGRESS
from labspec.reach.traffic import NONE
from labspec.reach.values import identity
from labspec.template import Joined
from labspec.template.intrinsics import text_of

INTERNET, ENDPOINTS = "internet", "endpoints"
BUCKET, DATABASE = "AWS::S3::Bucket", "AWS::RDS::DBInstance"


class End(NamedTuple):
    """One end as it was said. What it stands for outside is cut to pieces when it is known who is at the other end."""

    name: str
    """As it is said: an address in the stacks, `internet`, a block, a parameter's name."""
    interfaces: tuple[Interface, ...] = ()
    outside: Block | Symbol | str | None = None
    """Addresses beyond the stacks; `internet` in any family."""
    block: Block | None = None
    """The whole of an address block, whatever of it is inside."""
    residents: tuple[Interface, ...] = ()
    """Of a network or a block, who is known to stand there besides: a connection of theirs is one of the network's.
    Of a parameter, any host."""
    symbol: Symbol | None = None
    """What a parameter's addresses are called, wherever they are."""
    bucket: str = ""
    """The address of a website's bucket."""
    unknown: str = ""
    """Why it cannot be said who that is; empty where it can."""


def end(site: Site, joined: Joined, said: Any) -> End:
    """Whom an end means: `internet`, `endpoints`, or a mapping of `id`, `cidr` or `parameter`, as in the manifest."""
    if said == INTERNET:
        return End(INTERNET, outside=INTERNET)
    if said == ENDPOINTS:
        found = (each for many in site.interfaces.values() for each in many if each.kind == "endpoint")
        interfaces = tuple(found)
        return End(ENDPOINTS, interfaces, unknown="" if interfaces else "There is no interface endpoint in the stacks.")
    if "cidr" in said:
        return _block(site, said["cidr"])
    if "parameter" in said:
        value = text_of(joined.values.get(said["parameter"]))
        return _block(site, value) if value else _parameter(site, said["parameter"])
    return _resource(site, joined, said["id"])


def _resource(site: Site, joined: Joined, name: str) -> End:
    resource = joined.find(name)
    if resource is None:
        return End(name, unknown="The stacks do not make it, so nothing is known of it but what the spec believes.")
    address = resource.address
    if resource.type == BUCKET:
        return End(address, bucket=address)
    if resource.type in ("AWS::EC2::Subnet", "AWS::EC2::VPC"):
        subnets = [each.identity for each in site.subnets.values() if address in (each.identity, each.vpc)]
        found = tuple(host for subnet in subnets for host in hosts(site, subnet))
        there = tuple(residents(site, subnets))
        return End(address, found, residents=there, unknown="" if found else "It has no subnet.")
    interfaces = tuple(each for one in (address, *_copies(joined, address)) for each in site.interfaces.get(one, ()))
    return End(address, interfaces, unknown="" if interfaces else f"It is not known where a {resource.type} stands.")


def _copies(joined: Joined, address: str) -> Iterator[str]:
    """The other instances of a database: replicas of it, and those of a cluster."""
    for resource in joined.resources.values():
        named = (resource.properties.get(name) for name in ("SourceDBInstanceIdentifier", "DBClusterIdentifier"))
        if resource.type == DATABASE and address in [identity(each) for each in named]:
            yield resource.address


def _block(site: Site, text: str) -> End:
    """A block: any host at those of its addresses that are in the stacks' subnets, and what else is outside."""
    block = block_of(text)
    if block is None:
        return End(text, unknown="It is no address block.")
    subnets = [each.identity for each in site.subnets.values() if _may_hold(each, block)]
    inside = tuple(host for subnet in subnets for host in hosts(site, subnet))
    nets = [
        each
        for blocks in site.vpcs.values()
        for each in blocks
        if isinstance(each, Block) and each.family == block.family
    ]
    left = block.addresses
    for net in nets:
        left = left - net.addresses
    outside = Block(block.family, left) if left else None
    return End(text, inside, outside, block, tuple(residents(site, subnets)))


def _parameter(site: Site, name: str) -> End:
    """Addresses that nobody knows yet: outside as they are meant to be, or any host's inside."""
    anywhere = tuple(host for subnet in site.subnets for host in hosts(site, subnet))
    return End(name, outside=Symbol(name), residents=anywhere, symbol=Symbol(name))


def _may_hold(subnet: Subnet, block: Block) -> bool:
    return any(not isinstance(each, Block) or each.meets(block) for each in subnet.blocks)


# ------------------------------------------------------------------ pieces


def has_family(site: Site, interface: Interface, family: int) -> bool:
    """Whether an interface may have an address of a family."""
    subnet = site.subnets.get(interface.subnet)
    if family == IPV4:
        return subnet is None or subnet.has_four
    return interface.six is True or (interface.six is None and subnet is not None and subnet.gives_six is not False)


def parties(site: Site, one: End, other: Interface | None, family: int, without: Ranges) -> Iterator[Party]:
    """The ends of connections that an end stands for: what is outside in pieces that no rule tells apart further."""
    for interface in one.interfaces:
        if not has_family(site, interface, family):
            continue
        party = standing(site, interface, family)
        if one.symbol:
            party = party._replace(addresses=one.symbol)
        if isinstance(party.addresses, Block):
            own = party.addresses.addresses - (without if interface.is_open else NONE)
            own = own & one.block.addresses if one.block and one.block.family == family else own
            party = party._replace(addresses=Block(family, own))
        if not isinstance(party.addresses, Block) or party.addresses.addresses:
            yield party
    outside = internet(family) if one.outside == INTERNET else one.outside
    if isinstance(outside, Symbol) and family == 4:
        yield Party(one.name, None, outside)
    if isinstance(outside, Block) and outside.family == family and other is not None:
        left = Block(family, outside.addresses - without)
        yield from (Party(one.name, None, piece) for piece in pieces(left, cuts(site, other, family)))


def pieces(whole: Block, cuts: Iterable[Block]) -> tuple[Block, ...]:
    """A block, cut so that each piece lies wholly inside or wholly outside of each cut."""
    found = [whole.addresses] if whole.addresses else []
    for cut in cuts:
        found = [part for piece in found for part in (piece & cut.addresses, piece - cut.addresses) if part]
    return tuple(Block(whole.family, piece) for piece in found)


def cuts(site: Site, interface: Interface, family: int) -> list[Block]:
    """Every block that decides something for an interface: of its groups, its subnet's ACLs and routes."""
    rules = [
        rule
        for member in interface.groups
        for direction in (INGRESS, EGRESS)
        for rule in site.rules.get((member.identity or "", direction), ())
    ]
    subnets = {interface.subnet, *(nat.subnet for nat in site.nats.values())}
    acls = [each.identity or "" for subnet in subnets for each in site.acls.get(subnet, ())]
    rules += [
        rule for acl in acls for direction in (INGRESS, EGRESS) for rule in site.entries.get((acl, direction), ())
    ]
    tables = [each.identity or "" for subnet in subnets for each in site.tables.get(subnet, ())]
    routes = [route.destination for table in tables for route in site.routes.get(table, ())]
    blocks = {peer for peer in (*(rule.peer for rule in rules), *routes) if isinstance(peer, Block)}
    return sorted(each for each in blocks if each.family == family)


def port_range(said: Mapping[str, Any]) -> tuple[int, int] | None:
    """The ports of a statement: `80`, `3000-3010`; None for all, and where none are said."""
    text = str(said.get("port", "all"))
    if text == "all":
        return None
    first, _, last = text.partition("-")
    return int(first), int(last or first)
