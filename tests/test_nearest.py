"""The right word for a wrong one: offered whenever it is among the nearest, and alone when nothing else is as near."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rapidfuzz.distance import DamerauLevenshtein

from labspec.model import grammar
from labspec.model.places import fields_of, part_at
from labspec.nearest import alike, did_you_mean, meant, nearest, offered, slip

KEYS = {section: sorted(fields_of(part)) for section in grammar.SECTIONS if (part := part_at((section, "*")))}


def one_edit(word: str) -> set[str]:
    """Everything that one insertion, deletion, replacement or swap makes of a word."""
    halves = [(word[:at], word[at:]) for at in range(len(word) + 1)]
    letters = "aeot_-X"
    return {
        *(left + letter + right for left, right in halves for letter in letters),
        *(left + right[1:] for left, right in halves if right),
        *(left + letter + right[1:] for left, right in halves if right for letter in letters),
        *(left + right[1] + right[0] + right[2:] for left, right in halves if right[1:]),
    } - {word, ""}


@pytest.mark.parametrize("section", KEYS)
def test_a_key_is_found_behind_every_slip(section: str) -> None:
    for key in KEYS[section]:
        lost = [slip for slip in one_edit(key) if slip not in KEYS[section] and key not in alike(slip, KEYS[section])]
        assert lost == [], key


@settings(max_examples=300)
@given(data=st.data())
def test_a_key_is_found_behind_two_slips(data: st.DataObject) -> None:
    """Unless another key is nearer, or nothing of a short word is left."""
    keys = KEYS[data.draw(st.sampled_from(sorted(KEYS)))]
    key = data.draw(st.sampled_from(keys))
    typed = data.draw(st.sampled_from(sorted(one_edit(data.draw(st.sampled_from(sorted(one_edit(key))))))))
    edits = {other: DamerauLevenshtein.distance(typed.lower(), other) for other in keys}
    assert key in alike(typed, keys) or edits[key] > min(edits.values()) or not set(typed.lower()) & set(key)


@pytest.mark.parametrize(
    ("typed", "choices", "help_"),
    [
        ("vpc_s", ["vpcs", "roles"], "Did you mean `vpcs`?"),
        ("SecurityGroups", ["security_groups", "key_pairs"], "Did you mean `security_groups`?"),
        ("security-groups", ["security_groups", "key_pairs"], "Did you mean `security_groups`?"),
        ("Max IO Throughput", ["max_io_throughput"], "Did you mean `max_io_throughput`?"),
        ("id", ["ip", "to"], "Did you mean `ip`?"),
        ("xy", ["id", "to"], "It can be `id`, `to`."),
        ("public", ["public-a", "public-b"], "Did you mean `public-a` or `public-b`?"),
        ("web-x", ["web-1", "web-2", "web-3", "web-4"], "Did you mean `web-1`, `web-2` or `web-3`?"),
        ("abweb", ["cdweb", "abwex"], "Did you mean `abwex`?"),
        ("x", [], ""),
        ("x", [f"name-{number}" for number in range(20)], ""),
    ],
)
def test_the_sentence(typed: str, choices: list[str], help_: str) -> None:
    assert did_you_mean(typed, choices) == help_


def test_of_equally_near_words_none_is_what_was_meant() -> None:
    assert meant("web-x", ["web-1", "web-2"]) == ""
    assert meant("web-x", ["web-1", "app-2"]) == "web-1"
    assert offered("xy", ["id", "to"]) == ""


# ------------------------------------------------------------------ what can only be a slip

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
