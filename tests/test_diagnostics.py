"""Every code has a file whose line at fault ends in `# error: LS…` (or warning, hint, silenced); all must agree.

Where a spec's mistakes stand in files that it mentions, the lines of those are marked.
"""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

from labspec.compiler import Options, compile_spec

FOLDER = Path(__file__).parent / "diagnostics"
CASES = sorted(path for path in FOLDER.rglob("LS*.yaml"))
MARK = re.compile(r"#\s*(error|warning|hint|silenced): (LS[0-9]{3}(?:, LS[0-9]{3})*)")


@pytest.mark.parametrize("case", CASES, ids=lambda path: path.stem)
def test_findings_stand_where_they_are_expected(case: Path) -> None:
    before = Path.cwd()
    os.chdir(case.parent)
    try:
        build = compile_spec(case.name, Options())
    finally:
        os.chdir(before)
    told = [*build.diagnostics, *build.silenced]
    texts = {case.name: case.read_text("utf-8", "replace"), **(build.source.texts if build.source else {})}
    expected = sorted(mark for file, text in texts.items() for mark in marks(file, text))
    found = sorted(
        (d.span.file, d.span.line, "silenced" if d.silenced else d.level.value, d.rule.code) for d in told if d.span
    )
    assert found == expected, [d.message for d in build.diagnostics]
    assert len(found) == len(told)
    assert case.stem.split("-")[0] in {code for *_, code in expected}


def marks(file: str, text: str) -> list[tuple[str, int, str, str]]:
    """What is expected of a file: in which line, how severe, which code."""
    return [
        (file, number, match[1], code)
        for number, line in enumerate(text.splitlines(), 1)
        for match in MARK.finditer(line)
        for code in match[2].split(", ")
    ]


def test_every_file_is_a_case() -> None:
    """A file that no case is, and no case mentions, is a mistake in the folder."""
    assert CASES
