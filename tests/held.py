"""Tables of docs/ that say what holds each line: a test, or a case of a folder of cases."""

from __future__ import annotations

import ast
import functools
import re
from pathlib import Path

ROOT = Path(__file__).parents[1]
WORDS = re.compile(r"`([^`]+)`")


def rows(document: str, mark: str) -> dict[str, list[str]]:
    """The cells of every line of a document whose first cell is a mark, by that mark."""
    line = re.compile(rf"\| ({mark}) \| (.*) \|")
    text = (ROOT / "docs" / document).read_text("utf-8")
    found = [match for each in text.splitlines() if (match := line.fullmatch(each))]
    assert len(found) == len({match[1] for match in found})
    return {match[1]: match[2].split(" | ") for match in found}


def held_by(cell: str) -> list[str]:
    """What a cell names; each is there, or this fails."""
    names = WORDS.findall(cell)
    for name in names:
        file, _, test = name.partition("::")
        assert (ROOT / "tests" / file).exists(), name
        if test:
            assert test in _names_in(file), name
            assert test.startswith("test_"), name
        else:
            assert file.startswith(("diagnostics/LS", "golden/")), name
    return names


@functools.cache
def _names_in(file: str) -> frozenset[str]:
    """The names of a file's tests, also of those in classes."""
    tree = ast.parse((ROOT / "tests" / file).read_text("utf-8"))
    return frozenset(node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef))
