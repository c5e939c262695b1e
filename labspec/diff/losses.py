"""What holds data and is replaced or removed, and what its policies leave of it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from labspec.diff.canonical import references
from labspec.diff.difference import Change, Fate, Loss
from labspec.diff.effects import CUSTOM
from labspec.stateful import NOUNS, SNAPSHOTS, default_policy
from labspec.template import Joined, Resource
from labspec.template.intrinsics import text_of

FATES: Mapping[str, Fate] = {"Retain": "kept", "RetainExceptOnCreate": "kept", "Snapshot": "snapshot", "Delete": "gone"}
ORDER: tuple[Fate, ...] = ("gone", "unsure", "waits", "unless-empty", "protected", "snapshot", "kept")
"""The worst first."""
PROTECTIONS: Mapping[str, tuple[str, str]] = {
    "AWS::Cognito::UserPool": ("DeletionProtection", "active"),
    "AWS::DocDB::DBCluster": ("DeletionProtection", "true"),
    "AWS::DynamoDB::Table": ("DeletionProtectionEnabled", "true"),
    "AWS::Neptune::DBCluster": ("DeletionProtection", "true"),
    "AWS::QLDB::Ledger": ("DeletionProtection", "true"),
    "AWS::RDS::DBCluster": ("DeletionProtection", "true"),
    "AWS::RDS::DBInstance": ("DeletionProtection", "true"),
}
"""What says that the service refuses to delete one, and how (that property's page, of each type)."""
FULL = ("AWS::Backup::BackupVault", "AWS::ECR::Repository", "AWS::S3::Bucket")
"""What is deleted only once it is empty (`DeleteBackupVault`, `DeleteRepository`, `DeleteBucket`)."""
MEMBERS = ("AWS::DocDB::DBInstance", "AWS::Neptune::DBInstance", "AWS::RDS::DBInstance")


def losses(old: Joined, new: Joined, changes: Mapping[str, Change]) -> list[Loss]:
    """What would lose data, the worst first.

    What is replaced goes by `UpdateReplacePolicy` (`UpdateReplacePolicy attribute`: "By default, CloudFormation deletes
    your resources"), what is removed by `DeletionPolicy`, and so does what moves: its old stack removes it. What AWS
    does not delete in the clean-up, such as a bucket that holds something, stays outside of the stack.
    """
    ends = [change for change in changes.values() if change.ends and _holds(old.resources[change.was])]
    emptied = _emptied(old) if any(_type(change, old) in FULL for change in ends) else frozenset()
    found = [_spared(_loss(change, old, new), old.resources[change.was], emptied) for change in ends]
    return sorted(found, key=lambda loss: (ORDER.index(loss.fate), loss.address))


def _holds(resource: Resource) -> bool:
    """Whether it holds data, which of a cluster's members none does (Aurora User Guide, Deleting DB instances)."""
    return resource.type in NOUNS and not (resource.type in MEMBERS and "DBClusterIdentifier" in resource.properties)


def _emptied(old: Joined) -> frozenset[str]:
    """What a custom resource speaks of: its function may empty it before it goes, as that of the CDK does."""
    makers = (each for each in old.resources.values() if each.type.startswith(CUSTOM))
    return frozenset(address for each in makers for _, address, _ in references(dict(each.properties)))


def _spared(loss: Loss, before: Resource, emptied: Collection[str]) -> Loss:
    """A loss, with what the service itself makes of it where a policy says to delete."""
    name, on = PROTECTIONS.get(before.type, ("", ""))
    if loss.fate != "kept" and name and (text_of(before.properties.get(name)) or "").lower() == on:
        return loss._replace(fate="protected", policy=f"{name} is on")
    if loss.fate != "gone":
        return loss
    if before.type in FULL and before.address not in emptied and not _empties_itself(before):
        return loss._replace(fate="unless-empty")
    return loss._replace(fate="waits") if before.type == "AWS::KMS::Key" else loss


def _empties_itself(resource: Resource) -> bool:
    """Whether a repository is deleted with its images: so it is unless `EmptyOnDelete` is certainly not said."""
    return text_of(resource.properties.get("EmptyOnDelete", "false")) != "false"


def _type(change: Change, old: Joined) -> str:
    return old.resources[change.was].type


def _loss(change: Change, old: Joined, new: Joined) -> Loss:
    before = old.resources[change.was]
    noun = NOUNS[before.type]
    if before.type.startswith("AWS::RDS::") and "SourceDBInstanceIdentifier" in before.properties:
        noun = "replica of a database"
    if change.verb != "replace":
        return Loss(change.address, noun, *(_kept_with(before, old, new) or _removed(before)))
    after = new.resources[change.address]
    fates = [_fate(each.type, each.attributes.get("UpdateReplacePolicy", "Delete")) for each in (before, after)]
    policy = after.attributes.get("UpdateReplacePolicy")
    said = _said("UpdateReplacePolicy", policy) or "no UpdateReplacePolicy"
    # Which of the two templates' policies applies, the documentation does not say: the worse one is told.
    return Loss(change.address, noun, min(fates, key=ORDER.index), said)


def _removed(resource: Resource) -> tuple[Fate, str]:
    """What is left of what a stack removes."""
    policy = resource.attributes.get("DeletionPolicy")
    default = default_policy(resource.type, resource.properties)
    said = _said("DeletionPolicy", policy) or f"no DeletionPolicy, which is {default}"
    return _fate(resource.type, policy if policy is not None else default), said


def _said(name: str, policy: Any) -> str:
    """A policy that is written, in words; empty where none is."""
    if policy is None:
        return ""
    return f"{name}: {policy}" if isinstance(policy, str) else f"its {name} is decided at deployment"


def _kept_with(resource: Resource, old: Joined, new: Joined) -> tuple[Fate, str] | None:
    """A nested stack that is removed and kept is kept with all that it holds."""
    address = resource.stack
    while address in old.stacks:
        stack = old.stacks[address]
        policy = stack.attributes.get("DeletionPolicy")
        if address not in new.stacks and policy in ("Retain", "RetainExceptOnCreate"):
            return "kept", f"DeletionPolicy of {address}: {policy}"
        address = stack.parent
    return None


def _fate(kind: str, policy: Any) -> Fate:
    fate = FATES.get(policy, "unsure") if isinstance(policy, str) else "unsure"
    return "gone" if fate == "snapshot" and kind not in SNAPSHOTS else fate
