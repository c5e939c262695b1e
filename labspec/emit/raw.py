"""CloudFormation that the user wrote: its references made visible, and held against what there is."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from labspec.diagnostic import Diagnostic, Path, Rule
from labspec.graph import ROOT_STACK_NAME, Body, Graph, references
from labspec.nearest import did_you_mean

UNKNOWN_REFERENCE = Rule(
    "LS405",
    "unknown-reference",
    "`Ref`, `Fn::GetAtt`, `Fn::Sub` or `DependsOn` names nothing that there is.",
    "In `resources` and `override`, CloudFormation's own references name parameters, raw resources and the logical ids"
    " of what members become, such as `WebVpc`. `${{ vpcs.web.id }}` says the same in the spec's words.",
    "resources:\n  Topic: {Type: AWS::SNS::Topic, Properties: {DisplayName: !Ref Nmae}}",
    "parameters: {Name: ...}\nresources:\n  Topic: {Type: AWS::SNS::Topic, Properties: {DisplayName: !Ref Name}}",
)
VARIABLE = re.compile(r"\$\{([A-Za-z0-9]+)((?:\.[A-Za-z0-9]+)*)\}")


def visible(value: Any) -> Any:
    """A body whose substitutions name resources in their map of variables only, where they can be followed."""
    if isinstance(value, list):
        return [visible(inner) for inner in value]
    if not isinstance(value, dict):
        return value
    if list(value) == ["Fn::Sub"]:
        return _substitution(value["Fn::Sub"])
    return {key: visible(inner) for key, inner in value.items()}


def _substitution(written: Any) -> Body:
    template, given = written if isinstance(written, list) and len(written) == 2 else (written, {})
    if not isinstance(template, str) or not isinstance(given, dict):
        return {"Fn::Sub": visible(written)}
    variables = {name: visible(inner) for name, inner in given.items()}

    def moved(match: re.Match[str]) -> str:
        name, attribute = match[1], match[2].removeprefix(".")
        if not attribute and name in given:
            return match[0]
        variable = name + attribute.replace(".", "")
        meant = {"Fn::GetAtt": [name, attribute]} if attribute else {"Ref": name}
        while variables.get(variable, meant) != meant:
            variable += "Value"
        variables[variable] = meant
        return "${" + variable + "}"

    template = VARIABLE.sub(moved, template)
    return {"Fn::Sub": [template, variables] if variables else template}


def waited_for(body: Body) -> list[str]:
    """What a raw resource says that it depends on."""
    depends = body.get("DependsOn", [])
    return [depends] if isinstance(depends, str) else list(depends)


def unknown_references(graph: Graph) -> Iterator[Diagnostic]:
    """References that lead nowhere, at their lines."""
    known = {*graph.nodes, *graph.parameters, ROOT_STACK_NAME}
    for node in graph.nodes.values():
        for place, target, _ in references(node.body):
            if target not in known and not target.startswith("AWS::"):
                yield _unknown(target, node.origin_of(place), known)
    for edge in graph.edges:
        if edge.target not in known and edge.source in graph.nodes and graph.nodes[edge.source].section == "resources":
            yield _unknown(edge.target, edge.origin, known)


def _unknown(target: str, path: Path, known: set[str]) -> Diagnostic:
    message = f"There is no parameter and no resource `{target}`."
    return Diagnostic(UNKNOWN_REFERENCE, message, path, help=did_you_mean(target, known))
