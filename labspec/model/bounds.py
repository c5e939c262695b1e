"""What is known of a number before it is chosen: its own value, or the bounds of its parameter."""

from __future__ import annotations

import re
from typing import NamedTuple

from labspec.model.spec import Spec
from labspec.model.word import Parameter


class Bounds(NamedTuple):
    """The smallest and the largest value that a number can take; None where nothing is said.

    `allowed` are the only values there are, where they are listed.
    """

    low: int | None = None
    high: int | None = None
    allowed: tuple[int, ...] = ()

    def values(self, most: int) -> tuple[int, ...]:
        """All values, if there are no more than `most`; none if there are more, or any number of them."""
        if self.allowed:
            return self.allowed if len(self.allowed) <= most else ()
        if self.low is None or self.high is None or self.high - self.low >= most:
            return ()
        return tuple(range(self.low, self.high + 1))


def bounds_of(spec: Spec, number: int | Parameter) -> Bounds:
    """The bounds of a number: itself where it is written, those of its parameter where it is chosen."""
    if isinstance(number, int):
        return Bounds(number, number)
    declared = spec.parameters.get(number.name)
    if declared is None or declared.type != "integer":
        return Bounds()
    low, high = _number(declared.min), _number(declared.max)
    listed = {value for text in declared.allowed if (value := _number(text)) is not None}
    allowed = sorted(v for v in listed if (low is None or low <= v) and (high is None or v <= high))
    if allowed:
        return Bounds(allowed[0], allowed[-1], tuple(allowed))
    return Bounds(low, high)


def _number(text: str | None) -> int | None:
    return int(text) if text is not None and re.fullmatch(r"-?[0-9]+", text) else None
