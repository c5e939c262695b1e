"""Drawn at random: layouts of one architecture, and single edits of the lab, against a second way of following them."""

from __future__ import annotations

import json
import random
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from labspec import schema
from labspec.compiler import Build, Options, compile_spec
from labspec.diff import compare
from labspec.template import Template, join, read
from labspec.template.intrinsics import variables
from tests.architectures import architectures
from tests.joining import joined_of

ROOT = Path(__file__).parents[2]
EDITS = 300


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(architectures())
def test_another_layout_moves_and_changes_nothing_else(spec: dict[str, Any]) -> None:
    nested, flat = (joined_of(compiled(spec, layout)) for layout in ("nested", "flat"))
    assert compare(nested, nested).changes == {}
    found = compare(nested, flat)
    assert {change.verb for change in found.changes.values()} <= {"move"}
    for change in found.changes.values():
        assert [edit.path for edit in change.edits if edit.is_written and not _speaks_of_its_stack(edit.before)] == []


def compiled(spec: dict[str, Any], layout: str) -> Build:
    """A spec given as data, compiled."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "spec.yaml")
        file.write_text(json.dumps(spec), "utf-8")
        return compile_spec(str(file), Options(layout=layout))  # type: ignore[arg-type]


def _speaks_of_its_stack(value: Any) -> bool:
    return "Labspec::Stack" in json.dumps(value, default=str)


@pytest.fixture(scope="module")
def lab() -> Template:
    """The lab in one template."""
    build = compile_spec(str(ROOT / "specs/full.yaml"), Options(layout="flat"))
    return read(build.files["flat.yaml"], "flat.yaml")


def test_single_edits_reach_all_that_a_second_way_finds(lab: Template) -> None:
    """No replacement is missed: a walk over the raw template, by the schemas alone, finds none that is not told."""
    drawn = random.Random(720)
    resources = lab.section("Resources")
    old = join({lab.file: lab}, lab.file)
    tried = 0
    while tried < EDITS:
        identity = drawn.choice(sorted(resources))
        body = resources[identity]
        places = [name for name, value in (body.get("Properties") or {}).items() if isinstance(value, (str, int))]
        if not places:
            continue
        place = drawn.choice(sorted(places))
        tried += 1
        changed = {**body["Properties"], place: f"{body['Properties'][place]}x"}
        edited = {**lab.data, "Resources": {**resources, identity: {**body, "Properties": changed}}}
        new = join({lab.file: Template(lab.file, edited, "")}, lab.file)
        found = compare(old, new)
        assert identity in found.changes, (identity, place)
        told = {address for address, change in found.changes.items() if change.verb == "replace"}
        missed = _replaced(edited["Resources"], identity, place) - told
        assert not missed, (identity, place, missed)


def _replaced(resources: dict[str, Any], identity: str, place: str) -> set[str]:
    """What is certainly replaced: by references in properties that are only created, resource by resource."""
    found = {identity} if place in _fixed(resources[identity]["Type"]) else set()
    while True:
        more = {
            other
            for other, body in resources.items()
            for name, value in (body.get("Properties") or {}).items()
            if name in _fixed(body["Type"]) and found & set(_spoken(value))
        }
        if more <= found:
            return found
        found |= more


def _fixed(kind: str) -> set[str]:
    updates = schema.updates(kind)
    return {pointer[0] for pointer in updates.create_only if len(pointer) == 1} if updates else set()


def _spoken(value: Any) -> Iterator[str]:
    """The resources that a raw value speaks of by their identity."""
    match value:
        case {"Ref": str(name)}:
            yield name
        case {"Fn::GetAtt": [str(name), str(attribute)]} if attribute.endswith(("Id", "Arn")):
            yield name
        case {"Fn::Sub": str(text) | [str(text), _]}:
            yield from (name for name in variables(text) if "." not in name)
    for inner in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from _spoken(inner)
