"""One subnet in each zone: load balancers and file systems take no second one."""

from __future__ import annotations

from collections.abc import Iterator

from labspec.check.places import Place, doubled, places
from labspec.diagnostic import Diagnostic, Label, Rule
from labspec.model.architecture import Architecture, Member
from labspec.model.balance import LoadBalancer
from labspec.model.storage import FileSystem

BALANCER_ZONES = Rule(
    "LS300",
    "load-balancer-zones",
    "A load balancer does not stand in two zones or more, with one subnet in each.",
    "AWS refuses an application load balancer with subnets in fewer than two zones, and a second subnet in one zone"
    " (`CreateLoadBalancer`, Elastic Load Balancing).",
    "load_balancers:\n  front: {subnets: [public-a], ...}",
    "load_balancers:\n  front: {subnets: [public-a, public-c], ...}",
)
MOUNT_TARGET_ZONES = Rule(
    "LS301",
    "mount-target-zones",
    "A file system has two subnets in one zone.",
    "A file system has one mount target in each zone; AWS refuses a second (`CreateMountTarget`, Amazon EFS).",
    "file_systems:\n  shared: {subnets: [web-a, app-a], ...}",
    "file_systems:\n  shared: {subnets: [web-a, web-c], ...}",
)


def check_one_per_zone(architecture: Architecture) -> Iterator[Diagnostic]:
    """Load balancers and file systems with two subnets in one zone, and load balancers in a single one."""
    for member in architecture.of("load_balancers"):
        assert isinstance(member.body, LoadBalancer)
        yield from _load_balancer(member, places(architecture, member.body.subnets))
    for member in architecture.of("file_systems"):
        assert isinstance(member.body, FileSystem)
        for pair in doubled(places(architecture, member.body.subnets) or []):
            yield _doubled(MOUNT_TARGET_ZONES, member, pair, "A file system has one subnet in each zone.")


def _load_balancer(member: Member, found: list[Place] | None) -> Iterator[Diagnostic]:
    if found is None:
        return
    pairs = list(doubled(found))
    for pair in pairs:
        yield _doubled(BALANCER_ZONES, member, pair, "A load balancer has one subnet in each of two zones or more.")
    if not pairs and len(found) < 2:
        message = f"`{member.name}` stands in one zone; a load balancer needs two."
        path = (*member.path, "subnets")
        yield Diagnostic(BALANCER_ZONES, message, path, help="Name a subnet of another zone, too.")


def _doubled(rule: Rule, member: Member, pair: tuple[Place, Place], help_: str) -> Diagnostic:
    first, second = pair
    label = Label(f"This is in zone {first.zone}, too.", (*member.path, "subnets", first.index))
    if first.subnet == second.subnet:
        message = f"`{member.name}` names `{second.subnet.name}` twice."
    else:
        message = f"`{second.subnet.name}` is in zone {second.zone}, as `{first.subnet.name}` is."
    return Diagnostic(rule, message, (*member.path, "subnets", second.index), related=(label,), help=help_)
