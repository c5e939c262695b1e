"""What stands in the joined stacks under conditions: every value with the condition under which it is the one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from labspec.template.conditions import Condition, all_of, negate
from labspec.template.intrinsics import NO_VALUE, call, key, text_of

VAGUE = "?"
"""How the identity of what is not known begins."""
UNDECIDED: Condition = {"Labspec::Undecided": []}
"""A condition of which nobody knows whether it holds."""
UNKNOWN = "Labspec::Unknown"
"""Stands for items of a list that is not known."""
ATTRIBUTES = frozenset(
    {
        *("Arn", "DBInstanceArn", "DBClusterArn", "LoadBalancerArn", "TargetGroupArn", "FileSystemId", "GroupId"),
        *("VpcId", "SubnetId", "Id", "AllocationId", "NatGatewayId", "InternetGatewayId", "NetworkAclId"),
    }
)
"""Attributes by which a resource is named as by `Ref`."""


class Said(NamedTuple):
    """A value, where the condition holds. `path` is its place in the resource's body."""

    value: Any
    condition: Condition
    path: tuple[str | int, ...]


def said(value: Any, path: tuple[str | int, ...], condition: Condition = True) -> Iterator[Said]:
    """What a value may be; nothing where it is absent."""
    name, argument = call(value)
    if value is None or value is NO_VALUE:
        return
    if name == "Fn::If":
        yield from said(argument[1], path, all_of([condition, argument[0]]))
        yield from said(argument[2], path, all_of([condition, negate(argument[0])]))
    else:
        yield Said(value, condition, path)


def items(value: Any, path: tuple[str | int, ...]) -> Iterator[Said]:
    """The items that a list may have; one for those of a list that is not known. A single value is a list of one."""
    for each in said(value, path):
        if isinstance(each.value, list):
            for index, item in enumerate(each.value):
                yield from said(item, (*path, index), each.condition)
        elif call(each.value)[0] in ("", "Ref", "Fn::GetAtt"):
            yield each
        else:
            yield Said({UNKNOWN: each.value}, each.condition, path)


def identity(value: Any) -> str:
    """What a value names: a resource's address, or what is known of something outside the stacks."""
    match call(value):
        case "Ref", str(address):
            return address
        case "Fn::GetAtt", [str(address), str(attribute)] if attribute in ATTRIBUTES:
            return address
        case "Fn::GetAtt", [str(address), "DefaultSecurityGroup"]:
            return default_group(address)
    text = text_of(value)
    return VAGUE + key(value) if text is None else text


def is_vague(name: str | None) -> bool:
    """Whether it is not known what a name stands for: it may be anything's."""
    return name is None or name.startswith(VAGUE)


def named(value: Any, path: tuple[str | int, ...], condition: Condition = True) -> Iterator[Said]:
    """What a value may name, each under its condition."""
    for each in said(value, path, condition):
        yield each._replace(value=identity(each.value))


def default_group(vpc: str) -> str:
    """What stands for a VPC's default security group."""
    return f"{vpc}.DefaultSecurityGroup"


def default_acl(vpc: str) -> str:
    """What stands for a VPC's default network ACL."""
    return identity({"Fn::GetAtt": [vpc, "DefaultNetworkAcl"]})


def only(body: Mapping[str, Any], name: str, path: tuple[str | int, ...] = ("Properties",)) -> Said | None:
    """The one value of a property; None where it is absent, or depends on a condition."""
    found = [*said(body.get(name), (*path, name))]
    return found[0] if len(found) == 1 and found[0].condition is True else None
