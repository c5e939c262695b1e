"""Room in subnets: there are addresses for all that stands in one."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from labspec.check.places import places
from labspec.diagnostic import Diagnostic, Label, Path, Rule, Severity
from labspec.model.architecture import Architecture, Member
from labspec.model.balance import LoadBalancer
from labspec.model.bounds import bounds_of
from labspec.model.compute import Instance
from labspec.model.database import Database
from labspec.model.network import Subnet, Vpc
from labspec.model.scaling import AutoScalingGroup
from labspec.model.storage import FileSystem

# A warning where a group has yet to grow, or a load balancer; an error where what stands there at once does not fit.
FULL = Rule(
    "LS388",
    "subnet-too-small",
    "A subnet has fewer addresses than what stands in it needs.",
    "AWS keeps five addresses of each subnet (`Subnet CIDR blocks`, Amazon VPC User Guide). A machine, a NAT gateway, a"
    " mount target and a database take one each, and a load balancer wants a /27 or larger with eight to spare"
    " (`Subnets for your load balancer`, Elastic Load Balancing).",
    "subnets: {app-a: {zone: a, cidr: 10.0.0.0/28, ...}}\n# ...\n"
    "auto_scaling_groups: {web: {subnets: app-a, size: {min: 2, max: 20}, ...}}",
    "subnets: {app-a: {zone: a, cidr: 10.0.0.0/24, ...}}\n# ...\n"
    "auto_scaling_groups: {web: {subnets: app-a, size: {min: 2, max: 20}, ...}}",
    Severity.WARNING,
)

RESERVED = 5
SPARE = 8
"""Addresses that a load balancer wants free in each of its subnets."""
SMALLEST = 27
"""The longest prefix of a load balancer's subnet."""


class Need(NamedTuple):
    """What somebody takes of a subnet: addresses at once, and when there is most of it."""

    member: Member
    subnet: Member
    now: int
    most: int


def check_subnet_room(architecture: Architecture) -> Iterator[Diagnostic]:
    """Subnets that are too small for what stands in them, and for load balancers."""
    needs: dict[str, list[Need]] = {}
    for need in _needs(architecture):
        needs.setdefault(need.subnet.selector, []).append(need)
    for found in needs.values():
        yield from _subnet(found[0].subnet, found)
    for member in architecture.of("load_balancers"):
        yield from _load_balancer(architecture, member)


def _needs(architecture: Architecture) -> Iterator[Need]:
    for member in architecture.of("instances"):
        assert isinstance(member.body, Instance)
        yield from (Need(member, subnet, 1, 1) for subnet in architecture.many([member.body.subnet]))
    for member in architecture.of("nat_gateways"):
        yield Need(member, architecture.nat_subnet(member), 1, 1)
    for member in (*architecture.of("load_balancers"), *architecture.of("databases"), *architecture.of("file_systems")):
        assert isinstance(member.body, (LoadBalancer, Database, FileSystem))
        now, most = _each(member)
        yield from (Need(member, subnet, now, most) for subnet in architecture.many(member.body.subnets))
    for member in architecture.of("auto_scaling_groups"):
        yield from _group(architecture, member)


def _each(member: Member) -> tuple[int, int]:
    """What something takes of each of its subnets. A database and its replicas may all stand in one of theirs."""
    if isinstance(member.body, LoadBalancer):
        return 1, SPARE
    return (0, 1 + len(member.body.replicas)) if isinstance(member.body, Database) else (1, 1)


def _group(architecture: Architecture, member: Member) -> Iterator[Need]:
    """A group spreads its machines over its subnets; those of a single one are all there."""
    body = member.body
    assert isinstance(body, AutoScalingGroup)
    subnets = architecture.many(body.subnets)
    low = bounds_of(architecture.spec, body.size.min).low or 0
    high = bounds_of(architecture.spec, body.size.max).high or low
    for subnet in subnets:
        yield Need(member, subnet, low if len(subnets) == 1 else 0, -(-high // len(subnets)))


def _subnet(subnet: Member, needs: list[Need]) -> Iterator[Diagnostic]:
    assert isinstance(subnet.body, Subnet)
    if subnet.body.cidr is None:
        return  # it exists already, and its size is not said
    room = subnet.body.cidr.num_addresses - RESERVED
    now, most = sum(need.now for need in needs), sum(need.most for need in needs)
    if max(now, most) <= room:
        return
    surely = now > room
    needed = f"{now} are needed" if surely else f"up to {most} are needed"
    message = f"`{subnet.name}` is a /{subnet.body.cidr.prefixlen} with room for {room} addresses; {needed}."
    largest = sorted({need.member.path: need for need in needs}.values(), key=lambda need: -need.most)[:3]
    labels = tuple(
        Label(f"`{need.member.name}` takes {max(need.now, need.most)}.", need.member.path, "key") for need in largest
    )
    severity = Severity.ERROR if surely else None
    help_ = "Make it larger, or move something into another subnet."
    yield Diagnostic(FULL, message, _size_path(subnet), related=labels, help=help_, severity=severity)


def _size_path(subnet: Member) -> Path:
    """Where the size of a subnet is said: `each`, where there is one for each zone."""
    assert subnet.owner is not None
    assert isinstance(subnet.owner.body, Vpc)
    written = subnet.owner.body.subnets.get(str(subnet.path[-1]))
    return (*subnet.path, "each" if written is not None and written.each is not None else "cidr")


def _load_balancer(architecture: Architecture, member: Member) -> Iterator[Diagnostic]:
    assert isinstance(member.body, LoadBalancer)
    for place in places(architecture, member.body.subnets) or ():
        body = place.subnet.body
        if isinstance(body, Subnet) and body.cidr is not None and body.cidr.prefixlen > SMALLEST:
            label = Label(f"`{place.subnet.name}` has {body.cidr}.", _size_path(place.subnet))
            message = f"`{member.name}` wants a /{SMALLEST} or larger to grow in; `{place.subnet.name}` is smaller."
            path = (*member.path, "subnets", place.index)
            yield Diagnostic(FULL, message, path, related=(label,), help="Make the subnet larger.")
