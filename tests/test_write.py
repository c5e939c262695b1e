"""Templates as text, whatever stands in them: what they are made of, the golden cases show."""

from __future__ import annotations

import pytest
import yaml

from labspec.write import to_yaml
from tests.building import plain


@pytest.mark.parametrize("text", ["089", "1e3", "0o17", "0x1F", "-.5", "+.5e1", "1_000", "22:30", "-.inf"])
def test_no_reader_of_yaml_takes_a_text_for_a_number(text: str) -> None:
    """Neither one of YAML 1.1 nor one of YAML 1.2."""
    written = to_yaml({"Metadata": {"Text": text}})
    assert yaml.safe_load(written) == {"Metadata": {"Text": text}}
    assert plain(written, frozenset({("Metadata",)}))["Metadata"] == {"Text": text}
