"""`labspec explain`."""

from __future__ import annotations

import pytest

from labspec.cli import main
from labspec.rules import rules


@pytest.mark.parametrize("asked", ["LS201", "ls201", "unknown-name", "Unknown-Name"])
def test_a_rule_is_explained_by_code_and_by_name(asked: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Severity, what and why, and a wrong and a right example."""
    assert main(["explain", asked]) == 0
    said = capsys.readouterr().out
    assert said.startswith("LS201 unknown-name (error)\n\nA name that no member has.\n")
    assert "Wrong:\n    instances:\n      web: {subnet: pubic-1}\n" in said
    assert "Right:\n    instances:\n      web: {subnet: public-1}\n" in said


def test_a_warning_says_how_it_is_accepted(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", "public-website"]) == 0
    assert "silence: {public-website: the reason}" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("asked", "nearest"), [("LS2O1", "Did you mean `LS201`?"), ("unkown-name", "Did you mean `unknown-name`?")]
)
def test_a_rule_that_there_is_not_gets_the_nearest(
    asked: str, nearest: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["explain", asked]) == 2
    assert capsys.readouterr().err == f"labspec: there is no rule `{asked}`. {nearest}\n"


def test_nothing_near_points_to_the_list(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", "something-else-altogether"]) == 2
    assert "`labspec explain` lists all" in capsys.readouterr().err


def test_without_a_code_every_rule_is_listed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain"]) == 0
    listed = [line.split()[0] for line in capsys.readouterr().out.splitlines()]
    assert listed == [rule.code for rule in rules()]


@pytest.mark.parametrize("code", [rule.code for rule in rules()])
def test_every_rule_can_be_explained(code: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", code]) == 0
    assert capsys.readouterr().out.startswith(code)
