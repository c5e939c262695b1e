"""Machines behind load balancers, for the laws about them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from labspec.diagnostic import Path
from labspec.model.architecture import Architecture, Member
from labspec.model.balance import TargetGroup
from labspec.model.scaling import AutoScalingGroup


class Balanced(NamedTuple):
    """An instance, or a group of machines, on whose port a load balancer calls; and where it is put behind it."""

    balancer: Member
    server: Member
    port: int
    path: Path


def balanced(architecture: Architecture) -> Iterator[Balanced]:
    """What is behind each load balancer in its own VPC. What a target group is overridden by is not known."""
    for targets in architecture.of("target_groups"):
        body = targets.body
        assert isinstance(body, TargetGroup)
        users = () if body.override else architecture.users_of(targets)
        servers = [*_registered(architecture, targets), *_registering(architecture, targets)] if users else []
        for balancer in users:
            vpc = architecture.vpc_of(balancer)
            for server, path in servers if balancer.section == "load_balancers" else ():
                if architecture.vpc_of(server) is vpc:
                    yield Balanced(balancer, server, body.port, path)


def _registered(architecture: Architecture, targets: Member) -> Iterator[tuple[Member, Path]]:
    assert isinstance(targets.body, TargetGroup)
    for index, name in enumerate(targets.body.targets):
        yield from ((server, (*targets.path, "targets", index)) for server in architecture.many([name]))


def _registering(architecture: Architecture, targets: Member) -> Iterator[tuple[Member, Path]]:
    for group in architecture.users_of(targets):
        if isinstance(group.body, AutoScalingGroup):
            for index, name in enumerate(group.body.target_groups):
                if any(member is targets for member in architecture.many([name])):
                    yield group, (*group.path, "target_groups", index)
