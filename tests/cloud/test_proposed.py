"""When a stack takes a change, with what, and that nothing is left of a change that nobody carries out.

That stacks are made and changed is tried on an emulated AWS (tests/emulated).
"""

from __future__ import annotations

from typing import Any
from unittest.mock import Mock

import pytest

from labspec.cloud import change_sets, deployment
from labspec.cloud.change_sets import ChangeSet
from labspec.cloud.deployment import propose
from labspec.cloud.execution import execute
from labspec.cloud.objections import Rejected
from labspec.cloud.refusal import Refused
from labspec.cloud.verdict import Place, objected
from labspec.diagnostic import Span
from tests.cloud.proposals import WANTED, Aws
from tests.cloud.stack_events import objection


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


@pytest.mark.parametrize("why", change_sets.NOTHING)
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
        ({"StackStatus": "CREATE_COMPLETE", "Tags": [{"Key": "labspec:spec", "Value": "blog"}]}, "", "the spec `blog`"),
        ({"StackStatus": "CREATE_COMPLETE"}, "Template error.", "AWS refused the change: Template error."),
    ],
)
def test_a_stack_that_takes_no_change_is_told_with_the_way_out(stack: dict[str, Any], failed: str, said: str) -> None:
    aws = Aws({**stack, "Parameters": [{"ParameterKey": "C"}]}, failed)
    with pytest.raises(Refused) as caught:
        propose(aws, WANTED)
    assert said in caught.value.message
    assert aws.left == {}


@pytest.mark.parametrize("status", ["CREATE_FAILED", "UPDATE_FAILED", "UPDATE_COMPLETE"])
def test_what_failed_without_a_rollback_goes_on_without_one(status: str) -> None:
    """AWS takes it in no other way ("please use the disable-rollback parameter")."""
    aws = Aws({"StackStatus": status, "DisableRollback": True, "Parameters": [{"ParameterKey": "C"}]})
    proposed = propose(aws, WANTED)
    assert proposed
    assert aws.asked["ChangeSetType"] == "UPDATE"
    execute(aws, proposed._replace(id="arn:changeSet/labspec-1/uuid"))
    assert aws.asked["DisableRollback"] is status.endswith("_FAILED")


def test_a_stack_keeps_the_tags_that_are_not_given() -> None:
    tags = {"Team": "web", "CostCenter": "42", "labspec:spec": "shop", "aws:service": "x"}
    there = {"StackStatus": "CREATE_COMPLETE", "Tags": [{"Key": key, "Value": tags[key]} for key in tags]}
    aws = Aws({**there, "Parameters": [{"ParameterKey": "C"}]})
    propose(aws, WANTED._replace(tags={"Team": "ops"}))
    kept = {"Team": "ops", "CostCenter": "42", "labspec:spec": "shop"}
    assert {each["Key"]: each["Value"] for each in aws.asked["Tags"]} == kept
    propose(aws, WANTED._replace(untag=["CostCenter", "labspec:spec"]))
    assert {each["Key"] for each in aws.asked["Tags"]} == {"Team", "labspec:spec"}


# ------------------------------------------------------------------ what AWS finds wrong beforehand

EARLY = "The following hook(s)/validation failed: [AWS::EarlyValidation::ResourceExistenceCheck]. To troubleshoot Early"
NESTED = "arn:aws:cloudformation:us-east-1:111122223333:changeSet/labspec-1-Site/5f"


@pytest.mark.parametrize("nested", [False, True])
def test_what_is_wrong_with_a_change_is_asked_for_before_it_is_taken_back(nested: bool) -> None:
    """A failed change set says no more than that there is something, and is gone afterwards."""
    aws = Aws(
        None, f"Nested change set {NESTED} was not successfully created: Currently in FAILED." if nested else EARLY
    )
    aws.nested = {NESTED: EARLY}
    aws.objections = [
        objection("a", "Resource of type 'AWS::S3::Bucket' with identifier 'taken' already exists."),
        objection("a", "The bucket is not empty.", ValidationFailureMode="WARN"),
        objection("a", "No.", EventType="STACK_EVENT"),
    ]
    with pytest.raises(Rejected) as caught:
        propose(aws, WANTED._replace(given={"A": "1", "C": "3"}))
    assert (aws.left, aws.deleted) == ({}, "arn:stack")
    assert EARLY in caught.value.message
    (found,) = objected(caught.value, lambda identity, property: PLACES.get((identity, property)), "us-east-1")
    assert found.message == (
        "AWS refuses `Bad` (AWS::S3::Bucket, of `websites.bad`):"
        " Resource of type 'AWS::S3::Bucket' with identifier 'taken' already exists."
    )
    assert found.span == PLACES["Bad", "BucketName"].span
    assert found.help.startswith("Names of buckets are taken in the whole world")


PLACES = {("Bad", "BucketName"): Place("websites.bad", Span("site.yaml", 3, 1, 3, 9))}


def test_where_nothing_more_is_told_the_words_of_the_change_set_have_to_do() -> None:
    with pytest.raises(Rejected) as caught:
        propose(Aws(None, "Requires capabilities : [CAPABILITY_IAM]"), WANTED._replace(given={"A": "1", "C": "3"}))
    (found,) = objected(caught.value, lambda *_: None, "us-east-1")
    assert found.message == "AWS refused the change: Requires capabilities : [CAPABILITY_IAM]."
    assert found.help.startswith("Deploy with CAPABILITY_IAM")


# ------------------------------------------------------------------ what nobody carries out


@pytest.mark.parametrize("raised", [KeyboardInterrupt, Refused("The connection breaks off.")])
def test_what_is_stopped_while_it_is_made_is_taken_back_once_aws_lets_go(
    raised: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    aws = Aws()
    aws.busy = 3
    monkeypatch.setattr(change_sets, "PAUSE", 0)
    monkeypatch.setattr(aws, "describe_change_set", Mock(side_effect=raised))
    with pytest.raises((KeyboardInterrupt, Refused)) as caught:
        propose(aws, WANTED._replace(given={"A": "1", "C": "3"}))
    assert (aws.left, aws.deleted) == ({}, "arn:stack")
    assert not getattr(caught.value, "__notes__", ())
    assert len(getattr(caught.value, "findings", [1])) == 1


@pytest.mark.parametrize(("status", "way"), [("", "labspec destroy lab"), ("CREATE_COMPLETE", "delete-change-set")])
def test_what_aws_does_not_let_go_of_is_told(status: str, way: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for raised in (KeyboardInterrupt, Refused("The connection breaks off.")):
        aws = Aws({"StackStatus": status, "Parameters": [{"ParameterKey": "C"}]} if status else None)
        aws.busy = 1000
        monkeypatch.setattr(change_sets, "PAUSE", 0)
        monkeypatch.setattr(aws, "describe_change_set", Mock(side_effect=raised))
        with pytest.raises((KeyboardInterrupt, Refused)) as caught:
            propose(aws, WANTED._replace(given={"A": "1", "C": "3"}))
        if isinstance(caught.value, Refused):
            first, left = caught.value.findings
            assert first.message == "The connection breaks off."
            told = f"{left.message} {left.help}"
        else:
            (told,) = caught.value.__notes__
        assert told.startswith("What was proposed to the stack `lab` is left there.")
        assert way in told


def test_a_stack_in_review_that_only_we_proposed_to_goes_with_the_last_of_it() -> None:
    aws = Aws({"StackStatus": "REVIEW_IN_PROGRESS"})
    proposed = propose(aws, WANTED._replace(given={"A": "1", "C": "3"}))
    assert proposed
    change_sets.withdraw(aws, proposed)
    assert (aws.left, aws.deleted) == ({}, "arn:stack")


@pytest.mark.parametrize(
    ("made", "others", "deleted"), [(True, {}, "arn:stack"), (True, {"arn:other": "theirs"}, ""), (False, {}, "")]
)
def test_of_what_is_taken_back_nothing_is_left(made: bool, others: dict[str, str], deleted: str) -> None:
    aws = Aws()
    aws.left = {"arn:change/1": "labspec-1", **others}
    change_sets.withdraw(aws, ChangeSet("arn:change/1", "arn:stack", "lab", made))
    assert (aws.left, aws.deleted) == (others, deleted)


def test_a_stack_is_taken_back_when_its_change_set_is_really_gone(monkeypatch: pytest.MonkeyPatch) -> None:
    aws = Aws()
    aws.left = {"arn:change/1": "labspec-1"}
    monkeypatch.setattr(aws, "delete_change_set", lambda **_: None)
    monkeypatch.setattr("time.sleep", lambda _: aws.left.clear())
    change_sets.withdraw(aws, ChangeSet("arn:change/1", "arn:stack", "lab", made=True))
    assert aws.deleted == "arn:stack"


def test_only_our_own_earlier_change_sets_are_superseded() -> None:
    aws = Aws()
    aws.left = {"arn:change/1": "labspec-1", "arn:change/2": "labspec-2", "arn:other": "theirs"}
    change_sets.supersede(aws, ChangeSet("arn:change/2", "arn:stack", "lab", made=False))
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
