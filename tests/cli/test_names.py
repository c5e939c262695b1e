"""Names that AWS would refuse are refused before anything is asked or sent, and meant ones are offered."""

from __future__ import annotations

import argparse
from collections.abc import Callable

import pytest

from labspec.cli import arguments, main


@pytest.mark.parametrize(
    ("read", "text", "said"),
    [
        (arguments.stack, "", "`` is no name of a stack"),
        (arguments.stack, "my_lab", "did you mean `my-lab`?"),
        (arguments.stack, "my lab", "did you mean `my-lab`?"),
        (arguments.stack, "1lab", "a letter first, 128 at most"),
        (arguments.stack, "a" * 129, "128 at most"),
        (arguments.role, "foo", "write it as `arn:aws:iam::111122223333:role/NAME`"),
        (arguments.role, "arn:aws:iam::111122223333:user/me", "is no role"),
        (arguments.tag, "aws:x=y", "AWS's own"),
        (arguments.tag, f"{'k' * 129}=y", "too long"),
        (arguments.tag, "Team", "write NAME=VALUE"),
    ],
)
def test_a_name_that_cannot_be(read: Callable[[str], object], text: str, said: str) -> None:
    with pytest.raises(argparse.ArgumentTypeError) as caught:
        read(text)
    assert said in str(caught.value)


@pytest.mark.parametrize("text", ["lab", "A" * 128, "arn:aws:cloudformation:eu-west-1:111122223333:stack/lab/0-0"])
def test_a_name_or_an_id_is_taken_as_it_is(text: str) -> None:
    assert arguments.stack(text) == text


def test_roles_and_tags_are_taken_as_they_are() -> None:
    assert arguments.role(role := "arn:aws-cn:iam::111122223333:role/path/deploys") == role
    assert arguments.tag("Team=a=b") == ("Team", "a=b")


@pytest.mark.parametrize(
    "command",
    [
        *(["status", ""], ["outputs", ""], ["open", ""], ["events", ""], ["why", ""], ["destroy", "", "--yes"]),
        ["sync", "spec.yaml", "--stack", ""],
        ["connect", "web", "--stack", ""],
        ["deploy", "spec.yaml", "--bucket", "b", "--stack", "", "--yes"],
        ["publish", "spec.yaml", "--bucket", "b", "--stack", ""],
    ],
    ids=lambda command: command[0],
)
def test_no_command_takes_a_stack_without_a_name(command: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    """As of `destroy "$STACK" --yes`, where STACK is not set."""
    with pytest.raises(SystemExit) as ended:
        main(command)
    assert ended.value.code == 2
    assert "is no name of a stack" in capsys.readouterr().err
