"""The networks of joined stacks: their subnets, routes, gateways, and who may pass."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from labspec.diagnostic import Path
from labspec.reach.addresses import IPV4, IPV6, LARGEST, Block, Symbol, block, prefix, symbol
from labspec.reach.ranges import ranges
from labspec.reach.site import At, Group, Member, Nat, Peer, Peering, Route, Rule, Site, Subnet, Target
from labspec.reach.traffic import number
from labspec.reach.values import UNKNOWN, default_group, identity, items, only, said
from labspec.template import Joined, Resource
from labspec.template.conditions import Condition, all_of, any_of, negate
from labspec.template.intrinsics import key, known

INGRESS, EGRESS = "ingress", "egress"
TARGETS = (
    *("GatewayId", "NatGatewayId", "VpcPeeringConnectionId", "EgressOnlyInternetGatewayId", "InstanceId"),
    *("NetworkInterfaceId", "TransitGatewayId", "VpcEndpointId", "LocalGatewayId", "CarrierGatewayId"),
    "CoreNetworkArn",
)
"""What a route may lead to (`AWS::EC2::Route`)."""
ANYWHERE = tuple(Block(family, ranges([(0, LARGEST[family])])) for family in (IPV4, IPV6))


def survey(joined: Joined) -> Site:
    """The networks; nobody stands in them yet."""
    site = Site()
    for resource in joined.resources.values():
        if resource.condition is not False and (read := READERS.get(resource.type)):
            read(site, resource)
    for vpc in site.vpcs:
        _default_group(site, vpc)
    _fill_in(site)
    return site


def _fill_in(site: Site) -> None:
    """Blocks that are named as a VPC's own, by its attribute."""
    firsts = {vpc: blocks[0] for vpc, blocks in site.vpcs.items() if blocks and isinstance(blocks[0], Block)}
    blocks = {Symbol(key({"Fn::GetAtt": [vpc, "CidrBlock"]})): block for vpc, block in firsts.items()}
    for rules in (*site.rules.values(), *site.entries.values()):
        rules[:] = [rule._replace(peer=_known(blocks, rule.peer)) for rule in rules]
    for routes in site.routes.values():
        routes[:] = [route._replace(destination=_known(blocks, route.destination)) for route in routes]


def _known(blocks: Mapping[Any, Block], peer: Any) -> Any:
    return blocks.get(peer, peer)


# ------------------------------------------------------------------ networks


def _vpc(site: Site, vpc: Resource) -> None:
    more = [block(each.value) for name in ("CidrBlock",) for each in said(vpc.properties.get(name), ())]
    site.vpcs[vpc.address] = (*site.vpcs.get(vpc.address, ()), *more)


def _more_addresses(site: Site, resource: Resource) -> None:
    vpc = identity(resource.properties.get("VpcId"))
    names = ("CidrBlock", "Ipv6CidrBlock")
    more = [block(each.value) for name in names for each in said(resource.properties.get(name), ())]
    if resource.properties.get("AmazonProvidedIpv6CidrBlock"):
        more.append(Symbol(resource.address))
    site.vpcs[vpc] = (*site.vpcs.get(vpc, ()), *more)


def _subnet(site: Site, subnet: Resource) -> None:
    body = subnet.properties
    blocks = [block(each.value) for name in ("CidrBlock", "Ipv6CidrBlock") for each in said(body.get(name), ())]
    public = truth(body, "MapPublicIpOnLaunch", absent=False)
    vpc = identity(body.get("VpcId"))
    site.subnets[subnet.address] = Subnet(subnet.address, subnet.address, vpc, tuple(blocks), public)


def truth(body: Mapping[str, Any], name: str, *, absent: bool | None) -> bool | None:
    """A property that is true or false; None where that is not known."""
    if body.get(name) is None:
        return absent
    found = only(body, name)
    text = known(found.value) if found else None
    return {"true": True, "false": False}.get((text or "").lower())


def _made_gateway(site: Site, gateway: Resource) -> None:
    site.gateways.setdefault(gateway.address, [])


def _gateway(site: Site, attachment: Resource) -> None:
    gateway = attachment.properties.get("InternetGatewayId")
    if gateway is not None:
        vpc = Member(identity(attachment.properties.get("VpcId")), attachment.condition)
        site.gateways.setdefault(identity(gateway), []).append(vpc)


def _edge(site: Site, association: Resource) -> None:
    """What comes in through a gateway goes where its own route table says: to an appliance, which is not followed."""
    site.edges.add(identity(association.properties.get("GatewayId")))


def _nat(site: Site, nat: Resource) -> None:
    body = nat.properties
    kind = known(body.get("ConnectivityType", "public"))
    public = None if kind is None else kind == "public"
    site.nats[nat.address] = Nat(nat.address, identity(body.get("SubnetId")), public, nat.condition)


def _peering(site: Site, peering: Resource) -> None:
    vpcs = identity(peering.properties.get("VpcId")), identity(peering.properties.get("PeerVpcId"))
    site.peerings[peering.address] = Peering(peering.address, vpcs, peering.condition)


def _association(kind: str, field: str) -> Callable[[Site, Resource], None]:
    def read(site: Site, association: Resource) -> None:
        found = site.tables if field == "tables" else site.acls
        subnet = identity(association.properties.get("SubnetId"))
        member = Member(identity(association.properties.get(kind)), association.condition)
        found.setdefault(subnet, []).append(member)

    return read


def _route(site: Site, route: Resource) -> None:
    body = route.properties
    table = identity(body.get("RouteTableId"))
    for name in ("DestinationCidrBlock", "DestinationIpv6CidrBlock", "DestinationPrefixListId"):
        for each in said(body.get(name), ("Properties", name)):
            for target in _targets(body):
                condition = all_of([route.condition, each.condition, target[1]])
                at = At(route.address, each.path)
                site.routes.setdefault(table, []).append(
                    Route(at, block(each.value), _length(each.value), target[0], condition)
                )


def _length(value: Any) -> int:
    """Of what is not known it is not known whether it is the longest: it is looked at first, and decides nothing."""
    text = known(value)
    return prefix(text) if text and isinstance(block(text), Block) else 129


def _targets(body: Mapping[str, Any]) -> Iterator[tuple[Target, Condition]]:
    for kind in TARGETS:
        for each in said(body.get(kind), ()):
            yield Target(kind, identity(each.value)), each.condition


def _propagation(site: Site, propagation: Resource) -> None:
    """A gateway that enters routes of its own: which, nobody knows before."""
    for index, table in enumerate(items(propagation.properties.get("RouteTableIds"), ("Properties", "RouteTableIds"))):
        at = At(propagation.address, table.path)
        unknown = Symbol(f"{propagation.address}.{index}")
        route = Route(at, unknown, 129, Target("VpnGatewayId", propagation.address), propagation.condition)
        site.routes.setdefault(identity(table.value), []).append(route)


# ------------------------------------------------------------------ who may pass


def _security_group(site: Site, group: Resource) -> None:
    body = group.properties
    site.groups[group.address] = identity(body.get("VpcId"))
    for name, direction in (("SecurityGroupIngress", INGRESS), ("SecurityGroupEgress", EGRESS)):
        for each in items(body.get(name), ("Properties", name)):
            at, condition = At(group.address, each.path), all_of([group.condition, each.condition])
            _add(site, group.address, direction, each.value, at, condition)
    given = any_of(each.condition for each in items(body.get("SecurityGroupEgress"), ()))
    _open_egress(site, group.address, all_of([group.condition, negate(given)]))


def _open_egress(site: Site, group: str, condition: Condition) -> None:
    """A group without rules of its own for what goes out lets everything out (`AWS::EC2::SecurityGroup`)."""
    for everywhere in ANYWHERE:
        rule = Rule(At(group.removesuffix(".DefaultSecurityGroup")), "-1", None, None, everywhere, condition)
        site.rules.setdefault((group, EGRESS), []).append(rule)


def _default_group(site: Site, vpc: str) -> None:
    """A VPC's own group lets its members reach one another, and everything out (`Default security groups`)."""
    group = default_group(vpc)
    site.groups[group] = vpc
    site.rules.setdefault((group, INGRESS), []).append(Rule(At(vpc), "-1", None, None, Group(group), True))
    _open_egress(site, group, True)


def _standalone(direction: str) -> Callable[[Site, Resource], None]:
    def read(site: Site, rule: Resource) -> None:
        group = identity(rule.properties.get("GroupId"))
        _add(site, group, direction, rule.properties, At(rule.address, ("Properties",)), rule.condition)

    return read


def _add(site: Site, group: str, direction: str, body: Any, at: At, condition: Condition) -> None:
    found = site.rules.setdefault((group, direction), [])
    if not isinstance(body, dict) or UNKNOWN in body:
        found.append(Rule(at, {UNKNOWN: body}, None, None, Symbol(symbol(body)), condition))
        return
    for path, peer in _peers(body):
        where = At(at.address, (*at.path, *path))
        found.append(Rule(where, body.get("IpProtocol"), body.get("FromPort"), body.get("ToPort"), peer, condition))


def _peers(body: Mapping[str, Any]) -> Iterator[tuple[Path, Peer]]:
    for name in ("CidrIp", "CidrIpv6", "SourcePrefixListId", "DestinationPrefixListId"):
        if body.get(name) is not None:
            yield (name,), block(body[name])
    for name in ("SourceSecurityGroupId", "DestinationSecurityGroupId", "SourceSecurityGroupName"):
        if body.get(name) is not None:
            yield (name,), Group(identity(body[name]))


def _entry(site: Site, entry: Resource) -> None:
    body = entry.properties
    egress = truth(body, "Egress", absent=False)
    acl = identity(body.get("NetworkAclId"))
    ports = body.get("PortRange") or body.get("Icmp") or {}
    first, last = (ports.get(name, ports.get(other)) for name, other in (("From", "Type"), ("To", "Code")))
    action = known(body.get("RuleAction"))
    for name in ("CidrBlock", "Ipv6CidrBlock"):
        for each in said(body.get(name), ("Properties", name)):
            certain = all_of([entry.condition, each.condition]) if None not in (egress, action) else {"Unknown": []}
            rule = Rule(
                At(entry.address, each.path),
                body.get("Protocol"),
                first,
                last,
                block(each.value),
                certain,
                number(body.get("RuleNumber")),
                action != "deny",
            )
            for direction in {True: [EGRESS], False: [INGRESS], None: [INGRESS, EGRESS]}[egress]:
                site.entries.setdefault((acl, direction), []).append(rule)


def _made_acl(site: Site, acl: Resource) -> None:
    site.made_acls.add(acl.address)


READERS: Mapping[str, Callable[[Site, Resource], None]] = {
    "AWS::EC2::VPC": _vpc,
    "AWS::EC2::VPCCidrBlock": _more_addresses,
    "AWS::EC2::Subnet": _subnet,
    "AWS::EC2::InternetGateway": _made_gateway,
    "AWS::EC2::VPCGatewayAttachment": _gateway,
    "AWS::EC2::GatewayRouteTableAssociation": _edge,
    "AWS::EC2::NatGateway": _nat,
    "AWS::EC2::VPCPeeringConnection": _peering,
    "AWS::EC2::SubnetRouteTableAssociation": _association("RouteTableId", "tables"),
    "AWS::EC2::SubnetNetworkAclAssociation": _association("NetworkAclId", "acls"),
    "AWS::EC2::Route": _route,
    "AWS::EC2::VPNGatewayRoutePropagation": _propagation,
    "AWS::EC2::SecurityGroup": _security_group,
    "AWS::EC2::SecurityGroupIngress": _standalone(INGRESS),
    "AWS::EC2::SecurityGroupEgress": _standalone(EGRESS),
    "AWS::EC2::NetworkAcl": _made_acl,
    "AWS::EC2::NetworkAclEntry": _entry,
}
"""What of a resource the network is made of, by its type."""
