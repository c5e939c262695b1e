"""Names in DNS: a VPC gives them where something is found by one."""

from __future__ import annotations

from collections.abc import Iterator

from labspec.check.machine_groups import machine_groups
from labspec.diagnostic import Diagnostic, Label, Path, Rule
from labspec.model.architecture import Architecture, Member
from labspec.model.compute import Machine
from labspec.model.database import Database
from labspec.model.network import Vpc

NO_NAMES = Rule(
    "LS395",
    "dns-off",
    "Something needs names in DNS, and its VPC gives none.",
    "Hostnames need the resolver: AWS refuses `dns_hostnames` without `dns_support` (`ModifyVpcAttribute`, Amazon EC2)."
    " A file system is mounted by its name, and a database with a public address is refused where either is off"
    " (`Mounting with an IP address`, Amazon EFS User Guide).",
    "vpcs: {web: {cidr: 10.0.0.0/16, dns_support: false}}",
    "vpcs: {web: {cidr: 10.0.0.0/16}}",
)


def check_names_resolved(architecture: Architecture) -> Iterator[Diagnostic]:
    """VPCs that say two things at once, and members that need names where there are none."""
    for vpc in architecture.of("vpcs"):
        assert isinstance(vpc.body, Vpc)
        if vpc.body.dns_hostnames and not vpc.body.dns_support:
            message = f"`{vpc.name}` has no resolver, and is to give out hostnames."
            help_ = "Say `dns_hostnames: false`, too, or leave `dns_support` on."
            yield Diagnostic(NO_NAMES, message, (*vpc.path, "dns_support"), help=help_)
    for member, path, what in _needs(architecture):
        for vpc in architecture.vpcs_of(member)[:1]:
            assert isinstance(vpc.body, Vpc)
            if not vpc.body.dns_hostnames:
                label = Label(f"`{vpc.name}` gives no names.", (*vpc.path, "dns_hostnames"))
                message = f"`{member.name}` {what}, and `{vpc.name}` gives no names."
                yield Diagnostic(NO_NAMES, message, path, related=(label,), help="Leave `dns_hostnames` on.")


def _needs(architecture: Architecture) -> Iterator[tuple[Member, Path, str]]:
    """Members that need names in their VPC, where they say so, and why."""
    for member in architecture.of("instances"):
        assert isinstance(member.body, Machine)
        yield from ((member, (*member.path, "mounts", path), MOUNTS) for path in member.body.mounts)
    for group in machine_groups(architecture):
        path = (*group.member.path, "launch_template")
        yield from ((group.member, path, MOUNTS) for _ in list(group.machine.mounts)[:1])
    for member in architecture.of("databases"):
        assert isinstance(member.body, Database)
        if member.body.public:
            yield member, (*member.path, "public"), "has a public address, which RDS gives by name"


MOUNTS = "mounts a file system by its name"
