"""What a change set would do, as a tree in words: what is at risk first."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Literal, NamedTuple

Verb = Literal["add", "change", "replace", "remove"]
VERBS: tuple[Verb, ...] = ("add", "change", "replace", "remove")
STACK = "AWS::CloudFormation::Stack"
DATA = (
    "AWS::DynamoDB::Table",
    "AWS::EC2::Volume",
    "AWS::EFS::FileSystem",
    "AWS::RDS::DBCluster",
    "AWS::RDS::DBInstance",
    "AWS::S3::Bucket",
)
"""Types that hold what is nowhere else."""


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
    def loses_data(self) -> bool:
        """Whether what it holds would be gone, or only a snapshot of it left."""
        return self.type in DATA and self.verb in ("replace", "remove") and "Retain" not in self.policy


def changes(cloudformation: Any, change_set: str, path: tuple[str, ...] = ()) -> Iterator[Change]:
    """Every change of a change set, and of those that belong to its nested stacks."""
    pages = cloudformation.get_paginator("describe_change_set").paginate(ChangeSetName=change_set)
    for said in (change["ResourceChange"] for page in pages for change in page["Changes"]):
        nested = said.get("ChangeSetId")
        if said["ResourceType"] == STACK and nested:
            yield from changes(cloudformation, nested, (*path, said["LogicalResourceId"]))
        elif said["ResourceType"] != STACK or said["Action"] != "Modify":
            yield _change(said, path)


def _change(said: Mapping[str, Any], path: tuple[str, ...]) -> Change:
    replacement = said.get("Replacement", "False")
    verbs: dict[str, Verb] = {"Add": "add", "Remove": "remove", "Import": "add", "Dynamic": "change"}
    verb = verbs.get(said["Action"]) or ("change" if replacement == "False" else "replace")
    perhaps = replacement == "Conditional" or said["Action"] == "Dynamic"
    return Change(verb, said["LogicalResourceId"], said["ResourceType"], path, perhaps, said.get("PolicyAction", ""))


def told(found: Sequence[Change]) -> Iterator[str]:
    """The changes in words: data at risk, then stack by stack, then the sum."""
    at_risk = [change for change in found if change.loses_data]
    if at_risk:
        yield "Data at risk:"
        yield from (f"  {_line(change)}{_afterwards(change)}" for change in at_risk)
    for path in dict.fromkeys(change.path for change in found):
        yield f"{'/'.join(path) or 'root'}:"
        yield from (f"  {_line(change)}" for change in found if change.path == path)
    sums = [(verb, sum(change.verb == verb for change in found)) for verb in VERBS]
    yield ", ".join(f"{number} to {verb}" for verb, number in sums) + "."


def _line(change: Change) -> str:
    return f"{change.verb:<8}{change.id} ({change.type}){', perhaps' if change.perhaps else ''}"


def _afterwards(change: Change) -> str:
    return ": a snapshot stays" if "Snapshot" in change.policy else ": what it holds is gone"
