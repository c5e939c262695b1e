"""What serves others: it has a security group that lets them in."""

from __future__ import annotations

from collections.abc import Iterator

from labspec.check.admission import keeps_out
from labspec.check.balanced import balanced
from labspec.diagnostic import Diagnostic, Label, Rule, Severity
from labspec.model.architecture import Architecture, Member
from labspec.model.scaling import AutoScalingGroup

DEFAULT_GROUP = Rule(
    "LS364",
    "default-group",
    "What serves others has no security group.",
    "Without one it gets the default group of its VPC, which lets in only what has that group as well: no client"
    " reaches it, and no load balancer that has groups (`Default security groups for your VPCs`).",
    "load_balancers: {front: {scheme: internal, subnets: [app-a, app-c], listeners: {80: web}}}",
    "load_balancers:\n  front: {scheme: internal, subnets: [app-a, app-c], listeners: {80: web},"
    " ingress: {http: {port: 80, from: site}}}",
    severity=Severity.WARNING,
)
SERVERS = ("load_balancers", "databases")
"""What does nothing but serve others; of file systems another law speaks."""


def check_groupless_servers(architecture: Architecture) -> Iterator[Diagnostic]:
    """What the VPC's default group would be around: load balancers, databases, and machines behind load balancers."""
    for section in SERVERS:
        for member in architecture.of(section):
            if not architecture.groups_of(member):
                message = f"`{member.name}` has no security group: nobody reaches it."
                help_ = "Name `security_groups`, or say who may connect in an `ingress` of its own."
                yield Diagnostic(DEFAULT_GROUP, message, member.path, "key", help=help_)
    yield from _machines(architecture)


def _machines(architecture: Architecture) -> Iterator[Diagnostic]:
    told: set[str] = set()
    for behind in balanced(architecture):
        machine, balancer = _made_from(architecture, behind.server), behind.balancer.name
        if machine.selector not in told and keeps_out(architecture, behind.balancer, machine):
            told.add(machine.selector)
            label = Label(f"`{balancer}` is to reach it.", behind.path)
            message = f"`{machine.name}` has no security group: `{balancer}` does not reach it."
            help_ = f"Name `security_groups`, or write `ingress: {{web: {{port: {behind.port}, from: {balancer}}}}}`."
            yield Diagnostic(DEFAULT_GROUP, message, machine.path, "key", related=(label,), help=help_)


def _made_from(architecture: Architecture, server: Member) -> Member:
    """What says the groups of a machine: itself, or the template of a group's."""
    return architecture.one(server.body.launch_template) if isinstance(server.body, AutoScalingGroup) else server
