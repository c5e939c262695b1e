"""What a change set would do, when a stack takes one, and what is asked before it is carried out.

That stacks are made and changed is tried on an emulated AWS (tests/emulated).
"""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Mapping
from typing import Any

import pytest
from botocore.exceptions import ClientError

from labspec.cli.deploy import _unchanged
from labspec.cloud import deployment
from labspec.cloud.changes import STACK, Change, changes
from labspec.cloud.deployment import ChangeSet, Wanted, propose
from labspec.cloud.execution import execute
from labspec.cloud.forecast import told
from labspec.cloud.refusal import Refused
from labspec.cloud.risk import lost, moves, refuse

WANTED = Wanted(
    "lab", "shop", "https://x/root.yaml", {"A": "1"}, {"A": {}, "B": {"Default": "2"}, "C": {}}, {}, None, []
)
OURS = [{"Key": deployment.OWNER, "Value": "shop"}]
BLOGS = [{"Key": deployment.OWNER, "Value": "blog"}]
DATABASE = "AWS::RDS::DBInstance"


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

    def describe_stacks(self, **asked: str) -> Any:
        if self.stack is None:
            message = f"Stack with id {asked['StackName']} does not exist"
            raise ClientError({"Error": {"Code": "ValidationError", "Message": message}}, "DescribeStacks")
        return {"Stacks": [{"StackName": asked["StackName"], "StackId": "arn:stack", "Tags": OURS, **self.stack}]}

    def create_change_set(self, **asked: Any) -> Any:
        self.asked = asked
        self.left["arn:change/1"] = asked["ChangeSetName"]
        return {"Id": "arn:change/1", "StackId": "arn:stack"}

    def describe_change_set(self, **_: str) -> Any:
        return {"Status": "FAILED" if self.failed else "CREATE_COMPLETE", "StatusReason": self.failed}

    def execute_change_set(self, **asked: Any) -> None:
        self.asked = asked

    def delete_change_set(self, **asked: str) -> None:
        del self.left[asked["ChangeSetName"]]

    def delete_stack(self, **asked: str) -> None:
        self.deleted = asked["StackName"]

    def get_template(self, **_: str) -> Any:
        return {"TemplateBody": "Resources: {Db: {Type: T}, Kept: {Type: T, DeletionPolicy: Retain}}"}

    def get_paginator(self, operation: str) -> Any:
        return Pages(self, operation)


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


def change(action: str, name: str, kind: str = "AWS::EC2::VPC", **more: str) -> dict[str, str]:
    return {"Action": action, "LogicalResourceId": name, "ResourceType": kind, **more}


def held(name: str, kind: str, status: str = "CREATE_COMPLETE", **more: str) -> dict[str, str]:
    return {"LogicalResourceId": name, "ResourceType": kind, "ResourceStatus": status, **more}


def test_changes_are_those_of_nested_stacks_too_and_data_comes_first() -> None:
    found = {
        "root": [
            change("Modify", "DataStack", STACK, ChangeSetId="data", Replacement="False"),
            change("Modify", "QuietStack", STACK, Replacement="False"),
            change("Add", "NewStack", STACK),
        ],
        "data": [
            change("Modify", "Web", "AWS::EC2::Instance", Replacement="False"),
            change("Modify", "Db", DATABASE, Replacement="True", PolicyAction="ReplaceAndSnapshot"),
            change("Remove", "Files", "AWS::EFS::FileSystem", PolicyAction="Delete"),
            change("Remove", "Kept", "AWS::S3::Bucket", PolicyAction="Retain"),
            change("Modify", "Group", "AWS::EC2::SecurityGroup", Replacement="Conditional"),
            change("Dynamic", "Odd", "AWS::EC2::Volume"),
        ],
    }
    known = {"Web": "instances.web, site.yaml:7"}
    assert list(told(changes(Aws(found=found), "root"), known)) == [
        "Data at risk:",
        "  replace Db (AWS::RDS::DBInstance): a snapshot stays",
        "  remove  Files (AWS::EFS::FileSystem): what it holds is gone",
        "  replace Odd (AWS::EC2::Volume), perhaps: what it holds is gone",
        "DataStack:",
        "  remove  Files (AWS::EFS::FileSystem)",
        "  remove  Kept (AWS::S3::Bucket)",
        "  replace Db (AWS::RDS::DBInstance)",
        "  replace Group (AWS::EC2::SecurityGroup), perhaps",
        "  replace Odd (AWS::EC2::Volume), perhaps",
        "  change  Web (instances.web, site.yaml:7)",
        "root:",
        "  add     NewStack (AWS::CloudFormation::Stack)",
        "1 to add, 1 to change, 3 to replace, 2 to remove.",
    ]


def test_a_nested_stack_that_is_removed_takes_with_it_what_it_holds() -> None:
    found = {
        "root": [
            change("Remove", "OldStack", STACK, PhysicalResourceId="arn:old", PolicyAction="Delete"),
            change("Remove", "KeptStack", STACK, PhysicalResourceId="arn:kept", PolicyAction="Retain"),
            change("Add", "Db", DATABASE),
        ],
        "arn:old": [
            held("Db", DATABASE),
            held("Gone", DATABASE, "DELETE_COMPLETE"),
            held("Deeper", STACK, PhysicalResourceId="arn:deeper"),
        ],
        "arn:deeper": [held("Kept", "AWS::S3::Bucket")],
    }
    all_ = changes(Aws(found=found), "root")
    assert [(each.path, each.id, each.loses_data) for each in all_ if each.type != STACK] == [
        (("OldStack",), "Db", True),
        (("OldStack", "Deeper"), "Kept", False),
        ((), "Db", False),
    ]
    with pytest.raises(Refused) as caught:
        refuse(moves(all_), lost(all_, [], {}), {})
    assert caught.value.message.endswith("made anew: `Db` from `OldStack` to the root.")
    assert caught.value.help == "If that is meant, add --allow-data-loss Db --allow-moves."


@pytest.mark.parametrize(
    ("name", "allows"),
    [
        ("MainDatabase", True),
        ("DataStack/MainDatabase", True),
        ("databases.main", True),
        ("only", True),
        ("main", False),  # a bucket is called so as well
        ("DataStack", False),
        ("", False),
    ],
)
def test_data_is_given_up_by_any_name_that_means_one_member(name: str, allows: bool) -> None:
    members = {"MainDatabase": "databases.main", "MainBucket": "buckets.main", "OnlyTable": "tables.only"}
    risky = [
        Change("replace", "MainDatabase", DATABASE, ("DataStack",)),
        Change("remove", "MainBucket", "AWS::S3::Bucket"),
        Change("remove", "OnlyTable", "AWS::DynamoDB::Table"),
        Change("remove", "Unknown", "AWS::DynamoDB::Table"),
    ]
    assert (len(lost(risky, [name], members)) < len(risky)) is allows


@pytest.mark.parametrize(("additions", "lines"), [(40, 44), (41, 4)])
def test_many_additions_are_counted_unless_all_are_asked_for(additions: int, lines: int) -> None:
    found = [Change("add", f"New{number}", "T", ("NewStack",)) for number in range(additions)]
    found += [Change("change", "Old", "T", ("OldStack",))]
    shown = list(told(found, {}, whole=False))
    assert len(shown) == lines
    assert shown[-3:-1] == ["OldStack:", "  change  Old (T)"]
    assert len(list(told(found, {}))) == additions + 4


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
    assert made == ChangeSet("arn:change/1", "arn:stack", "lab", made=True)
    given = {each["ParameterKey"]: each["ParameterValue"] for each in aws.asked["Parameters"]}
    assert given == {"A": "1", "C": "3"}
    assert {each["Key"]: each["Value"] for each in aws.asked["Tags"]} == {"Team": "web", "labspec:spec": "shop"}
    assert (aws.asked["ChangeSetType"], aws.asked["RoleARN"]) == ("CREATE", "arn:role")


def test_a_stack_keeps_the_parameters_that_are_not_given() -> None:
    aws = Aws({"StackStatus": "UPDATE_COMPLETE", "Parameters": [{"ParameterKey": "A"}, {"ParameterKey": "C"}]})
    assert propose(aws, WANTED) == ChangeSet("arn:change/1", "arn:stack", "lab", made=False)
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
    assert (aws.left, aws.deleted) == ({}, "")


@pytest.mark.parametrize(
    ("stack", "failed", "said"),
    [
        ({"StackStatus": "ROLLBACK_COMPLETE"}, "", "takes no change: it is ROLLBACK_COMPLETE."),
        ({"StackStatus": "UPDATE_ROLLBACK_FAILED"}, "", "takes no change: it is UPDATE_ROLLBACK_FAILED."),
        ({"StackStatus": "CREATE_FAILED"}, "", "takes no change: it is CREATE_FAILED."),
        ({"StackStatus": "UPDATE_IN_PROGRESS"}, "", "is being changed already: it is UPDATE_IN_PROGRESS."),
        ({"StackStatus": "CREATE_COMPLETE", "Tags": BLOGS}, "", "belongs to the spec `blog`, and this is `shop`."),
        ({"StackStatus": "CREATE_COMPLETE", "Tags": []}, "", "labspec did not deploy the stack `lab`."),
        ({"StackStatus": "CREATE_COMPLETE", "RootId": "arn:aws:cloudformation:r:1:stack/top/0"}, "", "part of `top`."),
        ({"StackStatus": "CREATE_COMPLETE"}, "Template error.", "AWS refused the change: Template error."),
    ],
)
def test_a_stack_that_takes_no_change_is_told_with_the_way_out(stack: dict[str, Any], failed: str, said: str) -> None:
    aws = Aws({**stack, "Parameters": [{"ParameterKey": "C"}]}, failed)
    with pytest.raises(Refused) as caught:
        propose(aws, WANTED)
    assert said in caught.value.message
    assert aws.left == {}


@pytest.mark.parametrize("tags", [[], BLOGS])
def test_a_stack_of_somebody_else_is_taken_over_where_that_is_wanted(tags: list[Any]) -> None:
    aws = Aws({"StackStatus": "CREATE_COMPLETE", "Tags": tags, "Parameters": [{"ParameterKey": "C"}]})
    assert propose(aws, WANTED._replace(anybodys=True))
    assert {"Key": deployment.OWNER, "Value": "shop"} in aws.asked["Tags"]


@pytest.mark.parametrize("asked", ["", "lab", "arn:stack/lab"])
def test_another_stack_than_the_one_that_was_asked_for_is_none(asked: str) -> None:
    """Asked for a name that is empty, AWS tells of every stack, of one too where there is but one."""
    aws = Aws({"StackName": "other", "StackId": "arn:stack/other", "StackStatus": "CREATE_COMPLETE"})
    assert deployment.described(aws, asked) is None
    assert deployment.described(aws, "other")
    assert deployment.described(aws, "arn:stack/other")


def test_that_nothing_changes_does_not_hide_that_a_stack_failed() -> None:
    arguments = Namespace(stack="lab")
    assert _unchanged(arguments, Aws({"StackStatus": "UPDATE_COMPLETE"})) == [
        "The stack `lab` is as it is described: nothing changes."
    ]
    with pytest.raises(Refused) as caught:
        _unchanged(arguments, Aws({"StackStatus": "UPDATE_FAILED"}))
    assert caught.value.message == "Nothing would change, but the stack `lab` is UPDATE_FAILED."
    assert "`aws cloudformation rollback-stack --stack-name lab{whose}`" in caught.value.help


def test_of_many_things_that_would_be_lost_few_are_named() -> None:
    many = [Change("remove", f"Db{number}", DATABASE) for number in range(6)]
    with pytest.raises(Refused) as caught:
        refuse([], many, {})
    assert "`Db0`, `Db1`, `Db2`, `Db3` and 2 more, with" in caught.value.message
    assert caught.value.help.count("--allow-data-loss") == 6


def test_what_failed_without_a_rollback_goes_on() -> None:
    aws = Aws({"StackStatus": "CREATE_FAILED", "DisableRollback": True, "Parameters": [{"ParameterKey": "C"}]})
    assert propose(aws, WANTED)
    assert aws.asked["ChangeSetType"] == "UPDATE"


@pytest.mark.parametrize(
    ("made", "others", "deleted"), [(True, {}, "arn:stack"), (True, {"arn:other": "theirs"}, ""), (False, {}, "")]
)
def test_of_what_is_taken_back_nothing_is_left(made: bool, others: dict[str, str], deleted: str) -> None:
    aws = Aws()
    aws.left = {"arn:change/1": "labspec-1", **others}
    deployment.withdraw(aws, ChangeSet("arn:change/1", "arn:stack", "lab", made))
    assert (aws.left, aws.deleted) == (others, deleted)


def test_a_stack_is_taken_back_when_its_change_set_is_really_gone(monkeypatch: pytest.MonkeyPatch) -> None:
    aws = Aws()
    aws.left = {"arn:change/1": "labspec-1"}
    monkeypatch.setattr(aws, "delete_change_set", lambda **_: None)
    monkeypatch.setattr("time.sleep", lambda _: aws.left.clear())
    deployment.withdraw(aws, ChangeSet("arn:change/1", "arn:stack", "lab", made=True))
    assert aws.deleted == "arn:stack"


def test_only_our_own_earlier_change_sets_are_superseded() -> None:
    aws = Aws()
    aws.left = {"arn:change/1": "labspec-1", "arn:change/2": "labspec-2", "arn:other": "theirs"}
    deployment.supersede(aws, ChangeSet("arn:change/2", "arn:stack", "lab", made=False))
    assert set(aws.left) == {"arn:change/2", "arn:other"}


def test_a_change_set_is_carried_out_once_and_watched_from_then_on() -> None:
    aws = Aws()
    watch = execute(aws, ChangeSet("arn:changeSet/labspec-1/uuid", "arn:stack", "lab", made=True), rollback=False)
    assert (watch.stack, watch.after) == ("arn:stack", "the newest")
    token = {"ClientRequestToken": "labspec-1"}
    assert aws.asked == {"ChangeSetName": "arn:changeSet/labspec-1/uuid", "DisableRollback": True, **token}


def test_only_what_has_to_be_acknowledged_is() -> None:
    assert deployment.capabilities(["Type: AWS::EC2::VPC"]) == []
    assert deployment.capabilities(["Type: AWS::IAM::Role", "x"]) == ["CAPABILITY_NAMED_IAM", "CAPABILITY_AUTO_EXPAND"]
