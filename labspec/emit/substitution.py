"""The text of an `Fn::Sub`, and its variables."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import chain, count, groupby
from typing import Any

from troposphere import AWSHelperFn, Base64, Ref, Sub

from labspec.substitution import literally


@dataclass(frozen=True, slots=True)
class Hole:
    """A value that CloudFormation fills in at deployment: written `${name}` inside `Fn::Sub`."""

    name: str
    encoded: bool = False
    """Whether it is filled in as base64."""


class Variables:
    """The variables of one `Fn::Sub`, in which each name stands for one value."""

    def __init__(self, given: Mapping[str, Any] | None = None) -> None:
        self.values = dict(given or {})

    def name(self, value: Any, *wanted: str) -> str:
        """The name of a value: the first wanted one that is not another value's, or else the last with a number."""
        numbered = (f"{wanted[-1]}{number}" for number in count(2))
        return next(name for name in chain(wanted, numbered) if _same(self.values.setdefault(name, value), value))

    def sub(self, parts: Iterable[str | Hole]) -> Any:
        """A text whose holes are these variables, or pseudo-parameters: a string where it has none."""
        pieces, used = list(parts), dict[str, Any]()
        if all(isinstance(piece, str) for piece in pieces):
            return "".join(str(piece) for piece in pieces)

        def variable(name: str) -> str:
            if name in self.values:
                used[name] = self.values[name]
            return name

        template = ""
        for is_text, run in groupby(pieces, lambda piece: isinstance(piece, str)):
            if is_text:
                template += literally("".join(map(str, run)), lambda: variable(self.name("$", "Dollar")))
            else:
                template += "".join(f"${{{variable(self._filling(hole))}}}" for hole in run if isinstance(hole, Hole))
        return Sub(template, **used) if used else Sub(template)

    def _filling(self, hole: Hole) -> str:
        """The name of what fills a hole."""
        if not hole.encoded:
            return hole.name
        value = self.values[hole.name] if hole.name in self.values else Ref(hole.name)
        return self.name(Base64(value), hole.name.replace("::", "") + "Base64")


def _same(one: Any, other: Any) -> bool:
    return bool(_plain(one) == _plain(other))


def _plain(value: Any) -> Any:
    return value.to_dict() if isinstance(value, AWSHelperFn) else value
