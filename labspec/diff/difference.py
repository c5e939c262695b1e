"""The form of a difference: plain data, without files, lines or words for people, but for reasons."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any, Final, Literal, NamedTuple

from labspec.diagnostic import Path
from labspec.template import Condition

Verb = Literal["add", "change", "replace", "move", "remove"]
Effect = Literal["update", "interrupt", "replace"]
Fate = Literal["kept", "snapshot", "protected", "unless-empty", "waits", "gone", "unsure"]


class _Absent(Enum):
    ABSENT = "absent"

    def __repr__(self) -> str:
        return "ABSENT"


ABSENT: Final = _Absent.ABSENT
"""Stands for a value where there is none."""


class Edit(NamedTuple):
    """One value of a resource that is another one afterwards.

    `path` leads to it in the resource's body (`("Properties", "CidrBlock")`). It is `sure` where both the values
    certainly differ and the effect is certain; it is made only `when` a condition of the root holds. `causes` are the
    addresses of resources that it speaks of and that become others: it was not written anew itself unless `is_written`.
    """

    path: Path
    before: Any
    after: Any
    effect: Effect = "update"
    sure: bool = True
    when: Condition = True
    causes: tuple[str, ...] = ()
    note: str = ""
    is_written: bool = True


@dataclass(frozen=True, slots=True)
class Change:
    """What becomes of one resource. `address` is its new one, or its old one where it is removed.

    `was` is its old address; empty where it is added. What moves to another stack is destroyed, and made anew there.
    It is done `when` a condition of the root holds; where it is not `sure`, only perhaps. `is_swapped` says that the
    old one goes before the new one is made. `twin` is the address of what is added as this is removed, or the other way
    round, and says the very same: most likely its new name.
    """

    verb: Verb
    address: str
    id: str
    type: str
    was: str
    edits: tuple[Edit, ...] = ()
    sure: bool = True
    when: Condition = True
    is_swapped: bool = False
    twin: str = ""

    @property
    def makes(self) -> bool:
        """Whether a new one is made while the old one stands."""
        return self.verb in ("add", "move") or (self.verb == "replace" and not self.is_swapped)

    @property
    def ends(self) -> bool:
        """Whether what stood before goes."""
        return self.verb in ("replace", "move", "remove")


class Loss(NamedTuple):
    """What holds data and is replaced or removed, and what becomes of the data by which policy.

    `policy` is the attribute with its value, such as `DeletionPolicy: Retain`, or says that it is AWS's default.
    """

    address: str
    noun: str
    fate: Fate
    policy: str


class Refusal(NamedTuple):
    """Why AWS would refuse an update of a resource, and the way out; `page` is the documentation that says so.

    `path` leads to the value that is refused. Where it is not `sure`, AWS may refuse it.
    """

    address: str
    path: Path
    message: str
    help: str
    page: str
    sure: bool = True


class OutputChange(NamedTuple):
    """An output of the root that is added, removed, or another value afterwards."""

    name: str
    verb: Literal["add", "change", "remove"]
    sure: bool = True


@dataclass(frozen=True)
class Difference:
    """All that changes. `changes` are by address; `unchanged` counts the resources that stay as they are.

    `defaults` names parameters of the root whose default is another one: a stack that stands keeps its value.
    """

    changes: Mapping[str, Change]
    unchanged: int
    losses: tuple[Loss, ...]
    refusals: tuple[Refusal, ...]
    outputs: tuple[OutputChange, ...]
    defaults: tuple[str, ...]
