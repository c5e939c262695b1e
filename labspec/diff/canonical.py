"""Values in a form in which equal ones are equal, however they were written.

Scalars are text. `Fn::Sub` and `Fn::Join` are one call, `Labspec::Text`, of a list of texts and of values that are not
known before deployment. An attribute that is a property (`LabVpc.CidrBlock`) is that property's value. References of
the old graph speak of the new addresses, so that a resource that moved is still itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from labspec.diagnostic import Path
from labspec.template import Joined
from labspec.template.conditions import Facts, prune
from labspec.template.intrinsics import NO_VALUE, call, key, text_of

TEXT: Final = "Labspec::Text"
FORMER: Final = "Labspec::Former"
"""Marks the address of a resource that is not there any more."""
_MOST_ATTRIBUTES = 20
_VARIABLE = re.compile(r"\$\{([^}]*)\}")


class Reader:
    """Reads values of one graph. `names` are the new addresses of its resources; None for those that are no more."""

    def __init__(self, joined: Joined, names: Mapping[str, str | None] | None = None) -> None:
        self.joined = joined
        self.names = names
        self._depth = 0

    def read(self, value: Any) -> Any:
        """A value in its canonical form."""
        if value is NO_VALUE or value is None:
            return value
        if isinstance(value, list):
            return [self.read(item) for item in value]
        return self._mapping(value) if isinstance(value, dict) else _scalar(value)

    def _mapping(self, value: dict[str, Any]) -> Any:
        match call(value):
            case "Ref", str(address):
                return {"Ref": self._named(address)}
            case "Fn::GetAtt", [str(address), attribute]:
                return self._attribute(address, attribute)
            case "Fn::Sub", [str(template), dict(names)]:
                return text([self.read(part) for part in _parts(template, names)])
            case "Fn::Join", [str(delimiter), list(items)] if not any(_may_be_none(item) for item in items):
                between = [part for item in items for part in (delimiter, self.read(item))]
                return text(between[1:])
            case "Fn::If", [condition, then, otherwise]:
                return {"Fn::If": [condition, self.read(then), self.read(otherwise)]}
        return {inner: self.read(each) for inner, each in value.items()}

    def _named(self, address: str) -> str:
        if self.names is None or address not in self.joined.resources:
            return address
        return self.names.get(address) or f"{FORMER}.{address}"

    def _attribute(self, address: str, attribute: Any) -> Any:
        """An attribute; where it is a property, what that says."""
        resource = self.joined.resources.get(address)
        value: Any = resource.properties if resource else None
        for step in str(attribute).split("."):
            value = value.get(step) if isinstance(value, Mapping) and not call(value)[0] else None
        if value is None or self._depth > _MOST_ATTRIBUTES:
            return {"Fn::GetAtt": [self._named(address), self.read(attribute)]}
        self._depth += 1
        value = self.read(value)
        self._depth -= 1
        return value


def _scalar(value: Any) -> Any:
    return str(int(value)) if isinstance(value, float) and value.is_integer() else text_of(value)


def _may_be_none(item: Any) -> bool:
    name, argument = call(item)
    return name == "Fn::If" and any(branch is NO_VALUE or _may_be_none(branch) for branch in argument[1:])


def _parts(template: str, names: Mapping[str, Any]) -> Iterator[Any]:
    """The texts and the values of a `Fn::Sub` whose variables are all in its map; `${!x}` is the text `${x}`."""
    for index, piece in enumerate(_VARIABLE.split(template)):
        if index % 2 == 0:
            yield piece
        else:
            yield "${" + piece[1:] + "}" if piece.startswith("!") else names.get(piece.strip(), "${" + piece + "}")


def text(parts: list[Any]) -> Any:
    """Texts and values one after another, as one value."""
    merged: list[Any] = []
    for part in parts:
        inner = part[TEXT] if isinstance(part, dict) and TEXT in part else [part]
        for each in inner:
            if isinstance(each, str) and merged and isinstance(merged[-1], str):
                merged[-1] += each
            elif each != "":
                merged.append(each)
    if len(merged) < 2:
        return merged[0] if merged else ""
    return {TEXT: merged}


def under(value: Any, facts: Facts) -> Any:
    """A canonical value where facts hold."""
    return _settled(prune(value, facts)) if facts else value


def _settled(value: Any) -> Any:
    if value is NO_VALUE or not isinstance(value, (dict, list)):
        return value
    if isinstance(value, list):
        return [_settled(item) for item in value]
    if TEXT in value and len(value) == 1:
        return text([_settled(part) for part in value[TEXT]])
    return {name: _settled(inner) for name, inner in value.items()}


def references(value: Any, path: Path = ()) -> Iterator[tuple[Path, str, str]]:
    """Every reference in a canonical value: where it stands, what it speaks of, and which attribute ("" for `Ref`)."""
    match call(value):
        case "Ref", str(address):
            yield path, address, ""
            return
        case "Fn::GetAtt", [str(address), attribute]:
            yield path, address, attribute if isinstance(attribute, str) else "*"
            return
        case str(name), _ if name:
            yield from ((path, address, attribute) for _, address, attribute in _inner(value, ()))
            return
    yield from _inner(value, path)


def _inner(value: Any, path: Path) -> Iterator[tuple[Path, str, str]]:
    items = value.items() if isinstance(value, Mapping) else enumerate(value) if isinstance(value, list) else ()
    for step, inner in items:
        if isinstance(inner, (Mapping, list)):
            yield from references(inner, (*path, step))


def same(one: Any, other: Any) -> bool:
    """Whether two canonical values are equal."""
    return one is other or (type(one) is type(other) and key(one) == key(other))
