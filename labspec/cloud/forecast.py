"""What a change set would do, in words: what is at risk first."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from labspec.cloud.changes import STACK, VERBS, Change
from labspec.cloud.risk import FEW, moves, ways
from labspec.stateful import DATA

MOST = 40
"""So many additions are shown one by one; of more, how many they are."""


def told(found: Sequence[Change], known: Mapping[str, str], whole: bool = True) -> Iterator[str]:
    """The changes in words: what is perhaps not meant to be destroyed, then stack by stack, then the sum.

    `known` says of a logical id what the spec calls it. Unless `whole`, stacks that many resources are only added to
    are counted.
    """
    at_risk = [change for change in found if change.loses_data]
    if at_risk:
        yield "Data at risk:"
        yield from (f"  {_line(change, known)}" for change in at_risk)
    if moved := moves(found):
        yield "Destroyed and made anew, because it moves to another stack:"
        yield from (f"  {way}" for way in ways(moved, len(moved) if whole else FEW))
    grave = sorted(found, key=lambda change: -VERBS.index(change.verb))
    paths = {path: [each for each in grave if each.path == path] for path in (change.path for change in found)}
    counted = set() if whole else _plain(paths)
    for path, inside in paths.items():
        place = "/".join(path) or "root"
        if path in counted:
            yield f"{place}: {len(inside)} to add"
        else:
            yield f"{place}:"
            yield from (f"  {_line(change, known)}" for change in inside)
    yield _sum(found) + (" Add -v to see each." if counted else "")


def _plain(paths: Mapping[tuple[str, ...], Sequence[Change]]) -> set[tuple[str, ...]]:
    """The stacks that are only added to, where that is a lot in all."""
    plain = {path: len(inside) for path, inside in paths.items() if all(change.verb == "add" for change in inside)}
    return set(plain) if sum(plain.values()) > MOST else set()


def _sum(found: Sequence[Change]) -> str:
    numbers = Counter(change.verb for change in found)
    return ", ".join(f"{numbers[verb]} to {verb}" for verb in VERBS) + "."


def _line(change: Change, known: Mapping[str, str]) -> str:
    perhaps = ", perhaps" if change.perhaps else ""
    return f"{change.verb:<8}{change.id} ({known.get(change.id, change.type)}){perhaps}{_afterwards(change)}"


def _afterwards(change: Change) -> str:
    """What becomes of what it was. That what is replaced is gone is said of data alone."""
    if change.verb not in ("replace", "remove") or change.type == STACK:
        return ""
    if change.fate == "kept":
        new = ", and the new one is empty" if change.verb == "replace" and change.type in DATA else ""
        return f": what it was stays, outside the stack{new}"
    if change.loses_data:
        return ": a snapshot stays" if change.fate == "snapshot" else ": what it holds is gone"
    return ": gone" if change.verb == "remove" else ""
