"""A CloudFormation that answers as far as tests of change sets ask."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from botocore.exceptions import ClientError

from labspec.cloud.deployment import OWNER, Wanted
from tests.cloud.stack_events import Objections

WANTED = Wanted(
    "lab", "shop", "https://x/root.yaml", {"A": "1"}, {"A": {}, "B": {"Default": "2"}, "C": {}}, {}, None, []
)

OURS = [{"Key": OWNER, "Value": "shop"}]


class Aws:
    """CloudFormation's answers, as far as these tests ask."""

    def __init__(
        self, stack: Mapping[str, Any] | None = None, failed: str = "", found: Mapping[str, list[Any]] | None = None
    ) -> None:
        self.stack, self.failed, self.found = stack, failed, found or {}
        self.asked: dict[str, Any] = {}
        self.left: dict[str, str] = {}
        """The change sets that are left, by id."""
        self.deleted = ""
        self.busy = 0
        """How often it is still too early to delete a change set."""
        self.objections: list[dict[str, Any]] = []
        self.nested: dict[str, str] = {}
        """Of nested change sets why they failed."""

    def describe_stacks(self, **asked: str) -> Any:
        if self.stack is None:
            message = f"Stack with id {asked['StackName']} does not exist"
            raise ClientError({"Error": {"Code": "ValidationError", "Message": message}}, "DescribeStacks")
        return {"Stacks": [{"StackName": asked["StackName"], "StackId": "arn:stack", "Tags": OURS, **self.stack}]}

    def create_change_set(self, **asked: Any) -> Any:
        self.asked = asked
        self.left["arn:change/1"] = asked["ChangeSetName"]
        return {"Id": "arn:change/1", "StackId": "arn:stack"}

    def describe_change_set(self, **asked: str) -> Any:
        why = self.nested.get(asked["ChangeSetName"], self.failed)
        return {"Status": "FAILED" if why else "CREATE_COMPLETE", "StatusReason": why}

    def execute_change_set(self, **asked: Any) -> None:
        self.asked = asked

    def delete_change_set(self, **asked: str) -> None:
        if self.busy:
            self.busy -= 1
            message = "Cannot delete ChangeSet in status CREATE_IN_PROGRESS"
            raise ClientError({"Error": {"Code": "InvalidChangeSetStatus", "Message": message}}, "DeleteChangeSet")
        del self.left[asked["ChangeSetName"]]

    def delete_stack(self, **asked: str) -> None:
        self.deleted = asked["StackName"]

    def get_template(self, **_: str) -> Any:
        return {"TemplateBody": "Resources: {Db: {Type: T}, Kept: {Type: T, DeletionPolicy: Retain}}"}

    def get_paginator(self, operation: str) -> Any:
        return Objections(self.objections) if operation == "describe_events" else Pages(self, operation)


class Pages:
    """A page for each thing that is listed."""

    def __init__(self, aws: Aws, operation: str) -> None:
        self.aws, self.operation = aws, operation

    def paginate(self, **asked: str) -> Any:
        if self.operation == "list_change_sets":
            return [{"Summaries": [{"ChangeSetId": key, "ChangeSetName": name}]} for key, name in self.aws.left.items()]
        if self.operation == "describe_stack_events":
            return [{"StackEvents": [{"EventId": "the newest"}, {"EventId": "another"}]}]
        if self.operation == "list_stack_resources":
            return [{"StackResourceSummaries": [each]} for each in self.aws.found[asked["StackName"]]]
        return [{"Changes": [{"ResourceChange": each}]} for each in self.aws.found[asked["ChangeSetName"]]]
