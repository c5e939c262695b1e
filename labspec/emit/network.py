"""VPCs, subnets, gateways and routes."""

from __future__ import annotations

from troposphere import Sub, ec2

from labspec.emit.emitter import Emitter, logical_id
from labspec.emit.groups import vpc_cidr
from labspec.emit.order import ASSOCIATION, ATTACHMENT, route_role, waits_for_gateway, waits_for_way_out
from labspec.emit.zones import zone
from labspec.model.architecture import Member
from labspec.model.network import NatGateway, RouteTable, Subnet, Vpc


def vpc(e: Emitter, member: Member) -> None:
    """A network."""
    body = member.body
    assert isinstance(body, Vpc)
    if body.existing is not None:
        return
    e.add(
        member,
        ec2.VPC,
        CidrBlock=str(body.cidr),
        EnableDnsHostnames=body.dns_hostnames,
        EnableDnsSupport=body.dns_support,
        Tags=e.tags(member),
        origins={"CidrBlock": "cidr", "EnableDnsHostnames": "dns_hostnames", "EnableDnsSupport": "dns_support"},
    )


def internet_gateway(e: Emitter, member: Member) -> None:
    """The gateway and its attachment, which everything with a public address waits for."""
    assert member.owner is not None
    e.add(member, ec2.InternetGateway, Tags=e.tags(member))
    e.add(member, ec2.VPCGatewayAttachment, ATTACHMENT, InternetGatewayId=e.ref(member), VpcId=e.ref(member.owner))


def subnet(e: Emitter, member: Member) -> None:
    """A subnet."""
    body = member.body
    assert isinstance(body, Subnet)
    assert member.owner is not None
    if body.existing is not None:
        return
    e.add(
        member,
        ec2.Subnet,
        AvailabilityZone=zone(body.zone),
        CidrBlock=str(body.cidr),
        MapPublicIpOnLaunch=body.auto_public_ip,
        VpcId=e.ref(member.owner),
        Tags=e.tags(member),
        origins={"AvailabilityZone": "zone", "CidrBlock": "cidr", "MapPublicIpOnLaunch": "auto_public_ip"},
    )


def nat_gateway(e: Emitter, member: Member) -> None:
    """A NAT gateway with its elastic address; both wait for the internet gateway, the NAT also for the way out."""
    body = member.body
    assert isinstance(body, NatGateway)
    place = e.architecture.nat_subnet(member)
    eip = e.add(member, ec2.EIP, "eip", Domain="vpc", Tags=e.tags(member))
    nat = e.add(
        member,
        ec2.NatGateway,
        AllocationId=e.attr(member, "AllocationId", "eip"),
        SubnetId=e.ref(place),
        Tags=e.tags(member),
        origins={"SubnetId": "subnet"},
    )
    waits_for_gateway(e, eip, place)
    waits_for_way_out(e, nat, place)


def route_table(e: Emitter, member: Member) -> None:
    """A route table, its routes, and the subnets that follow it."""
    body = member.body
    assert isinstance(body, RouteTable)
    assert member.owner is not None
    e.add(member, ec2.RouteTable, VpcId=e.ref(member.owner), Tags=e.tags(member))
    for destination, name in sorted(body.routes.items()):
        _route(e, member, destination, e.architecture.one(name))
    for place, _ in e.architecture.subnets(body.subnets):
        e.add(
            place,
            ec2.SubnetRouteTableAssociation,
            ASSOCIATION,
            RouteTableId=e.ref(member),
            SubnetId=e.ref(place),
            origins={"RouteTableId": ()},
        )


def _route(e: Emitter, table: Member, destination: str, gateway: Member) -> None:
    internet = gateway.section == "internet_gateways"
    path = ("routes", destination)
    route = e.add(
        table,
        ec2.Route,
        route_role(destination),
        DestinationCidrBlock="0.0.0.0/0" if destination == "internet" else destination,
        GatewayId=e.ref(gateway) if internet else None,
        NatGatewayId=None if internet else e.ref(gateway),
        RouteTableId=e.ref(table),
        origins={"DestinationCidrBlock": path, "GatewayId": path, "NatGatewayId": path},
    )
    if internet:
        e.edge(route, logical_id(gateway, ATTACHMENT), "a route needs the gateway attached", origin=table.path)


EMITTERS = {
    "vpcs": vpc,
    "internet_gateways": internet_gateway,
    "subnets": subnet,
    "nat_gateways": nat_gateway,
    "route_tables": route_table,
}
ATTRIBUTES = {
    "vpcs": {
        "id": lambda e, m: e.ref(m),
        "cidr": lambda _, m: vpc_cidr(m),
        "arn": lambda e, m: Sub(
            "arn:${AWS::Partition}:ec2:${AWS::Region}:${AWS::AccountId}:vpc/${VpcId}", VpcId=e.ref(m)
        ),
    },
    "subnets": {"id": lambda e, m: e.ref(m)},
}
