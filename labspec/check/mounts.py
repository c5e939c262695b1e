"""Mounts: a file system lets somebody in, and has a mount target where its machines stand."""

from __future__ import annotations

from collections.abc import Iterator

from labspec.check.places import Place, places, surely_without
from labspec.diagnostic import Diagnostic, Label, Path, Rule
from labspec.model.architecture import Architecture, Member
from labspec.model.compute import Instance, LaunchTemplate
from labspec.model.scaling import AutoScalingGroup
from labspec.model.storage import FileSystem
from labspec.model.word import Name

NO_TARGET = Rule(
    "LS304",
    "mount-without-target",
    "A machine mounts a file system that has no mount target in its zone.",
    "The name of a file system resolves only in zones that have a mount target (`Mounting using DNS name`, Amazon EFS):"
    " in any other the machine waits for a mount that never comes, and the stack rolls back.",
    "file_systems: {shared: {subnets: [web-a], ...}}\ninstances: {web: {subnet: web-c, mounts: {/srv: shared}}}",
    "file_systems: {shared: {subnets: [web-a, web-c], ...}}\ninstances: {web: {subnet: web-c, mounts: {/srv: shared}}}",
)
NO_GROUP = Rule(
    "LS305",
    "file-system-without-group",
    "A file system has no security group.",
    "Its mount targets need one (`AWS::EFS::MountTarget SecurityGroups`), and a rule for port 2049 in it decides who"
    " may mount.",
    "file_systems:\n  shared: {subnets: [web-a, web-c]}",
    "file_systems:\n  shared: {subnets: [web-a, web-c], ingress: {nfs: {port: 2049, from: web-sg}}}",
    binding=True,
)


def check_mounts(architecture: Architecture) -> Iterator[Diagnostic]:
    """File systems that nobody could mount, and machines that could not mount theirs."""
    for member in architecture.of("file_systems"):
        yield from _group(architecture, member)
    for member in architecture.of("instances"):
        assert isinstance(member.body, Instance)
        stands = places(architecture, [member.body.subnet]) or []
        for path, mount in member.body.mounts.items():
            for message, label, help_ in _misses(architecture, member, stands, mount.file_system):
                yield Diagnostic(NO_TARGET, message, (*member.path, "mounts", path), related=(label,), help=help_)
    for member in architecture.of("auto_scaling_groups"):
        yield from _scaled(architecture, member)


def _group(architecture: Architecture, member: Member) -> Iterator[Diagnostic]:
    body = member.body
    assert isinstance(body, FileSystem)
    if body.existing is None and not body.security_groups and not architecture.has_own_group(member):
        help_ = "Say who may mount it: `ingress: {nfs: {port: 2049, from: ...}}`, or name `security_groups`."
        yield Diagnostic(NO_GROUP, f"`{member.name}` has no security group.", member.path, "key", help=help_)


def _scaled(architecture: Architecture, group: Member) -> Iterator[Diagnostic]:
    """The machines of a group mount what its template says, in each of the group's subnets."""
    assert isinstance(group.body, AutoScalingGroup)
    for template in architecture.many([group.body.launch_template]):
        assert isinstance(template.body, LaunchTemplate)
        for place in places(architecture, group.body.subnets) or []:
            path: Path = (*group.path, "subnets", place.index)
            for mount in template.body.mounts.values():
                for message, label, help_ in _misses(architecture, group, [place], mount.file_system):
                    yield Diagnostic(NO_TARGET, message, path, related=(label,), help=help_)


def _misses(
    architecture: Architecture, machine: Member, stands: list[Place], name: Name
) -> Iterator[tuple[str, Label, str]]:
    """Message, label and help for each place of a machine that a file system surely does not reach."""
    for system in architecture.many([name]):
        assert isinstance(system.body, FileSystem)
        targets = places(architecture, system.body.subnets)
        label = Label(f"`{system.name}` has its mount targets here.", (*system.path, "subnets"))
        for place in stands if targets else ():
            vpc = architecture.vpc_of(place.subnet)
            near = [target for target in targets or () if architecture.vpc_of(target.subnet) == vpc]
            if not near and vpc is not None:
                message = f"`{machine.name}` mounts `{system.name}`, which has no mount target in `{vpc.name}`."
                yield message, label, "A file system is mounted in its own VPC."
            elif surely_without(near, place.zone):
                message = f"`{machine.name}` mounts `{system.name}`, which has no mount target in zone {place.zone}."
                yield message, label, f"Give `{system.name}` a subnet of zone {place.zone}."
