"""The other sides of rules, one by one, for the laws about them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from labspec.diagnostic import Path
from labspec.model.architecture import Architecture, Member
from labspec.model.parts import Egress, Ingress
from labspec.model.word import Name


class RuleEnd(NamedTuple):
    """One other side of a rule: whose group the rule is in, what stands there, and where."""

    holder: Member
    side: str
    name: str
    rule: Ingress | Egress
    peer: Any
    path: Path

    @property
    def rule_path(self) -> Path:
        """Where the rule stands that this is a side of."""
        return self.path[:-2]


def rule_ends(architecture: Architecture) -> Iterator[RuleEnd]:
    """Every other side of every rule, as written."""
    for holder in architecture.members.values():
        if "ingress" in type(holder.body).model_fields:
            yield from ends_of(holder)


def ends_of(holder: Member) -> Iterator[RuleEnd]:
    """Every other side of the rules of one group."""
    for side, word in (("ingress", "from"), ("egress", "to")):
        rules: Mapping[str, Ingress | Egress] = getattr(holder.body, side, None) or {}
        for name, rule in rules.items():
            for index, peer in enumerate(rule.from_ if isinstance(rule, Ingress) else rule.to):
                yield RuleEnd(holder, side, name, rule, peer, (*holder.path, side, name, word, index))


def named(architecture: Architecture, end: RuleEnd) -> list[Member]:
    """The members with groups that a side names; a VPC stands for its addresses."""
    if not isinstance(end.peer, Name):
        return []
    return [member for member in architecture.meant(end.peer) if member.section != "vpcs"]
