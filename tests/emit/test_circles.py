"""Circles of resources: every one is found, step by step, however large the graph is."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labspec.emit.circles import circles
from labspec.graph import Edge, Graph, Node
from tests.building import NETWORK, build


def graph(needs: dict[str, list[str]]) -> Graph:
    """A graph in which each resource refers to others."""
    nodes = {
        name: Node(name, {"Type": "A::B::C", "Refers": [{"Ref": other} for other in others]}, "a", name, "b", (name,))
        for name, others in needs.items()
    }
    return Graph("test", "", nodes)


def found(made: Graph) -> list[str]:
    return [diagnostic.message for diagnostic in circles(made)]


def test_a_circle_is_told_in_its_order() -> None:
    assert found(graph({"A": ["B"], "B": ["C"], "C": ["A"], "D": ["A"]})) == [
        "Resources need one another in a circle: `A` -> `B` -> `C` -> `A`."
    ]


def test_of_two_circles_through_one_resource_the_shorter_is_told() -> None:
    assert found(graph({"A": ["B", "D"], "B": ["C"], "C": ["A"], "D": ["A"]})) == [
        "Resources need one another in a circle: `A` -> `D` -> `A`."
    ]


def test_an_order_closes_a_circle_as_a_reference_does() -> None:
    made = graph({"A": ["B"], "B": []})
    made.edges.append(Edge("B", "A", "it says so"))
    assert found(made) == ["Resources need one another in a circle: `A` -> `B` -> `A`."]


def test_a_circle_of_any_length_is_found_at_once() -> None:
    """Nothing here is recursive, and nothing is walked twice."""
    names = [f"N{number}" for number in range(20_000)]
    needs = {name: names[number + 1 : number + 3] for number, name in enumerate(names)}
    assert found(graph(needs)) == []
    (message,) = found(graph(needs | {names[-1]: [names[0]]}))
    assert message.endswith("`N13` -> `N15` -> 9992 more -> `N0`.")


@given(st.lists(st.tuples(st.integers(0, 7), st.integers(0, 7)), max_size=16))
def test_whatever_needs_itself_in_the_end_is_in_a_circle_that_is_told(pairs: list[tuple[int, int]]) -> None:
    needs = {str(one): [str(other) for start, other in pairs if start == one] for one in range(8)}
    reached = {one: reach(needs, one) for one in needs}
    knots = {
        frozenset(other for other in reached[one] if one in reached[other]) for one in needs if one in reached[one]
    }
    told = [message.split("`")[1::2] for message in found(graph(needs))]
    assert len(told) == len(knots)
    assert all(any(set(circle) <= knot for circle in told) for knot in knots)
    for circle in told:
        steps = list(pairwise(circle)) or [(circle[0], circle[0])]
        assert all(other in needs[one] for one, other in steps)


def reach(needs: dict[str, list[str]], one: str) -> set[str]:
    """Everything that something needs, in the end."""
    seen: set[str] = set()
    ahead = [*needs[one]]
    while ahead:
        other = ahead.pop()
        if other not in seen:
            seen.add(other)
            ahead += needs[other]
    return seen


@pytest.mark.parametrize("layout", ["nested", "flat"])
def test_every_step_is_shown_where_it_is_written(tmp_path: Path, layout: str) -> None:
    """A circle through two stacks is told once, as one of resources."""
    text = "images:\n  golden: {from: web}\ninstances:\n  web: {subnet: public-a, image: golden}\n"
    (finding,) = build(tmp_path, NETWORK + text, layout=layout).diagnostics
    assert finding.message == "Resources need one another in a circle: `web` -> `golden` -> `web`."
    places = [finding.span, *(label.span for label in finding.related)]
    assert [(span.line, span.column) for span in places if span] == [(15, 34), (13, 18)]
    assert [label.text for label in finding.related] == ["`golden` refers to `web`."]


def test_members_of_one_name_are_told_apart_by_their_sections(tmp_path: Path) -> None:
    text = "images:\n  web: {from: web}\ninstances:\n  web: {subnet: public-a, image: web}\n"
    (finding,) = build(tmp_path, NETWORK + text).diagnostics
    assert finding.message.endswith(" in a circle: `instances.web` -> `images.web` -> `instances.web`.")


def test_a_circle_inside_one_member_is_told_by_its_resources(tmp_path: Path) -> None:
    patches = "{eip: {Properties: {InstanceId: !Ref WebInstance}}, instance: {DependsOn: WebEip}}"
    text = f"instances: {{web: {{subnet: public-a, elastic_ip: true, override: {patches}}}}}\n"
    (finding,) = build(tmp_path, NETWORK + text).diagnostics
    assert finding.message == "Resources need one another in a circle: `WebInstance` -> `WebEip` -> `WebInstance`."
    assert [label.text for label in finding.related] == ["`WebEip` refers to `WebInstance`."]
