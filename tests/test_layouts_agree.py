"""Whatever a spec says, however it is written down: nested and flat are the same, and so are two builds."""

from __future__ import annotations

import os
import random
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from labspec.compiler import Build, Options, compile_spec
from labspec.graph import Graph
from tests.architectures import architectures, movable
from tests.joining import joined_of, order, outputs, things

ROOT = Path(__file__).parents[1]
# A spec that fails is small enough to read as it is drawn; shrinking it would compile for minutes.
FEW = settings(
    max_examples=15,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
    phases=[Phase.explicit, Phase.generate],
)


def compiled(spec: dict[str, Any], layout: str = "nested") -> Build:
    """A spec given as data, written down and compiled."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "spec.yaml")
        file.write_text(yaml.safe_dump(spec, sort_keys=False), "utf-8")
        build = compile_spec(str(file), Options(layout=layout))  # type: ignore[arg-type]
    assert not build.failed, [diagnostic.message for diagnostic in build.diagnostics]
    return build


def graph_of(build: Build) -> Graph:
    assert build.graph is not None
    return build.graph


@FEW
@given(architectures())
def test_nested_and_flat_are_the_same_architecture(spec: dict[str, Any]) -> None:
    """The same logical ids and properties, the same outputs and console."""
    one, other = (compiled(spec, layout) for layout in ("nested", "flat"))
    assert graph_of(one).nodes == graph_of(other).nodes
    nested, flat = joined_of(one), joined_of(other)
    assert set(things(nested)) == set(graph_of(one).nodes)
    assert things(nested) == things(flat)
    assert outputs(nested) == outputs(flat)
    assert {name: nested.parameters[name] for name in flat.parameters} == flat.parameters
    assert nested.rules == flat.rules


@FEW
@given(architectures(), st.sampled_from(["true", "false"]), st.sampled_from(["", "ops@example.com"]))
def test_what_must_come_first_comes_first_in_both(spec: dict[str, Any], busy: str, email: str) -> None:
    """Every order that was stated holds. Whole stacks wait for whole stacks, which adds to it and never takes away."""
    given = {name: value for name, value in (("Busy", busy), ("Email", email)) if name in spec["parameters"]}
    one, other = (compiled(spec, layout) for layout in ("nested", "flat"))
    nested, flat = (order(joined_of(build, given)) for build in (one, other))
    there = {thing.id for thing in things(joined_of(other, given)).values() if thing.condition is True}
    for edge in graph_of(one).edges:
        if {edge.source, edge.target} <= there:
            assert edge.target in flat[edge.source]
    for identity in there:
        assert flat[identity] <= nested[identity]


def shuffled(value: Any, luck: random.Random) -> Any:
    """The same data with the keys of every mapping in another order. Lists keep theirs."""
    if isinstance(value, dict):
        keys = luck.sample(list(value), len(value))
        return {key: shuffled(value[key], luck) for key in keys}
    return [shuffled(item, luck) for item in value] if isinstance(value, list) else value


@FEW
@given(architectures(), st.integers(0, 1_000_000))
def test_the_order_of_keys_decides_only_the_order_in_the_console(spec: dict[str, Any], seed: int) -> None:
    """Every nested template is the same to the byte; the root lists parameters and outputs as they are written."""
    other = shuffled(spec, random.Random(seed))
    for layout in ("nested", "flat"):
        one, two = compiled(spec, layout), compiled(other, layout)
        (root, first), (_, second) = _root(one), _root(two)
        assert first == second
        assert list(first["Resources"]) == list(second["Resources"])
        assert _children(one, root) == _children(two, root)
        assert one.digest == two.digest
        shown = [*other.get("parameters", {}), *(["TemplateBucket", "TemplateFolder"] if layout == "nested" else [])]
        assert list(second.get("Parameters", {})) == shown
        assert list(second.get("Outputs", {})) == list(other.get("outputs", {}))


def _root(build: Build) -> tuple[str, dict[str, Any]]:
    name = f"{build.stacks[0].name}.yaml"
    data = dict(build.stacks[0].template)
    metadata = data.pop("Metadata", {}).get("AWS::CloudFormation::Interface", {})
    groups = metadata.get("ParameterGroups", [])
    data["Labels"] = metadata.get("ParameterLabels", {})
    data["Groups"] = {group["Label"]["default"]: sorted(group["Parameters"]) for group in groups}
    return name, data


def _children(build: Build, root: str) -> dict[str, str]:
    return {name: text for name, text in build.files.items() if name not in (root, "manifest.json")}


@FEW
@given(architectures(), st.data())
def test_placing_a_section_elsewhere_changes_no_id(spec: dict[str, Any], data: st.DataObject) -> None:
    """`layout:` moves resources between stacks, and that is all it does."""
    moves = data.draw(movable(spec))
    before, after = compiled(spec), compiled({**spec, "layout": {"stacks": moves}})
    assert graph_of(before).nodes == graph_of(after).nodes
    assert things(joined_of(before)) == things(joined_of(after))
    stacks = {stack.name: stack.template["Resources"] for stack in after.stacks}
    for stack, sections in moves.items():
        moved = {node.id for node in graph_of(after).nodes.values() if node.section in sections}
        assert moved
        assert moved <= set(stacks[stack])


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The lab's specs somewhere else."""
    folder = tmp_path_factory.mktemp("elsewhere") / "deep" / "down"
    shutil.copytree(ROOT / "specs", folder / "specs")
    return folder


@pytest.mark.parametrize("layout", ["nested", "flat"])
def test_two_builds_are_the_same_bytes(copy: Path, tmp_path: Path, layout: str) -> None:
    """Under another hash seed, in another folder, into another output directory."""
    built = []
    for folder, seed in ((ROOT, "0"), (copy, "4711")):
        out = tmp_path / seed
        command = [sys.executable, "-m", "labspec.cli", "build", "specs/full.yaml", "--layout", layout, "--no-validate"]
        environment = {**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": str(ROOT)}
        subprocess.run([*command, "--out", str(out), "-q"], cwd=folder, env=environment, check=True, timeout=120)
        built.append({path.name: path.read_bytes() for path in out.iterdir()})
    assert built[0] == built[1]
    assert "manifest.json" in built[0]
