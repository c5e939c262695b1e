"""CloudFormation that the user wrote: its references made visible, and held against what there is.

Raw resources and overrides are checked when the graph is whole, since they may name anything in it. What is checked is
what the layout relies on: the form of references, and that they lead somewhere. The rest is the linters' to judge.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from labspec.diagnostic import Diagnostic, Path, Rule
from labspec.emit.substitution import Variables
from labspec.graph import ROOT_STACK_NAME, Body, Edge, Graph, Node, references
from labspec.nearest import did_you_mean, nearest

UNKNOWN_REFERENCE = Rule(
    "LS405",
    "unknown-reference",
    "`Ref`, `Fn::GetAtt`, `Fn::Sub` or `DependsOn` names nothing that there is.",
    "In `resources` and `override`, CloudFormation's own references name parameters, raw resources and the logical ids"
    " of what members become, such as `WebVpc`. `${{ vpcs.web.id }}` says the same in the spec's words.",
    "resources:\n  Topic: {Type: AWS::SNS::Topic, Properties: {DisplayName: !Ref Nmae}}",
    "parameters: {Name: ...}\nresources:\n  Topic: {Type: AWS::SNS::Topic, Properties: {DisplayName: !Ref Name}}",
)
MALFORMED = Rule(
    "LS406",
    "malformed-cloudformation",
    "A resource or a reference does not have CloudFormation's form.",
    "A resource has a type, and waits for others by their names. `Ref` takes a name, `Fn::GetAtt` a name and an"
    " attribute, `Fn::Sub` a text, or a text and a mapping of what it names.",
    "resources:\n  Topic: {Type: AWS::SNS::Topic, Properties: {DisplayName: !GetAtt Queue}}",
    "resources:\n  Topic: {Type: AWS::SNS::Topic, Properties: {DisplayName: !GetAtt Queue.QueueName}}",
)

VARIABLE = re.compile(r"\$\{([A-Za-z0-9]+)((?:\.[A-Za-z0-9]+)*)\}")
SPELLING = re.compile(r"\$\{(?!!)([^}]*)(\}?)")
NAMED = re.compile(r"[A-Za-z0-9:._]+\Z")
TYPE = re.compile(r"[A-Za-z0-9]+(::[A-Za-z0-9@_-]+)+\Z")
PSEUDO = {
    f"AWS::{name}"
    for name in ("AccountId", "NotificationARNs", "NoValue", "Partition", "Region", "StackId", "StackName", "URLSuffix")
}
"""CloudFormation's own parameters (`Pseudo parameters reference`)."""
DEPENDS: Path = ("DependsOn",)
ATTRIBUTES: Mapping[str, tuple[type, str]] = {
    "Condition": (str, "the name of a condition"),
    "DependsOn": (str, "names of resources"),
    **dict.fromkeys(("Properties", "Metadata", "CreationPolicy", "UpdatePolicy"), (dict, "a mapping")),
}
"""What the attributes of a resource have to be (`Resource attribute reference`)."""
SAID = "it says so"
"""Why a resource waits for another where the user wrote `DependsOn`."""


# ------------------------------------------------------------------ references made visible


def visible(value: Any) -> Any:
    """A body whose references stand where they can be followed: in lists and maps, not in texts."""
    if isinstance(value, list):
        return [visible(inner) for inner in value]
    if not isinstance(value, dict):
        return value
    if list(value) == ["Fn::Sub"]:
        return _substitution(value["Fn::Sub"])
    if list(value) == ["Fn::GetAtt"] and isinstance(value["Fn::GetAtt"], str):
        return {"Fn::GetAtt": value["Fn::GetAtt"].split(".", 1)}
    return {key: visible(inner) for key, inner in value.items()}


def _substitution(written: Any) -> Body:
    template, given = written if isinstance(written, list) and len(written) == 2 else (written, {})
    if not isinstance(template, str) or not isinstance(given, dict):
        return {"Fn::Sub": visible(written)}
    variables = Variables({name: visible(inner) for name, inner in given.items()})

    def moved(match: re.Match[str]) -> str:
        name, attribute = match[1], match[2].removeprefix(".")
        if match[0][2:-1] in given:
            return match[0]
        value = {"Fn::GetAtt": [name, attribute]} if attribute else {"Ref": name}
        return "${" + variables.name(value, name + attribute.replace(".", "")) + "}"

    template = VARIABLE.sub(moved, template)
    return {"Fn::Sub": [template, variables.values] if variables.values else template}


def places_in(value: Any, place: Path = ()) -> Iterator[Path]:
    """Every place inside a body."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, child in inner:
        yield (*place, key)
        yield from places_in(child, (*place, key))


# ------------------------------------------------------------------ order


def orders(graph: Graph) -> Iterator[Diagnostic]:
    """Turn every `DependsOn` into edges, which hold in both layouts; one that names nothing is a diagnostic."""
    _release(graph)
    for node in graph.nodes.values():
        depends = node.body.get("DependsOn")
        listed = [depends] if isinstance(depends, str) else depends
        if not isinstance(listed, list) or not all(isinstance(name, str) for name in listed):
            continue  # the form is wrong, or there is nothing
        del node.body["DependsOn"]
        for index, name in enumerate(listed):
            said = node.origin_of(DEPENDS)
            origin = said if isinstance(depends, str) else (*said, index)
            if name not in graph.nodes:
                yield _unknown(name, origin, set(graph.nodes), "resource")
            elif name == node.id:
                yield Diagnostic(MALFORMED, f"`{name}` cannot wait for itself.", origin)
            else:
                graph.edges.append(Edge(node.id, name, SAID, origin))


def _release(graph: Graph) -> None:
    """Take away the order of resources whose `DependsOn` an override removes: it was spoken of, and is not there."""
    free = {node.id for node in graph.nodes.values() if DEPENDS in node.origins and "DependsOn" not in node.body}
    if free:
        graph.edges[:] = [edge for edge in graph.edges if edge.source not in free]


# ------------------------------------------------------------------ what leads nowhere


def unknown_references(graph: Graph) -> Iterator[Diagnostic]:
    """References that lead nowhere, at their lines."""
    known = {*graph.nodes, *graph.parameters}
    for node in graph.nodes.values():
        for place, target, _ in references(node.body):
            if target not in known and target not in PSEUDO and target != ROOT_STACK_NAME:
                among = PSEUDO if target.startswith("AWS::") else known
                yield _unknown(target, node.origin_of(place), among, "parameter and no resource")


def _unknown(target: str, path: Path, known: set[str], what: str) -> Diagnostic:
    return Diagnostic(UNKNOWN_REFERENCE, f"There is no {what} `{target}`.", path, help=did_you_mean(target, known))


# ------------------------------------------------------------------ what has not its form


def malformed(graph: Graph) -> Iterator[Diagnostic]:
    """Resources and references without the form that the layout relies on."""
    for node in graph.nodes.values():
        yield from _resource(node)
        for place, message, help_ in _misformed(node.body, ()):
            yield Diagnostic(MALFORMED, message, node.origin_of(place), help=help_)


def _resource(node: Node) -> Iterator[Diagnostic]:
    kind = node.body.get("Type")
    if not isinstance(kind, str) or not TYPE.match(kind):
        message = f"`{node.id}` has no type." if kind is None else "This is no type of a resource."
        at: Path = ("Type",) if kind is not None else ()
        near = nearest("Type", node.body) if kind is None else None
        help_ = f"Write `Type` in place of `{near}`." if near else "Write it as `Type: AWS::SNS::Topic`."
        yield Diagnostic(MALFORMED, message, node.origin_of(at), help=help_)
    for attribute, (form, takes) in ATTRIBUTES.items():
        if attribute in node.body and not isinstance(node.body[attribute], form):
            yield Diagnostic(MALFORMED, f"`{attribute}` takes {takes}.", node.origin_of((attribute,)))


def _misformed(value: Any, place: Path) -> Iterator[tuple[Path, str, str]]:
    """References without their form: where, what is wrong, what helps."""
    if isinstance(value, dict):
        for key, inner in value.items():
            if key in FORMS and (wrong := FORMS[key](inner) if len(value) == 1 else _beside(key)):
                yield (*place, key), *wrong
            yield from _misformed(inner, (*place, key))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from _misformed(inner, (*place, index))


def _beside(key: str) -> tuple[str, str] | None:
    """What is wrong with a function among other keys. `Ref` may be a key of anything."""
    return None if key == "Ref" else (f"`{key}` stands beside other keys.", "A function is all that its mapping says.")


def _ref(value: Any) -> tuple[str, str] | None:
    return None if isinstance(value, str) else ("`Ref` takes a name.", "")


def _get_att(value: Any) -> tuple[str, str] | None:
    if isinstance(value, list) and len(value) >= 2 and all(isinstance(part, str) and part for part in value):
        return None
    return "`Fn::GetAtt` takes a name and an attribute.", "Write it as `!GetAtt WebVpc.CidrBlock`."


def _sub(value: Any) -> tuple[str, str] | None:
    forms = [type(inner) for inner in value] if isinstance(value, list) else [str, dict]
    text = value[0] if isinstance(value, list) and value else value
    if not isinstance(text, str) or forms != [str, dict]:
        return "`Fn::Sub` takes a text, or a text and a mapping.", "Write it as `!Sub ['${A}', {A: ...}]`."
    for match in SPELLING.finditer(text):
        if not match[2] or not NAMED.match(match[1]):
            return f"`{match[0]}` is no name in a substitution.", f"For the text itself, write `${{!{match[1]}}}`."
    return None


def _if(value: Any) -> tuple[str, str] | None:
    if isinstance(value, list) and len(value) == 3 and isinstance(value[0], str):
        return None
    return "`Fn::If` takes a condition and two values.", ""


FORMS = {"Ref": _ref, "Fn::GetAtt": _get_att, "Fn::Sub": _sub, "Fn::If": _if}
"""What each reference's form is held against."""
