"""Names that may be taken: those that must be free in the whole world, and those that are fixed in an account."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import Any, NamedTuple

from labspec.given_names import ACCOUNT, WORLD
from labspec.preflight.amounts import choices, items
from labspec.template import Joined, Resource
from labspec.template.conditions import all_of
from labspec.template.intrinsics import UNRESOLVED, call, key, known

GROUP = "AWS::EC2::SecurityGroup"
"""Its name is one of a VPC's (`CreateSecurityGroup GroupName`)."""
CASELESS = ("AWS::ElastiCache::", "AWS::IAM::", "AWS::RDS::")
"""Services whose names differ by more than their case (`CreateRole`, `CreateDBInstance`, `CreateReplicationGroup`)."""


class Name(NamedTuple):
    """A name that a template gives. `text` is None where it comes from a parameter, whose name `parameter` is then.

    `path` is where it stands in the resource; `world` whether it must be free everywhere, or in the account alone.
    `said` is what stands there.
    """

    address: str
    path: tuple[str | int, ...]
    text: str | None
    parameter: str
    world: bool
    said: Any


class Double(NamedTuple):
    """Two resources that would have one name."""

    first: Name
    second: Name


def names(joined: Joined) -> list[Name]:
    """The names that are given, those that must be free in the whole world first."""
    found = [
        name
        for resource in joined.resources.values()
        for name in _names(joined, resource)
        if resource.type != GROUP and (name.text or name.parameter)
    ]
    return sorted(found, key=lambda name: not name.world)


def _names(joined: Joined, resource: Resource) -> Iterator[Name]:
    if resource.condition is False:
        return
    for path, value in _values(resource):
        for choice in choices(value):
            text = known(choice)
            name, argument = call(choice)
            parameter = (
                argument if name == "Ref" and isinstance(argument, str) and argument in joined.parameters else ""
            )
            yield Name(resource.address, path, text, parameter, resource.type in WORLD, choice)


def _values(resource: Resource) -> Iterator[tuple[tuple[str | int, ...], Any]]:
    """Where the names of a resource stand, and what stands there."""
    path: tuple[str | int, ...] | None = WORLD.get(resource.type) or ACCOUNT.get(resource.type)
    if resource.type == GROUP:
        path = ("GroupName",)
    if path is None:
        return
    value: Any = resource.properties
    for step in path:
        value = value.get(step) if isinstance(value, dict) else None
    if resource.type == "AWS::CloudFront::Distribution":
        yield from (((*path, index), each) for index, each in enumerate(items(value) or []))
    else:
        yield path, value


def doubles(joined: Joined) -> Iterator[Double]:
    """Names that two resources of a type would have, where both can be there at once."""
    by_name: dict[tuple[str, ...], list[Name]] = defaultdict(list)
    for name in (name for resource in joined.resources.values() for name in _names(joined, resource)):
        resource, said = joined.resources[name.address], key(name.said)
        if UNRESOLVED in said:
            continue
        place = key(resource.properties.get("VpcId")) if resource.type == GROUP else ""
        same = said.lower() if name.text is not None and resource.type.startswith(CASELESS) else said
        alike = by_name[resource.type, place, same]
        for other in alike:
            both = all_of([joined.resources[other.address].condition, resource.condition])
            if both is not False and other.address != name.address:
                yield Double(other, name)
                break
        alike.append(name)
