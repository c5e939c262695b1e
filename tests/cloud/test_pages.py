"""Whatever AWS lists is read to the end: each of these lists has a page for each thing in it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Any

import boto3
import pytest

from labspec.cloud import emptying, machines, website
from labspec.cloud.account import Account
from labspec.cloud.changes import changes
from labspec.cloud.refusal import Refused
from labspec.cloud.standing import Resource, Standing, standing
from labspec.cloud.teardown import teardown
from tests.cloud.cloudformation import STACK, arn, resource
from tests.cloud.recorded import Answers, error

ALL = ["A", "B", "C"]
INSTANCE, GROUP = "AWS::EC2::Instance", "AWS::AutoScaling::AutoScalingGroup"


def client(service: str) -> Any:
    return boto3.client(service)  # type: ignore[call-overload]


def what_a_stack_holds(aws: Answers) -> list[str]:
    aws.stands([resource(name, "AWS::SNS::Topic") for name in ALL])
    return [each.id for each in standing(client("cloudformation"), "lab").all()]


def who_uses_an_export(aws: Answers) -> list[str]:
    aws.stands([resource("Web", "AWS::SNS::Topic")], "used")
    aws.told["ListImports"] = {"Imports": ALL}
    with pytest.raises(Refused) as caught:
        teardown(Account(), "lab")
    return re.findall("`([A-Z])`", caught.value.message)


def changed(name: str, kind: str = "AWS::SNS::Topic", action: str = "Add", **more: str) -> dict[str, Any]:
    return {"ResourceChange": {"Action": action, "LogicalResourceId": name, "ResourceType": kind, **more}}


def what_would_change(aws: Answers) -> list[str]:
    aws.told["DescribeChangeSet"] = {"Changes": [changed(name) for name in ALL]}
    return [each.id for each in changes(client("cloudformation"), "set")]


def what_would_go_with_a_nested_stack(aws: Answers) -> list[str]:
    aws.stands([resource(name, "AWS::SNS::Topic") for name in ALL])
    aws.told["DescribeChangeSet"] = {"Changes": [changed("Old", STACK, "Remove", PhysicalResourceId=arn("lab"))]}
    return [each.id for each in changes(client("cloudformation"), "set") if each.path]


def what_a_website_has(aws: Answers) -> list[str]:
    aws.told["ListObjectsV2"] = {"Contents": [{"Key": name, "Size": 1} for name in ALL]}
    return [*website.difference(client("s3"), "docs", [], lambda _: None).gone]


def what_a_bucket_holds(aws: Answers) -> list[str]:
    aws.told["ListObjectVersions"] = {"Versions": [{"Key": name, "VersionId": "1"} for name in ALL]}
    return ALL[: emptying.held(client("s3"), "docs")]


def what_was_never_sent_whole(aws: Answers) -> list[str]:
    aws.told["ListObjectVersions"] = {}
    aws.told["ListMultipartUploads"] = {"Uploads": [{"Key": name, "UploadId": "1"} for name in ALL]}
    aws.told["AbortMultipartUpload"] = {}
    emptying.empty(client("s3"), "docs", lambda _: None)
    return [each["Key"] for each in aws.requests("AbortMultipartUpload")]


def made(held: Iterable[tuple[str, str]]) -> Standing:
    resources = tuple(Resource((), name, kind, name, "CREATE_COMPLETE", "") for name, kind in held)
    return Standing(arn("lab"), "lab", "CREATE_COMPLETE", "", {}, {}, {}, resources, ())


def described(request: dict[str, Any]) -> dict[str, Any]:
    """The machines of a request, each in a reservation of its own."""
    (wanted,) = request["Filters"]
    assert len(wanted["Values"]) <= 200  # the most that a filter takes
    found = [{"InstanceId": name, "State": {"Name": "running"}} for name in wanted["Values"]]
    return {"Reservations": [{"Instances": [each]} for each in found]}


def which_machines_a_stack_has(aws: Answers) -> list[str]:
    aws.told["DescribeInstances"] = described
    more = [f"i-{number:03}" for number in range(400)]
    fleet = machines.fleet(client("ec2"), client("autoscaling"), made((name, INSTANCE) for name in (*more, *ALL)))
    found = {each.id for each in fleet.all()}
    assert found > {*more}
    return sorted(found - {*more})


def which_machines_groups_have(aws: Answers) -> list[str]:
    def grouped(name: str) -> dict[str, Any]:
        machine = {"InstanceId": name.lower(), "HealthStatus": "Healthy", "LifecycleState": "InService"}
        return {"AutoScalingGroupName": name, "Instances": [machine]}

    aws.told["DescribeAutoScalingGroups"] = {"AutoScalingGroups": [grouped(name) for name in ALL]}
    aws.told["DescribeInstances"] = described
    fleet = machines.fleet(client("ec2"), client("autoscaling"), made((name, GROUP) for name in ALL))
    return [each.id.upper() for each in fleet.all()]


LISTS: list[Callable[[Answers], list[str]]] = [
    what_a_stack_holds,
    who_uses_an_export,
    what_would_change,
    what_would_go_with_a_nested_stack,
    what_a_website_has,
    what_a_bucket_holds,
    what_was_never_sent_whole,
    which_machines_a_stack_has,
    which_machines_groups_have,
]


@pytest.mark.parametrize("found", LISTS, ids=lambda found: found.__name__)
def test_a_list_is_read_to_its_end(found: Callable[[Answers], list[str]], aws: Answers) -> None:
    assert found(aws) == ALL


def test_what_is_removed_goes_in_as_many_calls_as_it_takes_and_what_stays_is_told(aws: Answers) -> None:
    keys = [f"{number}.css" for number in range(2500)]
    aws.told["DeleteObjects"] = {}
    website.remove(client("s3"), "docs", keys)
    calls = [[each["Key"] for each in asked["Delete"]["Objects"]] for asked in aws.requests("DeleteObjects")]
    assert [key for call in calls for key in call] == keys
    assert max(map(len, calls)) <= 1000  # the most that AWS takes
    aws.told["DeleteObjects"] = {"Errors": [{"Key": "7.css", "Code": "AccessDenied", "Message": "Access Denied"}]}
    with pytest.raises(Refused, match=r"`7\.css` cannot be removed from `docs`: Access Denied\."):
        website.remove(client("s3"), "docs", keys)


def test_a_bucket_is_empty_that_goes_or_an_upload_that_ends_meanwhile(aws: Answers) -> None:
    aws.told |= {"ListObjectVersions": {}, "ListMultipartUploads": {"Uploads": [{"Key": "a", "UploadId": "1"}]}}
    aws.told["AbortMultipartUpload"] = error("NoSuchUpload")
    assert emptying.empty(client("s3"), "docs", lambda _: None) == 0
