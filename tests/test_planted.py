"""One mistake is one finding, at its place, and it shows what was meant (`tests/planted`)."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from labspec.compiler import Options, compile_spec
from tests.planted.mistakes import CLASSES
from tests.planted.run import ROOT, SPECS, Tally, plant

EVERY = 17
"""Of so many mistakes one is planted here; `python -m tests.planted` plants all."""
LEAST = {
    "misspelling": 98,
    "wrong type": 99,
    "wrong reference": 100,
    "out of range": 90,
    "missing": 92,
    "duplicate": 100,
    "moved": 96,
}
"""Percent of the sample that is told right; docs/reliability.md has those of all mistakes."""


@pytest.fixture(scope="module")
def tallies(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Tally]:
    total = {name: Tally() for name in CLASSES}
    for number, spec in enumerate(SPECS):
        for name, tally in plant(spec, tmp_path_factory.mktemp("planted") / "spec", EVERY, number).items():
            total[name] += tally
    return total


@pytest.mark.parametrize("name", CLASSES)
def test_a_planted_mistake_is_told_once_and_right(name: str, tallies: dict[str, Tally]) -> None:
    tally = tallies[name]
    assert tally.right
    assert tally.percent >= LEAST[name], tally.wrong


def test_what_a_mistyped_member_would_have_changed_is_not_judged(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "specs", tmp_path / "specs")
    file = tmp_path / "specs/03-database.yaml"
    file.write_text(file.read_text("utf-8").replace("  private-ec2-a1:\n", "  privat-ec2-a1:\n"), "utf-8")
    assert [found.rule.code for found in compile_spec(str(file), Options()).diagnostics] == ["LS108"]
