"""CloudFormation's events of stacks and their nested ones, written down in lines, as a client gives them.

A line has a second, a place, a status and a reason: `3 lab/Net/Vpc CREATE_FAILED Not now.` A place that ends in `/` is
a stack's own (`lab/`, `lab/Net/`); any other is a resource. What a stack speaks of, and has events of its own, is a
nested stack. Stacks that are not the root are found by their ids alone, as those are that a rollback deleted.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from botocore.exceptions import ClientError

START = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
STACK = "AWS::CloudFormation::Stack"
PAGE = 3


def arn(place: str) -> str:
    """A stack's id; its name is that of its place, joined by dashes."""
    return f"arn:aws:cloudformation:eu-west-1:111122223333:stack/{name(place)}/1"


def name(place: str) -> str:
    """`lab/Net/` is called `lab-Net-X`, and `lab/` is `lab`."""
    inner = place.rstrip("/").replace("/", "-")
    return f"{inner}-X" if "/" in place.rstrip("/") else inner


class Events:
    """A client that answers with the events of one root, and of what is nested in it."""

    def __init__(
        self, lines: str, types: Mapping[str, str], physical: Mapping[str, str], status: str = "", spec: str = "shop"
    ) -> None:
        said = [line.split(None, 3) for line in lines.strip().splitlines()]
        self.stacks = dict.fromkeys(place for _, place, *_ in said if place.endswith("/"))
        self.types, self.physical = types, physical
        self.events: dict[str, list[dict[str, Any]]] = {arn(stack): [] for stack in self.stacks}
        for number, (second, place, state, *reason) in enumerate(said):
            stack = place if place.endswith("/") else place.rpartition("/")[0] + "/"
            self.events[arn(stack)].insert(0, self._event(number, second, place, state, " ".join(reason)))
        self.root = next(iter(self.stacks))
        last = next(event for event in self.events[arn(self.root)] if event["PhysicalResourceId"] == arn(self.root))
        self.status, self.spec = status or last["ResourceStatus"], spec
        self.objections: list[dict[str, Any]] = []
        """What `DescribeEvents` tells of a root; it may not be asked where there is none."""
        self.pages: list[str] = []
        """The stack of each page that was asked for."""

    def _event(self, number: int, second: str, place: str, status: str, reason: str) -> dict[str, Any]:
        own = place.endswith("/")
        stack = place if own else place.rpartition("/")[0] + "/"
        identity = name(place) if own else place.rpartition("/")[2]
        nested = f"{place.rstrip('/')}/" in self.stacks
        # The first that a parent says of a nested stack is without the nested stack's id.
        known = own or (nested and "Initiated" in reason) or (nested and "_IN_PROGRESS" not in status)
        return {
            "StackId": arn(stack),
            "StackName": name(stack),
            "EventId": f"event-{number}",
            "LogicalResourceId": identity,
            "PhysicalResourceId": arn(f"{place.rstrip('/')}/") if known else self.physical.get(identity, ""),
            "ResourceType": STACK if nested else self.types.get(identity, "AWS::EC2::VPC"),
            "ResourceStatus": status,
            **({"ResourceStatusReason": reason} if reason else {}),
            "Timestamp": START + timedelta(seconds=float(second)),
        }

    def describe_stacks(self, **asked: str) -> Any:
        known = [arn(self.root), *([name(self.root)] if self.status != "DELETE_COMPLETE" else [])]
        if asked["StackName"] not in known:
            message = f"Stack with id {asked['StackName']} does not exist"
            raise ClientError({"Error": {"Code": "ValidationError", "Message": message}}, "DescribeStacks")
        tags = [{"Key": "labspec:spec", "Value": self.spec}] if self.spec else []
        stack = {"StackId": arn(self.root), "StackName": name(self.root), "StackStatus": self.status, "Tags": tags}
        return {"Stacks": [stack]}

    def get_paginator(self, operation: str) -> Any:
        if operation == "describe_events":
            return Objections(self.objections)
        assert operation == "describe_stack_events"
        return self

    def paginate(self, **asked: str) -> Iterator[Any]:
        stack = asked["StackName"]
        events = self.events[stack]
        for start in range(0, len(events), PAGE):
            self.pages.append(stack)
            yield {"StackEvents": events[start : start + PAGE]}


class Objections:
    """Answers of `DescribeEvents`, a page for each."""

    def __init__(self, told: Sequence[Mapping[str, Any]]) -> None:
        self.told = told

    def paginate(self, **asked: Any) -> Iterator[Any]:
        assert asked.pop("Filters") == {"FailedEvents": True}
        assert len(asked) == 1
        if not self.told:
            raise ClientError({"Error": {"Code": "AccessDenied", "Message": "No."}}, "DescribeEvents")
        yield from ({"OperationEvents": [each]} for each in self.told)


def objection(operation: str, reason: str, second: int = 0, **more: str) -> dict[str, Any]:
    """One that is about the name of a bucket."""
    return {
        "OperationId": operation,
        "EventType": "VALIDATION_ERROR",
        "LogicalResourceId": "Bad",
        "ResourceType": "AWS::S3::Bucket",
        "Timestamp": START + timedelta(seconds=second),
        "ValidationName": "NAME_CONFLICT_VALIDATION",
        "ValidationStatus": "FAILED",
        "ValidationStatusReason": reason,
        "ValidationPath": "/Resources/Bad/Properties/BucketName",
        **more,
    }
