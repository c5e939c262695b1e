"""Every code has a file whose line at fault ends in `# error: LS…` (or warning, hint, silenced); all must agree."""

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
    expected = sorted(
        (number, match[1], code)
        for number, line in enumerate(case.read_text("utf-8", "replace").splitlines(), 1)
        for match in MARK.finditer(line)
        for code in match[2].split(", ")
    )
    before = Path.cwd()
    os.chdir(case.parent)
    try:
        build = compile_spec(case.name, Options())
    finally:
        os.chdir(before)
    found = sorted(
        (d.span.line if d.span else 0, "silenced" if d.silenced else d.level.value, d.rule.code)
        for d in (*build.diagnostics, *build.silenced)
    )
    assert found == expected, [d.message for d in build.diagnostics]
    assert case.stem.split("-")[0] in {code for _, _, code in expected}


def test_every_file_is_a_case() -> None:
    """A file that no case is, and no case mentions, is a mistake in the folder."""
    assert CASES
