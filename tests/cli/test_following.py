"""What is said when an operation ends, or is no more looked at."""

from __future__ import annotations

from argparse import Namespace
from datetime import UTC, datetime

import pytest

from labspec.cli.following import FINE, ended, resumable
from labspec.cloud.events import Event, Watch
from labspec.cloud.refusal import Refused

MADE = ("CREATE_COMPLETE", "UPDATE_COMPLETE")
START = datetime(2001, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("status", "fine", "said"),
    [
        ("UPDATE_COMPLETE", MADE, ""),
        ("DELETE_COMPLETE", FINE, ""),
        ("DELETE_COMPLETE", MADE, "Mend what failed first, and deploy again."),
        ("UPDATE_ROLLBACK_COMPLETE", FINE, "Mend what failed first, and deploy again."),
        ("UPDATE_FAILED", FINE, "What was made stays to be looked at."),
    ],
)
def test_an_end_is_fine_or_says_what_failed_first(status: str, fine: tuple[str, ...], said: str) -> None:
    events = [
        Event(START, (), "Other", "T", "UPDATE_FAILED", "Resource update cancelled"),
        Event(START, (), "DataStack", "AWS::CloudFormation::Stack", "UPDATE_FAILED", "It failed."),
        Event(START, ("DataStack",), "Db", "T", "UPDATE_FAILED", "No."),
    ]
    watch = Watch(None, "arn:lab", status=status)
    if not said:
        assert ended("lab", watch, events, fine) == [f"The stack `lab` is {status}."]
        return
    with pytest.raises(Refused) as caught:
        ended("lab", watch, events, fine)
    assert caught.value.message == f"The stack `lab` is {status}. First failed `DataStack/Db`: No."
    assert caught.value.help.startswith(said)


def test_who_loses_sight_is_told_how_to_look_again() -> None:
    arguments = Namespace(profile="my profile", region=None, report=None, quiet=True)
    with pytest.raises(Refused) as caught, resumable(arguments, "lab"):
        raise Refused("The credentials have expired.", "Log in again.")
    again = "To watch it: labspec events lab --follow --profile 'my profile'"
    assert (caught.value.message, caught.value.help) == ("The credentials have expired.", f"Log in again. {again}")
