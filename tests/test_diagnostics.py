"""Every code has a file whose line at fault ends in `# error: LS…` (or warning, hint, silenced); all must agree.

Where a spec's mistakes stand in files that it mentions, the lines of those are marked. All that is said, labels
and help too, stands in a file of the case's name that ends in `.txt`; `--update` writes it anew.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from labspec.compiler import Options, compile_spec
from labspec.diagnostic import Diagnostic, Span

FOLDER = Path(__file__).parent / "diagnostics"
CASES = sorted(path for path in FOLDER.rglob("LS*.yaml"))
MARK = re.compile(r"#\s*(error|warning|hint|silenced): (LS[0-9]{3}(?:, LS[0-9]{3})*)")


@pytest.mark.parametrize("case", CASES, ids=lambda path: path.stem)
def test_findings_stand_where_they_are_expected(case: Path, update: bool) -> None:
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
    words = "\n".join(line for diagnostic in told for line in _words(diagnostic)) + "\n"
    if update:
        case.with_suffix(".txt").write_text(words, "utf-8")
    assert case.with_suffix(".txt").read_text("utf-8") == words


def _words(found: Diagnostic) -> Iterator[str]:
    """Everything that a finding says, and where: to the column."""
    yield f"{found.rule.code} {_place(found.span)} {found.message}"
    yield from (f"    {_place(label.span)} {label.text}" for label in found.related)
    if found.help:
        yield f"    = {found.help}"
    if found.fix:
        yield f"    {'fix' if found.fix.safe else 'perhaps'} {_place(found.fix.span)}: {found.fix.text!r}"


def _place(span: Span | None) -> str:
    if span is None:
        return "nowhere"
    end = f"{span.end_column}" if span.end_line == span.line else f"{span.end_line}:{span.end_column}"
    return f"{span.file}:{span.line}:{span.column}-{end}"


def marks(file: str, text: str) -> list[tuple[str, int, str, str]]:
    """What is expected of a file: in which line, how severe, which code."""
    return [
        (file, number, match[1], code)
        for number, line in enumerate(text.splitlines(), 1)
        for match in MARK.finditer(line)
        for code in match[2].split(", ")
    ]


def test_every_file_is_a_case() -> None:
    """A file that no case is, and no file mentions by its name or its folder's, is a mistake in the folder."""
    files = {path for path in FOLDER.rglob("*") if path.is_file()}
    said = "".join(path.read_text("utf-8", "replace") for path in files)
    others = files - {*CASES, *(case.with_suffix(".txt") for case in CASES)}
    unused = [path for path in others if path.name not in said and f"{path.relative_to(FOLDER).parts[-2]}" not in said]
    assert unused == []
