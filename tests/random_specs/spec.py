"""Whole specs: plausible ones, and ones in which a single field is perturbed."""

from __future__ import annotations

import copy
import re
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
EDGES = (0, 1, 2, 15, 16, 17, 22, 28, 29, 63, 64, 65, 99, 100, 101, 255, 256, 1023, 1024, 1025, 3600, 65535, 65536)
"""Numbers at and beside what AWS takes at most or at least somewhere."""
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
    """The same spec with one place lost, renamed, wrapped, or taken by another value or a number at a bound."""
    spec = copy.deepcopy(spec)
    places = [path for path in _paths(spec) if path[0] not in ("labspec", "name")]
    *way, last = draw(st.sampled_from(places))
    parent = _at(spec, way)
    change = draw(st.sampled_from(("lose", "rename", "odd", "odd", "other", "other", "wrap", "edge", "edge")))
    match change:
        case "lose":
            del parent[last]
        case "rename" if isinstance(parent, dict):
            longer = (f"{last}{'x' * (length - len(str(last)))}" for length in (64, 100, 101, 255, 256))
            name = draw(
                st.sampled_from((f"{last}-x", f"{last}"[:-1] or "y", f"{last}".title(), "web", "name", *longer))
            )
            parent[name] = parent.pop(last)
        case "other":
            parent[last] = copy.deepcopy(_at(spec, list(draw(st.sampled_from(places)))))
        case "wrap":
            parent[last] = [parent[last]]
        case "edge":
            parent[last] = _at_an_edge(draw, parent[last])
        case _:
            parent[last] = draw(st.sampled_from(ODD))
    return spec


def _at_an_edge(draw: st.DrawFn, value: Any) -> Any:
    """The value with its last number taken by another, or its text stretched; a mapping or a list as it is."""
    number = draw(st.sampled_from(EDGES))
    match value:
        case bool() | dict() | list() | None:
            return value
        case int():
            return number
        case str() if re.search(r"[0-9]+", value):
            return re.sub(r"[0-9]+(?=[^0-9]*\Z)", str(number), value)
        case str():
            return (value or "x") * (number // len(value or "x") + 1)
    return number


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
