"""`labspec explain`."""

from __future__ import annotations

import pytest

from labspec.cli import main
from labspec.rules import ROOMS, rules


@pytest.mark.parametrize("asked", ["LS201", "ls201", "unknown-name", "Unknown-Name"])
def test_a_rule_is_explained_by_code_and_by_name(asked: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Severity, what and why, and a wrong and a right example."""
    assert main(["explain", asked]) == 0
    said = capsys.readouterr().out
    assert said.startswith("LS201 unknown-name (error, cannot be lowered)\n\nA name that no member has.\n")
    assert "Wrong:\n    instances:\n      web: {subnet: pubic-1}\n" in said
    assert "Right:\n    instances:\n      web: {subnet: public-1}\n" in said


def test_what_can_be_lowered_says_how(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", "public-website"]) == 0
    said = capsys.readouterr().out
    assert said.startswith("LS340 public-website (warning, can be lowered)\n")
    assert "\n    silence: {public-website: the reason}\n" in said
    assert "\n    checks: {public-website: {level: off, reason: the reason}}\n" in said


@pytest.mark.parametrize("code", ["LS201", "LS343"])
def test_what_cannot_be_lowered_says_nothing_of_that(code: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Neither an error of another room nor a law that what is built relies on."""
    assert main(["explain", code]) == 0
    said = capsys.readouterr().out
    assert "(error, cannot be lowered)" in said
    assert "silence" not in said


@pytest.mark.parametrize(
    ("asked", "nearest"),
    [("LS2O1", "Did you mean `LS201` or `LS211`?"), ("unkown-name", "Did you mean `unknown-name`?")],
)
def test_a_rule_that_there_is_not_gets_the_nearest(
    asked: str, nearest: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["explain", asked]) == 2
    assert capsys.readouterr().err == f"labspec: there is no rule `{asked}`. {nearest}\n"


def test_a_linters_rule_is_explained_by_its_linter(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", "W3010"]) == 2
    assert "`W3010`. It looks like a linter's: the note below a finding" in capsys.readouterr().err


def test_nothing_near_points_to_the_list(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", "something-else-altogether"]) == 2
    assert "`labspec explain` lists all" in capsys.readouterr().err


def test_without_a_code_every_rule_is_listed(capsys: pytest.CaptureFixture[str]) -> None:
    """Room by room, with its severity, and a star where it can be lowered."""
    assert main(["explain"]) == 0
    lines = capsys.readouterr().out.splitlines()
    listed = [line.split() for line in lines if line.startswith("  LS")]
    assert [words[0] for words in listed] == [rule.code for rule in rules()]
    assert [words[1] for words in listed] == [rule.severity for rule in rules()]
    assert [words[0] for words in listed if words[2] == "*"] == [rule.code for rule in rules() if rule.can_be_lowered]
    assert [line for line in lines if line.endswith(":")] == [f"{room}:" for room in ROOMS.values()]


@pytest.mark.parametrize("code", [rule.code for rule in rules()])
def test_every_rule_can_be_explained(code: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", code]) == 0
    assert capsys.readouterr().out.startswith(code)
