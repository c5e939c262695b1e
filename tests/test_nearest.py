"""Which words are near, and which can only be slips."""

from __future__ import annotations

import pytest

from labspec.nearest import nearest, slip

WORDS = ["internal", "internet-facing", "subnet", "subnets", "type", "level-1", "egress"]


@pytest.mark.parametrize(
    ("word", "meant"),
    [
        ("Internal", "internal"),
        ("internetFacing", "internet-facing"),
        ("internt_facing", "internet-facing"),
        ("typo", "type"),
        ("intrenal", "internal"),
    ],
)
def test_one_slip_leads_to_one_word(word: str, meant: str) -> None:
    assert slip(word, WORDS) == meant


@pytest.mark.parametrize("word", ["subnt", "level-2", "ingress", "tpe", "interval-facing", "other"])
def test_a_word_that_could_be_another_is_no_slip(word: str) -> None:
    """Two words are near; a number differs; two letters do; it is short; nothing is near."""
    assert slip(word, WORDS) is None


def test_what_is_no_slip_may_still_be_near() -> None:
    assert (nearest("level-2", WORDS), nearest("ingress", WORDS)) == ("level-1", "egress")
