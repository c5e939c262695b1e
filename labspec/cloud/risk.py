"""What a change would destroy, and whether the user allowed it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import NamedTuple

from labspec.cloud.changes import STACK, Change
from labspec.cloud.refusal import Refused
from labspec.wording import series

FEW = 4
"""How many resources of a kind a message names."""


class Move(NamedTuple):
    """A resource that one stack removes and another one adds: it is destroyed, and made anew."""

    id: str
    source: tuple[str, ...]
    target: tuple[str, ...]


def moves(found: Sequence[Change]) -> list[Move]:
    """What moves from one stack to another, in the order in which it is removed."""
    added = {(change.id, change.type): change.path for change in found if change.verb == "add"}
    return [
        Move(change.id, change.path, added[change.id, change.type])
        for change in found
        if change.verb == "remove" and change.type != STACK
        if added.get((change.id, change.type), change.path) != change.path
    ]


def lost(found: Sequence[Change], allowed: Collection[str], members: Mapping[str, str]) -> list[Change]:
    """What would lose data and was not allowed to.

    It is allowed by its logical id, that with its stacks (`DatabaseStack/Main`), or its member, with or without the
    section (`databases.main`, `main`). A name that several members have allows nothing. `members` are those of logical
    ids.
    """
    risky = [change for change in found if change.loses_data]
    several = Counter(_short(member) for member in {members.get(change.id, "") for change in risky})
    return [change for change in risky if not {*_names(change, members, several)} & {*allowed}]


def _names(change: Change, members: Mapping[str, str], several: Mapping[str, int]) -> Iterator[str]:
    yield change.id
    yield "/".join((*change.path, change.id))
    if member := members.get(change.id):
        yield member
        yield from [_short(member)] * (several[_short(member)] == 1)


def _short(member: str) -> str:
    return member.partition(".")[2]


def refuse(
    moved: Sequence[Move], gone: Sequence[Change], members: Mapping[str, str], hints: Sequence[str] = ()
) -> None:
    """Raise `Refused` where anything moves or is lost that was not allowed to; `hints` are ways not to lose it."""
    messages, helps = [], []
    if gone:
        more = [f"{len(gone) - FEW} more"] if len(gone) > FEW else []
        shown = series([*(f"`{change.id}`" for change in gone[:FEW]), *more], "and")
        messages.append(f"This would replace or remove {shown}, with the data in it.")
        names = dict.fromkeys(members.get(change.id, change.id) for change in gone)
        helps += [f"--allow-data-loss {name}" for name in names]
    if moved:
        messages.append(f"To move to another stack is to be destroyed and made anew: {'; '.join(ways(moved))}.")
        helps.append("--allow-moves")
    if messages:
        raise Refused(
            " ".join(messages), " ".join([*(hints if gone else ()), f"If that is meant, add {' '.join(helps)}."])
        )


def ways(moved: Sequence[Move], most: int = FEW) -> Iterator[str]:
    """What moves, from where to where: "`A`, `B` and 7 more from `DataStack` to the root"."""
    for source, target in dict.fromkeys((move.source, move.target) for move in moved):
        names = [f"`{move.id}`" for move in moved if (move.source, move.target) == (source, target)]
        more = [f"{len(names) - most} more"] if len(names) > most else []
        yield f"{series([*names[:most], *more], 'and')} from {_stack(source)} to {_stack(target)}"


def _stack(path: tuple[str, ...]) -> str:
    """A stack by its place: the root, or the logical ids that lead to it."""
    return f"`{'/'.join(path)}`" if path else "the root"
