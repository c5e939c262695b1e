"""What holds of every architecture, of a sample that is the same in every run (`tests/random_specs`)."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from labspec.compiler import Build
from labspec.write import to_yaml
from tests.random_specs import judge
from tests.random_specs.run import Figures, drawn

SAMPLE = 120
"""So many specs are drawn here; `python -m tests.random_specs --count 10000` draws more."""
KINDS = {
    *("vpcs", "security_groups", "key_pairs", "roles", "instances", "images", "launch_templates", "file_systems"),
    *("target_groups", "load_balancers", "databases", "auto_scaling_groups", "notifications", "websites"),
    *("resources", "parameters", "variables", "outputs"),
}


@pytest.fixture(scope="module")
def figures() -> Figures:
    return drawn(SAMPLE, 0)


def test_what_is_accepted_is_right_in_all_forms_and_what_is_refused_has_a_position(figures: Figures) -> None:
    assert figures.done == SAMPLE
    assert not figures.broken, figures.kept[0]


def test_the_sample_has_every_kind_and_is_mostly_right(figures: Figures) -> None:
    assert set(figures.sections) >= KINDS
    assert figures.accepted > SAMPLE / 2
    assert figures.thorough
    assert len(figures.codes) > 5


SPEC = {
    "labspec": 1,
    "name": "small",
    "vpcs": {
        "net": {
            "cidr": "10.0.0.0/16",
            "subnets": {"public-a": {"zone": "a", "cidr": "10.0.0.0/24", "access": "public"}},
        }
    },
    "instances": {"web": {"subnet": "public-a", "public_ip": True, "ingress": {}, "setup": {"packages": ["httpd"]}}},
}


@pytest.fixture
def small(tmp_path: Path) -> Build:
    return judge.compiled(tmp_path, SPEC, "flat", lint=False)


def test_an_order_that_the_templates_lost_is_seen(small: Build) -> None:
    assert list(judge.ordered(small)) == []
    for body in small.stacks[0].template["Resources"].values():
        body.pop("DependsOn", None)
    small.files[f"{small.stacks[0].name}.yaml"] = to_yaml(small.stacks[0].template)
    assert any("does not wait" in problem for problem in judge.ordered(small))


def test_a_spec_is_split_into_documents_that_say_all_of_it(tmp_path: Path) -> None:
    whole = {**SPEC, "outputs": dict.fromkeys("ABCDEFGH", "x")}
    rest = judge.split(whole, tmp_path, random.Random(1))
    assert rest["include"] == ["part-1.yaml", "part-2.yaml"]
    assert len(rest.get("outputs", {})) < 8
    built = judge.compiled(tmp_path, rest, "flat", lint=False)
    assert not built.failed
    assert built.graph is not None
    assert len(built.graph.outputs) == 8
