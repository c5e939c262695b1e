"""The graph of plain resource bodies that emitters build and the layout cuts into stacks.

The graph's shape does not know stacks. References between resources are `{"Ref": id}` and
`{"Fn::GetAtt": [id, attribute]}` inside bodies; what references cannot show (order) is stated as edges.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from labspec.diagnostic import Label, Path

Body = dict[str, Any]
"""A piece of a CloudFormation template: JSON data with long intrinsics (`Ref`, `Fn::GetAtt`, `Fn::Sub`, ...)."""

ROOT_STACK_NAME = "Labspec::RootStackName"
"""`{"Ref": ROOT_STACK_NAME}` is the root stack's name, in whichever stack the layout puts the reference."""

TEMPLATE_BUCKET, TEMPLATE_FOLDER = "TemplateBucket", "TemplateFolder"
LOCATION: Mapping[str, Body] = {
    TEMPLATE_BUCKET: {
        "Type": "String",
        "Description": "A bucket in this region that holds what was built beside this template; build prints how",
        "AllowedPattern": r"[a-z0-9]+((-+|\.)[a-z0-9]+)*",
        "MaxLength": 63,
        "ConstraintDescription": "The name of a bucket: 3 to 63 lower-case letters, digits, dots and dashes.",
    },
    TEMPLATE_FOLDER: {
        "Type": "String",
        "Default": "labspec",
        "Description": "The folder in that bucket",
        "AllowedPattern": "[A-Za-z0-9_-]+(/[A-Za-z0-9_-]+)*",
        "ConstraintDescription": "Letters, digits, dashes and single slashes between.",
    },
}
"""The parameters of the root that say where nested templates, and files that a stack fetches, are found."""
LOCATION_GROUP = (
    "Templates",
    {TEMPLATE_BUCKET: "Bucket of the templates", TEMPLATE_FOLDER: "Folder of the templates"},
)
"""Their group in the console, and their labels."""


@dataclass(frozen=True, slots=True)
class Node:
    """One resource: its logical id, its body (`Type`, `Properties`, ...), and where it came from.

    `section`, `member` and `role` say which part of the spec it belongs to (the layout places by them). `origin` is
    the spec path that caused the resource; `origins` maps property paths (`("Properties", "CidrBlock")`) to the spec
    paths that caused them, longest prefix first.
    """

    id: str
    body: Body
    section: str
    member: str
    role: str
    origin: Path
    origins: Mapping[Path, Path] = field(default_factory=dict)

    @property
    def type(self) -> str:
        """The CloudFormation type, such as `AWS::EC2::VPC`."""
        return str(self.body["Type"])

    def origin_of(self, place: Path) -> Path:
        """The spec path behind a place in the body: the longest recorded prefix, or the resource's own origin."""
        for end in range(len(place), 0, -1):
            if (found := self.origins.get(place[:end])) is not None:
                return found
        return self.origin


class Edge(NamedTuple):
    """`source` is created after `target`. `why` is for people."""

    source: str
    target: str
    why: str
    origin: Path = ()


def needed(source: Node, names: tuple[str, str], said: Path | Edge) -> Label:
    """Where a resource says that it needs another, and how, by their names: at a place in its body, or by an edge."""
    if isinstance(said, Edge):
        own = said.origin[: len(source.origin)] == source.origin
        path, text = said.origin if own else source.origin, f"`{names[0]}` waits for `{names[1]}`: {said.why}."
    else:
        path, text = source.origin_of(said), f"`{names[0]}` refers to `{names[1]}`."
    return Label(text, path, "key" if path == source.origin else "value")


class Declaration(NamedTuple):
    """A parameter, condition or output of the whole, with the spec path that caused it."""

    body: Any
    origin: Path = ()


@dataclass
class Graph:
    """What the emitters made. Grows while they work; the layout only reads it."""

    name: str
    description: str
    nodes: dict[str, Node] = field(default_factory=dict)
    edges: list[Edge] = field(default_factory=list)
    parameters: dict[str, Declaration] = field(default_factory=dict)
    conditions: dict[str, Declaration] = field(default_factory=dict)
    outputs: dict[str, Declaration] = field(default_factory=dict)
    interface: list[tuple[str, list[str]]] = field(default_factory=list)
    """Parameter groups of the console, in order: (label, parameter names)."""
    labels: dict[str, str] = field(default_factory=dict)
    """Labels of parameters in the console."""
    rules: dict[str, Body] = field(default_factory=dict)
    assets: dict[str, bytes] = field(default_factory=dict)
    """Files that resources fetch from the bucket of the templates, by their names there."""


class Stack(NamedTuple):
    """One template. `name` is the file's stem: `root`, `network`, ... or `flat`.

    `template` is the whole body in the order in which it is written. `origins` gives the spec path that caused a
    parameter or an output (`("Outputs", name)`); the `nodes` of its resources, by logical id, know theirs.
    """

    name: str
    template: Body
    origins: Mapping[Path, Path]
    nodes: Mapping[str, Node]

    def origin_of(self, place: Path) -> Path:
        """The spec path behind a place in the template: what is known of the place itself, or the whole spec."""
        if place[:1] != ("Resources",):
            return self.origins.get(place[:2], ())
        node = self.nodes.get(str(place[1])) if len(place) > 1 else None
        return node.origin_of(place[2:]) if node else ()


def references(value: Any, place: Path = ()) -> Iterator[tuple[Path, str, str | None]]:
    """Every reference inside a body: its place, the name it refers to, and the attribute (None for `Ref`)."""
    if isinstance(value, dict):
        if len(value) == 1:
            (key, inner), *_ = value.items()
            if key == "Ref" and isinstance(inner, str):
                yield place, inner, None
                return
            if key == "Fn::GetAtt" and isinstance(inner, list) and inner:
                yield place, str(inner[0]), ".".join(str(part) for part in inner[1:])
                return
        for key, inner in value.items():
            yield from references(inner, (*place, key))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from references(inner, (*place, index))


def rewrite(value: Any, change: Callable[[Body], Any]) -> Any:
    """A body in which every `Ref` and `Fn::GetAtt` has been handed to `change` and replaced by its answer.

    It is a copy, but for the pieces in which nothing changed.
    """
    if isinstance(value, dict):
        if len(value) == 1 and ("Ref" in value or "Fn::GetAtt" in value):
            return change(value)
        entries = {key: rewrite(inner, change) for key, inner in value.items()}
        return value if all(entries[key] is inner for key, inner in value.items()) else entries
    if isinstance(value, list):
        items = [rewrite(inner, change) for inner in value]
        return value if all(item is inner for item, inner in zip(items, value, strict=True)) else items
    return value
