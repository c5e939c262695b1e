"""What a change set would do, when a stack takes one, and what is asked before it is carried out.

That stacks are made and changed is tried on an emulated AWS (tests/emulated).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from botocore.exceptions import ClientError

from labspec.cloud import deployment
from labspec.cloud.changes import Change, changes, told
from labspec.cloud.deployment import Wanted, propose
from labspec.cloud.refusal import Refused

WANTED = Wanted(
    "lab", "shop", "https://x/root.yaml", {"A": "1"}, {"A": {}, "B": {"Default": "2"}, "C": {}}, {}, None, []
)


class Aws:
    """CloudFormation's answers, as far as these tests ask."""

    def __init__(
        self, stack: Mapping[str, Any] | None = None, failed: str = "", found: Mapping[str, list[Any]] | None = None
    ) -> None:
        self.stack, self.failed, self.found = stack, failed, found or {}
        self.asked: dict[str, Any] = {}
        self.dropped = ""

    def describe_stacks(self, **asked: str) -> Any:
        if self.stack is None:
            message = f"Stack with id {asked['StackName']} does not exist"
            raise ClientError({"Error": {"Code": "ValidationError", "Message": message}}, "DescribeStacks")
        return {"Stacks": [self.stack]}

    def create_change_set(self, **asked: Any) -> Any:
        self.asked = asked
        return {"Id": "arn:change", "StackId": "arn:stack"}

    def describe_change_set(self, **_: str) -> Any:
        return {"Status": "FAILED" if self.failed else "CREATE_COMPLETE", "StatusReason": self.failed}

    def delete_change_set(self, **asked: str) -> None:
        self.dropped = asked["ChangeSetName"]

    def get_paginator(self, operation: str) -> Any:
        assert operation == "describe_change_set"
        return self

    def paginate(self, **asked: str) -> Any:
        return [{"Changes": [{"ResourceChange": change}]} for change in self.found[asked["ChangeSetName"]]]


def change(action: str, name: str, kind: str = "AWS::EC2::VPC", **more: str) -> dict[str, str]:
    return {"Action": action, "LogicalResourceId": name, "ResourceType": kind, **more}


def test_changes_are_those_of_nested_stacks_too_and_data_comes_first() -> None:
    stack, database = "AWS::CloudFormation::Stack", "AWS::RDS::DBInstance"
    found = {
        "root": [
            change("Modify", "DataStack", stack, ChangeSetId="data", Replacement="False"),
            change("Modify", "QuietStack", stack, Replacement="False"),
            change("Add", "NewStack", stack),
        ],
        "data": [
            change("Modify", "Db", database, Replacement="True", PolicyAction="ReplaceAndSnapshot"),
            change("Remove", "Files", "AWS::EFS::FileSystem", PolicyAction="Delete"),
            change("Remove", "Kept", "AWS::S3::Bucket", PolicyAction="Retain"),
            change("Modify", "Group", "AWS::EC2::SecurityGroup", Replacement="Conditional"),
            change("Modify", "Web", "AWS::EC2::Instance", Replacement="False"),
        ],
    }
    assert list(told(list(changes(Aws(found=found), "root")))) == [
        "Data at risk:",
        "  replace Db (AWS::RDS::DBInstance): a snapshot stays",
        "  remove  Files (AWS::EFS::FileSystem): what it holds is gone",
        "DataStack:",
        "  replace Db (AWS::RDS::DBInstance)",
        "  remove  Files (AWS::EFS::FileSystem)",
        "  remove  Kept (AWS::S3::Bucket)",
        "  replace Group (AWS::EC2::SecurityGroup), perhaps",
        "  change  Web (AWS::EC2::Instance)",
        "root:",
        "  add     NewStack (AWS::CloudFormation::Stack)",
        "1 to add, 1 to change, 2 to replace, 2 to remove.",
    ]


@pytest.mark.parametrize(
    ("change", "lost"),
    [
        (Change("remove", "Db", "AWS::RDS::DBInstance", policy="Delete"), True),
        (Change("remove", "Db", "AWS::RDS::DBInstance", policy="Snapshot"), True),
        (Change("remove", "Db", "AWS::RDS::DBInstance"), True),
        (Change("replace", "Db", "AWS::RDS::DBInstance", policy="ReplaceAndRetain"), False),
        (Change("change", "Db", "AWS::RDS::DBInstance"), False),
        (Change("remove", "Web", "AWS::EC2::Instance", policy="Delete"), False),
    ],
)
def test_what_is_kept_is_not_lost(change: Change, lost: bool) -> None:
    assert change.loses_data is lost


def test_a_new_stack_gets_what_is_given_and_its_spec_as_a_tag() -> None:
    aws = Aws()
    with pytest.raises(Refused) as caught:
        propose(aws, WANTED)
    assert caught.value.help == "Add `--parameter C=VALUE`."
    made = propose(aws, WANTED._replace(given={"A": "1", "C": "3"}, tags={"Team": "web"}, role="arn:role"))
    assert made == deployment.ChangeSet("arn:change", "arn:stack", True)
    given = {each["ParameterKey"]: each["ParameterValue"] for each in aws.asked["Parameters"]}
    assert given == {"A": "1", "C": "3"}
    assert {each["Key"]: each["Value"] for each in aws.asked["Tags"]} == {"Team": "web", "labspec:spec": "shop"}
    assert (aws.asked["ChangeSetType"], aws.asked["RoleARN"]) == ("CREATE", "arn:role")


def test_a_stack_keeps_the_parameters_that_are_not_given() -> None:
    aws = Aws({"StackStatus": "UPDATE_COMPLETE", "Parameters": [{"ParameterKey": "A"}, {"ParameterKey": "C"}]})
    assert propose(aws, WANTED) == deployment.ChangeSet("arn:change", "arn:stack", False)
    assert aws.asked["Parameters"] == [
        {"ParameterKey": "A", "ParameterValue": "1"},
        {"ParameterKey": "C", "UsePreviousValue": True},
    ]
    assert aws.asked["ChangeSetType"] == "UPDATE"


@pytest.mark.parametrize("why", deployment.NOTHING)
def test_where_nothing_changes_no_change_set_is_left(why: str) -> None:
    aws = Aws(
        {"StackStatus": "CREATE_COMPLETE", "Parameters": [{"ParameterKey": "C"}]}, failed=f"{why}. Submit others."
    )
    assert propose(aws, WANTED) is None
    assert aws.dropped == "arn:change"


@pytest.mark.parametrize(
    ("stack", "failed", "said"),
    [
        ({"StackStatus": "ROLLBACK_COMPLETE"}, "", "takes no change: it is ROLLBACK_COMPLETE."),
        ({"StackStatus": "UPDATE_ROLLBACK_FAILED"}, "", "takes no change: it is UPDATE_ROLLBACK_FAILED."),
        ({"StackStatus": "UPDATE_IN_PROGRESS"}, "", "is being changed already: it is UPDATE_IN_PROGRESS."),
        ({"StackStatus": "CREATE_COMPLETE", "Tags": [{"Key": "labspec:spec", "Value": "blog"}]}, "", "the spec `blog`"),
        ({"StackStatus": "CREATE_COMPLETE"}, "Template error.", "AWS refused the change: Template error."),
    ],
)
def test_a_stack_that_takes_no_change_is_told_with_the_way_out(stack: dict[str, Any], failed: str, said: str) -> None:
    with pytest.raises(Refused) as caught:
        propose(Aws({**stack, "Parameters": [{"ParameterKey": "C"}]}, failed), WANTED)
    assert said in caught.value.message


def test_only_what_has_to_be_acknowledged_is() -> None:
    assert deployment.capabilities(["Type: AWS::EC2::VPC"]) == []
    assert deployment.capabilities(["Type: AWS::IAM::Role", "x"]) == ["CAPABILITY_NAMED_IAM", "CAPABILITY_AUTO_EXPAND"]
