"""Whether things exist: conditions as far as they can be decided before deployment, and the choices that follow."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from labspec.template.intrinsics import FOLDS, NO_VALUE, UNRESOLVED, Unfit, call, key, known

Condition = bool | dict[str, Any]
"""Decided, or an expression of `Fn::Equals`, `Fn::And`, `Fn::Or` and `Fn::Not`."""

Facts = frozenset[str]
"""The keys of conditions that are known to hold."""


def negate(condition: Condition) -> Condition:
    """The opposite."""
    if isinstance(condition, bool):
        return not condition
    return condition["Fn::Not"][0] if "Fn::Not" in condition else {"Fn::Not": [condition]}


def all_of(parts: Iterable[Condition]) -> Condition:
    """Whether all hold."""
    return _combine("Fn::And", parts, neutral=True)


def any_of(parts: Iterable[Condition]) -> Condition:
    """Whether one holds."""
    return _combine("Fn::Or", parts, neutral=False)


def _combine(name: str, parts: Iterable[Condition], *, neutral: bool) -> Condition:
    """Flat, each member once, without what changes nothing; decided where one member or a contradiction decides."""
    members: dict[str, dict[str, Any]] = {}
    for part in parts:
        for item in part.get(name, [part]) if isinstance(part, dict) else [part]:
            if isinstance(item, dict):
                members[key(item)] = item
            elif item is not neutral:
                return not neutral
    if any(key(negate(item)) in members for item in members.values()):
        return not neutral
    if len(members) < 2:
        return next(iter(members.values()), neutral)
    return {name: list(members.values())}


def equals(left: Any, right: Any) -> Condition:
    """Whether two values are the same, as far as it can be said now."""
    one, other = known(left), known(right)
    if one is not None and other is not None:
        return one == other
    if one is None and other is None and key(left) == key(right):
        return True
    for chosen, against in ((left, right), (right, left)):
        name, argument = call(chosen)
        if name == "Fn::If":
            then, otherwise = equals(argument[1], against), equals(argument[2], against)
            if isinstance(then, bool) and isinstance(otherwise, bool):
                return then if then is otherwise else argument[0] if then else negate(argument[0])
    return {"Fn::Equals": [left, right]}


def facts_of(condition: Condition) -> Facts:
    """What is known to hold wherever the condition holds."""
    if condition is True:
        return frozenset()
    parts = condition.get("Fn::And", [condition]) if isinstance(condition, dict) else [condition]
    return frozenset(key(part) for part in parts)


def under(condition: Condition, facts: Facts) -> Condition:
    """What is left of a condition where the facts hold."""
    if isinstance(condition, bool) or not facts:
        return condition
    if key(condition) in facts:
        return True
    if key(negate(condition)) in facts:
        return False
    match condition:
        case {"Fn::Not": [part]}:
            return negate(under(part, facts))
        case {"Fn::And": list(parts)}:
            return all_of(under(part, facts) for part in parts)
        case {"Fn::Or": list(parts)}:
            return any_of(under(part, facts) for part in parts)
    return condition


def choose(condition: Condition, then: Any, otherwise: Any) -> Any:
    """`Fn::If`, decided where it can be."""
    if isinstance(condition, bool):
        return then if condition else otherwise
    return then if key(then) == key(otherwise) else {"Fn::If": [condition, then, otherwise]}


def prune(value: Any, facts: Facts) -> Any:
    """A resolved value where the facts hold: the choices they decide are made, and calls evaluated anew."""
    if value is NO_VALUE or not isinstance(value, (dict, list)):
        return value
    if isinstance(value, list):
        return [item for inner in value if (item := prune(inner, facts)) is not NO_VALUE]
    name, argument = call(value)
    if name == "Fn::If":
        return _prune_choice(argument, facts)
    if not name:
        return {k: item for k, inner in value.items() if (item := prune(inner, facts)) is not NO_VALUE}
    argument = prune(argument, facts)
    try:
        return FOLDS[name](argument) if name in FOLDS else {name: argument}
    except Unfit:
        return {UNRESOLVED: {name: argument}}


def _prune_choice(argument: list[Any], facts: Facts) -> Any:
    condition = under(argument[0], facts)
    if isinstance(condition, bool):
        return prune(argument[1] if condition else argument[2], facts)
    then = prune(argument[1], facts | facts_of(condition))
    return choose(condition, then, prune(argument[2], facts | facts_of(negate(condition))))
