"""A template under construction, and its finished form."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from labspec.diagnostic import Path
from labspec.graph import Body, Declaration, Graph, Node, Stack, references


@dataclass
class Part:
    """A template under construction."""

    name: str
    nodes: list[Node]
    parameters: dict[str, Declaration] = field(default_factory=dict)
    passed: dict[str, Any] = field(default_factory=dict)
    resources: dict[str, Body] = field(default_factory=dict)
    outputs: dict[str, Declaration] = field(default_factory=dict)

    @property
    def id(self) -> str:
        """The logical id of the nested stack in the root."""
        return stack_id(self.name)


def stack_id(name: str) -> str:
    """The logical id of a stack: `data` is `DataStack`."""
    return "".join(word.capitalize() for word in name.split("-")) + "Stack"


def shared_condition(part: Part) -> str | None:
    """The condition of a stack whose every resource has the same one."""
    conditions = {node.body.get("Condition") for node in part.nodes}
    return next(iter(conditions)) if len(conditions) == 1 else None


def conditions_in(value: Any) -> Iterator[str]:
    """The names of the conditions that a piece of a template uses."""
    ahead = [value]
    while ahead:
        value = ahead.pop()
        if isinstance(value, dict):
            if isinstance(value.get("Condition"), str):
                yield value["Condition"]
            if isinstance(value.get("Fn::If"), list):
                yield str(value["Fn::If"][0])
            ahead += value.values()
        elif isinstance(value, list):
            ahead += value


def resource_of(body: Body, after: Sequence[str]) -> Body:
    """A body with its `DependsOn`, in the order in which CloudFormation's documents show the attributes."""
    head: Body = {key: body[key] for key in ("Type", "Condition") if key in body}
    if after:
        head["DependsOn"] = sorted(set(after))
    rest = {key: body[key] for key in sorted(body.keys() - {*head, "Properties"})}
    properties = {"Properties": body["Properties"]} if "Properties" in body else {}
    return head | rest | properties


def after_in(graph: Graph, places: Mapping[str, str]) -> dict[str, dict[str, list[str]]]:
    """For each stack and resource what it must wait for inside its stack, where no reference says so."""
    after: dict[str, dict[str, list[str]]] = {stack: {} for stack in places.values()}
    named: dict[str, set[str]] = {}
    for edge in graph.edges:
        if edge.target not in graph.nodes or places[edge.source] != places[edge.target]:
            continue
        if edge.source not in named:
            named[edge.source] = {target for _, target, _ in references(graph.nodes[edge.source].body)}
        if edge.target not in named[edge.source]:
            after[places[edge.source]].setdefault(edge.source, []).append(edge.target)
    return after


def template_of(
    part: Part, description: str, console: Graph | None, conditions: Body, outputs: Mapping[str, Declaration]
) -> Stack:
    """The finished template. `console` is given for the root alone: only there somebody fills in parameters."""
    template: Body = {"AWSTemplateFormatVersion": "2010-09-09", "Description": description}
    if console and console.interface:
        template["Metadata"] = {"AWS::CloudFormation::Interface": _interface(console)}
    sections = {
        "Parameters": {name: declared.body for name, declared in part.parameters.items()},
        "Rules": console.rules if console else {},
        "Conditions": conditions,
        "Resources": part.resources,
        "Outputs": {name: declared.body for name, declared in outputs.items()},
    }
    template.update({name: section for name, section in sections.items() if section})
    return Stack(part.name, template, _origins(part, outputs), {node.id: node for node in part.nodes})


def _interface(graph: Graph) -> Body:
    return {
        "ParameterGroups": [{"Label": {"default": label}, "Parameters": names} for label, names in graph.interface],
        "ParameterLabels": {name: {"default": label} for name, label in graph.labels.items()},
    }


def _origins(part: Part, outputs: Mapping[str, Declaration]) -> dict[Path, Path]:
    found: dict[Path, Path] = {("Parameters", name): declared.origin for name, declared in part.parameters.items()}
    return found | {("Outputs", name): declared.origin for name, declared in outputs.items()}
