from pathlib import Path

import pytest

from benchmarks.generate import PER_SITE, spec
from labspec.compiler import Build, Options, compile_spec


def faults(build: Build) -> list[str]:
    """What is found, but that so many sites are more than an account may have."""
    return [diagnostic.message for diagnostic in build.diagnostics if diagnostic.rule.name != "over-quota"]


@pytest.mark.parametrize("sites", [1, 9])
def test_a_generated_spec_has_so_many_resources_and_no_fault(tmp_path: Path, sites: int) -> None:
    file = tmp_path / "sites.yaml"
    file.write_text(spec(sites))
    build = compile_spec(str(file), Options())
    assert faults(build) == []
    assert build.graph is not None
    assert len(build.graph.nodes) == sites * PER_SITE


def test_the_largest_generated_spec_is_over_no_limit_but_that_of_all_resources(tmp_path: Path) -> None:
    file = tmp_path / "sites.yaml"
    file.write_text(spec(60))
    build = compile_spec(str(file), Options())
    assert faults(build) == ["The spec has 3000 resources; one nested operation takes 2500."]
    assert "write" in build.timings
