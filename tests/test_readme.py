"""What the README shows of the command line is what it prints: in both languages."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from labspec.cli import main

ROOT = Path(__file__).parents[1]
SAMPLE = re.compile(r"```text\n(.*?)```", re.DOTALL)
CHANGING = ((r"in [0-9.]+ s;", "in 0 s;"), (r"/[0-9a-f]{16}/", "/digest/"))
"""The time that a build took, and the digest of what it made."""


def steady(text: str) -> str:
    for pattern, instead in CHANGING:
        text = re.sub(pattern, instead, text)
    return text


@pytest.fixture(params=["README.md", "README.ko.md"])
def samples(request: pytest.FixtureRequest) -> list[str]:
    """What the page shows, of a build and of a mistake; `why` has its own tests."""
    shown = [steady(sample) for sample in SAMPLE.findall((ROOT / request.param).read_text("utf-8"))]
    return [sample for sample in shown if not sample.startswith("$ labspec why")]


def test_the_build_of_the_lab(
    samples: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.copytree(ROOT / "specs", tmp_path / "specs")
    monkeypatch.chdir(tmp_path)
    assert main(["build", "specs/full.yaml"]) == 0
    printed = capsys.readouterr()
    assert samples[0] == "$ labspec build specs/full.yaml\n" + steady(printed.err + printed.out)


def test_what_the_readme_runs_after_make_build_is_locked() -> None:
    """What `make build` installs has what calls AWS, and the locks agree."""
    run, aws, dev = (pins(ROOT / f"requirements/{name}.txt") for name in ("run", "aws", "dev"))
    assert {"boto3", "cryptography"} <= aws.keys() - run.keys()
    assert run.items() <= aws.items() <= dev.items()
    assert "$(VENV)/.run: requirements/aws.txt" in (ROOT / "Makefile").read_text("utf-8")


def pins(lock: Path) -> dict[str, str]:
    return dict(re.findall(r"^([\w.-]+)==(\S+)", lock.read_text("utf-8"), re.MULTILINE))


def test_a_misspelled_name(
    samples: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """In the starter that `labspec init` writes."""
    monkeypatch.chdir(tmp_path)
    assert main(["init", "my"]) == 0
    spec = tmp_path / "my/spec.yaml"
    spec.write_text(spec.read_text("utf-8").replace("subnet: public-1", "subnet: pubic-1"), "utf-8")
    capsys.readouterr()
    assert main(["check", "my/spec.yaml"]) == 1
    assert samples[1] == capsys.readouterr().err
