"""Stacks to text: readable YAML with short intrinsics, or JSON. The same stack gives the same bytes everywhere."""

from __future__ import annotations

import json
import re
from typing import Any

import yaml

from labspec.graph import Stack

STR, INT, FLOAT, BOOL, NULL = (f"tag:yaml.org,2002:{name}" for name in ("str", "int", "float", "bool", "null"))
NUMBER_LIKE = re.compile(r"[-+.]?[0-9][0-9_.eExo+-]*\Z")
"""Text that some reader of YAML would take for a number: `089`, `1e3`, `0o17`. It is quoted, so that none does."""
MAP, SEQ = "tag:yaml.org,2002:map", "tag:yaml.org,2002:seq"


def to_yaml(stack: Stack) -> str:
    """The template as YAML."""
    text: str = yaml.serialize(_node(stack.template), Dumper=yaml.CDumper, width=2**20, allow_unicode=False)
    return text


def to_json(stack: Stack) -> str:
    """The template as JSON."""
    return json.dumps(stack.template, indent=2) + "\n"


def _node(value: Any) -> yaml.Node:
    if isinstance(value, dict):
        return _short(value) or yaml.MappingNode(
            MAP, [(_scalar(key), _node(inner)) for key, inner in value.items()], flow_style=False
        )
    if isinstance(value, list):
        return yaml.SequenceNode(SEQ, [_node(inner) for inner in value], flow_style=_fits_a_line(value))
    return _scalar(value)


def _fits_a_line(value: list[Any]) -> bool:
    """Short lists of words stand on one line."""
    return (
        all(isinstance(item, (str, int)) and "\n" not in str(item) for item in value)
        and sum(len(str(item)) for item in value) < 60
    )


def _scalar(value: Any) -> yaml.ScalarNode:
    if isinstance(value, bool):
        return yaml.ScalarNode(BOOL, "true" if value else "false")
    if value is None:
        return yaml.ScalarNode(NULL, "null")
    if isinstance(value, (int, float)):
        return yaml.ScalarNode(INT if isinstance(value, int) else FLOAT, repr(value))
    return yaml.ScalarNode(STR, value, style="|" if "\n" in value else "'" if NUMBER_LIKE.match(value) else None)


def _short(value: dict[str, Any]) -> yaml.Node | None:
    """The short form of an intrinsic; None where there is none, as for one right inside another."""
    if len(value) != 1:
        return None
    ((name, inner),) = value.items()
    if name in ("Ref", "Condition") and isinstance(inner, str):
        return yaml.ScalarNode(f"!{name}", inner)
    if not name.startswith("Fn::"):
        return None
    tag = "!" + name.removeprefix("Fn::")
    if name == "Fn::GetAtt" and isinstance(inner, list) and all(isinstance(part, str) for part in inner):
        return yaml.ScalarNode(tag, ".".join(inner))
    node = _node(inner)
    if node.tag not in (STR, SEQ, MAP):
        return None
    node.tag = tag
    return node
