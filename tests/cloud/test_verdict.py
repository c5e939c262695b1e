"""The way out that is told is that of the stack's state, and no more is told than helps."""

from __future__ import annotations

import pytest

from labspec.cloud.causes import Operation, causes
from labspec.cloud.verdict import findings
from tests.cloud.stack_events import Events

TAKES_BACK, DESTROYS = "aws cloudformation rollback-stack --stack-name lab", "labspec destroy lab"
TAKEN_BACK = "3 lab/ ROLLBACK_IN_PROGRESS User Initiated\n4 lab/ ROLLBACK_COMPLETE\n"


def failed(subject: str, status: str = "CREATE_FAILED") -> Operation:
    """That a stack could not be made, for what failed in it; it stands so still, or was taken back since."""
    lines = f"0 lab/ CREATE_IN_PROGRESS User Initiated\n1 lab/{subject} CREATE_FAILED No.\n2 lab/ CREATE_FAILED\n"
    lines += TAKEN_BACK if status == "ROLLBACK_COMPLETE" else ""
    return causes(Events(lines, {"NetStack": "AWS::CloudFormation::Stack"}, {}, status), "lab")


def nowhere(_: str, __: str) -> None:
    return None


@pytest.mark.parametrize(
    ("status", "stays", "way", "other"),
    [
        ("CREATE_FAILED", True, TAKES_BACK, DESTROYS),
        ("CREATE_FAILED", False, DESTROYS, TAKES_BACK),
        ("ROLLBACK_COMPLETE", True, DESTROYS, TAKES_BACK),  # which takes no change
        ("ROLLBACK_COMPLETE", False, DESTROYS, TAKES_BACK),
    ],
)
def test_only_what_stands_as_it_failed_is_gone_on_with(status: str, stays: bool, way: str, other: str) -> None:
    helps = " ".join(each.help for each in findings(failed("Db", status)._replace(stays=stays), nowhere))
    assert way in helps
    assert other not in helps


@pytest.mark.parametrize(("subject", "said"), [("Db", True), ("NetStack", False)])
def test_where_to_look_for_a_line_is_said_of_what_has_one(subject: str, said: bool) -> None:
    """A stack as a whole stands in no line."""
    (found,) = findings(failed(subject), nowhere, "Look into the spec.")
    assert ("Look into the spec." in found.note) is said
