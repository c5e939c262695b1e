"""What a change set would do to each resource, in nested stacks too."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any, Literal, NamedTuple

from labspec.cloud.account import plainly
from labspec.stateful import DATA
from labspec.template import TemplateError, read

Verb = Literal["add", "change", "replace", "remove"]
VERBS: tuple[Verb, ...] = ("add", "change", "replace", "remove")
STACK = "AWS::CloudFormation::Stack"
Fate = Literal["gone", "snapshot", "kept"]


class Change(NamedTuple):
    """What becomes of one resource. `path` are the stacks that it stands in, `perhaps` says that AWS does not know."""

    verb: Verb
    id: str
    type: str
    path: tuple[str, ...] = ()
    perhaps: bool = False
    policy: str = ""
    """AWS's word for what becomes of what it was (`PolicyAction` of `ResourceChange`), such as `ReplaceAndSnapshot`."""

    @property
    def fate(self) -> Fate:
        """What becomes of what it was, where it is removed or replaced."""
        return "kept" if "Retain" in self.policy else "snapshot" if "Snapshot" in self.policy else "gone"

    @property
    def loses_data(self) -> bool:
        """Whether what it holds would be gone, or only a snapshot of it left."""
        return self.type in DATA and self.verb in ("replace", "remove") and self.fate != "kept"


def changes(cloudformation: Any, change_set: str) -> list[Change]:
    """Every change of a change set, and of those that belong to its nested stacks.

    A nested stack that is removed takes all with it that it holds.
    """
    with plainly():
        return list(_changes(cloudformation, change_set, ()))


def _changes(cloudformation: Any, change_set: str, path: tuple[str, ...]) -> Iterator[Change]:
    pages = cloudformation.get_paginator("describe_change_set").paginate(ChangeSetName=change_set)
    for said in (change["ResourceChange"] for page in pages for change in page["Changes"]):
        nested, inside = said.get("ChangeSetId"), (*path, said["LogicalResourceId"])
        if said["ResourceType"] != STACK:
            yield _change(said, path)
        elif nested:
            yield from _changes(cloudformation, nested, inside)
        elif said["Action"] != "Modify":
            change = _change(said, path)
            yield change
            if change.verb == "remove" and "Retain" not in change.policy and "PhysicalResourceId" in said:
                yield from _removed(cloudformation, said["PhysicalResourceId"], inside)


def _change(said: Mapping[str, Any], path: tuple[str, ...]) -> Change:
    replacement = said.get("Replacement", "False")
    verbs: dict[str, Verb] = {"Add": "add", "Remove": "remove", "Import": "add", "Dynamic": "replace"}
    verb = verbs.get(said["Action"]) or ("change" if replacement == "False" else "replace")
    perhaps = replacement == "Conditional" or said["Action"] == "Dynamic"
    return Change(verb, said["LogicalResourceId"], said["ResourceType"], path, perhaps, said.get("PolicyAction", ""))


def _removed(cloudformation: Any, stack: str, path: tuple[str, ...]) -> Iterator[Change]:
    policies = _policies(cloudformation, stack)
    pages = cloudformation.get_paginator("list_stack_resources").paginate(StackName=stack)
    for said in (each for page in pages for each in page["StackResourceSummaries"]):
        identity, kind = said["LogicalResourceId"], said["ResourceType"]
        if said["ResourceStatus"] == "DELETE_COMPLETE":
            continue
        yield Change("remove", identity, kind, path, policy=policies.get(identity, ""))
        if kind == STACK and said.get("PhysicalResourceId"):
            yield from _removed(cloudformation, said["PhysicalResourceId"], (*path, identity))


def _policies(cloudformation: Any, stack: str) -> dict[str, str]:
    """The deletion policies of a stack that stands. What cannot be read says nothing, and nothing is then kept."""
    body = cloudformation.get_template(StackName=stack)["TemplateBody"]  # JSON comes as data
    try:
        resources = read(body if isinstance(body, str) else json.dumps(body), stack).section("Resources")
    except TemplateError:
        return {}
    return {identity: str(said.get("DeletionPolicy", "")) for identity, said in resources.items()}
