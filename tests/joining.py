"""Stacks joined back into one graph, in a form in which it does not matter how they were cut."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from labspec.compiler import Build
from labspec.template import Condition, Joined, Resource, read_directory

VARIABLE = re.compile(r"\$\{([^!}][^}]*)\}")
OF_ONE_STACK = {"Labspec::StackName": "AWS::StackName", "Labspec::StackId": "AWS::StackId"}


@dataclass(frozen=True, slots=True)
class Thing:
    """A resource with logical ids in place of addresses. `properties` and `attributes` are plain data."""

    id: str
    type: str
    properties: dict[str, Any]
    attributes: dict[str, Any]
    condition: Condition


def joined_of(build: Build, parameters: Mapping[str, Any] | None = None) -> Joined:
    """The templates of a build, joined. Everything in them can be followed, but what an output that is absent, where
    these parameters are given, would have named."""
    assert not build.failed, [diagnostic.message for diagnostic in build.diagnostics]
    templates = {name: text for name, text in build.files.items() if name != "manifest.json"}
    joined = read_directory(templates, f"{build.stacks[0].name}.yaml", parameters=parameters)
    absent = {("Outputs", name) for name, output in joined.outputs.items() if output.condition is False}
    assert [note for note in joined.unresolved if note.path[:2] not in absent] == []
    return joined


def things(joined: Joined) -> dict[str, Thing]:
    """Every resource by its logical id, however the stacks were cut."""
    found = {resource.id: _thing(resource) for resource in joined.resources.values()}
    assert len(found) == len(joined.resources), "two resources have one logical id"
    return found


def outputs(joined: Joined) -> dict[str, tuple[Any, Condition]]:
    """The outputs of the root: value and condition."""
    return {name: (plain(output.value), plain(output.condition)) for name, output in joined.outputs.items()}


def order(joined: Joined) -> dict[str, frozenset[str]]:
    """What is certainly created before each resource, by logical ids."""
    return {resource.id: frozenset(map(_id, joined.after(address))) for address, resource in joined.resources.items()}


def _thing(resource: Resource) -> Thing:
    properties, attributes = (plain(part, resource.stack) for part in (resource.properties, resource.attributes))
    return Thing(resource.id, resource.type, properties, attributes, plain(resource.condition))


def _id(address: str) -> str:
    return address.rpartition(".")[2]


def plain(value: Any, stack: str = "") -> Any:
    """A value with logical ids in place of addresses; what is said of the resource's own `stack` names no stack.

    A substitution becomes the list of its texts and values, since its variables' names are of no account.
    """
    match value:
        case {"Ref": str(name), **others} if not others:
            return {"Ref": _id(name)}
        case {"Fn::GetAtt": [str(name), attribute]}:
            return {"Fn::GetAtt": [_id(name), attribute]}
        case {"Fn::Sub": [str(text), dict(values)]}:
            pieces = [plain(values[piece], stack) if i % 2 else piece for i, piece in enumerate(VARIABLE.split(text))]
            return {"Fn::Sub": [piece for piece in pieces if piece != ""]}
        case {"Labspec::StackName": own} | {"Labspec::StackId": own} if own == stack:
            (name,) = value
            return {"Ref": OF_ONE_STACK[name]}
        case dict():
            return {key: plain(inner, stack) for key, inner in value.items()}
        case list():
            return [plain(inner, stack) for inner in value]
    return value
