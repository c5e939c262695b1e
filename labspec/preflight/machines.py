"""Machines: their types, how many of each there are at first and may come to be, and what runs them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from labspec.preflight.amounts import Amount, amount, existence, items, part, target, texts
from labspec.template import Joined, Resource
from labspec.template.intrinsics import known

INSTANCE = "AWS::EC2::Instance"
GROUP = "AWS::AutoScaling::AutoScalingGroup"
TEMPLATE = "AWS::EC2::LaunchTemplate"
DEFAULT = "m1.small"
"""The type of an instance that says none (`RunInstances`, Amazon EC2 API Reference)."""


class Machines(NamedTuple):
    """Machines of one resource: an instance, or those of an Auto Scaling group.

    `kinds` are the types that they can be of, None where that is not known. `first` is how many there are once it is
    deployed, `ever` how many there may come to be. `body` is the launch template's data, or the instance's own.
    """

    address: str
    kinds: tuple[str, ...] | None
    first: Amount
    ever: Amount
    body: Mapping[str, Any]
    spot: bool = False


def machines(joined: Joined) -> Iterator[Machines]:
    """The machines of all stacks that are made, or may be."""
    for resource in joined.resources.values():
        found = machines_of(joined, resource)
        if found is not None and resource.condition is not False:
            yield found


def machines_of(joined: Joined, resource: Resource) -> Machines | None:
    """The machines of one resource; None of what has none."""
    if resource.type == INSTANCE:
        return _instance(joined, resource)
    return _group(joined, resource) if resource.type == GROUP else None


def launch_data(joined: Joined, body: Mapping[str, Any]) -> Mapping[str, Any]:
    """The data of the launch template that a body names; nothing where it is not among the stacks."""
    template = target(joined, part(body, "LaunchTemplate", "LaunchTemplateId"))
    if template is None:
        template = _named(joined, part(body, "LaunchTemplate", "LaunchTemplateName"))
    data = part(template.properties, "LaunchTemplateData") if template else None
    return data if isinstance(data, Mapping) else {}


def _named(joined: Joined, name: Any) -> Resource | None:
    """The launch template that has a name, or is referred to."""
    for each in joined.resources.values() if name is not None else ():
        if each.type == TEMPLATE and each.condition is not False and each.properties.get("LaunchTemplateName") == name:
            return each
    return target(joined, name)


def _instance(joined: Joined, resource: Resource) -> Machines:
    said = resource.properties
    body = {**launch_data(joined, said), **said}
    kind = body.get("InstanceType")
    unknown = kind is None and "LaunchTemplate" in said and not launch_data(joined, said)
    kinds = None if unknown else texts(joined, DEFAULT if kind is None else kind)
    there = existence(resource.condition)
    return Machines(resource.address, kinds, there, there, body, _is_spot(body))


def _group(joined: Joined, resource: Resource) -> Machines:
    said = resource.properties
    mixed = part(said, "MixedInstancesPolicy", "LaunchTemplate")
    template = part(mixed, "LaunchTemplateSpecification") if mixed else said.get("LaunchTemplate")
    body = launch_data(joined, {"LaunchTemplate": template})
    configuration = target(joined, said.get("LaunchConfigurationName"))
    if configuration is not None:
        body = configuration.properties
    there = existence(resource.condition)
    first = amount(joined, said.get("DesiredCapacity", said.get("MinSize")))
    ever = amount(joined, said.get("MaxSize"))
    first = first if first.most is not None else Amount(first.least, ever.most)
    return Machines(
        resource.address,
        _kinds(joined, body, part(mixed, "Overrides")),
        there.times(first),
        there.times(Amount(first.least, ever.most)),
        body,
        _is_spot(body) or "SpotPrice" in body,
    )


def _kinds(joined: Joined, body: Mapping[str, Any], overrides: Any) -> tuple[str, ...] | None:
    """The types of a group's machines: those of its overrides, or that of its template."""
    listed = items(overrides)
    if not listed:
        kind = body.get("InstanceType")
        return texts(joined, kind) if listed is not None and kind is not None else None
    found: list[str] = []
    for override in listed:
        kinds = texts(joined, part(override, "InstanceType"))
        if not kinds:
            return None
        found += kinds
    return tuple(dict.fromkeys(found))


def _is_spot(body: Mapping[str, Any]) -> bool:
    return known(part(body, "InstanceMarketOptions", "MarketType")) == "spot"
