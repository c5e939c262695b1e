"""Targets in zones that their load balancer does not stand in."""

from __future__ import annotations

from collections.abc import Iterator

from labspec.check.balanced import balanced
from labspec.check.places import places, surely_without
from labspec.diagnostic import Diagnostic, Label, Rule, Severity
from labspec.model.architecture import Architecture, Member
from labspec.model.balance import LoadBalancer
from labspec.model.compute import Instance
from labspec.model.scaling import AutoScalingGroup
from labspec.model.word import Name

UNUSED = Rule(
    "LS803",
    "target-in-other-zone",
    "A target stands in a zone that its load balancer does not.",
    "A load balancer sends nothing to targets in a zone that it has no subnet in: they stay `unused` (`Availability"
    " Zones and load balancer nodes`, Elastic Load Balancing User Guide).",
    "load_balancers: {front: {subnets: [public-a, public-c], ...}}\ninstances: {web: {subnet: app-b, ...}}",
    "load_balancers: {front: {subnets: [public-a, public-b, public-c], ...}}\ninstances: {web: {subnet: app-b, ...}}",
    Severity.WARNING,
)


def check_target_zones(architecture: Architecture) -> Iterator[Diagnostic]:
    """Each machine, and each zone of a group, that no request reaches."""
    for behind in balanced(architecture):
        balancer, server = behind.balancer, behind.server
        assert isinstance(balancer.body, LoadBalancer)
        there = places(architecture, balancer.body.subnets)
        stands = places(architecture, _subnets(server)) or []
        for zone in dict.fromkeys(stand.zone for stand in stands if there and surely_without(there, stand.zone)):
            message = f"`{server.name}` stands in zone {zone}, and `{balancer.name}` sends nothing there."
            label = Label(f"`{balancer.name}` stands in these.", (*balancer.path, "subnets"))
            help_ = f"Give `{balancer.name}` a subnet of zone {zone}."
            yield Diagnostic(UNUSED, message, behind.path, related=(label,), help=help_)


def _subnets(server: Member) -> tuple[Name, ...]:
    if isinstance(server.body, AutoScalingGroup):
        return tuple(server.body.subnets)
    return (server.body.subnet,) if isinstance(server.body, Instance) else ()
