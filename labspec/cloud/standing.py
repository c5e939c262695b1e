"""A stack as it stands: what it holds, in its nested stacks too."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from labspec.cloud.account import plainly
from labspec.cloud.deployment import MISSING, OWNER, described, outputs
from labspec.cloud.refusal import Refused

STACK = "AWS::CloudFormation::Stack"


class Resource(NamedTuple):
    """A resource of a stack. `path` are the logical ids of the nested stacks that it stands in."""

    path: tuple[str, ...]
    id: str
    type: str
    physical: str
    """What the service calls it; empty where it was never made."""
    status: str
    reason: str


class Standing(NamedTuple):
    """A stack and those nested in it, each with what it holds."""

    id: str
    """The stack's id, an ARN: it finds a stack that is deleted, too."""
    name: str
    """The root's own name; of a nested stack its logical id."""
    status: str
    reason: str
    tags: dict[str, str]
    parameters: dict[str, str]
    outputs: dict[str, str]
    resources: tuple[Resource, ...]
    """Its own, without the nested stacks."""
    nested: tuple[Standing, ...]
    exports: tuple[str, ...] = ()
    """What it exports, by the names that other stacks import it under."""

    @property
    def spec(self) -> str:
        """The name of the spec that it belongs to; empty where labspec did not deploy it."""
        return self.tags.get(OWNER, "")

    def stacks(self) -> Iterator[Standing]:
        """This stack, and all that are nested in it."""
        yield self
        for stack in self.nested:
            yield from stack.stacks()

    def all(self) -> Iterator[Resource]:
        """Every resource, those of nested stacks too."""
        for stack in self.stacks():
            yield from stack.resources


def standing(cloudformation: Any, stack: str) -> Standing:
    """A stack by its name or id. Raises `Refused` where there is none."""
    with plainly():
        found = _standing(cloudformation, stack, stack, ())
    if found is None:
        raise Refused(f"There is no stack `{stack}`.", MISSING)
    return found


def _standing(cloudformation: Any, stack: str, name: str, path: tuple[str, ...]) -> Standing | None:
    there = described(cloudformation, stack)
    if there is None:
        return None
    pages = cloudformation.get_paginator("list_stack_resources").paginate(StackName=there["StackId"])
    held = [_resource(said, path) for page in pages for said in page["StackResourceSummaries"]]
    inner = [each for each in held if each.type == STACK and each.physical]
    nested = (_standing(cloudformation, each.physical, each.id, (*path, each.id)) for each in inner)
    return Standing(
        there["StackId"],
        there["StackName"] if not path else name,
        there["StackStatus"],
        there.get("StackStatusReason", ""),
        {tag["Key"]: tag["Value"] for tag in there.get("Tags", ())},
        {each["ParameterKey"]: each["ParameterValue"] for each in there.get("Parameters", ())},
        outputs(there),
        tuple(each for each in held if each not in inner),
        tuple(stack for stack in nested if stack is not None),
        tuple(each["ExportName"] for each in there.get("Outputs", ()) if "ExportName" in each),
    )


def _resource(said: dict[str, Any], path: tuple[str, ...]) -> Resource:
    return Resource(
        path,
        said["LogicalResourceId"],
        said["ResourceType"],
        said.get("PhysicalResourceId", ""),
        said["ResourceStatus"],
        said.get("ResourceStatusReason", ""),
    )
