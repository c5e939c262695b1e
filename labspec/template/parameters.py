"""What the parameters of a stack stand for."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping
from typing import Any

from labspec.nearest import offered
from labspec.template.conditions import choose
from labspec.template.intrinsics import NO_VALUE, call, known, substitute, text_of, unjoined

_FROM_STORE = "AWS::SSM::Parameter::Value<"
_LISTS = ("Fn::Split", "Fn::GetAZs", "Fn::Cidr")


def is_list(declaration: Any) -> bool:
    """Whether a parameter's value is a list."""
    kind = _type(declaration).removeprefix(_FROM_STORE)
    return kind.startswith(("CommaDelimitedList", "List<"))


def root_values(declared: Mapping[str, Any], given: Mapping[str, Any], *, use_defaults: bool) -> dict[str, Any]:
    """The root's parameters: what was given, if wanted the defaults, and references for the rest."""
    values: dict[str, Any] = {}
    for name, declaration in declared.items():
        value = given.get(name, _default(declaration) if use_defaults else None)
        values[name] = {"Ref": name} if value is None else _bound(declaration, value, ())
    return values


def unfit(declared: Mapping[str, Any], given: Mapping[str, str]) -> Iterator[str]:
    """What is wrong with values for the root's parameters: CloudFormation would refuse them."""
    for name, value in given.items():
        declaration = declared.get(name)
        if declaration is None:
            yield f"There is no parameter `{name}`.{_offer(name, declared)}"
            continue
        for each in value.split(",") if is_list(declaration) else [value]:
            yield from (f"`{name}` cannot be `{each}`: {why}." for why in _against(declaration, each.strip()))


def _against(declaration: Any, value: str) -> Iterator[str]:
    allowed, pattern = (
        declaration.get(name) if isinstance(declaration, Mapping) else None
        for name in ("AllowedValues", "AllowedPattern")
    )
    texts = [str(text_of(each)) for each in allowed] if isinstance(allowed, list) else []
    if texts and value not in texts:
        yield f"it is one of {', '.join(texts)}"
    if isinstance(pattern, str) and not _matches(pattern, value):
        yield f"it does not match `{pattern}`"


def _offer(name: str, declared: Mapping[str, Any]) -> str:
    words = offered(name, declared)
    return f" {words}" if words else ""


def _matches(pattern: str, value: str) -> bool:
    """Whether a value matches; what Java's expressions can and Python's cannot is not judged."""
    try:
        return re.fullmatch(pattern, value) is not None
    except re.error:
        return True


def child_values(
    declared: Mapping[str, Any], passed: Mapping[str, Any], lists: Collection[str], missing: Callable[[str], Any]
) -> dict[str, Any]:
    """A nested stack's parameters: what its parent passes, else the default, else what `missing` makes of the name.

    `lists` names the root's parameters that are lists.
    """
    values: dict[str, Any] = {}
    for name, declaration in declared.items():
        value = _bound(declaration, passed.get(name, NO_VALUE), lists)
        values[name] = missing(name) if value is NO_VALUE else value
    return values


def _type(declaration: Any) -> str:
    return str(declaration.get("Type")) if isinstance(declaration, dict) else ""


def _default(declaration: Any) -> str | None:
    """The default's text: CloudFormation takes a scalar for every type."""
    return text_of(declaration.get("Default")) if isinstance(declaration, dict) else None


def _bound(declaration: Any, value: Any, lists: Collection[str]) -> Any:
    """What a parameter makes of the value that it is given: text, a list, or what the parameter store holds."""
    name, argument = call(value)
    if name == "Fn::If":
        then, otherwise = (_bound(declaration, branch, lists) for branch in argument[1:])
        return choose(argument[0], then, otherwise)
    if value is NO_VALUE:
        default = _default(declaration)
        return NO_VALUE if default is None else _bound(declaration, default, lists)
    if _type(declaration).startswith(_FROM_STORE):
        # The value names a parameter of Systems Manager; a dynamic reference says the same where it is used.
        value = substitute(["{{resolve:ssm:${name}}}", {"name": value}])
    if is_list(declaration):
        return _listed(value, lists)
    text = text_of(value)
    return value if text is None else text


def _listed(value: Any, lists: Collection[str]) -> Any:
    """The list that a text separated by commas becomes, its items stripped, as CloudFormation does it."""
    text = known(value)
    if text is not None:
        return [item.strip() for item in text.split(",")]
    name, argument = call(value)
    if isinstance(value, list) or name in _LISTS or (name == "Ref" and argument in lists):
        return value
    items = unjoined(value, ",")
    if isinstance(items, list):
        return [item.strip() if isinstance(item, str) else item for item in items]
    return items or {"Fn::Split": [",", value]}
