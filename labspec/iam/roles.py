"""The roles that resources are given: handing one on takes a permission of its own.

`iam:PassRole` is what keeps people from making a machine that may do more than they (`Grant a user permissions to pass
a role to an AWS service`, IAM User Guide); it is allowed for the roles that the stacks hand on, to the services that
take them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from labspec.diagnostic import Path
from labspec.iam.names import NAMED, own_names, patterns
from labspec.iam.need import Condition
from labspec.template import Joined, Resource
from labspec.template.intrinsics import NO_VALUE, call

ROLE, PROFILE = "AWS::IAM::Role", "AWS::IAM::InstanceProfile"
CARRIERS = frozenset(("AWS::EC2::LaunchTemplate", PROFILE))
"""Types that hold a role for whoever uses them."""
TAKES_ROLE = re.compile(r"role|profile", re.IGNORECASE)
"""How properties are called that take a role."""
DOCUMENTS = frozenset(("AssumeRolePolicyDocument", "PolicyDocument", "Policies", "UserData", "Tags", "Environment"))
"""Properties in which a role that is spoken of is not given."""
ARN = re.compile(r"arn:[^:]*:iam::[^:]*:role/(.+)")
SERVICES = {
    "AWS::AutoScaling::AutoScalingGroup": "ec2.amazonaws.com",
    "AWS::EC2::Instance": "ec2.amazonaws.com",
    PROFILE: "ec2.amazonaws.com",
    "AWS::ECS::Service": "ecs-tasks.amazonaws.com",
    "AWS::Lambda::Function": "lambda.amazonaws.com",
    "AWS::StepFunctions::StateMachine": "states.amazonaws.com",
}
"""The service that takes a role which is not of these stacks; of others, the role itself says it."""


def roles_given(joined: Joined, resource: Resource, stack: str) -> Iterator[tuple[str, Condition]]:
    """The ARNs of the roles that a resource is given, each with the services that it may be given to."""
    for path, value in _references(joined, resource, frozenset()):
        yield from _passed(joined, resource, path, value, stack)


def _references(joined: Joined, resource: Resource, seen: frozenset[str]) -> Iterator[tuple[Path, Any]]:
    """Values that are roles, with where they stand, also those of what the resource is made of."""
    if resource.address in seen:
        return
    for path, value in _leaves(resource.properties, ()):
        target = _target(joined, value)
        if target is not None and target.type in CARRIERS:
            yield from _references(joined, target, seen | {resource.address})
        elif (target is None or target.type == ROLE) and _takes_role(path):
            yield path, value


def _leaves(value: Any, path: Path) -> Iterator[tuple[Path, Any]]:
    """Texts and calls, with where they stand; documents left out."""
    name, argument = call(value)
    if name == "Fn::If":
        for part in argument[1:]:
            yield from _leaves(part, path)
    elif name or isinstance(value, str):
        yield path, value
    elif isinstance(value, Mapping):
        for key, inner in value.items():
            yield from _leaves(inner if key not in DOCUMENTS else None, (*path, key))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from _leaves(inner, (*path, index))


def _takes_role(path: Path) -> bool:
    return any(isinstance(step, str) and TAKES_ROLE.search(step) for step in path[-3:])


def _target(joined: Joined, value: Any) -> Resource | None:
    match call(value):
        case ("Ref", str(address)) | ("Fn::GetAtt", [str(address), _]):
            return joined.resources.get(address)
    return None


def _passed(joined: Joined, resource: Resource, path: Path, value: Any, stack: str) -> Iterator[tuple[str, Condition]]:
    target = _target(joined, value)
    if target is not None:
        for name in own_names(joined, target, NAMED[ROLE][0], stack):
            yield role_arn(name), to_services(_trusted(target))
    elif value is not NO_VALUE:
        for text in patterns(joined, value, stack):
            if name := _named(resource, path, text):
                service = SERVICES.get(resource.type)
                yield role_arn(name), to_services([service] if service else [])


def _named(resource: Resource, path: Path, text: str) -> str:
    """The role that a text names, `*` for any; empty where it names none."""
    if named := ARN.fullmatch(text):
        return named[1]
    if resource.type == PROFILE and "Roles" in path:
        return text
    of_profile = any(isinstance(step, str) and "InstanceProfile" in step for step in path)
    return "*" if text == "*" or of_profile else ""


def role_arn(name: str) -> str:
    """The ARN of a role of the account."""
    return f"arn:${{Partition}}:iam::${{Account}}:role/{name}"


def to_services(services: list[str]) -> Condition:
    """That a role is handed to these services alone; nothing where they are not known."""
    return (("StringEquals", "iam:PassedToService", tuple(sorted(set(services)))),) if services else ()


def _trusted(role: Resource) -> list[str]:
    """The services that a role says may take it, where they are written plainly."""
    document = role.properties.get("AssumeRolePolicyDocument")
    given = document.get("Statement", []) if isinstance(document, Mapping) else []
    named = [service for statement in _items(given) for service in _items(_principal(statement))]
    return named if all(isinstance(service, str) for service in named) else []


def _principal(statement: Any) -> Any:
    principal = statement.get("Principal") if isinstance(statement, Mapping) else None
    return principal.get("Service", []) if isinstance(principal, Mapping) else []


def _items(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
