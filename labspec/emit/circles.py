"""Resources that need one another in a circle: none of them could be created first.

What a resource needs is told by its references, and by the order that is stated beside them. It is looked for in the
whole graph, before there are stacks: a circle is one in every layout.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise

from labspec.diagnostic import Diagnostic, Label, Path, Rule
from labspec.graph import Edge, Graph, needed, references

CIRCLE = Rule(
    "LS408",
    "resources-in-a-circle",
    "Resources need one another in a circle.",
    "CloudFormation creates a resource after all that it refers to, and all that it waits for (`DependsOn attribute`):"
    " of those that need one another, none can be the first.",
    "instances: {web: {image: golden, ...}}\nimages: {golden: {from: web}}",
    "instances: {first: {...}, web: {image: golden, ...}}\nimages: {golden: {from: first}}",
)

MOST = 10
"""So many steps of a circle are shown."""

Needs = Mapping[str, Mapping[str, Path | Edge]]
"""What each resource needs: by the place of a reference in its body, or by an edge."""


def circles(graph: Graph) -> Iterator[Diagnostic]:
    """A circle of each set of resources that need one another, with every step of it."""
    needs = _needs(graph)
    for knot in _knots(needs):
        yield _told(graph, needs, _shortest(needs, knot))


def _needs(graph: Graph) -> Needs:
    needs: dict[str, dict[str, Path | Edge]] = {
        node.id: {target: place for place, target, _ in references(node.body) if target in graph.nodes}
        for node in graph.nodes.values()
    }
    for edge in graph.edges:
        if edge.target in graph.nodes:
            needs[edge.source].setdefault(edge.target, edge)
    return needs


# ------------------------------------------------------------------ what is told


def _told(graph: Graph, needs: Needs, circle: list[str]) -> Diagnostic:
    names = _names(graph, circle)
    steps = [_step(graph, names, one, other, needs[one][other]) for one, other in pairwise(circle)]
    labels = tuple(label for label in steps if label is not None)[:MOST]
    shown = [f"`{names[one]}`" for before, one in pairwise(["", *circle]) if names[one] != names.get(before)]
    if len(shown) > MOST:
        shown[MOST - 1 : -1] = [f"{len(shown) - MOST} more"]
    message = f"Resources need one another in a circle: {' -> '.join(shown)}."
    if len(circle) == 2:
        message = f"`{circle[0]}` needs itself."
    help_ = "Take one of these references away, so that one of the resources can be the first."
    return Diagnostic(CIRCLE, message, labels[0].path, labels[0].at, related=labels[1:], help=help_)


def _names(graph: Graph, circle: Iterable[str]) -> dict[str, str]:
    """What people call the resources of a circle: by their members, or by their ids inside one member."""
    nodes = [graph.nodes[identity] for identity in circle]
    members = {node.origin: node.member for node in nodes}
    if len(members) == 1:
        return {node.id: node.id for node in nodes}
    if len(set(members.values())) == len(members):
        return {node.id: node.member for node in nodes}
    return {node.id: ".".join(str(step) for step in node.origin[-2:]) for node in nodes}


def _step(graph: Graph, names: Mapping[str, str], one: str, other: str, said: Path | Edge) -> Label | None:
    """Where a resource says that it needs another; None inside one member, which is not the user's to change."""
    source = graph.nodes[one]
    label = needed(source, (names[one], names[other]), said)
    inside = one != other and names[one] == names[other]
    return None if inside and label.path == source.origin else label


# ------------------------------------------------------------------ circles in what needs what


def _knots(needs: Needs) -> Iterator[list[str]]:
    """Sets of resources that all need one another, in linear time (Kosaraju's strongly connected components)."""
    needed_by: dict[str, list[str]] = {one: [] for one in needs}
    for one, others in needs.items():
        for other in others:
            needed_by[other].append(one)
    met: set[str] = set()
    order = [one for start in needs for one in _walk(needs, start, met)]
    met = set()
    for start in reversed(order):
        knot = list(_walk(needed_by, start, met))
        if len(knot) > 1 or (knot and start in needs[start]):
            yield knot


def _walk(ways: Mapping[str, Iterable[str]], start: str, met: set[str]) -> Iterator[str]:
    """What is reached from a place and not met yet, each after all that is reached from it; the place itself last."""
    path = [(start, iter(ways[start]))] if start not in met else []
    met.add(start)
    while path:
        one, ahead = path[-1]
        other = next((other for other in ahead if other not in met), None)
        if other is None:
            path.pop()
            yield one
        else:
            met.add(other)
            path.append((other, iter(ways[other])))


def _shortest(needs: Needs, knot: Sequence[str]) -> list[str]:
    """The shortest way of one of them back to itself."""
    members, start = set(knot), knot[-1]
    before: dict[str, str] = {}
    ahead = deque([start])
    while start not in before:
        one = ahead.popleft()
        for other in needs[one]:
            if other in members and other not in before:
                before[other] = one
                ahead.append(other)
    way = [start, before[start]]
    while way[-1] != start:
        way.append(before[way[-1]])
    return way[::-1]
