"""The networks of joined stacks: their subnets, routes, gateways, and who may pass."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from labspec.diagnostic import Path
from labspec.reach.addresses import IPV4, IPV6, LARGEST, Block, Symbol, block, prefix, symbol
from labspec.reach.ranges import ranges
from labspec.reach.site import At, Group, Member, Nat, Peer, Peering, Route, Rule, Site, Subnet, Target
from labspec.reach.traffic import number
from labspec.reach.values import UNDECIDED, UNKNOWN, VAGUE, default_group, identity, is_vague, items, named, only, said
from labspec.template import Joined, Resource
from labspec.template.conditions import Condition, all_of, any_of, negate
from labspec.template.intrinsics import call, known, mentioned, text_of

INGRESS, EGRESS = "ingress", "egress"
TARGETS = (
    *("GatewayId", "NatGatewayId", "VpcPeeringConnectionId", "EgressOnlyInternetGatewayId", "InstanceId"),
    *("NetworkInterfaceId", "TransitGatewayId", "VpcEndpointId", "LocalGatewayId", "CarrierGatewayId"),
    "CoreNetworkArn",
)
"""What a route may lead to (`AWS::EC2::Route`)."""
PEERS = (
    *("CidrIp", "CidrIpv6", "SourcePrefixListId", "DestinationPrefixListId"),
    *("SourceSecurityGroupId", "DestinationSecurityGroupId", "SourceSecurityGroupName"),
)
"""How a rule says whom it speaks of: blocks, lists of them, groups, and a group by its name."""
STACK = "AWS::CloudFormation::Stack"
HARMLESS = (
    "AWS::LanguageExtensions",
    "AWS::Serverless-2016-10-31",
    "AWS::SecretsManager-2020-07-23",
    "AWS::SecretsManager-2024-09-16",
)
"""Transforms of AWS's own that change no network that is there."""
ANYWHERE = tuple(Block(family, ranges([(0, LARGEST[family])])) for family in (IPV4, IPV6))


def survey(joined: Joined) -> Site:
    """The networks; nobody stands in them yet."""
    site = Site()
    for resource in joined.resources.values():
        if resource.condition is not False and (read := READERS.get(resource.type)):
            read(site, resource)
    for vpc in site.vpcs:
        if vpc in site.made:
            _default_group(site, vpc)
    _fill_in(site, joined)
    _doubt_egress(site)
    site.unread = [*_unread(joined)]
    return site


def _unread(joined: Joined) -> Iterator[str]:
    """Templates and macros that were not read, and that may change anything they are given."""
    for resource in joined.resources.values():
        if resource.type == STACK and {*mentioned(resource.properties)} & joined.resources.keys():
            yield f"`{resource.address}` is a stack whose template is not here, and is given some of this one."
    for template in joined.templates.values():
        transforms = template.data.get("Transform") or []
        for each in transforms if isinstance(transforms, list) else [transforms]:
            if text_of(each) not in HARMLESS:
                yield f"`{template.file}` is changed by {text_of(each) or 'a macro'} before it is deployed."
        if any(str(name).startswith("Fn::") for name in template.section("Resources")):
            yield f"`{template.file}` makes resources by a function."


def _doubt_egress(site: Site) -> None:
    """A rule for everything may be taken off where another stands beside it: CloudFormation removes the default one.

    (`aws/aws-cdk` issue 987; the documentation of `AWS::EC2::SecurityGroupEgress` says nothing of it.)
    """
    for group in site.with_egress:
        found = site.rules.get((group, EGRESS), [])
        found[:] = [rule._replace(condition=UNDECIDED) if _is_for_all(rule) else rule for rule in found]


def _is_for_all(rule: Rule) -> bool:
    """Whether a rule lets everything out, and is no resource of its own."""
    is_alone = len(rule.at.path) == 2 and rule.at.path[1] in PEERS
    return rule.peer in ANYWHERE and known(rule.protocol) == "-1" and rule.condition is not False and not is_alone


def _fill_in(site: Site, joined: Joined) -> None:
    """Blocks that are named as a VPC's, or a subnet's own, by its attribute."""
    own = {
        each: block(joined.resources[each].properties.get("CidrBlock"))
        for each in (*site.made, *site.subnets)
        if each in joined.resources
    }
    blocks = {
        Symbol(symbol({"Fn::GetAtt": [each, "CidrBlock"]})): found
        for each, found in own.items()
        if isinstance(found, Block)
    }
    for rules in (*site.rules.values(), *site.entries.values()):
        rules[:] = [rule._replace(peer=_known(blocks, rule.peer)) for rule in rules]
    for routes in site.routes.values():
        routes[:] = [route._replace(destination=_known(blocks, route.destination)) for route in routes]


def _known(blocks: Mapping[Any, Block], peer: Any) -> Any:
    return blocks.get(peer, peer)


# ------------------------------------------------------------------ networks


def _vpc(site: Site, vpc: Resource) -> None:
    site.made.add(vpc.address)
    site.vpcs[vpc.address] = (*site.vpcs.get(vpc.address, ()), *_blocks(vpc.properties, "CidrBlock"))


def _blocks(body: Mapping[str, Any], *names: str) -> tuple[Block | Symbol, ...]:
    """The address blocks of some properties; one that depends on a condition is not known."""
    found = [[*said(body.get(name), ())] for name in names]
    return tuple(
        block(each[0].value) if len(each) == 1 and each[0].condition is True else Symbol(symbol(body.get(name)))
        for name, each in zip(names, found, strict=True)
        if each
    )


def _more_addresses(site: Site, resource: Resource) -> None:
    vpc = identity(resource.properties.get("VpcId"))
    more = [*_blocks(resource.properties, "CidrBlock", "Ipv6CidrBlock")]
    if resource.properties.get("AmazonProvidedIpv6CidrBlock"):
        more.append(Symbol(resource.address))
    site.vpcs[vpc] = (*site.vpcs.get(vpc, ()), *more)


def _subnet(site: Site, subnet: Resource) -> None:
    body = subnet.properties
    four, six = _blocks(body, "CidrBlock"), _blocks(body, "Ipv6CidrBlock")
    by_pool = body.get("Ipv4IpamPoolId") is not None
    public = truth(body, "MapPublicIpOnLaunch", absent=False)
    gives = truth(body, "AssignIpv6AddressOnCreation", absent=None) if six or body.get("Ipv6IpamPoolId") else False
    blocks = (*(four or ((Symbol(subnet.address),) if by_pool else ())), *six)
    vpc = identity(body.get("VpcId"))
    site.subnets[subnet.address] = Subnet(
        subnet.address, subnet.address, vpc, blocks, public, gives, bool(four or by_pool)
    )


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
    body = attachment.properties
    for gateway in named(body.get("InternetGatewayId"), (), attachment.condition):
        found = [Member(each.value, each.condition) for each in named(body.get("VpcId"), (), gateway.condition)]
        site.gateways.setdefault(gateway.value, []).extend(found)


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
        for subnet in named(association.properties.get("SubnetId"), (), association.condition):
            for each in named(association.properties.get(kind), (), subnet.condition):
                found.setdefault(subnet.value, []).append(Member(each.value, each.condition))

    return read


def _made_table(site: Site, table: Resource) -> None:
    site.made.add(table.address)


def _route(site: Site, route: Resource) -> None:
    body = route.properties
    for table in named(body.get("RouteTableId"), (), route.condition):
        for name in ("DestinationCidrBlock", "DestinationIpv6CidrBlock", "DestinationPrefixListId"):
            for each in said(body.get(name), ("Properties", name), table.condition):
                for target, condition in _targets(body):
                    whole = all_of([each.condition, condition])
                    made = Route(At(route.address, each.path), block(each.value), _length(each.value), target, whole)
                    site.routes.setdefault(table.value, []).append(made)


def _length(value: Any) -> int:
    """Of what is not known it is not known whether it is the longest: it is looked at first, and decides nothing."""
    text = known(value)
    return prefix(text) if text and isinstance(block(text), Block) else 129


def _targets(body: Mapping[str, Any]) -> Iterator[tuple[Target, Condition]]:
    for kind in TARGETS:
        for each in named(body.get(kind), ()):
            yield Target(kind, each.value), each.condition


def _propagation(site: Site, propagation: Resource) -> None:
    """A gateway that enters routes of its own: which, nobody knows before."""
    _unknown_routes(site, propagation, "VpnGatewayId")


def _endpoint(site: Site, endpoint: Resource) -> None:
    """A gateway endpoint enters routes to all public addresses of its service."""
    if known(endpoint.properties.get("VpcEndpointType", "Gateway")) == "Gateway":
        site.endpoints.add(endpoint.address)
        _unknown_routes(site, endpoint, "VpcEndpointId")


def _unknown_routes(site: Site, resource: Resource, kind: str) -> None:
    for index, table in enumerate(items(resource.properties.get("RouteTableIds"), ("Properties", "RouteTableIds"))):
        unknown = Symbol(f"{resource.address}.{index}")
        condition = all_of([resource.condition, table.condition])
        route = Route(At(resource.address, table.path), unknown, 129, Target(kind, resource.address), condition)
        site.routes.setdefault(identity(table.value), []).append(route)


def _shut(site: Site, _: Resource) -> None:
    site.is_shut = True


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
        body = rule.properties
        at = At(rule.address, ("Properties",))
        if body.get("GroupId") is None:
            _add(site, VAGUE, direction, body, at, rule.condition)  # by a name, in the default VPC
        for group in named(body.get("GroupId"), (), rule.condition):
            _add(site, group.value, direction, body, at, group.condition)
            if direction == EGRESS:
                site.with_egress.add(group.value)

    return read


def _add(site: Site, group: str, direction: str, body: Any, at: At, condition: Condition) -> None:
    found = site.stray.setdefault(direction, []) if is_vague(group) else site.rules.setdefault((group, direction), [])
    if not isinstance(body, dict) or UNKNOWN in body:
        found.append(Rule(at, {UNKNOWN: body}, None, None, Symbol(symbol(body)), condition))
        return
    for path, peer, where in _peers(body):
        whole = all_of([condition, where])
        place = At(at.address, (*at.path, *path))
        found.append(Rule(place, body.get("IpProtocol"), body.get("FromPort"), body.get("ToPort"), peer, whole))


def _peers(body: Mapping[str, Any]) -> Iterator[tuple[Path, Peer, Condition]]:
    for name in PEERS[:4]:
        for each in said(body.get(name), (name,)):
            yield (name,), block(each.value), each.condition
    for name in PEERS[4:6]:
        for each in named(body.get(name), (name,)):
            yield (name,), Group(each.value), each.condition
    for name in PEERS[6:]:  # a name, in the default VPC: it may be that of any group
        if body.get(name) is not None:
            yield (name,), Group(VAGUE), True


def _entry(site: Site, entry: Resource) -> None:
    body = entry.properties
    egress, action = truth(body, "Egress", absent=False), known(body.get("RuleAction"))
    doubt: Condition = True if None not in (egress, action) else UNDECIDED
    first, last = _numbers(body)
    for acl in named(body.get("NetworkAclId"), (), entry.condition):
        for name in ("CidrBlock", "Ipv6CidrBlock"):
            for each in said(body.get(name), ("Properties", name), all_of([acl.condition, doubt])):
                made = Rule(
                    At(entry.address, each.path),
                    body.get("Protocol"),
                    first,
                    last,
                    block(each.value),
                    each.condition,
                    number(body.get("RuleNumber")),
                    action != "deny",
                )
                for direction in {True: [EGRESS], False: [INGRESS], None: [INGRESS, EGRESS]}[egress]:
                    site.entries.setdefault((acl.value, direction), []).append(made)


def _numbers(body: Mapping[str, Any]) -> tuple[Any, Any]:
    """The ports of an entry, or the type and code of ICMP; what is written otherwise is not known."""
    is_icmp = known(body.get("Protocol")) in ("1", "58")
    said_ = body.get("Icmp") if is_icmp else body.get("PortRange")
    if said_ is None:
        return None, None
    if not isinstance(said_, dict) or call(said_)[0]:
        return {UNKNOWN: said_}, {UNKNOWN: said_}
    return (said_.get("Type"), said_.get("Code")) if is_icmp else (said_.get("From"), said_.get("To"))


def _made_acl(site: Site, acl: Resource) -> None:
    site.made_acls.add(acl.address)


READERS: Mapping[str, Callable[[Site, Resource], None]] = {
    "AWS::EC2::VPC": _vpc,
    "AWS::EC2::VPCCidrBlock": _more_addresses,
    "AWS::EC2::Subnet": _subnet,
    "AWS::EC2::InternetGateway": _made_gateway,
    "AWS::EC2::VPCGatewayAttachment": _gateway,
    "AWS::EC2::VPCBlockPublicAccessOptions": _shut,
    "AWS::EC2::RouteTable": _made_table,
    "AWS::EC2::VPCEndpoint": _endpoint,
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
