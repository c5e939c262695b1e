"""A CloudFormation that answers as far as tests of deletions ask, and what it is asked."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import boto3
from botocore.exceptions import ClientError

from labspec.cloud.account import Account
from labspec.cloud.deployment import REVIEW

STACK = "AWS::CloudFormation::Stack"
OURS = [{"Key": "labspec:spec", "Value": "lab"}]
BEGAN = datetime(2026, 1, 1, tzinfo=UTC)


def arn(name: str) -> str:
    return f"arn:aws:cloudformation:us-east-1:111122223333:stack/{name}/0-0"


class Cloud:
    """CloudFormation's answers about the stacks `lab` and, nested in it, `Data`: as far as these tests ask."""

    def __init__(self, status: str = "CREATE_COMPLETE", **said: Any) -> None:
        self.stacks = {
            "lab": {"StackId": arn("lab"), "StackName": "lab", "StackStatus": status, "Tags": OURS, **said},
            "Data": {"StackId": arn("Data"), "StackName": "lab-Data", "StackStatus": status, "RootId": arn("lab")},
        }
        self.resources = {"lab": [resource("Data", STACK, arn("Data")), resource("Web", "AWS::EC2::VPC")], "Data": []}
        self.templates: dict[str, Any] = {"lab": {"Resources": {"Data": {}, "Web": {}}}, "Data": {"Resources": {}}}
        self.happened: dict[str, list[Any]] = {"lab": [], "Data": []}
        self.change_sets: dict[str, Any] = {}
        self.will: list[Mapping[str, str]] = []
        """Of each deletion to come, what cannot be deleted, and why."""
        self.slow = 0
        """How many looks it takes until AWS begins."""
        self.asked: list[Any] = []
        self.waiting: tuple[str, list[str]] | None = None

    def put(self, name: str, kind: str, stack: str = "Data", status: str = "CREATE_COMPLETE", **body: Any) -> None:
        self.resources[stack].append(resource(name, kind, name.lower(), status))
        self.templates[stack]["Resources"][name] = {"Type": kind, **body}

    def describe_stacks(self, **asked: str) -> Any:
        return {"Stacks": [self.stacks[name_of(asked["StackName"])]]}

    def get_template(self, **asked: str) -> Any:
        assert asked["TemplateStage"] == "Processed"
        return {"TemplateBody": self.templates[name_of(asked["StackName"])]}

    def describe_change_set(self, **asked: str) -> Any:
        return {"Tags": self.change_sets[asked["ChangeSetName"]]}

    def delete_change_set(self, **asked: str) -> None:
        del self.change_sets[asked["ChangeSetName"]]

    def delete_stack(self, **asked: Any) -> None:
        name, keep = name_of(asked["StackName"]), asked.get("RetainResources", [])
        self.asked.append((name, *keep))
        self.waiting = (name, keep)
        if self.stacks["lab"]["StackStatus"] == REVIEW:
            self.go()

    def update_termination_protection(self, **asked: Any) -> None:
        assert asked == {"StackName": arn("lab"), "EnableTerminationProtection": False}
        self.asked.append("unprotected")

    def go(self) -> None:
        """The deletion that was asked for happens, all of it at once."""
        assert self.waiting
        (name, keep), self.waiting = self.waiting, None
        stays = {each: why for each, why in (self.will.pop(0) if self.will else {}).items() if each not in keep}
        self.tell(name, STACK, "DELETE_IN_PROGRESS", "", arn(name))
        for each, why in stays.items():
            self.tell(each, "AWS::S3::Bucket", "DELETE_FAILED", why)
        end = "DELETE_FAILED" if stays else "DELETE_COMPLETE"
        self.stacks[name]["StackStatus"] = end
        self.tell(name, STACK, end, "", arn(name))

    def tell(self, name: str, kind: str, status: str, why: str = "", physical: str = "x", stack: str = "lab") -> None:
        at = BEGAN + timedelta(seconds=len(self.happened[stack]))
        self.happened[stack if physical == "x" else name].insert(
            0,
            {
                "EventId": f"{name} {status} {at}",
                "Timestamp": at,
                "StackId": arn(name if physical != "x" else stack),
                "PhysicalResourceId": physical,
                "LogicalResourceId": name,
                "ResourceType": kind,
                "ResourceStatus": status,
                "ResourceStatusReason": why,
            },
        )

    def get_paginator(self, operation: str) -> Any:
        return Pages(self, operation)


class Pages:
    """A page for each thing that is listed."""

    def __init__(self, cloud: Cloud, operation: str) -> None:
        self.cloud, self.operation = cloud, operation

    def paginate(self, **asked: str) -> Any:
        cloud, name = self.cloud, name_of(asked.get("StackName", ""))
        match self.operation:
            case "list_stack_resources":
                return [{"StackResourceSummaries": [each]} for each in cloud.resources[name]]
            case "list_change_sets":
                return [{"Summaries": [{"ChangeSetId": each}]} for each in cloud.change_sets]
            case "list_imports" if asked["ExportName"] == "lonely":
                raise refusal("ValidationError", "Export 'lonely' is not imported by any stack.")
            case "list_imports":
                return [{"Imports": ["Data"]}, {"Imports": ["blog"]}]
        assert self.operation == "describe_stack_events"
        if cloud.waiting:
            cloud.slow -= 1
            if cloud.slow < 0:
                cloud.go()
        return [{"StackEvents": [each]} for each in cloud.happened[name]]


def resource(name: str, kind: str, physical: str = "vpc-1", status: str = "CREATE_COMPLETE") -> dict[str, str]:
    return {
        "LogicalResourceId": name,
        "ResourceType": kind,
        "PhysicalResourceId": physical,
        "ResourceStatus": status,
    }


def name_of(stack: str) -> str:
    return stack.split("/")[1] if "/" in stack else stack


def refusal(code: str, message: str = "") -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": message}}, "Any")


class Mine(Account):
    """An account whose CloudFormation is a given one; its other services are boto3's."""

    def __init__(self, cloud: Cloud) -> None:
        self.region, self.suffix, self.cloud = "us-east-1", "amazonaws.com", cloud

    def client(self, service: str, region: str | None = None) -> Any:
        return self.cloud if service == "cloudformation" else boto3.client(service, region_name=region)  # type: ignore[call-overload]
