"""The laws of templates hold of all that labspec emits: the specs, and the golden cases, in both layouts."""

from __future__ import annotations

import pytest

from tests.mutants.built import CASES, LAYOUTS, files_of
from tests.mutants.laws import broken


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("case", CASES)
def test_what_is_emitted_breaks_no_law(case: str, layout: str) -> None:
    files = files_of(case, layout)
    assert broken(files, next(iter(files))) == {}
