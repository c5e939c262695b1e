"""Security groups: those of their own section, and those that members bring along."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from ipaddress import IPv4Network
from typing import Any

from troposphere import GetAtt, ec2

from labspec.diagnostic import Path
from labspec.emit.emitter import Emitter, logical_id
from labspec.model.access import SecurityGroup
from labspec.model.architecture import Member
from labspec.model.kind import Kind, Name, Parameter
from labspec.model.network import Vpc
from labspec.model.parts import Connected, Egress, Ingress
from labspec.model.scaling import AutoScalingGroup

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


def emit_rules(
    e: Emitter, member: Member, role: str, ingress: Mapping[str, Ingress], egress: Mapping[str, Egress]
) -> None:
    """Each rule is a resource of its own, so that two groups can name each other."""
    group = group_id(e, member, role)
    for name, rule in sorted(ingress.items()):
        path: Path = ("ingress", name)
        for label, peer in _peers(e, rule.from_, group, "Source"):
            _rule(
                e,
                member,
                (rule.was or name) + label + "-ingress",
                ec2.SecurityGroupIngress,
                group,
                rule,
                "from",
                path,
                peer,
            )
    for name, allowed in sorted(egress.items()):
        path = ("egress", name)
        for label, peer in _peers(e, allowed.to, group, "Destination"):
            _rule(
                e,
                member,
                (allowed.was or name) + label + "-egress",
                ec2.SecurityGroupEgress,
                group,
                allowed,
                "to",
                path,
                peer,
            )


def _rule(
    e: Emitter,
    member: Member,
    role: str,
    kind: type[ec2.SecurityGroupIngress | ec2.SecurityGroupEgress],
    group: Any,
    rule: Ingress | Egress,
    side: str,
    path: Path,
    peer: tuple[str, str, Any],
) -> None:
    prop, words, value = peer
    protocol = "-1" if rule.protocol == "all" else rule.protocol
    ports = {} if rule.protocol == "all" else _ports(rule)
    e.add(
        member,
        kind,
        role.replace("-", "_"),
        section="security_groups",
        GroupId=group,
        IpProtocol=protocol,
        Description=rule.description or f"{path[1]}: {rule.protocol} {rule.port} {side} {words}",
        **ports,
        **{prop: value},
        origins={
            "IpProtocol": (*path, "protocol"),
            "FromPort": (*path, "port"),
            "ToPort": (*path, "port"),
            "Description": (*path, "description"),
            prop: (*path, side),
            "GroupId": path,
        },
    )


def _ports(rule: Ingress | Egress) -> dict[str, int]:
    if rule.protocol == "icmp":
        return {"FromPort": -1, "ToPort": -1}
    return {"FromPort": rule.port.first, "ToPort": rule.port.last}


def _peers(e: Emitter, peers: tuple[Any, ...], own: Any, side: str) -> Iterator[tuple[str, tuple[str, str, Any]]]:
    """Each other side of a rule: the part of its id, its property, its words, its value."""
    several = len(peers) > 1
    way = _way(side)
    for peer in peers:
        if isinstance(peer, Name):
            yield from _named(e, peer, side, several)
            continue
        words = peer.name if isinstance(peer, Parameter) else str(peer)
        label = f"-{way}-" + words.replace(".", "-").replace("/", "-") if several else ""
        if peer == "self":
            yield label, (f"{side}SecurityGroupId", "itself", own)
        elif isinstance(peer, (Parameter, IPv4Network)):
            yield label, ("CidrIp", words, e.value(peer) if isinstance(peer, Parameter) else str(peer))
        elif peer == "internet":
            yield label, ("CidrIp", "internet", "0.0.0.0/0")
        else:
            yield label, (f"{side}PrefixListId", words, peer)


def _way(side: str) -> str:
    """How a rule's id speaks of its other side."""
    return "from" if side == "Source" else "to"


def _named(e: Emitter, name: Name, side: str, several: bool) -> Iterator[tuple[str, tuple[str, str, Any]]]:
    way = _way(side)
    for member in e.architecture.many([name]):
        if isinstance(member.body, Vpc):
            label = f"-{way}-{member.name}" if several else ""
            yield label, ("CidrIp", member.name, vpc_cidr(member))
            continue
        groups = list(_groups(e, member))
        for group_name, group in groups:
            label = f"-{way}-{group_name}" if several or len(groups) > 1 else ""
            yield label, (f"{side}SecurityGroupId", member.name, group)


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
    body: Kind = member.body
    if isinstance(body, SecurityGroup):
        yield member.name, group_id(e, member)
    elif isinstance(body, AutoScalingGroup):
        yield from _groups(e, e.architecture.one(body.launch_template))
    elif isinstance(body, Connected):
        if e.architecture.has_own_group(member):
            yield member.name, group_id(e, member, OWN)
        for group in e.architecture.many(body.security_groups):
            yield group.name, group_id(e, group)


def emit_own_group(e: Emitter, member: Member) -> None:
    """The group that a member's `ingress` and `egress` bring along."""
    body = member.body
    if not isinstance(body, Connected) or not e.architecture.has_own_group(member):
        return
    emit_group(e, member, OWN, f"Around {member.name}", body.egress)
    emit_rules(e, member, OWN, body.ingress or {}, body.egress or {})
