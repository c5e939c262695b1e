"""Joined stacks as the laws look at them: what there is, what comes before it, and where it stands."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from tests.joining import Thing

MACHINES = ("EC2::Instance", "AutoScaling::AutoScalingGroup")
ANYWHERE = "0.0.0.0/0"


@dataclass(frozen=True)
class Site:
    """Everything that templates make, and what is certainly there before it."""

    things: dict[str, Thing]
    order: dict[str, frozenset[str]]

    def of(self, *kinds: str) -> list[Thing]:
        """Everything of some types, such as `EC2::VPC`."""
        return [thing for thing in self.things.values() if thing.type.removeprefix("AWS::") in kinds]

    @cached_property
    def ways(self) -> dict[str, frozenset[str]]:
        """Of each subnet the ids of what leads out of it: its association with a route table, and the default route."""
        found: dict[str, frozenset[str]] = {}
        for link in self.of("EC2::SubnetRouteTableAssociation"):
            table = link.properties["RouteTableId"]
            routes = [each for each in self.of("EC2::Route") if each.properties.get("RouteTableId") == table]
            default = {each.id for each in routes if each.properties.get("DestinationCidrBlock") == ANYWHERE}
            found |= {place: frozenset({link.id} | default) for place in named(link.properties["SubnetId"]) if default}
        return found

    def inside(self, value: Any) -> list[str]:
        """The ids of what a value refers to that the templates make."""
        return [name for name in named(value) if name in self.things]

    def places(self, machine: Thing) -> list[str]:
        """The subnets that something, or a group of machines, starts in."""
        said = [machine.properties.get(name, []) for name in ("SubnetId", "Subnets", "VPCZoneIdentifier")]
        return named([*said, *(each.get("SubnetId") for each in self.interfaces(machine))])

    def interfaces(self, machine: Thing) -> list[dict[str, Any]]:
        """The network interfaces of a machine, its own and its template's."""
        own = machine.properties.get("NetworkInterfaces", [])
        return [*own, *self.template(machine).get("NetworkInterfaces", [])]

    def template(self, machine: Thing) -> dict[str, Any]:
        """What the launch template of a machine says."""
        for name in self.inside(machine.properties.get("LaunchTemplate")):
            data: dict[str, Any] = self.things[name].properties["LaunchTemplateData"]
            return data
        return {}


def named(value: Any) -> list[str]:
    """The ids that a value refers to, at any depth."""
    match value:
        case {"Ref": str(name)} | {"Fn::GetAtt": [str(name), _]}:
            return [name]
        case dict():
            return [name for inner in value.values() for name in named(inner)]
        case list():
            return [name for inner in value for name in named(inner)]
    return []
