"""`labspec events --follow` ends as what it follows does."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from labspec.cli import main
from tests.cloud.cloudformation import STACK, arn
from tests.cloud.recorded import Answers


@pytest.mark.parametrize(
    ("status", "code"),
    [("REVIEW_IN_PROGRESS", 0), ("UPDATE_COMPLETE", 0), ("IMPORT_COMPLETE", 0), ("UPDATE_ROLLBACK_COMPLETE", 1)],
)
def test_what_rests_well_is_no_failure(
    status: str, code: int, aws: Answers, capsys: pytest.CaptureFixture[str]
) -> None:
    """As does a stack that is only proposed: nothing goes on in it."""
    aws.stands([], StackStatus=status)
    begins = f"{status.partition('_')[0]}_IN_PROGRESS"
    aws.told["DescribeStackEvents"] = {"StackEvents": [event(2, status), event(1, begins)]}
    assert main(["events", "lab", "--follow"]) == code
    said = capsys.readouterr()
    assert f"The stack `lab` is {status}" in (said.err if code else said.out)


def event(second: int, status: str) -> dict[str, Any]:
    return {
        "EventId": f"{second}",
        "Timestamp": datetime(2026, 1, 1, 0, 0, second, tzinfo=UTC),
        "StackId": arn("lab"),
        "StackName": "lab",
        "PhysicalResourceId": arn("lab"),
        "LogicalResourceId": "lab",
        "ResourceType": STACK,
        "ResourceStatus": status,
        "ResourceStatusReason": "User Initiated",
    }
