"""What is said when an operation is no more looked at."""

from __future__ import annotations

from argparse import Namespace
from datetime import UTC, datetime, timedelta
from typing import cast

import pytest

from labspec.cli.following import resumable
from labspec.cli.live import Live
from labspec.cloud.events import STACK, Event, Watch
from labspec.cloud.refusal import Refused


def test_the_clock_of_an_operation_never_goes_back() -> None:
    """Its end is seen later than it was."""
    began = datetime(2026, 1, 1, tzinfo=UTC)
    root = Event(began, (), "lab", STACK, "CREATE_IN_PROGRESS", "", of_stack=True)
    live = Live(cast(Watch, Namespace(since=began, ahead=timedelta())), "lab", {}, colored=False, whole=False)
    live._course.take([root])
    assert live._elapsed(began + timedelta(seconds=7)) == "0:07"
    live._course.take([root._replace(at=began + timedelta(seconds=5), status="CREATE_COMPLETE")])
    assert live._elapsed(began + timedelta(seconds=9)) == "0:07"


def test_who_loses_sight_is_told_how_to_look_again() -> None:
    arguments = Namespace(profile="my profile", region=None, report=None, quiet=True)
    with pytest.raises(Refused) as caught, resumable(arguments, "lab"):
        raise Refused("The credentials have expired.", "Log in again.")
    again = "To watch it: labspec events lab --follow --profile 'my profile'"
    assert caught.value.message == "The credentials have expired. CloudFormation goes on with `lab`."
    assert caught.value.help == f"Log in again. {again}"


def test_who_stops_looking_is_told_so_with_q_too(capsys: pytest.CaptureFixture[str]) -> None:
    arguments = Namespace(profile=None, region="eu-west-1", report=None, quiet=True)
    with pytest.raises(KeyboardInterrupt), resumable(arguments, "lab"):
        raise KeyboardInterrupt
    again = "To watch it: labspec events lab --follow --region eu-west-1"
    assert capsys.readouterr().out == f"CloudFormation goes on with `lab`. {again}\n"
