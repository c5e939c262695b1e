"""References to what may not be there.

A resource that refers to a conditional one must not fail while that one is absent. Where the reference is one item of a
list, the item goes with it; an output goes as a whole; anything else is an error, shown at both members.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from labspec.diagnostic import Diagnostic, Label, Path, Rule
from labspec.graph import Body, Declaration, Graph, Node, references

CONDITIONAL = Rule(
    "LS404",
    "needs-what-may-be-absent",
    "A member always needs another that is there only sometimes.",
    "A member with `when` is absent while its parameter is off. What names it must be absent then, too.",
    "vpcs: {web: {when: WithNetwork, ...}}\ninstances: {server: {...}}",
    "vpcs: {web: {when: WithNetwork, ...}}\ninstances: {server: {when: WithNetwork, ...}}",
)
NOTHING = {"Ref": "AWS::NoValue"}
MAY_SHRINK = {
    "Groups",
    "NotificationConfigurations",
    "SecurityGroupIds",
    "SecurityGroups",
    "TargetGroupARNs",
    "Targets",
    "VPCSecurityGroups",
}
"""Lists that mean the same with an item less, also where it was the last one."""


def guard(graph: Graph) -> Iterator[Diagnostic]:
    """Make every reference to a conditional resource safe, in place; what cannot be made safe is a diagnostic."""
    conditions = {node.id: str(node.body["Condition"]) for node in graph.nodes.values() if "Condition" in node.body}
    if not conditions:
        return
    for node in graph.nodes.values():
        for place, target, _ in list(references(node.body)):
            condition = conditions.get(target)
            if condition and condition != node.body.get("Condition") and not _guarded(node.body, place, condition):
                yield from _guard(graph, node, place, target, condition)
    for name, output in graph.outputs.items():
        needed = sorted({conditions[target] for _, target, _ in references(output.body) if target in conditions})
        if needed:
            body = {"Condition": _all(graph, needed), **output.body}
            graph.outputs[name] = Declaration(body, output.origin)


def _all(graph: Graph, names: list[str]) -> str:
    """The name of the condition under which all of these hold."""
    name = "And".join(names)
    if len(names) > 1 and name not in graph.conditions:
        parts = [graph.conditions[part] for part in names]
        body = {"Fn::And": [part.body for part in parts]}
        graph.conditions[name] = Declaration(body, parts[0].origin)
    return name


def _guarded(body: Body, place: Path, condition: str) -> bool:
    """Whether an `Fn::If` of this condition stands above a place."""
    value: Any = body
    for step in place:
        if isinstance(value, dict) and isinstance(value.get("Fn::If"), list) and value["Fn::If"][0] == condition:
            return True
        value = value[step]
    return False


def _guard(graph: Graph, node: Node, place: Path, target: str, condition: str) -> Iterator[Diagnostic]:
    for end in range(len(place) - 1, 1, -1):
        above = _at(node.body, place[:end])
        if isinstance(above, list) and place[end - 1] in MAY_SHRINK:
            index = place[end]
            assert isinstance(index, int)
            above[index] = {"Fn::If": [condition, above[index], NOTHING]}
            return
    other = graph.nodes[target]
    message = f"`{node.member}` always needs `{other.member}`, which is there only sometimes."
    label = Label("It is there only when this holds.", (*other.origin, "when"))
    help_ = f"Give `{node.member}` the same `when`."
    yield Diagnostic(CONDITIONAL, message, node.origin_of(place), related=(label,), help=help_)


def _at(value: Any, place: Path) -> Any:
    for step in place:
        value = value[step]
    return value
