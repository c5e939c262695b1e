"""Routes lead out of a VPC: inside it, everything is reached already."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import IPv4Network

from labspec.diagnostic import Diagnostic, Label, Rule
from labspec.model.architecture import Architecture, Member
from labspec.model.network import RouteTable, Subnet, Vpc

INSIDE = Rule(
    "LS391",
    "route-inside-vpc",
    "A route leads to addresses that are inside the VPC.",
    "Each route table has a route for the VPC's own addresses. AWS takes a narrower one only where it leads to the"
    " whole of a subnet, and through a NAT gateway, a network interface or an endpoint of a gateway load balancer"
    " (`Subnet route tables`, Amazon VPC User Guide).",
    "vpcs:\n  web:\n    cidr: 10.0.0.0/16\n    route_tables: {app: {subnets: app-a, routes: {10.0.0.0/16: web-igw}}}",
    "vpcs:\n  web:\n    cidr: 10.0.0.0/16\n    route_tables: {app: {subnets: app-a, routes: {internet: web-igw}}}",
)


def check_inner_routes(architecture: Architecture) -> Iterator[Diagnostic]:
    """Routes to addresses of the VPC itself, but those that AWS takes."""
    for table in architecture.of("route_tables"):
        vpc, body = table.owner, table.body
        assert isinstance(body, RouteTable)
        assert vpc is not None
        assert isinstance(vpc.body, Vpc)
        for destination, name in body.routes.items():
            if destination == "internet" or vpc.body.cidr is None:
                continue
            block = IPv4Network(destination)
            through_nat = any(gateway.section == "nat_gateways" for gateway in architecture.meant(name))
            if block.subnet_of(vpc.body.cidr) and not (through_nat and _is_subnet(architecture, vpc, block)):
                label = Label(f"`{vpc.name}` has {vpc.body.cidr}.", (*vpc.path, "cidr"))
                message = f"`{block}` is inside `{vpc.name}`, where everything is reached without a route."
                path = (*table.path, "routes", destination)
                yield Diagnostic(INSIDE, message, path, "key", related=(label,), help="Remove it.")


def _is_subnet(architecture: Architecture, vpc: Member, block: IPv4Network) -> bool:
    subnets = (member.body for member in architecture.inside(vpc, "subnets"))
    return any(isinstance(body, Subnet) and body.cidr == block for body in subnets)
