"""What serves others: it has a security group that lets them in."""

from __future__ import annotations

from collections.abc import Iterator

from labspec.diagnostic import Diagnostic, Rule, Severity
from labspec.model.architecture import Architecture

DEFAULT_GROUP = Rule(
    "LS364",
    "default-group",
    "What serves others has no security group.",
    "Without one it gets the default group of its VPC, which lets in only what has that group as well: no client"
    " reaches it (`Default security groups for your VPCs`).",
    "load_balancers: {front: {scheme: internal, subnets: [app-a, app-c], listeners: {80: web}}}",
    "load_balancers:\n  front: {scheme: internal, subnets: [app-a, app-c], listeners: {80: web},"
    " ingress: {http: {port: 80, from: site}}}",
    severity=Severity.WARNING,
)
SERVERS = ("load_balancers", "databases")
"""What does nothing but serve others; of file systems another law speaks."""


def check_groupless_servers(architecture: Architecture) -> Iterator[Diagnostic]:
    """Load balancers and databases that the VPC's default group would be around."""
    for section in SERVERS:
        for member in architecture.of(section):
            if not architecture.groups_of(member):
                message = f"`{member.name}` has no security group: nobody reaches it."
                help_ = "Name `security_groups`, or say who may connect in an `ingress` of its own."
                yield Diagnostic(DEFAULT_GROUP, message, member.path, "key", help=help_)
