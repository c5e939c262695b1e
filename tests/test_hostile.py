"""No spec hangs, exhausts or breaks the compiler; `tests/hostile.py` measures the same specs."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.hostile import CASES, checked

MOST = 300
"""Megabytes that refusing a spec may take."""


@pytest.mark.parametrize("case", CASES)
def test_a_hostile_spec_is_refused_at_a_line(case: str, tmp_path: Path) -> None:
    answer = checked(CASES[case](), tmp_path)
    assert answer.status == 1, answer.words[-2000:]
    assert "hostile.yaml" in answer.words
    assert answer.megabytes < MOST
