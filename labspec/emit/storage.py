"""Storage: shared file systems, and the mount targets through which machines reach them."""

from __future__ import annotations

from typing import Any

from troposphere import Sub, efs

from labspec.emit.emitter import AFTERWARDS, Emitter
from labspec.emit.groups import emit_own_group, groups_of
from labspec.emit.order import mount_target_role
from labspec.graph import Body
from labspec.model.architecture import Member
from labspec.model.storage import LIFECYCLE_DAYS, FileSystem

PERFORMANCE = {"general-purpose": "generalPurpose", "max-io": "maxIO"}
"""The performance modes as EFS calls them."""


def file_system(e: Emitter, member: Member) -> None:
    """A file system and its mount targets. What becomes of the files is always written, never left to a default."""
    body = member.body
    assert isinstance(body, FileSystem)
    if body.existing is not None:
        return
    emit_own_group(e, member)
    afterwards = AFTERWARDS[body.on_delete]
    e.add(
        member,
        efs.FileSystem,
        DeletionPolicy=afterwards,
        UpdateReplacePolicy=afterwards,
        BackupPolicy=efs.BackupPolicy(Status="ENABLED" if body.backup else "DISABLED"),
        Encrypted=body.encrypted,
        FileSystemPolicy=tls_only() if body.require_tls else None,
        FileSystemTags=e.tags(member),
        LifecyclePolicies=_lifecycle(body),
        PerformanceMode=PERFORMANCE[body.performance],
        ThroughputMode=body.throughput,
        origins={
            "DeletionPolicy": "on_delete",
            "UpdateReplacePolicy": "on_delete",
            "BackupPolicy": "backup",
            "Encrypted": "encrypted",
            "FileSystemPolicy": "require_tls",
            "FileSystemTags": "tags",
            "LifecyclePolicies": "to_infrequent_access",
            "PerformanceMode": "performance",
            "ThroughputMode": "throughput",
        },
    )
    for place in e.architecture.many(body.subnets):
        _mount_target(e, member, place)


def _mount_target(e: Emitter, member: Member, place: Member) -> None:
    """The way into a file system from one zone."""
    e.add(
        member,
        efs.MountTarget,
        mount_target_role(place),
        FileSystemId=e.ref(member),
        SecurityGroups=groups_of(e, member),
        SubnetId=e.ref(place),
        origins={"SecurityGroups": "security_groups", "SubnetId": "subnets"},
    )


def _lifecycle(body: FileSystem) -> list[efs.LifecyclePolicy]:
    """One policy for each transition: EFS refuses two in one. An empty list takes away what there was before."""
    policies = []
    if body.to_infrequent_access is not None:
        age = "AFTER_" + LIFECYCLE_DAYS[body.to_infrequent_access]
        policies.append(efs.LifecyclePolicy(TransitionToIA=age))
    if body.back_on_access:
        policies.append(efs.LifecyclePolicy(TransitionToPrimaryStorageClass="AFTER_1_ACCESS"))
    return policies


def tls_only() -> Body:
    """Everyone whom a mount target lets in may mount, and nobody without TLS.

    A policy takes the place of EFS's default, which lets everyone in: the denial alone would lock everyone out. The
    resource is `*`, for a file system cannot name itself in its own policy.
    """
    mounts = [f"elasticfilesystem:Client{action}" for action in ("Mount", "RootAccess", "Write")]
    through = {"elasticfilesystem:AccessedViaMountTarget": "true"}
    statements = [
        _everyone("MountThroughMountTargets", "Allow", mounts, through),
        _everyone("NothingWithoutTls", "Deny", "*", {"aws:SecureTransport": "false"}),
    ]
    return {"Version": "2012-10-17", "Statement": statements}


def _everyone(sid: str, effect: str, action: str | list[str], condition: dict[str, str]) -> Body:
    """A statement about everyone and this file system."""
    return {
        "Sid": sid,
        "Effect": effect,
        "Principal": {"AWS": "*"},
        "Action": action,
        "Resource": "*",
        "Condition": {"Bool": condition},
    }


def file_system_arn(e: Emitter, member: Member) -> Any:
    """A file system's ARN; that of an existing one is put together from its id."""
    body = member.body
    assert isinstance(body, FileSystem)
    if body.existing is None:
        return e.attr(member, "Arn")
    arn = "arn:${AWS::Partition}:elasticfilesystem:${AWS::Region}:${AWS::AccountId}:file-system/${FileSystem}"
    return Sub(arn, FileSystem=e.ref(member))


EMITTERS = {"file_systems": file_system}
ATTRIBUTES = {"file_systems": {"id": lambda e, m: e.ref(m), "arn": file_system_arn}}
