"""Stacks to text: readable YAML with short intrinsics, or JSON. The same stack gives the same bytes everywhere.

Specs to text, too, with notes beside their keys: that is for people, so every scalar is written as they typed it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

import yaml
from yaml.resolver import Resolver

from labspec.diagnostic import Path
from labspec.graph import Body
from labspec.scalar import Scalar

STR, INT, FLOAT, BOOL, NULL = (f"tag:yaml.org,2002:{name}" for name in ("str", "int", "float", "bool", "null"))
NUMBER_LIKE = re.compile(r"[-+]?\.?[0-9][0-9_.eExo+-]*\Z")
"""Text that some reader of YAML would take for a number: `1e3`, `-.5`, `0o17`. It is quoted, so that none does."""
LONG_ONLY = ("Contains", "EachMemberEquals", "EachMemberIn", "RefAll", "ValueOf", "ValueOfAll")
"""Functions of rules, of which AWS documents no short form (`Rule functions`, AWS CloudFormation)."""
MAP, SEQ = "tag:yaml.org,2002:map", "tag:yaml.org,2002:seq"


def to_yaml(template: Body) -> str:
    """The template as YAML."""
    text: str = yaml.serialize(_node(template), Dumper=yaml.CDumper, width=2**20, allow_unicode=False)
    return text


def to_json(template: Body) -> str:
    """The template as JSON."""
    return json.dumps(template, indent=2) + "\n"


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
    if isinstance(value, str):
        return yaml.ScalarNode(STR, value, style="|" if "\n" in value else "'" if NUMBER_LIKE.match(value) else None)
    if isinstance(value, bool):
        return yaml.ScalarNode(BOOL, "true" if value else "false")
    if value is None:
        return yaml.ScalarNode(NULL, "null")
    return yaml.ScalarNode(INT if isinstance(value, int) else FLOAT, repr(value))


def _short(value: dict[str, Any]) -> yaml.Node | None:
    """The short form of an intrinsic; None where there is none, as for one right inside another."""
    if len(value) != 1:
        return None
    ((name, inner),) = value.items()
    if name in ("Ref", "Condition") and isinstance(inner, str):
        # CloudFormation reads what a tag stands before by itself: `!Ref On` would not be a reference to a text.
        return yaml.ScalarNode(f"!{name}", inner, style="'" if _is_typed(inner) else None)
    function = name.removeprefix("Fn::")
    if function == name or function in LONG_ONLY:
        return None
    tag = f"!{function}"
    if name == "Fn::GetAtt" and isinstance(inner, list) and all(isinstance(part, str) for part in inner):
        return yaml.ScalarNode(tag, ".".join(inner))
    node = _node(inner)
    if node.tag not in (STR, SEQ, MAP):
        return None
    node.tag = tag
    return node


# ------------------------------------------------------------------ specs

NULLS = ("", "~", "null", "Null", "NULL")
LINE = 100
"""A list that ends before this column stands on one line."""
UNSEEN = re.compile("[\x85\u2028\u2029]|^[^\\n]*\\t[^\\n]*\\Z")
"""Separators of lines that nobody sees, and tabs in text on one line: readers of YAML differ about them."""


def to_spec(document: Mapping[str, Any], notes: Mapping[Path, str]) -> str:
    """A spec as YAML. `notes` stand as comments beside the keys at their paths.

    A `Scalar` is text as somebody typed it; everything else is data with the types that YAML gives it.
    """
    sections = ("\n".join(_entry(key, value, (key,), notes, 0)) for key, value in document.items())
    pieces = [
        f"\n{text}" if isinstance(value, (dict, list)) and value else text
        for text, value in zip(sections, document.values(), strict=True)
    ]
    return "\n".join(pieces) + "\n"


def _entry(key: str, value: Any, path: Path, notes: Mapping[Path, str], indent: int) -> Iterator[str]:
    """The lines of a key and its value."""
    head, *rest = _value(value, path, notes, indent)
    note = f"  # {notes[path]}" if path in notes else ""
    name = key if _reads_as(f"{key}: 0", key) else _quoted(key)
    yield " " * indent + f"{name}: {head}".rstrip() + note
    yield from rest


def _value(value: Any, path: Path, notes: Mapping[Path, str], indent: int) -> Iterator[str]:
    """What stands behind the colon, or the dash, and the lines below it."""
    if isinstance(value, dict) and value:
        yield ""
        for key, inner in value.items():
            yield from _entry(key, inner, (*path, key), notes, indent + 2)
    elif isinstance(value, list) and value:
        yield from _items(value, path, notes, indent)
    elif isinstance(value, (dict, list)):
        yield "{}" if isinstance(value, dict) else "[]"
    elif isinstance(value, str) and (block := _block(value, indent + 2)):
        yield from block
    else:
        yield _word(value)


def _items(values: list[Any], path: Path, notes: Mapping[Path, str], indent: int) -> Iterator[str]:
    """A list: of single values on one line, where they fit."""
    if not any(isinstance(value, (dict, list)) for value in values):
        line = "[" + ", ".join(_word(value, flow=True) for value in values) + "]"
        if indent + len(line) <= LINE:
            yield line
            return
    yield ""
    for index, value in enumerate(values):
        head, *rest = _value(value, (*path, index), notes, indent + 2)
        if not head:  # The first line of a mapping or a list moves up beside the dash.
            head, *rest = (rest[0][indent + 4 :], *rest[1:])
        yield " " * (indent + 2) + f"- {head}"
        yield from rest


def _word(value: Any, flow: bool = False) -> str:
    """A scalar on one line."""
    if not isinstance(value, str):
        return json.dumps(value)  # Numbers, booleans and null are the same in both.
    typed = not isinstance(value, Scalar) and _is_typed(value)
    plain = getattr(value, "style", "plain") == "plain" and value not in NULLS and not typed
    return str(value) if plain and _reads_as(f"[{value}]" if flow else f"- {value}", value) else _quoted(value)


def _is_typed(text: str) -> bool:
    """Whether some reader of YAML takes a plain text for a number, a boolean and so on."""
    tag = Resolver().resolve(yaml.ScalarNode, text, (True, False))  # type: ignore[no-untyped-call]
    return tag != STR or NUMBER_LIKE.match(text) is not None


def _block(text: str, indent: int) -> list[str]:
    """Text of several lines as a block; nothing where it cannot be one."""
    if "\n" not in text:
        return []
    body = text.rstrip("\n")
    chomp = {0: "-", 1: ""}.get(len(text) - len(body), "+")
    lines = text.removesuffix("\n").split("\n")
    head = "|" + ("2" if text[0] in " \n" else "") + chomp
    block = "\n".join([f"- {head}", *(f"  {line}" if line else "" for line in lines), ""])
    return [head, *(" " * indent + line if line else "" for line in lines)] if _reads_as(block, text) else []


def _quoted(text: str) -> str:
    node = yaml.ScalarNode(STR, str(text), style='"')
    line: str = yaml.serialize(node, Dumper=yaml.CDumper, width=2**20, allow_unicode=True)
    return line.removesuffix("\n")


def _reads_as(written: str, text: str) -> bool:
    """Whether the first scalar of a piece of YAML is this text without quotes, and nothing stands beside it."""
    if UNSEEN.search(text):
        return False
    try:
        scalars = [e for e in yaml.parse(written, Loader=yaml.CSafeLoader) if isinstance(e, yaml.ScalarEvent)]
    except yaml.YAMLError:
        return False
    first = scalars[0] if scalars else None
    return (
        first is not None and first.value == text and first.style not in ("'", '"') and not (first.tag or first.anchor)
    )
