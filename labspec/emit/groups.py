"""Security groups: those of their own section, and those that members bring along."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from ipaddress import IPv4Network
from typing import Any, NamedTuple

from troposphere import GetAtt, ec2

from labspec.diagnostic import Path
from labspec.emit.emitter import Emitter, logical_id
from labspec.emit.order import address_name
from labspec.model.access import SecurityGroup
from labspec.model.architecture import Member
from labspec.model.network import Vpc
from labspec.model.parts import Connected, Egress, Ingress
from labspec.model.word import Name, Parameter

OWN = "security_group"
"""The role of the group that a member brings along."""

NOBODY = {
    "CidrIp": "255.255.255.255/32",
    "Description": "Nobody: takes the place of the rule that lets everything out",
    "FromPort": 252,
    "IpProtocol": "icmp",
    "ToPort": 86,
}
"""A group created without an egress rule gets one that lets everything out. This one matches nothing."""


def emit_group(e: Emitter, member: Member, role: str, description: str, egress: Mapping[str, Egress] | None) -> str:
    """A group without its rules."""
    vpc = e.architecture.vpc_of(member)
    return e.add(
        member,
        ec2.SecurityGroup,
        role,
        section="security_groups",
        GroupDescription=description,
        VpcId=e.ref(vpc) if vpc else None,
        SecurityGroupEgress=None if egress is None else [NOBODY],
        Tags=e.tags(member),
        origins={"GroupDescription": "description", "VpcId": "vpc"},
    )


class _Way(NamedTuple):
    """In or out: how CloudFormation and the spec speak of it."""

    field: str
    side: str
    prefix: str
    kind: type[ec2.SecurityGroupIngress | ec2.SecurityGroupEgress]


INGRESS = _Way("ingress", "from", "Source", ec2.SecurityGroupIngress)
EGRESS = _Way("egress", "to", "Destination", ec2.SecurityGroupEgress)


class _Peer(NamedTuple):
    """The other side of a rule: its part of the id, what people call it, its property and value."""

    label: str
    words: str
    property: str
    value: Any


def emit_rules(
    e: Emitter, member: Member, role: str, ingress: Mapping[str, Ingress], egress: Mapping[str, Egress]
) -> None:
    """Each rule is a resource of its own, so that two groups can name each other."""
    group = group_id(e, member, role)
    for name, entering in sorted(ingress.items()):
        for peer in _peers(e, INGRESS, entering.from_, group):
            _rule(e, member, name, entering, INGRESS, peer, group)
    for name, leaving in sorted(egress.items()):
        for peer in _peers(e, EGRESS, leaving.to, group):
            _rule(e, member, name, leaving, EGRESS, peer, group)


def _rule(e: Emitter, member: Member, name: str, rule: Ingress | Egress, way: _Way, peer: _Peer, group: Any) -> None:
    path: Path = (way.field, name)
    ports = {} if rule.protocol == "all" else _ports(rule)
    e.add(
        member,
        way.kind,
        f"{rule.was or name}{peer.label}-{way.field}".replace("-", "_"),
        section="security_groups",
        GroupId=group,
        IpProtocol="-1" if rule.protocol == "all" else rule.protocol,
        Description=rule.description or f"{name}: {rule.protocol} {rule.port} {way.side} {peer.words}",
        **ports,
        **{peer.property: peer.value},
        origins={
            "IpProtocol": (*path, "protocol"),
            "FromPort": (*path, "port"),
            "ToPort": (*path, "port"),
            "Description": (*path, "description"),
            peer.property: (*path, way.side),
            "GroupId": path,
        },
    )


def _ports(rule: Ingress | Egress) -> dict[str, int]:
    if rule.protocol == "icmp":
        return {"FromPort": -1, "ToPort": -1}
    return {"FromPort": rule.port.first, "ToPort": rule.port.last}


def _peers(e: Emitter, way: _Way, peers: tuple[Any, ...], own: Any) -> Iterator[_Peer]:
    """Every other side of a rule; where there are several, each one's name is part of its id."""
    several = len(peers) > 1
    for peer in peers:
        if isinstance(peer, Name):
            yield from _named(e, way, peer, several)
            continue
        words = peer.name if isinstance(peer, Parameter) else "internet" if str(peer) == "0.0.0.0/0" else str(peer)
        label = f"-{way.side}-{address_name(words)}" if several else ""
        if peer == "self":
            yield _Peer(label, "itself", f"{way.prefix}SecurityGroupId", own)
        elif isinstance(peer, (Parameter, IPv4Network)):
            yield _Peer(label, words, "CidrIp", e.value(peer) if isinstance(peer, Parameter) else str(peer))
        elif peer == "internet":
            yield _Peer(label, words, "CidrIp", "0.0.0.0/0")
        else:
            yield _Peer(label, words, f"{way.prefix}PrefixListId", words)


def _named(e: Emitter, way: _Way, name: Name, several: bool) -> Iterator[_Peer]:
    for member in e.architecture.many([name]):
        if isinstance(member.body, Vpc):
            label = f"-{way.side}-{member.key}" if several else ""
            yield _Peer(label, member.name, "CidrIp", vpc_cidr(member))
            continue
        groups = list(_groups(e, member))
        for group_name, group in groups:
            label = f"-{way.side}-{group_name}" if several or len(groups) > 1 else ""
            yield _Peer(label, member.name, f"{way.prefix}SecurityGroupId", group)


def vpc_cidr(vpc: Member) -> Any:
    """The addresses of a VPC."""
    body = vpc.body
    assert isinstance(body, Vpc)
    return str(body.cidr) if body.existing is not None else GetAtt(logical_id(vpc), "CidrBlock")


def group_id(e: Emitter, member: Member, role: str = "") -> Any:
    """The id of a group; of one that exists, as the spec says."""
    existing = getattr(member.body, "existing", None)
    if existing is not None and not role:
        return e.existing(existing)
    return GetAtt(logical_id(member, role), "GroupId")


def groups_of(e: Emitter, member: Member) -> list[Any] | None:
    """The ids of all groups around a member; None where it has none, and AWS takes the VPC's default group."""
    return [group for _, group in _groups(e, member)] or None


def _groups(e: Emitter, member: Member) -> Iterator[tuple[str, Any]]:
    for holder in e.architecture.groups_of(member):
        yield holder.key, group_id(e, holder, "" if isinstance(holder.body, SecurityGroup) else OWN)


def emit_own_group(e: Emitter, member: Member) -> None:
    """The group that a member's `ingress` and `egress` bring along."""
    body = member.body
    if not isinstance(body, Connected) or not e.architecture.has_own_group(member):
        return
    emit_group(e, member, OWN, f"Around {member.key}", body.egress)
    emit_rules(e, member, OWN, body.ingress or {}, body.egress or {})
