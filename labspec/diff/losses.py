"""What holds data and is replaced or removed, and what its policies leave of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from labspec.diff.difference import Change, Fate, Loss
from labspec.stateful import NOUNS, SNAPSHOTS, default_policy
from labspec.template import Joined, Resource

FATES: Mapping[str, Fate] = {"Retain": "kept", "RetainExceptOnCreate": "kept", "Snapshot": "snapshot", "Delete": "gone"}
ORDER: tuple[Fate, ...] = ("gone", "unsure", "snapshot", "kept")
"""The worst first."""


def losses(old: Joined, new: Joined, changes: Mapping[str, Change]) -> list[Loss]:
    """What would lose data, the worst first.

    What is replaced goes by `UpdateReplacePolicy` (`UpdateReplacePolicy attribute`: "By default, CloudFormation deletes
    your resources"), what is removed by `DeletionPolicy`, and so does what moves: its old stack removes it.
    """
    found = [_loss(change, old, new) for change in changes.values() if change.ends and _type(change, old) in NOUNS]
    return sorted(found, key=lambda loss: (ORDER.index(loss.fate), loss.address))


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
    said = f"UpdateReplacePolicy: {policy}" if isinstance(policy, str) else "no UpdateReplacePolicy"
    # Which of the two templates' policies applies, the documentation does not say: the worse one is told.
    return Loss(change.address, noun, min(fates, key=ORDER.index), said)


def _removed(resource: Resource) -> tuple[Fate, str]:
    """What is left of what a stack removes."""
    policy = resource.attributes.get("DeletionPolicy")
    default = default_policy(resource.type, resource.properties)
    said = f"DeletionPolicy: {policy}" if isinstance(policy, str) else f"no DeletionPolicy, which is {default}"
    return _fate(resource.type, policy if policy is not None else default), said


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
