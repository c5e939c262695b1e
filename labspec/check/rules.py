"""Rules of security groups: no two say the same, since EC2 keeps one of them only."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from labspec.check.rule_ends import rule_ends
from labspec.diagnostic import Diagnostic, Label, Path, Rule
from labspec.model.architecture import Architecture, Member
from labspec.model.network import Vpc
from labspec.model.word import Name

SAME_RULE = Rule(
    "LS373",
    "rule-twice",
    "Two rules of a security group say the same.",
    "EC2 knows a rule by its protocol, ports and other side. The second of two equal ones is refused, and deleting one"
    " deletes the other's, too.",
    "ingress:\n  web: {port: 80, from: internet}\n  http: {port: 80, from: 0.0.0.0/0}",
    "ingress:\n  http: {port: 80, from: internet}",
)


def check_rules(architecture: Architecture) -> Iterator[Diagnostic]:
    """Rules that resolve to the same protocol, ports and other side."""
    seen: dict[Any, Path] = {}
    for end in rule_ends(architecture):
        rule, path = end.rule, end.rule_path
        ports = "all" if rule.protocol in ("all", "icmp") else rule.port
        key = (end.holder.selector, end.side, rule.protocol, ports, _resolved(architecture, end.peer))
        if key in seen:
            label = Label("This one says so already.", seen[key], "key")
            said = f"{rule.protocol} {rule.port}, {_words(end.peer)}"
            message = f"`{end.name}` says the same as `{seen[key][-1]}`: {said}."
            yield Diagnostic(SAME_RULE, message, path, "key", related=(label,), help="Remove one of them.")
        seen.setdefault(key, path)


def _resolved(architecture: Architecture, peer: Any) -> Any:
    if isinstance(peer, Name):
        return tuple(_end(member) for member in architecture.many([peer]))
    return ("0.0.0.0/0" if peer == "internet" else str(peer),)


def _end(member: Member) -> str:
    """A group by its name; of a VPC its addresses, where they are known."""
    cidr = member.body.cidr if isinstance(member.body, Vpc) else None
    return member.selector if cidr is None else str(cidr)


def _words(peer: Any) -> str:
    return str(getattr(peer, "name", None) or peer)
