"""docs/laws.md: every law is told with what holds it; the rules and the tests that it names are there."""

from __future__ import annotations

import re

import pytest

from labspec.rules import rules
from tests.held import held_by, rows

NOT_OF_A_SPEC = {"L22", "L25"}
LAWS = [f"L{number:02}" for number in range(1, 31) if f"L{number:02}" not in NOT_OF_A_SPEC]
TABLE = rows("laws.md", "L[0-9]{2}") | rows("laws.md", "G[0-9]+")
CODES = {rule.code for rule in rules()}


def test_every_law_is_told_in_order() -> None:
    assert [mark for mark in TABLE if mark.startswith("L")] == LAWS


@pytest.mark.parametrize("mark", TABLE)
def test_what_holds_a_law_is_there(mark: str) -> None:
    """A rule that is named has its case among what holds the law, unless a test of another kind raises it."""
    *_, rules_, held = TABLE[mark]
    codes = re.findall(r"LS[0-9]{3}", rules_)
    assert codes or rules_ == "what is emitted"
    assert set(codes) <= CODES
    names = held_by(held)
    assert names
    shown = {match[1] for name in names if (match := re.match(r"diagnostics/(LS[0-9]{3})", name))}
    assert shown <= set(codes), "a case of a rule that is not named"
    elsewhere = set(codes) - shown
    assert elsewhere <= {"LS103", "LS310", "LS331", "LS403", "LS504", "LS602"}
