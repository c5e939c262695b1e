"""The text of a template: YAML or JSON to plain data with long intrinsics, and the place of every path in it.

YAML is read from the parser's events, not by a loader: no tag is obeyed that CloudFormation does not know, duplicate
keys are seen, and neither depth nor aliases can exhaust the machine. Plain scalars get YAML 1.1's types, as
CloudFormation gives them, but dates stay text and keys are always the text that was typed.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import yaml
from yaml.constructor import SafeConstructor

from labspec.diagnostic import At, Path, Span
from labspec.template.intrinsics import fits
from labspec.template.tree import MAX_DEPTH, YAML, Node, TemplateError, compose

MAX_VALUES = 500_000
"""More values than a template of one megabyte, CloudFormation's largest, can write out without aliases."""

_TEXT = f"{YAML}str"
_PLAIN = {"", _TEXT, *(f"{YAML}{name}" for name in ("int", "float", "bool", "null", "seq", "map"))}

# The functions that cfn-lint's page of the template language lists, those of the Rules section at the end.
_FUNCTIONS = (
    "And Base64 Cidr Equals FindInMap GetAZs GetAtt GetStackOutput If ImportValue Join Length Not Or Select Split Sub"
    " ToJsonString Transform Contains EachMemberEquals EachMemberIn RefAll ValueOf ValueOfAll"
)
_LONG = {"!Ref": "Ref", "!Condition": "Condition"} | {f"!{name}": f"Fn::{name}" for name in _FUNCTIONS.split()}


@dataclass(frozen=True)
class Template:
    """One template: its file's name, its data with long intrinsics, and its text, from which places are found."""

    file: str
    data: dict[str, Any]
    text: str = field(default="", repr=False)

    def section(self, name: str) -> dict[str, Any]:
        """A section such as `Resources`; nothing where it is missing or empty."""
        body = self.data.get(name)
        if body is None:
            return {}
        if not isinstance(body, dict):
            raise TemplateError(f"`{name}` is not a mapping.", self.span((name,)))
        return body

    def line(self, path: Path) -> tuple[int, int]:
        """The line and column, from 1, of the key (or the list item) at a path, or of what is nearest above it."""
        span = self.span(path)
        return span.line, span.column

    def span(self, path: Path, at: At = "key") -> Span:
        """Where the key or the value at a path stands; where the path leads nowhere, what is nearest above it."""
        key = value = self._tree
        for step in path:
            if value is None or _LONG.get(value.tag) == step:
                continue
            if (found := _child(value, step)) is None:
                break
            key, value = found
        node = key if at == "key" else value
        return node.span(self.file) if node else _start(self.file)

    @cached_property
    def _tree(self) -> Node | None:
        """Composed when the first place is asked for: most templates are never pointed at."""
        try:
            return compose(self.text, self.file)
        except TemplateError:
            return None  # JSON that is no YAML, such as a surrogate pair in a string


def read(text: str, file: str) -> Template:
    """Read a template. Raises `TemplateError` where the text is not one."""
    data = _json(text) if text.lstrip().startswith("{") else None
    if data is None:
        tree = compose(text, file)
        if tree is None or not tree.is_mapping:
            raise TemplateError(
                "A template is a mapping with a section `Resources`.", tree.span(file) if tree else _start(file)
            )
        data = _Reader(file).mapping(tree, 0)
    return Template(file, data, text)


def _start(file: str) -> Span:
    return Span(file, 1, 1, 1, 1)


def _json(text: str) -> dict[str, Any] | None:
    """The data of strict JSON. What is odd about it in any way is left to YAML, which knows where it stands."""
    try:
        data = json.loads(text, object_pairs_hook=_object, parse_constant=_refuse)
    except (ValueError, RecursionError):
        return None
    return data if isinstance(data, dict) and fits(data, MAX_VALUES, MAX_DEPTH) else None


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    body = dict(pairs)
    if len(body) != len(pairs):
        raise ValueError("duplicate key")
    return _normal(body)


def _refuse(constant: str) -> Any:
    raise ValueError(constant)


def _normal(body: dict[str, Any]) -> dict[str, Any]:
    """The same mapping with `Fn::GetAtt` in its one form: [logical id, attribute]."""
    if len(body) != 1 or "Fn::GetAtt" not in body:
        return body
    parts = body["Fn::GetAtt"]
    if isinstance(parts, str):
        parts = parts.split(".", 1)
    elif isinstance(parts, list) and len(parts) > 2 and all(isinstance(part, str) for part in parts):
        parts = [parts[0], ".".join(parts[1:])]
    return {"Fn::GetAtt": parts}


def _child(node: Node, step: str | int) -> tuple[Node, Node] | None:
    """The key and the value of an entry; an item of a list is its own key."""
    if node.is_mapping:
        return next((pair for pair in node.pairs() if pair[0].value == step), None)
    if isinstance(node.value, list) and isinstance(step, int) and 0 <= step < len(node.value):
        return node.value[step], node.value[step]
    return None


class _Reader:
    """Turns nodes into plain data, and counts: aliases can make a small text very large."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.count = 0
        self.types = SafeConstructor()

    def value(self, node: Node, depth: int) -> Any:
        """The data of a node."""
        self.count += 1
        if self.count > MAX_VALUES or depth > MAX_DEPTH:
            raise TemplateError(
                "With its aliases written out, the template is absurdly large or deep.", node.span(self.file)
            )
        if node.tag in _PLAIN:
            return self._plain(node, depth)
        if node.tag not in _LONG:
            raise TemplateError(f"CloudFormation has no tag {node.tag}.", node.span(self.file))
        return _normal({_LONG[node.tag]: self._plain(node, depth)})

    def mapping(self, node: Node, depth: int) -> dict[str, Any]:
        """The data of a mapping. Keys are the text that was typed; `<<` merges, as the AWS command line does it."""
        body: dict[str, Any] = {}
        merged: dict[str, Any] = {}
        for key, value in node.pairs():
            if not isinstance(key.value, str):
                raise TemplateError("A key is text, not a list or a mapping.", key.span(self.file))
            if key.value == "<<" and not key.tag:
                merged |= self._merge(value, depth)
            elif key.value in body:
                raise TemplateError(f"The key `{key.value}` stands twice in one mapping.", key.span(self.file))
            else:
                body[key.value] = self.value(value, depth + 1)
        return _normal(merged | body)

    def _merge(self, node: Node, depth: int) -> dict[str, Any]:
        bodies = self.value(node, depth + 1)
        bodies = bodies if isinstance(bodies, list) else [bodies]
        if not all(isinstance(body, dict) for body in bodies):
            raise TemplateError("`<<` merges a mapping or a list of mappings.", node.span(self.file))
        return {key: value for body in reversed(bodies) for key, value in body.items()}

    def _plain(self, node: Node, depth: int) -> Any:
        if node.is_mapping:
            return self.mapping(node, depth)
        if isinstance(node.value, list):
            return [self.value(item, depth + 1) for item in node.value]
        return node.value if node.tag.startswith("!") else self._scalar(node.value, node.tag)

    def _scalar(self, text: str, tag: str) -> Any:
        tag = tag or _implicit(text)
        if tag == _TEXT:
            return text
        node = yaml.ScalarNode(tag, text)
        try:
            match tag.removeprefix(YAML):
                case "int":
                    return self.types.construct_yaml_int(node)
                case "float":
                    return self.types.construct_yaml_float(node)
                case "bool":
                    return self.types.construct_yaml_bool(node)
                case "null":
                    return None
        except (ValueError, KeyError):
            return text  # it only looks like a number: thousands of digits, or `0b_`
        return text


def _implicit(text: str) -> str:
    """The tag that YAML 1.1 gives a plain scalar."""
    for tag, pattern in yaml.SafeLoader.yaml_implicit_resolvers.get(text[:1], ()):
        if pattern.match(text):
            return str(tag)
    return _TEXT
