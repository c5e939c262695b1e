"""What a change of the stacks changes in what they need; and what is told of needs."""

from __future__ import annotations

import pytest

from labspec.diagnostic import Severity
from labspec.iam import Needs, change, findings
from tests.iam.evaluation import joined, needed

TOPIC = "Resources:\n  T: {Type: AWS::SNS::Topic}\n"
QUEUE = "  Q: {Type: AWS::SQS::Queue}\n"
ROLE = "Resources:\n  R: {Type: AWS::IAM::Role, Properties: {RoleName: web%s}}\n"
BOUNDARY = ", PermissionsBoundary: 'arn:aws:iam::111122223333:policy/P'"


def differs(old: str, new: str) -> tuple[set[str], set[str]]:
    found = change(needed(joined(old)).all, needed(joined(new)).all)
    return {need.action for need in found.new}, {need.action for need in found.gone}


def test_what_is_new_and_what_is_gone() -> None:
    new, gone = differs(TOPIC, TOPIC + QUEUE)
    assert "sqs:CreateQueue" in new
    assert {action.partition(":")[0] for action in new} == {"sqs"}
    assert gone == set()
    assert differs(TOPIC + QUEUE, TOPIC) == (gone, new)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (TOPIC, TOPIC),
        (TOPIC, TOPIC.replace("T:", "U:")),
        (TOPIC, TOPIC + "  U: {Type: AWS::SNS::Topic}\n"),
    ],
)
def test_who_needs_it_is_no_change(old: str, new: str) -> None:
    assert differs(old, new) == (set(), set())


def test_another_name_or_fewer_conditions_are_a_change() -> None:
    assert "iam:CreateRole" in differs(ROLE % "", ROLE % "2")[0]
    new, gone = differs(ROLE % BOUNDARY, ROLE % "")
    assert "iam:CreateRole" in new
    assert gone == set()  # what is allowed without the condition is allowed with it


@pytest.mark.parametrize(
    ("number", "severity"), [(10, None), (11, Severity.WARNING), (20, Severity.WARNING), (21, Severity.ERROR)]
)
def test_a_role_has_so_many_policies(number: int, severity: Severity | None) -> None:
    found = list(findings(joined(TOPIC), Needs((), (), (), ()), [()] * number))
    assert [(each.rule.code, each.severity) for each in found] == ([("LS733", severity)] if severity else [])


def test_what_is_not_known_and_what_is_wide_are_told_where_they_stand() -> None:
    template = (
        "Parameters: {N: {Type: String}}\nResources:\n  X: {Type: 'Mine::A::B'}\n"
        "  B: {Type: AWS::S3::Bucket, Properties: {BucketName: !Ref N}}\n" + (ROLE % "").removeprefix("Resources:\n")
    )
    stacks = joined(template)
    found = list(findings(stacks, needed(stacks), []))
    assert [(each.rule.code, each.address, each.path) for each in found] == [
        ("LS730", "X", ()),
        ("LS731", "B", ("Properties", "BucketName")),
        ("LS732", "R", ()),
    ]
