"""Security groups, key pairs and shared roles."""

from __future__ import annotations

from typing import Any

from troposphere import GetAtt, Join, Ref, Sub, ec2, iam

from labspec.emit.emitter import Emitter, logical_id
from labspec.emit.groups import emit_group, emit_rules, group_id
from labspec.emit.roles import PROFILE, emit_role
from labspec.graph import ROOT_STACK_NAME
from labspec.model.access import EC2, KeyPair, Role, SecurityGroup
from labspec.model.architecture import Member


def security_group(e: Emitter, member: Member) -> None:
    """A group and its rules."""
    body = member.body
    assert isinstance(body, SecurityGroup)
    if body.existing is None:
        emit_group(e, member, "", body.description or member.key, body.egress)
    emit_rules(e, member, "", body.ingress, body.egress or {})


def key_pair(e: Emitter, member: Member) -> None:
    """A key pair. Its name is required and create-only; tags would be create-only, too, so it has none."""
    body = member.body
    assert isinstance(body, KeyPair)
    if body.existing is None:
        e.add(
            member,
            ec2.KeyPair,
            KeyName=Join("-", [Ref(ROOT_STACK_NAME), member.key]),
            KeyFormat=body.format,
            KeyType="rsa",
            origins={"KeyFormat": "format"},
        )


def key_name(e: Emitter, member: Member) -> Any:
    """The name under which EC2 knows a key pair."""
    return e.ref(member)


def role(e: Emitter, member: Member) -> None:
    """A shared role, and its profile where machines take it."""
    body = member.body
    assert isinstance(body, Role)
    if body.existing is None:
        emit_role(e, member, "", body.trust, body.permissions, ())
    if body.trust == EC2:
        e.add(member, iam.InstanceProfile, PROFILE, Roles=[e.ref(member)])


EMITTERS = {"security_groups": security_group, "key_pairs": key_pair, "roles": role}
ATTRIBUTES = {
    "security_groups": {"id": group_id},
    "key_pairs": {"id": lambda e, m: e.attr(m, "KeyPairId"), "name": key_name},
    "roles": {
        "name": lambda e, m: e.ref(m),
        "arn": lambda e, m: (
            GetAtt(logical_id(m), "Arn")
            if m.body.existing is None
            else Sub("arn:${AWS::Partition}:iam::${AWS::AccountId}:role/${Role}", Role=e.ref(m))
        ),
    },
}
