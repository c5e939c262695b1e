"""What a change set would do, in words."""

from __future__ import annotations

import boto3
import pytest

from labspec.cloud.changes import Change, changes
from labspec.cloud.forecast import told
from tests.cloud.recorded import Answers


@pytest.mark.parametrize(
    ("action", "more", "line"),
    [
        ("Add", {}, "add     It"),
        ("Import", {}, "add     It"),
        ("Remove", {}, "remove  It"),
        ("Modify", {"Replacement": "False"}, "change  It"),
        ("Modify", {"Replacement": "True"}, "replace It"),
        ("Dynamic", {}, "replace It"),
    ],
)
def test_each_of_awss_actions_has_its_verb(action: str, more: dict[str, str], line: str, aws: Answers) -> None:
    said = {"Action": action, "LogicalResourceId": "It", "ResourceType": "AWS::SNS::Topic", **more}
    aws.told["DescribeChangeSet"] = {"Changes": [{"ResourceChange": said}]}
    found = changes(boto3.client("cloudformation"), "set")
    assert [words for words in told(found, {}) if words.startswith(f"  {line} ")]


@pytest.mark.parametrize(("whole", "named"), [(True, 9), (False, 4)])
def test_of_many_moves_some_are_named_unless_all_are_asked_for(whole: bool, named: int) -> None:
    names = [f"Topic{number}" for number in range(9)]
    found = [Change("remove", name, "AWS::SNS::Topic", ("OldStack",)) for name in names]
    found += [Change("add", name, "AWS::SNS::Topic") for name in names]
    (line,) = [words for words in told(found, {}, whole) if "from `OldStack` to the root" in words]
    assert line.count("`Topic") == named
    assert ("5 more" in line) is not whole
