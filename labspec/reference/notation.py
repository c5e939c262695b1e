"""What a field takes, in words, from what pydantic and the words of the language say of it as JSON schema."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from labspec.model.grammar import SECTIONS
from labspec.reference.parts import sections
from labspec.wording import series

Node = dict[str, Any]


def notation(node: Node, link: Callable[[str], str]) -> str:
    """The notation of a field in words. `link` names a class of the language."""
    if "$ref" in node:
        return link(class_named(node))
    if "enum" in node:
        return series([f"`{option}`" for option in node["enum"]], "or")
    if (body := body_of(node)) is not None:
        return f"{node['description']}, or its body ({link(body)})"
    if "description" in node:
        return str(node["description"])
    if alternatives := said(node):
        return series([notation(alternative, link) for alternative in alternatives], "or")
    if node.get("type") == "array":
        several = "a list of one or more" if node.get("minItems") else "a list"
        return f"{notation(without_body(node['items']), link)}; or {several}"
    if (inner := values(node)) is not None:
        key = node.get("propertyNames", {}).get("description", "a name")
        return f"a map from {key} to {notation(inner, link)}"
    return "CloudFormation's own mapping" if node.get("type") == "object" else "anything"


def said(node: Node) -> list[Node]:
    """The alternatives of a node, without the null that stands for a default."""
    return [alternative for alternative in node.get("anyOf", []) if alternative != {"type": "null"}]


def values(node: Node) -> Node | None:
    """What stands behind the keys of a mapping; None where a node is none, or holds anything."""
    for inner in node.get("patternProperties", {}).values():
        return dict(inner)
    inner = node.get("additionalProperties")
    return inner if isinstance(inner, dict) else None


def body_of(node: Node) -> str | None:
    """The class whose body can stand in the place of a member's name; None where only a name can."""
    named = node.get("sections", ())
    part = sections()[named[0]] if len(named) == 1 and named[0] in SECTIONS else None
    return part.__name__ if part else None


def without_body(node: Node) -> Node:
    """The same for a name in a list or in short: there a mapping is something else."""
    return {key: value for key, value in node.items() if key != "sections"}


def class_named(node: Node) -> str:
    """The name of the class that a node refers to."""
    return str(node["$ref"]).rpartition("/")[2]
