"""The variables of an `Fn::Sub`."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import chain, count
from typing import Any

from troposphere import AWSHelperFn


class Variables:
    """The variables of one `Fn::Sub`, in which each name stands for one value."""

    def __init__(self, given: Mapping[str, Any] | None = None) -> None:
        self.values = dict(given or {})

    def name(self, value: Any, *wanted: str) -> str:
        """The name of a value: the first wanted one that is not another value's, or else the last with a number."""
        numbered = (f"{wanted[-1]}{number}" for number in count(2))
        return next(name for name in chain(wanted, numbered) if _same(self.values.setdefault(name, value), value))


def _same(one: Any, other: Any) -> bool:
    return bool(_plain(one) == _plain(other))


def _plain(value: Any) -> Any:
    return value.to_dict() if isinstance(value, AWSHelperFn) else value
