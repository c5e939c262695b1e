"""What is drawn of an operation, and of work that takes long."""

from __future__ import annotations

import sys
from datetime import UTC, datetime, timedelta
from typing import Any, cast
from unittest.mock import MagicMock

import pytest
from rich.console import Console

from labspec.cli.live import Live
from labspec.cli.progress import counting
from labspec.cloud.events import STACK, Event, Watch

START = datetime(2001, 1, 1, tzinfo=UTC)
HAPPENED = [
    ("", "lab", "UPDATE_IN_PROGRESS", STACK, "User Initiated"),
    ("", "NetStack", "UPDATE_IN_PROGRESS", STACK, ""),
    *(("NetStack", name, "UPDATE_COMPLETE", "T", "") for name in "ABC"),
    ("NetStack", "Kept", "DELETE_SKIPPED", "T", ""),
    ("NetStack", "Slow", "UPDATE_IN_PROGRESS", "T", ""),
    ("NetStack", "Broken", "UPDATE_FAILED", "T", "No such thing."),
    ("NetStack", "Other", "UPDATE_FAILED", "T", "Resource update cancelled"),
    ("", "NetStack", "UPDATE_FAILED", STACK, "Embedded stack arn:x was not successfully updated."),
]


def test_only_what_failed_by_itself_is_told_and_only_what_goes_on_is_drawn(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    watch = cast(Watch, MagicMock(since=START, ahead=START + timedelta(seconds=90) - datetime.now(UTC)))
    with Live(watch, "lab", {("NetStack",): 2}, colored=False, whole=False) as view:
        view.show(
            [
                Event(START, tuple(path.split()), name, kind, status, reason, of_stack=name == "lab")
                for path, name, status, kind, reason in HAPPENED
            ]
        )
    told, drawn = capsys.readouterr().err.split("lab  UPDATE_IN_PROGRESS")
    assert [line.split()[2] for line in told.splitlines()] == ["NetStack/Broken"]
    assert drawn.splitlines()[0].split() == ["3", "of", "3", "1:30"]  # more than was foreseen
    assert drawn.splitlines()[1].split()[-6:] == ["UPDATE_FAILED", "3", "of", "3", "Slow", "1:30"]


@pytest.mark.parametrize(("most", "said"), [(1200, "sending: 1,000 of 1,200"), (0, "sending: 1,000")])
def test_how_far_work_has_come_is_shown_on_a_terminal(most: int, said: str, monkeypatch: pytest.MonkeyPatch) -> None:
    status: Any = MagicMock()
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    monkeypatch.setattr(Console, "status", lambda *_: status)
    with counting("sending", most) as went:
        went(1000)
    status.__enter__.return_value.update.assert_called_once_with(said)
