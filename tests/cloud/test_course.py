"""How the stacks of an operation stand, by the events so far."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from labspec.cloud.changes import Change
from labspec.cloud.course import Course, Place, Work, expected
from labspec.cloud.events import STACK, Event

START = datetime(2001, 1, 1, tzinfo=UTC)


def event(second: int, path: str, name: str, status: str, kind: str = "T", of_stack: bool = False) -> Event:
    at = START + timedelta(seconds=second)
    return Event(at, tuple(path.split()), name, kind, status, "", of_stack)


def test_stacks_tell_what_is_done_and_what_is_being_worked_on_the_longest_first() -> None:
    found = [
        Change("add", "NewStack", STACK),
        *(Change("add", name, "T", ("NewStack",)) for name in ("A", "B", "C")),
        Change("add", "Deep", "T", ("OldStack", "Inner")),
        Change("change", "Own", "T"),
    ]
    course = Course(expected(found))
    assert [(place.path, place.done, place.most) for place in course.places()] == [
        ((), 0, 5),
        (("NewStack",), 0, 3),
        (("OldStack",), 0, 0),
        (("OldStack", "Inner"), 0, 1),
    ]
    course.take(
        [
            event(0, "", "lab", "UPDATE_IN_PROGRESS", STACK, of_stack=True),
            event(1, "", "NewStack", "CREATE_IN_PROGRESS", STACK),
            event(2, "NewStack", "lab-NewStack-X", "CREATE_IN_PROGRESS", STACK, of_stack=True),
            event(3, "NewStack", "B", "CREATE_IN_PROGRESS"),
            event(4, "NewStack", "A", "CREATE_IN_PROGRESS"),
            event(5, "NewStack", "B", "CREATE_IN_PROGRESS"),  # it was begun: it has an id now
            event(6, "NewStack", "C", "CREATE_IN_PROGRESS"),
            event(7, "NewStack", "C", "CREATE_COMPLETE"),
            event(8, "NewStack", "lab-NewStack-X", "CREATE_COMPLETE", STACK, of_stack=True),  # its parent waits yet
        ]
    )
    assert course.places() == (
        Place((), "UPDATE_IN_PROGRESS", 1, 5, ()),
        Place(
            ("NewStack",),
            "CREATE_IN_PROGRESS",
            1,
            3,
            (Work("B", START + timedelta(seconds=3)), Work("A", START + timedelta(seconds=4))),
        ),
        Place(("OldStack",), "", 0, 0, ()),
        Place(("OldStack", "Inner"), "", 0, 1, ()),
    )
