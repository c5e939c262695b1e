"""Addresses: subnets lie inside their VPC, and none overlaps another."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import IPv4Network

from labspec.diagnostic import Diagnostic, Label, Rule
from labspec.model.architecture import Architecture, Member
from labspec.model.network import Subnet, Vpc

OUTSIDE = Rule(
    "LS370",
    "subnet-outside-vpc",
    "A subnet's addresses are not all in its VPC.",
    "A subnet is a piece of its VPC's addresses (`Subnet CIDR blocks`, Amazon VPC User Guide).",
    "vpcs:\n  web:\n    cidr: 10.0.0.0/16\n    subnets: {a: {zone: a, cidr: 10.1.0.0/24, access: isolated}}",
    "vpcs:\n  web:\n    cidr: 10.0.0.0/16\n    subnets: {a: {zone: a, cidr: 10.0.0.0/24, access: isolated}}",
)
OVERLAP = Rule(
    "LS371",
    "subnets-overlap",
    "Two subnets share addresses.",
    "Each address of a VPC belongs to one subnet at most (`Subnet CIDR blocks`, Amazon VPC User Guide).",
    "subnets:\n  a: {zone: a, cidr: 10.0.0.0/20, ...}\n  c: {zone: c, cidr: 10.0.8.0/24, ...}",
    "subnets:\n  a: {zone: a, cidr: 10.0.0.0/24, ...}\n  c: {zone: c, cidr: 10.0.8.0/24, ...}",
)
SIZE = Rule(
    "LS372",
    "network-size",
    "A VPC or a subnet is larger or smaller than AWS allows.",
    "AWS allows blocks from /16 (65,536 addresses) to /28 (16 addresses, five of them reserved) (`VPC CIDR blocks`).",
    "vpcs: {web: {cidr: 10.0.0.0/8}}",
    "vpcs: {web: {cidr: 10.0.0.0/16}}",
    binding=True,
)


def check_addresses(architecture: Architecture) -> Iterator[Diagnostic]:
    """Sizes, containment and overlap of every network that the spec makes."""
    for vpc in architecture.of("vpcs"):
        assert isinstance(vpc.body, Vpc)
        if vpc.body.cidr is None:
            if vpc.body.existing is None:
                yield Diagnostic(SIZE, f"`{vpc.name}` has no addresses.", vpc.path, "key", help="Say `cidr`.")
            continue
        subnets = [(m, c) for m in architecture.inside(vpc, "subnets") if (c := _cidr(m)) is not None]
        if vpc.body.existing is None:
            yield from _size(vpc, vpc.body.cidr)
        for member, cidr in subnets:
            yield from _size(member, cidr)
            if not cidr.subnet_of(vpc.body.cidr):
                label = Label(f"`{vpc.name}` has {vpc.body.cidr}.", (*vpc.path, "cidr"))
                message = f"`{cidr}` of `{member.name}` is not inside `{vpc.name}`."
                yield Diagnostic(OUTSIDE, message, (*member.path, "cidr"), related=(label,))
        yield from _overlaps(subnets)


def _cidr(member: Member) -> IPv4Network | None:
    return member.body.cidr if isinstance(member.body, Subnet) else None


def _size(member: Member, cidr: IPv4Network) -> Iterator[Diagnostic]:
    if not 16 <= cidr.prefixlen <= 28:
        message = f"`{member.name}` is a /{cidr.prefixlen}; AWS allows /16 to /28."
        yield Diagnostic(SIZE, message, (*member.path, "cidr"))


def _overlaps(subnets: list[tuple[Member, IPv4Network]]) -> Iterator[Diagnostic]:
    """Two blocks are apart, or one is inside the other; in their order, a block comes after those that it is inside."""
    around: list[tuple[Member, IPv4Network]] = []
    for other, second in sorted(subnets, key=lambda pair: pair[1]):
        around = [(one, first) for one, first in around if second.subnet_of(first)]
        for one, first in around:
            if one.path != other.path:
                label = Label(f"`{one.name}` has {first}.", (*one.path, "cidr"))
                message = f"`{second}` of `{other.name}` overlaps `{one.name}`."
                yield Diagnostic(OVERLAP, message, (*other.path, "cidr"), related=(label,))
        around.append((other, second))
