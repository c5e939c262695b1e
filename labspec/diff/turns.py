"""Values that are good in themselves, and that AWS does not let take the place of those of before."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any, Final

from labspec.diff.decided import DATABASE, GROUP, ROLLING
from labspec.diff.difference import Refusal
from labspec.diff.scene import Scene, spoken

BALANCER: Final = "AWS::ElasticLoadBalancingV2::LoadBalancer"
MODIFY: Final = "ModifyDBInstance, Amazon RDS API Reference"
VERSION: Final = re.compile(r"\d+(\.\d+)*")
SIZES: Final = (
    (DATABASE, "AllocatedStorage", "A database's storage", MODIFY),
    ("AWS::EC2::Volume", "Size", "A volume", "ModifyVolume, Amazon EC2 API Reference"),
)


def _smaller_storage(scene: Scene) -> Iterator[Refusal]:
    for kind, name, noun, page in SIZES:
        for address in _updated(scene, kind):
            before, after = (_number(said(address, name)) for said in (scene.was, scene.now))
            if before is not None and after is not None and after < before:
                yield Refusal(
                    address,
                    ("Properties", name),
                    f"{noun} does not shrink: it has {before} GiB, and {after} GiB are asked for.",
                    f"Leave it at {before} GiB, or make a smaller one of its own and copy what the old one holds.",
                    page,
                )


def _older_versions(scene: Scene) -> Iterator[Refusal]:
    """`EngineVersion`: "the version number of the database engine to upgrade to"."""
    for address in _updated(scene, DATABASE):
        before, after = (_version(said(address, "EngineVersion")) for said in (scene.was, scene.now))
        both = min(len(before), len(after))
        if both and after[:both] < before[:both]:
            yield Refusal(
                address,
                ("Properties", "EngineVersion"),
                "A database does not go back to an older version of its engine.",
                "Leave the version, or restore a snapshot of that version beside it.",
                MODIFY,
            )


def _backups_of_a_source(scene: Scene) -> Iterator[Refusal]:
    """`BackupRetentionPeriod`: "Can't be set to 0 if the DB instance is a source to read replicas"."""
    sources = {spoken(scene.was(each, "SourceDBInstanceIdentifier")) for each in scene.formerly(DATABASE)}
    for address in _updated(scene, DATABASE):
        before, after = (_number(said(address, "BackupRetentionPeriod")) for said in (scene.was, scene.now))
        if address in sources and after == 0 and before:
            yield Refusal(
                address,
                ("Properties", "BackupRetentionPeriod"),
                "Backups of a database are not turned off while it has replicas.",
                "Leave them on, or remove the replicas in an update before this one.",
                MODIFY,
            )


def _indexes(scene: Scene) -> Iterator[Refusal]:
    """`GlobalSecondaryIndexUpdates`: "You can create or delete only one" in an update."""
    for address in _updated(scene, "AWS::DynamoDB::Table"):
        before, after = (_indexed(said(address, "GlobalSecondaryIndexes")) for said in (scene.was, scene.now))
        if len(after ^ before) > 1:
            yield Refusal(
                address,
                ("Properties", "GlobalSecondaryIndexes"),
                "A table gets, or loses, one global secondary index in an update.",
                "Change one of them in each update.",
                "UpdateTable, Amazon DynamoDB API Reference",
            )


def _groups_of_a_network_balancer(scene: Scene) -> Iterator[Refusal]:
    """`SetSecurityGroups`: not "unless you specified a security group for the load balancer when you created it"."""
    for address in _updated(scene, BALANCER):
        had, has = scene.was(address, "SecurityGroups"), scene.now(address, "SecurityGroups")
        if scene.now(address, "Type") == "network" and not had and isinstance(has, list) and has:
            yield Refusal(
                address,
                ("Properties", "SecurityGroups"),
                "A network load balancer that was made without security groups gets none later.",
                "Leave it without, or make another one beside it under another logical id.",
                "SetSecurityGroups, Elastic Load Balancing API Reference",
            )


def _rolling(scene: Scene) -> Iterator[Refusal]:
    """`MinInstancesInService`: "This value must be less than the MaxSize of the Auto Scaling group"."""
    for address in _updated(scene, GROUP):
        policy = scene.after[address].get("UpdatePolicy")
        rolling = policy.get("AutoScalingRollingUpdate") if isinstance(policy, dict) else None
        least = _number(rolling.get("MinInstancesInService")) if isinstance(rolling, dict) else None
        most = _number(scene.now(address, "MaxSize"))
        if least is None or most is None or least < most:
            continue
        for edit in (edit for edit in scene.changes[address].edits if edit.note == ROLLING):
            yield Refusal(
                address,
                edit.path,
                f"Its machines are replaced in turn, with {least} in service all the time, and it has {most} at most.",
                "Let it have more machines at most, or keep fewer in service.",
                "UpdatePolicy attribute, AWS CloudFormation",
                edit.sure,
            )
            break


def _updated(scene: Scene, kind: str) -> Iterator[str]:
    yield from (address for address in scene.of(kind) if scene.change(address, "change"))


def _number(value: Any) -> int | None:
    return int(value) if isinstance(value, str) and value.isdigit() else None


def _version(value: Any) -> tuple[int, ...]:
    """The numbers of a version; none where it is not known, or has other parts."""
    known = isinstance(value, str) and VERSION.fullmatch(value)
    return tuple(int(part) for part in value.split(".")) if known else ()


def _indexed(value: Any) -> set[str]:
    names = (each.get("IndexName") for each in value if isinstance(each, dict)) if isinstance(value, list) else ()
    return {name for name in names if isinstance(name, str)}


TURNS: Final[tuple[Callable[[Scene], Iterator[Refusal]], ...]] = (
    _smaller_storage,
    _older_versions,
    _backups_of_a_source,
    _indexes,
    _groups_of_a_network_balancer,
    _rolling,
)
"""Each looks for one such change."""
