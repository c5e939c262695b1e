"""Where two canonical values differ, how surely, and under which condition of the root."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping
from typing import Any, NamedTuple

from labspec.diagnostic import Path
from labspec.diff.canonical import TEXT, same, under
from labspec.diff.difference import ABSENT
from labspec.template import Condition
from labspec.template.conditions import all_of, facts_of, negate
from labspec.template.intrinsics import NO_VALUE, call, key

IDENTITIES = ("Key", "DeviceName", "Sid", "Name", "Id", "PolicyName", "DimensionName")
"""What tells items of a list apart, where all items say it."""

FAITHFUL = ("Fn::Base64", "Fn::ToJsonString")
"""Functions that make different things of different things."""
SEPARATES = re.compile(r"[\s\"',;{}()<>]")
"""What stands in no id, no name and no address."""
DISTINCT = ("Fn::GetAZs", "Fn::Cidr")
"""Functions whose lists have every item once."""


class Distinction(NamedTuple):
    """Two values at one place that differ; where it is not `sure`, they may turn out to be the same."""

    path: Path
    before: Any
    after: Any
    sure: bool
    when: Condition


class Comparison(NamedTuple):
    """How the values of a type are compared.

    `is_unordered` says of a list by its path whether its order means nothing. `staying` are the addresses of resources
    that are there before and afterwards, `added` of those that are new.
    """

    is_unordered: Callable[[Path], bool]
    staying: Collection[str]
    added: Collection[str]

    def differ(self, path: Path, old: Any, new: Any, when: Condition = True) -> Iterator[Distinction]:
        """Every place at which two values differ."""
        old, new = (ABSENT if value is NO_VALUE else value for value in (old, new))
        if when is False or same(old, new):
            return
        condition = next((call(value)[1][0] for value in (old, new) if call(value)[0] == "Fn::If"), None)
        if condition is not None:
            yield from self._choices(path, old, new, when, condition)
        elif isinstance(old, dict) and isinstance(new, dict) and not call(old)[0] and not call(new)[0]:
            for name in dict.fromkeys([*old, *new]):
                yield from self.differ((*path, name), old.get(name, ABSENT), new.get(name, ABSENT), when)
        elif isinstance(old, list) and isinstance(new, list):
            yield from self._lists(path, old, new, when)
        else:
            said = _said_by(when, old, new)
            if said is not True:
                yield Distinction(path, old, new, said is False or self._certainly(old, new), when)

    def _choices(self, path: Path, old: Any, new: Any, when: Condition, condition: Any) -> Iterator[Distinction]:
        for decided in (condition, negate(condition)):
            both = all_of([when, decided])
            one, other = (_chosen(value, both, decided) for value in (old, new))
            yield from self.differ(path, one, other, both)

    def _lists(self, path: Path, old: list[Any], new: list[Any], when: Condition) -> Iterator[Distinction]:
        before, after = _without_common(old, new)
        if not before and not after:
            if not self.is_unordered(path):
                yield Distinction(path, old, new, True, when)
            return
        for index, one, other in _aligned(before, after):
            yield from self.differ((*path, index), one, other, when)

    def _certainly(self, old: Any, new: Any) -> bool:
        """Whether two values that are written differently are certainly different ones."""
        if old is ABSENT or new is ABSENT:
            return True
        one, other = call(old), call(new)
        if other[0] in ("Ref", "Fn::GetAtt") and _target(other) in self.added and _is_identity(other):
            return True  # nothing has been equal to the id of what is not there yet
        if one[0] == other[0] == "Ref" and one[1] in self.staying and other[1] in self.staying:
            return True
        if one[0] == other[0] and one[0] in FAITHFUL:
            return self._certainly(one[1], other[1])
        if one[0] == other[0] == "Fn::Select":
            return _selections_differ(one[1], other[1])
        if TEXT in (one[0], other[0]):
            return self._texts_differ(_pieces(old), _pieces(new))
        return not _is_open(old) and not _is_open(new)

    def _texts_differ(self, old: list[Any], new: list[Any]) -> bool:
        """Whether two texts certainly differ, whatever the values in them turn out to be.

        What both begin and end with is left out. What is left differs where one of it is empty and the other has text,
        where it begins or ends with other text, where a text in it has a line break, which no id and no name has, or
        where one value certainly differs and what stands between is in no id and no name.
        """
        old, new = _without_ends(old, new)
        texts = [piece for piece in (*old, *new) if isinstance(piece, str)]
        if not old or not new:
            return bool(texts)
        if _part(old[0], new[0], str.startswith) or _part(old[-1], new[-1], str.endswith):
            return True
        if len(texts) == len(old) + len(new) or any("\n" in _unlike(piece, old, new) for piece in texts):
            return True
        if len(old) != len(new) or not all(SEPARATES.search(text) for text in texts):
            return False
        pairs = list(zip(old, new, strict=True))
        alike = all(same(one, other) for one, other in pairs if isinstance(one, str) or isinstance(other, str))
        return alike and any(not same(one, other) and self._certainly(one, other) for one, other in pairs)


def _without_ends(old: list[Any], new: list[Any]) -> tuple[list[Any], list[Any]]:
    while old and new and same(old[0], new[0]):
        old, new = old[1:], new[1:]
    while old and new and same(old[-1], new[-1]):
        old, new = old[:-1], new[:-1]
    return old, new


def _chosen(value: Any, both: Condition, decided: Condition) -> Any:
    if value is ABSENT:
        return value
    chosen = under(value, facts_of(both) | facts_of(decided))
    return ABSENT if chosen is NO_VALUE else chosen


def _said_by(when: Condition, old: Any, new: Any) -> bool | None:
    """Whether two values are equal, as the condition itself says: `Size` and `large` where `Size` is `large`."""
    facts = facts_of(when)
    for pair in ([old, new], [new, old]) if facts and ABSENT not in (old, new) else ():
        equal: Condition = {"Fn::Equals": pair}
        if key(equal) in facts or key(negate(equal)) in facts:
            return key(equal) in facts
    return None


def _is_open(value: Any) -> bool:
    """Whether something in a value is not known before deployment."""
    if isinstance(value, str):
        return "{{resolve:" in value
    if isinstance(value, list):
        return any(_is_open(item) for item in value)
    if not isinstance(value, Mapping):
        return False
    return bool(call(value)[0]) or any(_is_open(inner) for inner in value.values())


def _target(called: tuple[str, Any]) -> str:
    return str(called[1] if called[0] == "Ref" else called[1][0])


def _is_identity(called: tuple[str, Any]) -> bool:
    """Whether a reference is to what belongs to one physical resource alone."""
    return called[0] == "Ref" or str(called[1][1]).endswith(("Id", "Arn", "Address", "DNSName", "DomainName"))


def _selections_differ(old: Any, new: Any) -> bool:
    """Whether two items are certainly different ones: of one list that has every item once."""
    return same(old[1], new[1]) and call(old[1])[0] in DISTINCT and all(isinstance(each[0], str) for each in (old, new))


def _pieces(value: Any) -> list[Any]:
    name, argument = call(value)
    return list(argument) if name == TEXT else [value]


def _part(one: Any, other: Any, begins: Callable[[str, str], bool]) -> bool:
    """Whether two texts already differ where both begin (or end)."""
    both = isinstance(one, str) and isinstance(other, str)
    return both and not begins(one, other) and not begins(other, one)


def _unlike(piece: str, old: list[Any], new: list[Any]) -> str:
    """A text without what both sides begin or end with."""
    first, last = (old[0], new[0]), (old[-1], new[-1])
    if piece in first and all(isinstance(each, str) for each in first):
        piece = piece[_shared(*first) :]
    elif piece in last and all(isinstance(each, str) for each in last):
        piece = piece[: len(piece) - _shared(last[0][::-1], last[1][::-1])]
    return piece


def _shared(one: str, other: str) -> int:
    return next((at for at, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))


def _without_common(old: list[Any], new: list[Any]) -> tuple[list[Any], list[tuple[int, Any]]]:
    """The items that only one list has; those of the new one with their places."""
    left = list(old)
    come: list[tuple[int, Any]] = []
    for index, item in enumerate(new):
        match = next((at for at, other in enumerate(left) if same(item, other)), None)
        if match is None:
            come.append((index, item))
        else:
            del left[match]
    return left, come


def _aligned(left: list[Any], come: list[tuple[int, Any]]) -> Iterator[tuple[int, Any, Any]]:
    """Items that are each other's before and after; by what tells them apart, else in order."""
    word = next((each for each in IDENTITIES if _tells(each, [*left, *(item for _, item in come)])), None)
    for index, item in come:
        at = next((at for at, other in enumerate(left) if word is None or same(other[word], item[word])), None)
        yield index, ABSENT if at is None else left.pop(at), item
    yield from ((index, item, ABSENT) for index, item in enumerate(left))


def _tells(word: str, items: list[Any]) -> bool:
    return bool(items) and all(isinstance(item, dict) and isinstance(item.get(word), str) for item in items)
