"""Whatever a text holds, every reader of `Fn::Sub` fills it in alike."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from troposphere import Ref

from labspec.emit.substitution import Hole, Variables
from labspec.template.intrinsics import substitute

READERS = [r"\$\{([^}]*)\}", r"\$\{([^${}]*)\}", r"\$\{(.*?)\}"]
"""What readers take for a variable: up to the first `}`, with or without a look at what is between."""
A, REGION = Hole("A"), Hole("AWS::Region")
texts = st.lists(st.sampled_from(["${", "}", "!", "$", "{", "x", " ", "\n", A, REGION]), max_size=12)


def made(pieces: list[str | Hole]) -> tuple[str, dict[str, Any]]:
    """The text and the variables of a substitution."""
    text, values = Variables({"A": Ref("A")}).sub([A, *pieces]).to_dict()["Fn::Sub"]
    return text, values


@pytest.mark.parametrize("reader", READERS)
@given(texts)
@example(["${", "x", ":-", A, "}"])
@example(["${", "x", ":-${", "x", "}}"])
@example(["${", "x"])
@example(["${", "!x[@]}"])
def test_every_reader_fills_a_text_in_alike(reader: str, pieces: list[str | Hole]) -> None:
    text, values = made(pieces)

    def filled(match: re.Match[str]) -> str:
        name = match[1]
        return f"${{{name[1:]}}}" if name.startswith("!") else "$" if values.get(name) == "$" else f"<{name}>"

    expected = "".join(piece if isinstance(piece, str) else f"<{piece.name}>" for piece in [A, *pieces])
    assert re.sub(reader, filled, text) == expected


@given(texts)
@example(["${", "x", ":-", A, "}"])
def test_what_is_read_of_a_substitution_is_read_alike_again(pieces: list[str | Hole]) -> None:
    text, values = made(pieces)
    normal = substitute([text, {"AWS::Region": {"Ref": "Labspec::Region"}, **values}])
    if "Fn::Sub" in normal:
        assert substitute(normal["Fn::Sub"]) == normal


def test_plain_text_stays_readable() -> None:
    assert made(["${HOME} ${x[@]}"])[0] == "${A}${!HOME} ${!x[@]}"
