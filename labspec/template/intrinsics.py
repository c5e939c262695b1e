"""What CloudFormation's functions make of arguments that are resolved already.

Every function here takes resolved arguments and returns either a value or, where something is not known before
deployment, the same call in its normal form: so two ways of writing the same thing end up equal. In that form
`Fn::If` holds its condition as an expression, and `Fn::Sub` holds all its variables in the map, named after what they
stand for (`LabVpc`, `LabVpc.CidrBlock`, `AWS::Region`), or numbered where that has no name.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from typing import Any, Final

from labspec.substitution import literally

NO_VALUE: Final[dict[str, Any]] = {"Ref": "AWS::NoValue"}
"""Compared by identity: everybody who resolves the reference answers this one."""

UNRESOLVED: Final = "Labspec::Unresolved"
"""Holds a call as it was written that could not be followed, so that nobody takes it for one in the normal form."""

_VARIABLE = re.compile(r"\$\{([^}]*)\}")
_DYNAMIC = "{{resolve:"


class Unfit(Exception):
    """A function was given what it does not take."""


def call(value: Any) -> tuple[str, Any]:
    """The function that a value calls, and its argument; no name where the value is plain data."""
    if isinstance(value, dict) and len(value) == 1:
        ((name, argument),) = value.items()
        if name == "Ref" or name.startswith(("Fn::", "Labspec::")):
            return name, argument
    return "", None


def text_of(value: Any) -> str | None:
    """A scalar as CloudFormation writes it into text."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if isinstance(value, (str, int, float)) else None


def known(value: Any) -> str | None:
    """The text of a scalar whose value is known now: not a dynamic reference."""
    text = text_of(value)
    return None if text is None or _DYNAMIC in text else text


def key(value: Any) -> str:
    """The same text for equal values."""
    return json.dumps(value, sort_keys=True, default=str)


def fits(value: Any, values: int, depth: int) -> bool:
    """Whether a value is no larger and no deeper than this. It is walked without recursion."""
    level = [value]
    for _ in range(depth):
        values -= len(level)
        children = (
            item.values() if isinstance(item, dict) else item for item in level if isinstance(item, (dict, list))
        )
        level = [inner for many in children for inner in many]
        if not level or values < 0:
            break
    return not level and values >= 0


def join(argument: Any) -> Any:
    """`Fn::Join`."""
    match argument:
        case [str(delimiter), list(items)]:
            texts = [text for item in items if (text := text_of(item)) is not None]
            return delimiter.join(texts) if len(texts) == len(items) else {"Fn::Join": argument}
        case [str(), dict(items)] if call(items)[0]:
            return {"Fn::Join": argument}
    raise Unfit("Fn::Join takes a delimiter and a list")


def split(argument: Any) -> Any:
    """`Fn::Split`. The split of a join with the same delimiter is the list again."""
    match argument:
        case [str(delimiter), source] if delimiter:
            text = known(source)
            if text is not None:
                return text.split(delimiter)
            return unjoined(source, delimiter) or {"Fn::Split": argument}
    raise Unfit("Fn::Split takes a delimiter and a text")


def unjoined(source: Any, delimiter: str) -> Any:
    """The list that a join with this delimiter was made of; None where the value is no such join."""
    name, argument = call(source)
    if name != "Fn::Join" or argument[0] != delimiter:
        return None
    if not isinstance(argument[1], list):
        return argument[1]
    parts = [[item] if known(item) is None else str(known(item)).split(delimiter) for item in argument[1]]
    return [item for part in parts for item in part]


def select(argument: Any) -> Any:
    """`Fn::Select`. Not decided while an item before or at the index may vanish."""
    match argument:
        case [index, list(items)] if (text := known(index)) is not None and text.isdigit():
            if any(_may_vanish(item) for item in items[: int(text) + 1]):
                return {"Fn::Select": argument}
            if int(text) >= len(items):
                raise Unfit(f"Fn::Select asks for item {text} of a list of {len(items)}")
            return items[int(text)]
        case [index, list() | dict() as items] if call(index)[0] or call(items)[0]:
            return {"Fn::Select": argument}
    raise Unfit("Fn::Select takes an index and a list")


def _may_vanish(item: Any) -> bool:
    name, argument = call(item)
    return name == "Fn::If" and any(branch is NO_VALUE or _may_vanish(branch) for branch in argument[1:])


def length(argument: Any) -> Any:
    """`Fn::Length`."""
    if isinstance(argument, list) and not any(_may_vanish(item) for item in argument):
        return len(argument)
    return {"Fn::Length": argument}


def entry(table: Any, keys: list[str]) -> Any:
    """The text or list in a table of `Mappings`; None where there is none."""
    for name in keys:
        table = table.get(name) if isinstance(table, dict) else None
    return None if isinstance(table, dict) else table


def variables(template: str) -> Iterator[str]:
    """The names between `${` and `}` that stand for something, in order; `${!x}` is the literal `${x}`."""
    return (name.strip() for name in _VARIABLE.findall(template) if not name.startswith("!"))


def substitute(argument: Any) -> Any:
    """`Fn::Sub` whose variables are all in the map."""
    parts: list[Any] = []
    for part in _parts(*argument):
        if isinstance(part, str) and parts and isinstance(parts[-1], str):
            parts[-1] += part  # neighbouring texts are one: `$` before `{x}` is no variable
        else:
            parts.append(part)
    if len(parts) < 2:
        return "" if not parts else parts[0] if isinstance(parts[0], str) else parts[0]["value"]
    names: dict[str, Any] = {}
    texts = (
        literally(part, lambda: _named("$", names)) if isinstance(part, str) else f"${{{_named(part['value'], names)}}}"
        for part in parts
    )
    return {"Fn::Sub": ["".join(texts), names]}


def _parts(template: str, values: dict[str, Any]) -> Iterator[Any]:
    """Text as text, and {"value": ...} for what is not known; what is empty is left out."""
    for index, piece in enumerate(_VARIABLE.split(template)):
        value = piece if index % 2 == 0 else f"${{{piece[1:]}}}" if piece.startswith("!") else values[piece.strip()]
        text = text_of(value)
        if text is not None:
            yield from [text] if text else []
            continue
        name, argument = call(value)
        if name == "Fn::Sub" and isinstance(argument, list):
            yield from _parts(*argument)
        else:
            yield {"value": value}


def _named(value: Any, names: dict[str, Any]) -> str:
    """A variable for a value, entered into the map under the first free of its names."""
    candidates = [*_titles(value), *(str(number) for number in range(1, len(names) + 2))]
    name = next(name for name in candidates if name not in names or key(names[name]) == key(value))
    names[name] = value
    return name


def mentioned(value: Any) -> Iterator[str]:
    """The logical names that an unresolved value mentions."""
    name, argument = call(value)
    match name, argument:
        case "Ref", str():
            yield argument
        case "Fn::GetAtt", [str(target), _]:
            yield target
        case "Fn::Sub", str(template):
            yield from (variable.partition(".")[0] for variable in variables(template))
        case "Fn::Sub", [str(template), {**own}]:
            yield from (variable.partition(".")[0] for variable in variables(template) if variable not in own)
    if isinstance(value, (dict, list)):
        for inner in value.values() if isinstance(value, dict) else value:
            yield from mentioned(inner)


def _titles(value: Any) -> list[str]:
    """The short and the full name of what a value stands for."""
    match call(value):
        case str(name), str() if name.startswith("Labspec::"):
            return [name.replace("Labspec::", "AWS::")]
        case "Ref", str(address):
            return [address.rpartition(".")[2], address]
        case "Fn::GetAtt", [str(address), str(attribute)]:
            return [f"{address.rpartition('.')[2]}.{attribute}", f"{address}.{attribute}"]
    return []


FOLDS: Final[dict[str, Callable[[Any], Any]]] = {
    "Fn::Join": join,
    "Fn::Length": length,
    "Fn::Select": select,
    "Fn::Split": split,
    "Fn::Sub": substitute,
}
"""The functions that need nothing but their arguments."""

KEPT: Final = frozenset(
    f"Fn::{name}" for name in ("Base64", "Cidr", "GetAZs", "GetStackOutput", "ImportValue", "ToJsonString")
)
"""The functions whose answer is kept for the deployment, with their arguments resolved."""
