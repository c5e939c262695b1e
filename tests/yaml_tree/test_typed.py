"""A finding about some characters of a text stands where these were typed, however YAML and variables read the text."""

from __future__ import annotations

from pathlib import Path

import pytest

from labspec.compiler import Options, compile_spec
from tests.building import NETWORK, build

HEAD = NETWORK + "instances:\n  i:\n    subnet: public-a\n    elastic_ip: true\n    setup:\n      files:\n        /a:\n"
LINE = len(HEAD.splitlines()) + 3


@pytest.mark.parametrize("ends", ["\n", "\r\n"])
@pytest.mark.parametrize(
    ("typed", "places"),
    [
        ("a ${{ Bad }} b", [(0, 19, 29)]),
        ("\U0001f600\U0001f600 ${{ Bad }}", [(0, 20, 30)]),
        ("'it''s ${{ Bad }}'", [(0, 24, 34)]),
        ('"\\u0041\\n\\\\${{ Bad }} \\\n            x ${{ Bad }}"', [(0, 28, 38), (1, 15, 25)]),
        ("|\n            one\n            two ${{ Bad }} three\n", [(2, 17, 27)]),
        ("|2\n             one\n            two ${{ Bad }}\n", [(2, 17, 27)]),
        ("|\n            ${{ Bad }} ${{ Bad }}\n            ${{ Bad }}\n", [(1, 13, 23), (1, 24, 34), (2, 13, 23)]),
        (">-\n            one\n            ${{ Bad }}\n\n              ${{ Bad }}\n", [(2, 13, 23), (4, 15, 25)]),
        ("one\n            two ${{ Bad }}\n\n            ${{ Bad }}", [(1, 17, 27), (3, 13, 23)]),
        ("&x '${{ Bad }}'", [(0, 21, 31)]),
    ],
    ids=[
        "plain",
        "beyond the plane",
        "single",
        "double",
        "literal",
        "given depth",
        "thrice",
        "folded",
        "lines",
        "anchor",
    ],
)
def test_an_expression_is_shown_where_it_was_typed(
    typed: str, places: list[tuple[int, int, int]], ends: str, tmp_path: Path
) -> None:
    text = f"labspec: 1\nname: test\n{HEAD}          text: {typed}\n"
    file = tmp_path / "spec.yaml"
    file.write_bytes(text.replace("\n", ends).encode())
    (found,) = compile_spec(str(file), Options()).diagnostics
    spans = [span for span in (found.span, *(label.span for label in found.related)) if span]
    assert [(span.line - LINE, span.column, span.end_column) for span in spans] == places


def test_an_expression_over_two_lines_is_shown_whole(tmp_path: Path) -> None:
    (found,) = build(tmp_path, "outputs:\n  O: a ${{ Bad\n    }} b\n").diagnostics
    assert found.span
    assert (found.span.line, found.span.column, found.span.end_line, found.span.end_column) == (4, 8, 5, 7)


@pytest.mark.parametrize(
    ("text", "columns"),
    [
        ("O: '${{ variables.long }} ${{ Bad }} ${{ variables.short }} ${{ Worse }}'", [(37, 47), (71, 83)]),
        ("O: '${{ variables.wrong }}'", [(15, 37)]),
        ("O: 'a ${{ variables.wrong }} ${{ Worse }}'", [(17, 39), (40, 52)]),
    ],
)
def test_what_variables_fill_in_moves_no_place(text: str, columns: list[tuple[int, int]], tmp_path: Path) -> None:
    declared = "variables: {long: a value that is longer than its name, short: x, wrong: 'x ${{ Bad }} y'}\n"
    diagnostics = build(tmp_path, declared + f"outputs: {{{text}}}\n").diagnostics
    spans = [found.span for found in diagnostics if found.span]
    assert sorted((span.column, span.end_column) for span in spans) == columns
