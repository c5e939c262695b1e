"""What a difference would lose, but for what was allowed to be lost."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from typing import TYPE_CHECKING

from labspec.cli.plan import Plan, Side
from labspec.nearest import did_you_mean

if TYPE_CHECKING:
    from labspec.diff import Loss

STAYS = ("kept", "protected", "unless-empty")
"""Fates after which the data is still there."""


def lost_of(plan: Plan, allowed: Collection[str]) -> Iterator[Loss]:
    """What would be lost, and was not allowed to; what is removed and stays outside of the stack is no loss."""
    members = {member_of(plan.side(loss.address), loss.address) for loss in plan.difference.losses}
    short = Counter(member.partition(".")[2] for member in members)
    for loss in plan.difference.losses:
        is_kept = loss.fate in STAYS and plan.difference.changes[loss.address].verb == "remove"
        if not is_kept and not {*_names(plan.side(loss.address), loss.address, short)} & {*allowed}:
            yield loss


def unknown_names(plan: Plan, allowed: Collection[str]) -> str:
    """Why a loss of these names cannot be allowed: neither side has them; empty where one has each."""
    sides = [(side, address) for side in (plan.old, plan.new) for address in side.reading.joined.resources]
    short = Counter({member_of(*each).partition(".")[2]: 1 for each in sides})
    known = {name for each in sides for name in _names(*each, short)} if allowed else set()
    for name in allowed:
        if name not in known:
            return f"`--allow-data-loss {name}`: neither side has it. {did_you_mean(name, known)}".rstrip()
    return ""


def member_of(side: Side, address: str) -> str:
    """The member of the spec that a resource is made for, with its section; empty where there is none."""
    identity = side.reading.joined.resources[address].id
    return str(side.reading.manifest.get("resources", {}).get(identity, {}).get("member", ""))


def _names(side: Side, address: str, short: Mapping[str, int]) -> Iterator[str]:
    """What may be said to allow a loss, as `labspec deploy` takes it."""
    yield from (address, address.replace(".", "/"), address.rpartition(".")[2])
    member = member_of(side, address)
    if member:
        yield member
        name = member.partition(".")[2]
        yield from [name] * (short[name] == 1)
