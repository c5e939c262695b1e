"""Whether the groups of two members let one call the other: what is not known of a rule is believed to admit."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from labspec.check.rule_ends import RuleEnd, ends_of
from labspec.diagnostic import Path
from labspec.model.architecture import Architecture, Member
from labspec.model.parts import Egress, Ingress, existing_of
from labspec.model.word import Name

RAW = ("AWS::EC2::SecurityGroupIngress", "AWS::EC2::SecurityGroupEgress")
"""Types of raw resources that add rules to any group."""


class Refusal(NamedTuple):
    """How groups keep one member from another: whose lack a rule, and the rules that let it through on other ports."""

    side: str
    near: tuple[Path, ...]


def refusal(architecture: Architecture, caller: Member, server: Member, port: int) -> Refusal | None:
    """How the groups keep a member from calling a TCP port of another; None where they do not, or may not."""
    around, there = (architecture.groups_of(member) for member in (caller, server))
    if not around or not there or not _is_known(architecture, [*around, *there]):
        return None
    for side, groups, other in (("ingress", there, caller), ("egress", around, server)):
        if side == "egress" and any(map(_lets_all_out, groups)):
            continue
        ends = [end for group in groups for end in ends_of(group) if end.side == side]
        meeting = [end for end in ends if _meets(architecture, end, other)]
        if not any(_covers(end.rule, port) for end in meeting):
            return Refusal(side, tuple(dict.fromkeys(end.rule_path for end in meeting)))
    return None


def shut(architecture: Architecture, server: Member, port: int) -> tuple[Path, ...]:
    """The rules of a member's groups, where they surely admit somebody to other ports, and nobody to this TCP port."""
    groups = architecture.groups_of(server)
    ends = [end for group in groups for end in ends_of(group) if end.side == "ingress"]
    if not _is_known(architecture, groups) or any(_covers(end.rule, port) for end in ends):
        return ()
    return tuple(dict.fromkeys(end.rule_path for end in ends))


def keeps_out(architecture: Architecture, caller: Member, server: Member) -> bool:
    """Whether the default group of a VPC is all that is around a member, and surely not around another."""
    around = architecture.groups_of(caller)
    bare = not server.body.override and not architecture.groups_of(server)
    return bare and bool(around) and _is_known(architecture, around)


def is_shut_in(architecture: Architecture, member: Member, port: int) -> bool:
    """Whether the groups of a member surely let it call nothing but other members' TCP port."""
    around = architecture.groups_of(member)
    if not around or not _is_known(architecture, around) or any(_lets_all_out(group) for group in around):
        return False
    outer = (end.peer for end in _ends(around, "egress", port))
    return all(peer == "self" or (isinstance(peer, Name) and not _is_vpc(architecture, peer)) for peer in outer)


def _is_known(architecture: Architecture, groups: Sequence[Member]) -> bool:
    """Whether all rules of some groups are the spec's own."""
    return architecture.raw_types.isdisjoint(RAW) and all(
        existing_of(group.body) is None and not group.body.override for group in groups
    )


def _lets_all_out(group: Member) -> bool:
    return getattr(group.body, "egress", None) is None


def _ends(groups: Sequence[Member], side: str, port: int) -> Iterator[RuleEnd]:
    for group in groups:
        yield from (end for end in ends_of(group) if end.side == side and _covers(end.rule, port))


def _covers(rule: Ingress | Egress, port: int) -> bool:
    return rule.protocol in ("tcp", "all") and rule.port.first <= port <= rule.port.last


def _meets(architecture: Architecture, end: RuleEnd, other: Member) -> bool:
    """Whether a side of a rule is, or may be, another member."""
    groups = architecture.groups_of(other)
    if end.peer == "self":
        return end.holder in groups
    if not isinstance(end.peer, Name):
        return True  # addresses may be its own
    for meant in architecture.meant(end.peer):
        if meant.section == "vpcs" or any(group in groups for group in architecture.groups_of(meant)):
            return True
    return False


def _is_vpc(architecture: Architecture, name: Name) -> bool:
    return any(member.section == "vpcs" for member in architecture.meant(name))
