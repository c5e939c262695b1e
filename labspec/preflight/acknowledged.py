"""What has to be acknowledged before CloudFormation takes the templates, and no more than that.

CloudFormation reads the templates themselves: what a condition leaves out counts, too.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from labspec.given_names import ACCOUNT
from labspec.template import Joined
from labspec.template.capabilities import AUTO_EXPAND, NAMED_IAM

IAM: Final = "CAPABILITY_IAM"
PERMITTING: Final = {
    f"AWS::IAM::{name}" for name in ("AccessKey", "Group", "InstanceProfile", "ManagedPolicy", "Policy", "Role", "User")
} | {"AWS::IAM::UserToGroupAddition"}
"""Types that may permit something (`CreateStack Capabilities`; `Acknowledging IAM resources in CloudFormation
templates`)."""
MAKING_ROLES: Final = ("AWS::Serverless::Function", "AWS::Serverless::StateMachine")
"""Types of which AWS SAM makes a role where they name none (`AWS::Serverless::Function`, Role)."""


def acknowledged(joined: Joined) -> Iterator[str]:
    """The capabilities: by name where an IAM resource has a name of its own, and macros where there are any."""
    bodies = [each for template in joined.templates.values() for each in _mappings(template.data)]
    kinds = [(str(each.get("Type", "")), each.get("Properties")) for each in bodies]
    if any(kind in PERMITTING and _is_named(kind, properties) for kind, properties in kinds):
        yield NAMED_IAM
    elif any(
        kind in PERMITTING or (kind in MAKING_ROLES and not _says(properties, "Role")) for kind, properties in kinds
    ):
        yield IAM
    transformed = any(template.data.get("Transform") for template in joined.templates.values())
    if transformed or any("Fn::Transform" in each for each in bodies):
        yield AUTO_EXPAND


def _is_named(kind: str, properties: Any) -> bool:
    return any(_says(properties, name) for name in ACCOUNT.get(kind, ()))


def _says(properties: Any, name: str) -> bool:
    return isinstance(properties, dict) and name in properties


def _mappings(data: Any) -> Iterator[dict[str, Any]]:
    todo = [data]
    while todo:
        value = todo.pop()
        if isinstance(value, dict):
            yield value
            todo += value.values()
        elif isinstance(value, list):
            todo += value
