"""Auto scaling groups with the machines that they are made of, for the laws about them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from labspec.model.architecture import Architecture, Member
from labspec.model.compute import LaunchTemplate
from labspec.model.scaling import AutoScalingGroup


class MachineGroup(NamedTuple):
    """A group, and the template that its machines are made from."""

    member: Member
    body: AutoScalingGroup
    template: Member
    machine: LaunchTemplate


def machine_groups(architecture: Architecture) -> Iterator[MachineGroup]:
    """All groups, but those whose template is wrong: that is said already."""
    for member in architecture.of("auto_scaling_groups"):
        body = member.body
        assert isinstance(body, AutoScalingGroup)
        for template in architecture.many([body.launch_template]):
            if isinstance(template.body, LaunchTemplate):
                yield MachineGroup(member, body, template, template.body)
