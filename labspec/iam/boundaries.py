"""Conditions on making roles: the boundary that each has, and the policies that are attached to it.

Who may make roles and say what they may do can give themselves anything, unless a condition holds every role that they
make within a boundary (`Delegating responsibility to others using permissions boundaries`, IAM User Guide).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from labspec.iam.names import NAMED, own_names
from labspec.iam.need import Condition, Need
from labspec.template import Joined, Resource
from labspec.template.intrinsics import NO_VALUE, call, text_of

ROLE, POLICY = "AWS::IAM::Role", "AWS::IAM::ManagedPolicy"
BOUNDED = frozenset(("iam:CreateRole", "iam:PutRolePolicy", "iam:AttachRolePolicy", "iam:PutRolePermissionsBoundary"))
"""Actions that take `iam:PermissionsBoundary` (`Actions, resources, and condition keys for AWS IAM`)."""
LOOSENING = "iam:DeleteRolePermissionsBoundary"
ATTACHING = "iam:AttachRolePolicy"
ATTACHES = frozenset((ATTACHING, "iam:AttachUserPolicy", "iam:AttachGroupPolicy"))
"""What a managed policy does with itself."""


def bounded(joined: Joined, needs: Iterable[Need], stack: str) -> Iterator[Need]:
    """The needs, those of roles with the conditions that the template allows."""
    for need in needs:
        resource = joined.resources.get(need.who)
        if resource is not None and resource.type == POLICY and need.action in ATTACHES:
            own = _policy(joined, {"Ref": resource.address}, stack)
            yield need._replace(condition=(*need.condition, ("ArnLike", "iam:PolicyARN", tuple(own))))
        elif resource is None or resource.type != ROLE:
            yield need
        elif _applies(resource, need.action):
            yield need._replace(condition=(*need.condition, *_conditions(joined, resource, need.action, stack)))


def _applies(role: Resource, action: str) -> bool:
    if action == ATTACHING:
        return bool(role.properties.get("ManagedPolicyArns"))
    return action != LOOSENING or not boundary(role)


def _conditions(joined: Joined, role: Resource, action: str, stack: str) -> Condition:
    limit = boundary(role)
    within: Condition = (("ArnLike", "iam:PermissionsBoundary", (limit,)),) if limit and action in BOUNDED else ()
    policies = attached(joined, role, stack) if action == ATTACHING else ()
    return (*within, *((("ArnLike", "iam:PolicyARN", policies),) if policies else ()))


def boundary(role: Resource) -> str:
    """The boundary of a role, `*` for what of its ARN is not known; empty where it has none."""
    given = role.properties.get("PermissionsBoundary")
    return "" if given is None or given is NO_VALUE else arn_pattern(given)


def attached(joined: Joined, role: Resource, stack: str) -> tuple[str, ...]:
    """The managed policies that a role has, by their ARNs."""
    given = role.properties.get("ManagedPolicyArns") or []
    if not isinstance(given, list):
        return ("*",)
    return tuple(sorted({arn for each in given for arn in _policy(joined, each, stack)}))


def _policy(joined: Joined, value: object, stack: str) -> list[str]:
    """A managed policy: one of the stacks' own by its name."""
    name, argument = call(value)
    own = joined.resources.get(argument) if name == "Ref" else None
    if own is None or own.type != POLICY:
        return [arn_pattern(value)]
    return [
        f"arn:${{Partition}}:iam::${{Account}}:policy/{each}"
        for each in own_names(joined, own, NAMED[POLICY][0], stack)
    ]


def arn_pattern(value: object) -> str:
    """An ARN, with the parts that differ from place to place as variables."""
    text = text_of(value)
    name, argument = call(value)
    if name == "Fn::Sub" and isinstance(argument, list):
        text = str(argument[0])
        for pseudo, variable in (("Partition", "Partition"), ("AccountId", "Account"), ("Region", "Region")):
            text = text.replace(f"${{AWS::{pseudo}}}", f"${{{variable}}}")
    if text is None or "${AWS::" in text or any(f"${{{each}}}" in text for each in _holes(value)):
        return "*"
    return text.replace("arn:aws:", "arn:${Partition}:")


def _holes(value: object) -> list[str]:
    """The variables of a substitution that are no pseudo parameters."""
    argument = call(value)[1]
    names = argument[1] if isinstance(argument, list) and len(argument) == 2 else {}
    return [name for name in names if not name.startswith("AWS::")] if isinstance(names, dict) else []
