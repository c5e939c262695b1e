"""Whole specs: plausible ones, and ones in which a single field is perturbed."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any

from hypothesis import strategies as st

from tests.random_specs import ground, machines, rest, services
from tests.random_specs.plan import Plan

PARTS = (
    rest.opening,
    ground.networks,
    ground.groups,
    ground.keys,
    services.notifications,
    services.websites,
    services.file_systems,
    services.databases,
    ground.roles,
    machines.images,
    machines.instances,
    services.schemas,
    services.target_groups,
    services.load_balancers,
    machines.fleets,
    rest.raw,
    rest.overrides,
    rest.conditions,
    rest.ending,
)
"""In an order in which each may name what was drawn before it."""
ODD: tuple[Any, ...] = (
    *("", "x", "no-such-name", "a b", "é", "x" * 300, "a.b.c", "-", "${{ aws.region }}", "${{ nope }}", "${{", "$${{"),
    *(-1, 0, 1, 7, 65536, 10**12, 0.5, True, False, None, "all", "internet", "self", "none", "never"),
    *("10.0.0.0/8", "10.0.0.0/33", "0.0.0.0/0", "192.168.0.0/16", "0s", "999d", "1GiB", "0%", "Busy", "Unknown"),
    *([], {}, ["a", "a"], [[]], {"a": {"b": 1}}, {"id": "x"}, {"Ref": "NetVpc"}, "arn:aws:s3:::x", "ami-12345678"),
)
Step = str | int


@st.composite
def plausible(draw: st.DrawFn) -> dict[str, Any]:
    """A spec that somebody could have meant: mostly, but not always, right."""
    plan = Plan(draw)
    for part in PARTS:
        part(plan)
    return plan.spec


@st.composite
def specs(draw: st.DrawFn) -> dict[str, Any]:
    """A plausible spec; one in three has one field perturbed."""
    spec = draw(plausible())
    return perturbed(draw, spec) if draw(st.integers(1, 3)) == 3 else spec


def perturbed(draw: st.DrawFn, spec: dict[str, Any]) -> dict[str, Any]:
    """The same spec with one place lost, renamed, emptied, wrapped, or taken by another value."""
    spec = copy.deepcopy(spec)
    places = [path for path in _paths(spec) if path[0] not in ("labspec", "name")]
    *way, last = draw(st.sampled_from(places))
    parent = _at(spec, way)
    change = draw(st.sampled_from(("lose", "rename", "odd", "odd", "other", "other", "wrap")))
    match change:
        case "lose":
            del parent[last]
        case "rename" if isinstance(parent, dict):
            name = draw(st.sampled_from((f"{last}-x", f"{last}"[:-1] or "y", f"{last}".title(), "web", "name")))
            parent[name] = parent.pop(last)
        case "other":
            parent[last] = copy.deepcopy(_at(spec, list(draw(st.sampled_from(places)))))
        case "wrap":
            parent[last] = [parent[last]]
        case _:
            parent[last] = draw(st.sampled_from(ODD))
    return spec


def _paths(value: Any, path: tuple[Step, ...] = ()) -> Iterator[tuple[Step, ...]]:
    if path:
        yield path
    entries = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for step, inner in entries:
        yield from _paths(inner, (*path, step))


def _at(value: Any, path: list[Step]) -> Any:
    for step in path:
        value = value[step]
    return value
