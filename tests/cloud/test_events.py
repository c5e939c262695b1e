"""Of an operation every event is told once, and nothing of another one; AWS is asked no more than it takes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import pytest

from labspec.cloud.events import EVER, STACK, Watch, newest
from labspec.cloud.history import last_operation

START = datetime(2001, 1, 1, tzinfo=UTC)  # by AWS's clock: this machine's is far ahead
ROOT, CHILD, GRANDCHILD = "arn:root", "arn:child", "arn:grandchild"
PAGE = 3


class Aws:
    """The events of stacks, a page at a time; an operation goes on at each pause."""

    def __init__(self) -> None:
        self.told: dict[str, list[dict[str, Any]]] = {}
        self.asked: Counter[str] = Counter()
        """How many pages were asked of each stack."""
        self.now = START

    def add(self, stack: str, name: str, status: str, reason: str = "", nested: str = "", detail: str = "") -> None:
        """An event; of a stack itself where there is no `name`, of a nested one where its id is given."""
        self.now += timedelta(seconds=1)
        events_ = self.told.setdefault(stack, [])
        event = {
            "EventId": f"{stack}-{len(events_)}",
            "StackId": stack,
            "StackName": "lab",
            "LogicalResourceId": name or stack,
        }
        event |= {"ResourceType": STACK if nested or not name else "T", "ResourceStatus": status}
        event |= {"PhysicalResourceId": nested or (name and "id") or stack, "ResourceStatusReason": reason}
        event |= {"DetailedStatus": detail} if detail else {}
        events_.insert(0, {**event, "Timestamp": self.now})

    def get_paginator(self, _: str) -> Any:
        return self

    def paginate(self, **asked: str) -> Iterator[Any]:
        there = list(self.told.get(asked["StackName"], ()))
        for start in range(0, len(there), PAGE):
            self.asked[asked["StackName"]] += 1
            date = {"HTTPHeaders": {"date": format_datetime(self.now, usegmt=True)}}
            yield {"StackEvents": there[start : start + PAGE], "ResponseMetadata": date}


def before(aws: Aws) -> None:
    """A stack as it was made, with a nested one."""
    aws.add(ROOT, "", "REVIEW_IN_PROGRESS", "User Initiated")
    aws.add(ROOT, "", "CREATE_IN_PROGRESS", "User Initiated")
    aws.add(ROOT, "Child", "CREATE_IN_PROGRESS", nested=CHILD)
    aws.add(CHILD, "", "CREATE_IN_PROGRESS")
    for number in range(5):
        aws.add(CHILD, f"Old{number}", "CREATE_COMPLETE")
    aws.add(CHILD, "", "CREATE_COMPLETE")
    aws.add(ROOT, "Child", "CREATE_COMPLETE", nested=CHILD)
    aws.add(ROOT, "", "CREATE_COMPLETE")


def many(aws: Aws) -> None:
    """More than a page at once."""
    for number in range(7):
        aws.add(CHILD, f"New{number}", "CREATE_COMPLETE")


def update(aws: Aws) -> list[Any]:
    """What happens in an update, piece by piece."""
    return [
        lambda: None,  # the call was answered, and nothing is to be seen yet
        lambda: aws.add(ROOT, "", "UPDATE_IN_PROGRESS", "User Initiated"),
        lambda: aws.add(ROOT, "Child", "UPDATE_IN_PROGRESS", nested=CHILD),
        lambda: many(aws),
        lambda: aws.add(CHILD, "Grandchild", "CREATE_IN_PROGRESS", nested=GRANDCHILD),
        lambda: aws.add(GRANDCHILD, "Deep", "CREATE_COMPLETE"),
        lambda: aws.add(CHILD, "Grandchild", "CREATE_COMPLETE", nested=GRANDCHILD),
        lambda: aws.add(CHILD, "", "UPDATE_COMPLETE"),
        lambda: aws.add(ROOT, "Child", "UPDATE_COMPLETE", nested=CHILD),
        *[lambda: aws.add(ROOT, "Slow", "CREATE_IN_PROGRESS")] * 6,
        lambda: aws.add(ROOT, "Child", "UPDATE_IN_PROGRESS", nested=CHILD),
        lambda: aws.add(CHILD, "Again", "UPDATE_COMPLETE"),
        lambda: aws.add(ROOT, "Slow", "CREATE_COMPLETE"),
        lambda: aws.add(ROOT, "Child", "UPDATE_COMPLETE", nested=CHILD),
        lambda: aws.add(ROOT, "", "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS"),
        lambda: aws.add(CHILD, "Old0", "DELETE_COMPLETE"),
        lambda: aws.add(ROOT, "", "UPDATE_COMPLETE"),
    ]


def followed(aws: Aws, watch: Watch, steps: list[Any], monkeypatch: pytest.MonkeyPatch) -> list[str]:
    left = iter(steps)
    monkeypatch.setattr("time.sleep", lambda _: next(left)())
    return ["/".join((*event.path, event.id)) + f" {event.status}" for event in watch.events()]


UPDATED = [
    "arn:root UPDATE_IN_PROGRESS",
    "Child UPDATE_IN_PROGRESS",
    *(f"Child/New{number} CREATE_COMPLETE" for number in range(7)),
    "Child/Grandchild CREATE_IN_PROGRESS",
    "Child/Grandchild/Deep CREATE_COMPLETE",
    "Child/Grandchild CREATE_COMPLETE",
    "Child/arn:child UPDATE_COMPLETE",
    "Child UPDATE_COMPLETE",
    *["Slow CREATE_IN_PROGRESS"] * 6,
    "Child UPDATE_IN_PROGRESS",
    "Child/Again UPDATE_COMPLETE",
    "Slow CREATE_COMPLETE",
    "Child UPDATE_COMPLETE",
    "arn:root UPDATE_COMPLETE_CLEANUP_IN_PROGRESS",
    "Child/Old0 DELETE_COMPLETE",
    "arn:root UPDATE_COMPLETE",
]


def test_an_operation_is_told_from_its_own_start_to_its_end(monkeypatch: pytest.MonkeyPatch) -> None:
    aws = Aws()
    before(aws)
    watch = Watch(aws, ROOT, after=newest(aws, ROOT))
    aws.add(ROOT, "", "CREATE_COMPLETE")  # the one before is told late
    aws.asked.clear()
    assert followed(aws, watch, update(aws), monkeypatch) == UPDATED
    assert watch.status == "UPDATE_COMPLETE"
    assert (datetime.now(UTC) + watch.ahead).year == START.year
    looks = len(update(aws)) + 1
    assert aws.asked[ROOT] <= looks + 3
    assert aws.asked[CHILD] < looks  # not while its parent says that it rests
    assert aws.asked[GRANDCHILD] < 6


def test_without_another_start_it_is_the_last_operation(monkeypatch: pytest.MonkeyPatch) -> None:
    aws = Aws()
    before(aws)
    for step in update(aws):
        step()
    assert followed(aws, Watch(aws, ROOT), [], monkeypatch) == UPDATED
    whole = followed(aws, Watch(aws, ROOT, EVER), [], monkeypatch)
    assert len(whole) == sum(map(len, aws.told.values()))
    assert whole[-len(UPDATED) :] == UPDATED


def test_what_cloudformation_goes_on_to_do_is_the_same_operation(monkeypatch: pytest.MonkeyPatch) -> None:
    aws = Aws()
    aws.add(ROOT, "", "CREATE_IN_PROGRESS", "User Initiated")
    aws.add(ROOT, "Db", "CREATE_FAILED", "No.")
    aws.add(ROOT, "", "ROLLBACK_IN_PROGRESS", "The following resource(s) failed to create: [Db]. ")
    aws.add(ROOT, "", "DELETE_IN_PROGRESS", "The stack is deleted because it failed.")
    aws.add(ROOT, "", "DELETE_COMPLETE")
    watch = Watch(aws, ROOT)
    assert followed(aws, watch, [], monkeypatch)[0] == "arn:root CREATE_IN_PROGRESS"
    assert watch.status == "DELETE_COMPLETE"


@pytest.mark.parametrize("reason", ["", "Eventual consistency check initiated"])
def test_that_all_is_configured_begins_no_operation(reason: str) -> None:
    aws = Aws()
    aws.add(ROOT, "", "CREATE_IN_PROGRESS", "User Initiated")
    aws.add(ROOT, "Vpc", "CREATE_COMPLETE")
    aws.add(ROOT, "", "CREATE_IN_PROGRESS", reason, detail="CONFIGURATION_COMPLETE")
    aws.add(ROOT, "", "CREATE_COMPLETE")
    assert len(Watch(aws, ROOT).look()) == len(last_operation(aws, ROOT)) == 4


@pytest.mark.parametrize("status", ["REVIEW_IN_PROGRESS", "CREATE_COMPLETE"])
def test_a_stack_that_nothing_goes_on_in_is_not_waited_for(status: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Events are kept for some time only: of a stack that rests there may be none."""
    aws = Aws()
    assert followed(aws, Watch(aws, ROOT, status=status), [], monkeypatch) == []
