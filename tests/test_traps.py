"""docs/traps.md: every line of it names what holds it, and what it names is there."""

from __future__ import annotations

import functools
import re
from pathlib import Path

import pytest

from labspec.lint import RULES
from tests.held import ROOT, held_by, rows

LINES = [f"AWS-{number}" for number in range(1, 23)] + [f"TRAP-{number}" for number in range(1, 29)]


@functools.cache
def told() -> dict[str, list[str]]:
    """The cells of every line, by its mark."""
    return rows("traps.md", "(?:AWS|TRAP)-[0-9]+")


def test_every_line_is_told_in_order() -> None:
    assert list(told()) == LINES
    for mark, cells in told().items():
        assert len(cells) == 3, mark
        assert all(cell.strip() for cell in cells), mark


@pytest.mark.parametrize("mark", LINES)
def test_what_holds_a_line_is_there(mark: str) -> None:
    """A test, or a case of a folder of cases; `not labspec's` where the line is none of this compiler's."""
    cell = told()[mark][2]
    assert held_by(cell) or cell.startswith("not labspec's: "), mark


# ------------------------------------------------------------------ TRAP-28: what is in this repository

SEARCHED = ("labspec", "specs", "tests", "docs", "out", "benchmarks")
SECRETS = {
    "a private key": re.compile(r"-----BEGIN [A-Z ]*PRIVATE " + r"KEY-----\n[A-Za-z0-9+/]{40}"),
    "an access key": re.compile(r"\b(?:AKIA|ASIA)[A-Z0-9]{16}\b"),
    "an account": re.compile(r"arn:aws[a-z-]*:[a-z0-9-]*:[a-z0-9-]*:(?!0{12}|123456789012|111122223333)[0-9]{12}:"),
    "somebody's database": re.compile(r"\.c[a-z0-9]{11}\.[a-z]{2}-[a-z]+-[0-9]\.rds\.amazonaws\.com"),
}


@pytest.mark.parametrize("what", SECRETS)
def test_nobodys_secrets_are_in_this_repository(what: str) -> None:
    """The course prints a whole private key, and the addresses of whoever took it; nothing of it came along."""
    files = [*ROOT.glob("*.*"), *(path for folder in SEARCHED for path in (ROOT / folder).rglob("*"))]
    texts = ((path, _text(path)) for path in files if path.is_file() and path.suffix not in (".pyc", ".jpg"))
    assert [str(path.relative_to(ROOT)) for path, text in texts if SECRETS[what].search(text)] == []


def _text(path: Path) -> str:
    return path.read_bytes().decode("utf-8", "replace")


# ------------------------------------------------------------------ what the linters still say


def test_the_linters_are_called_by_their_names() -> None:
    """The table at the end of traps.md speaks of the linters that there are."""
    text = (ROOT / "docs/traps.md").read_text("utf-8")
    assert all(f"| {rule.name} |" in text for rule in RULES[:2])
