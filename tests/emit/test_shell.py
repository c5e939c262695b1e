"""Whatever the text, the shell hands it on as it was."""

from __future__ import annotations

import json
import shlex
import subprocess

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from labspec.emit.shell import Text, fed, json_object, pieces, shown, word, words
from labspec.emit.substitution import Hole

VALUE = "i-0123 $HOME `x`"


def filled(text: Text) -> str:
    """The text as CloudFormation would fill it in."""
    return "".join(piece if isinstance(piece, str) else VALUE for piece in pieces(text))


def printed(script: Text) -> bytes:
    return subprocess.run(["bash", "-euo", "pipefail", "-c", filled(script)], check=True, capture_output=True).stdout


texts = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=30)
lines = st.lists(st.sampled_from(["END", "END_", "", "$x", "`", "'", "\\", "a\tb", "\r", "\u00e9", "${y}"]), max_size=5)


@settings(max_examples=60)
@given(
    st.one_of(
        st.binary(max_size=40), texts, lines.map("\n".join), lines.map(lambda all_lines: "\n".join(all_lines) + "\n")
    )
)
def test_content_arrives_byte_for_byte(content: str | bytes) -> None:
    expected = content.encode() if isinstance(content, str) else content
    assert printed(fed("cat", content)) == expected


@settings(max_examples=60)
@given(st.lists(st.one_of(texts, st.just(Hole("Id")), lines.map("\n".join)), max_size=5))
def test_content_with_holes_arrives_too(parts: list[str | Hole]) -> None:
    assert printed(fed("cat", tuple(parts))) == filled(tuple(parts)).encode()


@given(st.one_of(st.binary(max_size=40), texts))
def test_what_is_written_is_ascii(content: str | bytes) -> None:
    assert shown(fed("cat", content)).isascii()


def test_plain_text_stays_readable() -> None:
    assert fed("cat", "one\ntwo\n") == ("cat <<'END'\none\ntwo\nEND\n",)


@settings(max_examples=60)
@given(texts)
def test_a_word_stays_one_word(text: str) -> None:
    assert printed(pieces("printf %s ", word(text))) == text.encode()


def test_a_word_with_a_hole_stays_one_word() -> None:
    assert printed(pieces("printf '[%s]' ", words("it's ", ("a", Hole("Id"), "'b"), Hole("Id")))) == (
        f"[it's ][a{VALUE}'b][{VALUE}]".encode()
    )


@given(st.dictionaries(texts, texts, max_size=4))
def test_an_object_is_json(values: dict[str, str]) -> None:
    assert json.loads(shown(json_object(values))) == values


def test_an_object_may_have_holes() -> None:
    assert json_object({"id": ("x-", Hole("Id"))}) == ('{"id": "x-', Hole("Id"), '"}')


@pytest.mark.parametrize("text", ["", (), ("", "")])
def test_nothing_is_no_piece(text: Text) -> None:
    assert pieces(text) == ()


def test_neighbours_are_one_piece() -> None:
    assert pieces("a", ("b", Hole("C")), "d", "e") == ("ab", Hole("C"), "de")


def test_the_quoting_is_the_shells() -> None:
    assert word("a b") == (shlex.quote("a b"),)
