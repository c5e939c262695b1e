"""What is said when an operation is no more looked at."""

from __future__ import annotations

from argparse import Namespace

import pytest

from labspec.cli.following import resumable
from labspec.cloud.refusal import Refused


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
