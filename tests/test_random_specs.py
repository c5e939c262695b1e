"""What holds of every architecture, of a sample drawn at random; `tests/random_specs.py` draws as many as one likes."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings

from labspec.lint import validate
from tests.random_specs import SETTINGS, judged, specs


@settings(SETTINGS, max_examples=60, derandomize=True)
@given(specs())
def test_what_is_accepted_can_be_deployed_as_far_as_linters_know(spec: dict[str, Any]) -> None:
    judged(spec, {validate.NAME: lambda: validate.findings})
