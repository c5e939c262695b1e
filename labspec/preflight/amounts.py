"""How much of something there will be, as far as that is known before deployment: from so many to so many."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from labspec.template import Condition, Joined, Resource
from labspec.template.intrinsics import NO_VALUE, call, known

NUMBER = re.compile(r"[0-9]{1,15}(\.[0-9]{1,9})?")


class Amount(NamedTuple):
    """From `least` to `most`; there is no `most` where nothing says how much it may be."""

    least: float = 0
    most: float | None = 0

    def plus(self, other: Amount) -> Amount:
        """Both together."""
        most = None if self.most is None or other.most is None else self.most + other.most
        return Amount(self.least + other.least, most)

    def times(self, other: Amount) -> Amount:
        """One of so many, each so much."""
        if 0 in (self.most, other.most):
            return Amount()
        most = None if self.most is None or other.most is None else self.most * other.most
        return Amount(self.least * other.least, most)

    def either(self, other: Amount) -> Amount:
        """The one or the other."""
        most = None if self.most is None or other.most is None else max(self.most, other.most)
        return Amount(min(self.least, other.least), most)


ONE = Amount(1, 1)
UNKNOWN = Amount(0, None)


def total(amounts: Iterator[Amount]) -> Amount:
    """All together."""
    sum_ = Amount()
    for amount in amounts:
        sum_ = sum_.plus(amount)
    return sum_


def existence(condition: Condition) -> Amount:
    """How often something is made that has a condition: 0 or 1, or either."""
    return Amount(int(condition is True), int(condition is not False))


def number(value: Any) -> float | None:
    """A number, however it is written; None where it is none, or not known before deployment."""
    text = known(value)
    return float(text) if text is not None and NUMBER.fullmatch(text) else None


def amount(joined: Joined, value: Any) -> Amount:
    """What a number can be: itself, what either branch can be, or what its parameter allows."""
    single = number(value)
    if single is not None:
        return Amount(single, single)
    match call(value):
        case "Fn::If", [_, then, otherwise]:
            return amount(joined, then).either(amount(joined, otherwise))
        case "Ref", str(name) if name in joined.parameters:
            return _allowed(joined.parameters[name])
    return UNKNOWN


def _allowed(declared: Any) -> Amount:
    """What a parameter of the root takes."""
    if not isinstance(declared, Mapping):
        return UNKNOWN
    values = declared.get("AllowedValues")
    numbers = [number(value) for value in values] if isinstance(values, list) else []
    fitting = [each for each in numbers if each is not None]
    if fitting and len(fitting) == len(numbers):
        return Amount(min(fitting), max(fitting))
    return Amount(number(declared.get("MinValue")) or 0, number(declared.get("MaxValue")))


def choices(value: Any) -> Iterator[Any]:
    """What a value can be: both branches of each choice that is open. What is left out is no value."""
    name, argument = call(value)
    if name == "Fn::If" and isinstance(argument, list):
        for branch in argument[1:]:
            yield from choices(branch)
    elif value is not None and value is not NO_VALUE:
        yield value


def texts(joined: Joined, value: Any) -> tuple[str, ...] | None:
    """The texts that a value can be; None where one of them is not known before deployment."""
    found: dict[str, None] = {}
    for choice in choices(value):
        text = known(choice)
        if text is not None:
            found[text] = None
            continue
        name, argument = call(choice)
        declared = joined.parameters.get(argument) if name == "Ref" and isinstance(argument, str) else None
        allowed = declared.get("AllowedValues") if isinstance(declared, Mapping) else None
        if not isinstance(allowed, list):
            return None
        found.update(dict.fromkeys(str(each) for each in allowed))
    return tuple(found)


def items(value: Any) -> list[Any] | None:
    """The items of a list; None where the list is not known before deployment. Nothing is an empty one."""
    if value is None:
        return []
    return value if isinstance(value, list) else None


def target(joined: Joined, value: Any) -> Resource | None:
    """The resource that a value refers to, by `Ref` or by an attribute."""
    match call(value):
        case ("Ref", str(address)) | ("Fn::GetAtt", [str(address), _]):
            return joined.resources.get(address)
    return None


def part(value: Any, *steps: str) -> Any:
    """What stands at a place inside a body; None where nothing does, or the body is not known."""
    for step in steps:
        value = value.get(step) if isinstance(value, Mapping) else None
    return value
