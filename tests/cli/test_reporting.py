"""`--report`: which forms are written, and where to."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

import pytest

from labspec.cli import main
from labspec.cli.reporting import FORMATS
from labspec.report.forms import FORMS
from tests.building import HEAD, NETWORK

WRONG = HEAD + NETWORK + "instances:\n  server: {subnet: dta-a}\n"


@pytest.fixture(autouse=True)
def specs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "fine.yaml").write_text(HEAD + NETWORK, "utf-8")
    (tmp_path / "wrong.yaml").write_text(WRONG, "utf-8")


def check(*arguments: str) -> int:
    return main(["check", "--no-validate", *arguments])


def test_the_command_line_knows_every_form() -> None:
    """It has the names written down, so that `--help` need not import the forms."""
    assert set(FORMATS) == set(FORMS)


ACCEPTED = "websites: {docs: {content: site, access: public, silence: {public-website: the lesson}}}\n"


@pytest.mark.parametrize(
    ("options", "told"),
    [([], "labspec: 1 silenced.\n"), (["-q"], ""), (["-v"], "silenced[LS340]: Anyone may read the bucket of `docs`")],
)
def test_what_is_accepted_is_counted_and_shown_where_it_is_asked_for(
    options: list[str], told: str, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    (tmp_path / "site").mkdir()
    (tmp_path / "site/index.html").write_text("Hello", "utf-8")
    (tmp_path / "accepted.yaml").write_text(HEAD + ACCEPTED, "utf-8")
    assert check("accepted.yaml", *options) == 0
    said = capsys.readouterr().err
    assert said.startswith(told) if told else said == ""
    assert ("= reason: the lesson" in said) == (options == ["-v"])


def test_findings_are_text_on_standard_error_unless_said(capsys: pytest.CaptureFixture[str]) -> None:
    assert check("wrong.yaml") == 1
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.startswith("error[LS201]")
    assert said.err.endswith("labspec: 1 error.\n")


def test_a_form_for_machines_has_standard_output_for_itself(capsys: pytest.CaptureFixture[str]) -> None:
    """What is said besides goes to standard error, so that a pipe gets JSON and nothing else."""
    assert check("fine.yaml", "wrong.yaml", "--report", "json") == 1
    said = capsys.readouterr()
    assert [target["failed"] for target in json.loads(said.out)["targets"]] == [False, True]
    fine, wrong = said.err.splitlines()
    assert fine.startswith("fine.yaml: ")
    assert wrong == "labspec: wrong.yaml: 1 error."


def test_several_forms_go_to_several_places(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    reports = ["--report", "text", "--report", "github", "--report", "junit=junit.xml", "--report", "text=all.txt"]
    assert check("wrong.yaml", *reports) == 1
    said = capsys.readouterr()
    assert said.out.startswith("::error file=wrong.yaml,line=")
    assert said.err.startswith("error[LS201]")
    assert "<testsuites" in (tmp_path / "junit.xml").read_text("utf-8")
    assert (tmp_path / "all.txt").read_text("utf-8").endswith("wrong.yaml: 1 error.\n")


def test_a_report_is_written_where_nothing_is_wrong(tmp_path: Path) -> None:
    """A CI service that expects a file finds one."""
    assert check("fine.yaml", "--report", "sarif=found.sarif") == 0
    assert json.loads((tmp_path / "found.sarif").read_text("utf-8"))["runs"][0]["results"] == []


@pytest.mark.parametrize("command", ["build", "check", "lint"])
def test_every_command_that_finds_reports(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([command, "wrong.yaml", "--report", "json"]) == 1
    report = json.loads(capsys.readouterr().out)
    assert report["command"] == command
    assert [finding["code"] for finding in report["findings"]] == ["LS201"]


@pytest.mark.parametrize("file", ["nowhere/report.json", "."])
def test_a_report_that_cannot_be_written_is_wrong_usage(
    file: str, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """It is said before anything is built."""
    assert main(["build", "fine.yaml", "--report", f"json={file}"]) == 2
    said = capsys.readouterr().err
    assert said.startswith(f"labspec: the report `{file}` cannot be written: ")
    assert "Traceback" not in said
    assert not (tmp_path / "out").exists()


def test_a_report_never_replaces_what_is_read(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    (tmp_path / "more.yaml").write_text("include: part.yaml\n", "utf-8")
    (tmp_path / "part.yaml").write_text("tags: {a: b}\n", "utf-8")
    for file in ("./fine.yaml", "more.yaml", "part.yaml"):
        assert check("fine.yaml", "--overlay", "more.yaml", "--report", f"json={file}") == 2
        assert f"the report `{file}` would overwrite what is read" in capsys.readouterr().err
    assert (tmp_path / "part.yaml").read_text("utf-8") == "tags: {a: b}\n"


def test_a_disk_that_fills_up_is_told_as_well(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_text", full)
    assert check("fine.yaml", "--report", "json=report.json") == 2
    assert "`report.json` cannot be written: No space left on device." in capsys.readouterr().err


@pytest.mark.parametrize(
    ("reports", "said"),
    [
        (["json", "sarif"], "only one report can go to standard output"),
        (["json=a", "sarif=a"], "two reports cannot go to one file"),
    ],
)
def test_reports_do_not_mix(reports: list[str], said: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert check("fine.yaml", *(word for report in reports for word in ("--report", report))) == 2
    assert said in capsys.readouterr().err


@pytest.mark.parametrize(
    ("report", "said"), [("xml", "there are text, json, sarif, junit, github, gitlab"), ("json=", "names no file")]
)
def test_a_form_that_there_is_not_is_wrong_usage(report: str, said: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        check("fine.yaml", "--report", report)
    assert stopped.value.code == 2
    assert said in capsys.readouterr().err


@pytest.mark.parametrize(
    ("color", "terminal", "no_color", "colored"),
    [
        ("always", False, "1", True),
        ("auto", False, "", False),
        ("auto", True, "", True),
        ("auto", True, "1", False),
        ("never", True, "", False),
    ],
)
def test_colors_are_for_terminals(
    color: str,
    terminal: bool,
    no_color: str,
    colored: bool,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """And for those who do not ask programs for none (no-color.org)."""
    monkeypatch.setattr(sys.stderr, "isatty", lambda: terminal)
    monkeypatch.setenv("NO_COLOR", no_color)
    assert check("wrong.yaml", "--color", color) == 1
    assert ("\x1b[" in capsys.readouterr().err) == colored


def test_a_name_that_no_text_can_have_is_written_as_its_bytes(tmp_path: Path) -> None:
    name = os.fsdecode(b"caf\xe9.yaml")
    Path(name).write_text(WRONG, "utf-8")
    assert check(name, *(word for form in FORMATS for word in ("--report", f"{form}={form}.txt"))) == 1
    assert all("caf" in (tmp_path / f"{form}.txt").read_text("utf-8") for form in FORMATS)
