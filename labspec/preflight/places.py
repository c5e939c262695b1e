"""What a region lacks of what the stacks ask for: types of resources, of machines and of databases, and zones."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from labspec import schema, zones
from labspec.preflight.amounts import texts
from labspec.preflight.machines import machines
from labspec.template import Joined

ZONED = {
    "AWS::AutoScaling::AutoScalingGroup": ("AvailabilityZones",),
    "AWS::EC2::Instance": ("AvailabilityZone",),
    "AWS::EC2::Subnet": ("AvailabilityZone",),
    "AWS::EC2::Volume": ("AvailabilityZone",),
    "AWS::EFS::FileSystem": ("AvailabilityZoneName",),
    "AWS::RDS::DBInstance": ("AvailabilityZone",),
}
"""Where a type says the zone that it is in."""


class Lack(NamedTuple):
    """What a region is not known to have: in words, and the resource that asks for it, with the place there."""

    what: str
    address: str
    path: tuple[str | int, ...] = ()


def is_region(region: str) -> bool:
    """Whether there is a region of this name, as far as is known."""
    return bool(schema.resource_types(region)) or not schema.resource_types()


def lacks(joined: Joined, region: str) -> Iterator[Lack]:
    """What a region lacks. Nothing is said of what no region is known to have: it may be new."""
    types = schema.resource_types(region)
    for resource in joined.resources.values():
        if resource.condition is False:
            continue
        if types and resource.type not in types and resource.type in schema.resource_types():
            yield Lack(f"resources of the type {resource.type}", resource.address)
        elif resource.type == "AWS::RDS::DBInstance":
            for kind in texts(joined, resource.properties.get("DBInstanceClass")) or ():
                if schema.lacks_database_class(kind, region):
                    yield Lack(f"databases of the class {kind}", resource.address, ("DBInstanceClass",))
    for found in machines(joined):
        for kind in found.kinds or ():
            if schema.lacks_instance_type(kind, region):
                yield Lack(f"machines of the type {kind}", found.address, ("InstanceType",))
    yield from _zones(joined, region)


def _zones(joined: Joined, region: str) -> Iterator[Lack]:
    zone = re.compile(rf"{re.escape(region)}([a-z])")
    for resource in joined.resources.values():
        for property in ZONED.get(resource.type, ()) if resource.condition is not False else ():
            value = resource.properties.get(property)
            for each in value if isinstance(value, list) else [value]:
                for text in texts(joined, each) or ():
                    said = zone.fullmatch(text)
                    if text.startswith(f"{region}-"):
                        continue  # a Local Zone, of which nothing is known
                    if said is None or said[1] not in zones.letters(region):
                        yield Lack(f"a zone {text}", resource.address, (property,))
