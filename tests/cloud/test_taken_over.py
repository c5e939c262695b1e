"""Which stack is meant, whose it is, and what is said of one that failed and does not change."""

from __future__ import annotations

from argparse import Namespace
from typing import Any

import pytest

from labspec.cli.deploy import _unchanged
from labspec.cloud import deployment
from labspec.cloud.changes import Change
from labspec.cloud.deployment import propose
from labspec.cloud.refusal import Refused
from labspec.cloud.risk import refuse
from tests.cloud.proposals import WANTED, Aws

BLOGS = [{"Key": deployment.OWNER, "Value": "blog"}]


@pytest.mark.parametrize(
    ("stack", "said"),
    [
        ({"Tags": BLOGS}, "belongs to the spec `blog`, and this is `shop`."),
        ({"Tags": []}, "labspec did not deploy the stack `lab`."),
        ({"RootId": "arn:aws:cloudformation:r:1:stack/top/0"}, "is part of `top`."),
    ],
)
def test_a_stack_of_somebody_else_is_refused(stack: dict[str, Any], said: str) -> None:
    aws = Aws({"StackStatus": "CREATE_COMPLETE", "Parameters": [{"ParameterKey": "C"}], **stack})
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
    many = [Change("remove", f"Db{number}", "AWS::RDS::DBInstance") for number in range(6)]
    with pytest.raises(Refused) as caught:
        refuse([], many, {})
    assert "`Db0`, `Db1`, `Db2`, `Db3` and 2 more, with" in caught.value.message
    assert caught.value.help.count("--allow-data-loss") == 6
