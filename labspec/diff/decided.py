"""Replacements that the schemas call conditional, decided where documentation or AWS's own handlers decide them.

Each function is asked about one property, with the steps to the value that changes, and the value before and after;
where only what it speaks of changes, both are the same. It answers None where it cannot tell: then the schema does.

Sources are named at each table. The handlers of RDS are public: `aws-cloudformation/aws-cloudformation-resource-
providers-rds`, `ImmutabilityHelper.java`. Pages are of the CloudFormation template reference unless said.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final, NamedTuple

from labspec.diagnostic import Path
from labspec.diff.canonical import same
from labspec.diff.difference import ABSENT, Effect

IMAGE: Final = "Custom::Image"
"""What labspec makes images by; its function is labspec's own."""

INSTANCE, VPC, DOCUMENT = "AWS::EC2::Instance", "AWS::EC2::VPC", "AWS::SSM::Document"
GROUP = "AWS::AutoScaling::AutoScalingGroup"
DATABASE, CLUSTER = "AWS::RDS::DBInstance", "AWS::RDS::DBCluster"


class Situation(NamedTuple):
    """A resource before and after, in canonical form. `is_ours` says that labspec made the function behind it."""

    type: str
    before: Mapping[str, Any]
    after: Mapping[str, Any]
    attributes: Mapping[str, Any]
    is_ours: bool = False


class Judged(NamedTuple):
    """What an edit does, whether that is certain, and why."""

    effect: Effect
    sure: bool = True
    note: str = ""


Decision = Callable[[Situation, Path, Any, Any], Judged | None]

IN_PLACE = Judged("update")
REPLACES = Judged("replace")
STOPS = "The machine is stopped and started again."
STOPPED = Judged("interrupt", True, STOPS)


def _in_place(_situation: Situation, _place: Path, _before: Any, _after: Any) -> Judged:
    return IN_PLACE


def _stopped(_situation: Situation, _place: Path, _before: Any, _after: Any) -> Judged:
    return STOPPED


# AWS::EC2::Instance. "Some interruptions" for instances whose root is on EBS, replacement for those whose root is in an
# instance store, of which EC2 starts none by its current images.


def _machine_type(_situation: Situation, _place: Path, before: Any, after: Any) -> Judged | None:
    """Within a family the new type always fits; else it "depends on the instance type compatibility" (InstanceType)."""
    families = [value.partition(".")[0] for value in (before, after) if isinstance(value, str)]
    if len(families) == 2 and families[0] == families[1]:
        return STOPPED
    note = (
        "Where the new type does not fit the machine's image, the machine is replaced instead of stopped and started."
    )
    return Judged("replace", False, note)


def _tenancy(_situation: Situation, _place: Path, before: Any, after: Any) -> Judged | None:
    """`dedicated` and `host` change into one another in place; all else replaces (Tenancy, as of 2018)."""
    if not isinstance(before, str) or not isinstance(after, str):
        return None
    return Judged("interrupt", True, STOPS) if {before, after} == {"dedicated", "host"} else REPLACES


def _disks(_situation: Situation, place: Path, before: Any, after: Any) -> Judged | None:
    """Only `DeleteOnTermination` changes in place (BlockDeviceMappings)."""
    if place[-1] == "DeleteOnTermination":
        return IN_PLACE
    return None if same(before, after) else REPLACES


# AWS::EC2::EIP


def _domain(_situation: Situation, _place: Path, _before: Any, _after: Any) -> Judged:
    """Its page says replacement, and its schema does not."""
    return Judged("replace", False, DISPUTED)


DISPUTED = "The documentation says that it is replaced, and AWS's schema that it is not."


# AWS::EC2::VPC


def _vpc_tenancy(_situation: Situation, _place: Path, before: Any, after: Any) -> Judged | None:
    """From `dedicated` to `default` in place, the other way by replacement (InstanceTenancy)."""
    if before == "dedicated" and after == "default":
        return IN_PLACE
    known = [value for value in (before, after) if isinstance(value, str)]
    return REPLACES if "dedicated" in known else None


# AWS::AutoScaling::AutoScalingGroup. The group itself stays, unless its `UpdatePolicy` says otherwise (UpdatePolicy
# attribute, AutoScalingReplacingUpdate and AutoScalingRollingUpdate).

REPLACED = "Its `UpdatePolicy` makes a new group (`WillReplace`)."
ROLLING = "Its machines are replaced, some at a time, as its `UpdatePolicy` says."
LATER = "Machines that run stay as they are; only new ones are made so."
ANEW = "Its machines are replaced by new ones in the new subnets."


def _group(situation: Situation, place: Path, _before: Any, _after: Any) -> Judged | None:
    policy = situation.attributes.get("UpdatePolicy")
    policy = policy if isinstance(policy, Mapping) else {}
    replacing, rolling = policy.get("AutoScalingReplacingUpdate"), policy.get("AutoScalingRollingUpdate")
    will_replace = replacing.get("WillReplace") if isinstance(replacing, Mapping) else None
    if will_replace is not None and will_replace != "false":
        return Judged("replace", will_replace == "true", REPLACED)
    if rolling is not None:
        return Judged("interrupt", True, ROLLING)
    return Judged("interrupt", True, ANEW) if place[0] == "VPCZoneIdentifier" else Judged("update", True, LATER)


# AWS::SSM::Document


def _document(situation: Situation, _place: Path, _before: Any, _after: Any) -> Judged | None:
    """`UpdateMethod`: "Replace is the default method", `NewVersion` makes a new version of what is there."""
    method = situation.after.get("UpdateMethod", "Replace")
    return IN_PLACE if method == "NewVersion" else REPLACES if method == "Replace" else None


# AWS::RDS::DBInstance, by its handler

IN_PLACE_ENGINES = (
    {("aurora", "aurora-mysql")}
    | {(old, "oracle-se2") for old in ("oracle-se", "oracle-se1")}
    | {("oracle-ee", "oracle-ee-cdb"), ("oracle-se2", "oracle-se2-cdb")}
)
ENGINE_CHANGES = "The engine is converted; the database restarts."


def _engine(_situation: Situation, _place: Path, before: Any, after: Any) -> Judged | None:
    """`isEngineMutable`."""
    if not isinstance(before, str) or not isinstance(after, str):
        return None
    if (before.lower(), after.lower()) in IN_PLACE_ENGINES:
        return Judged("interrupt", True, ENGINE_CHANGES)
    return REPLACES


def _zone(situation: Situation, _place: Path, _before: Any, after: Any) -> Judged | None:
    """`isAvailabilityZoneChangeMutable`: it is only taken away as the database gets a standby in another zone."""
    has_standby = situation.after.get("MultiAZ")
    if after in (ABSENT, ""):
        return IN_PLACE if has_standby == "true" else REPLACES if has_standby in (None, "false") else None
    return REPLACES


def _restored(_situation: Situation, _place: Path, before: Any, after: Any) -> Judged | None:
    """`isDBSnapshotIdentifierMutable`, `isRestoreTimeMutable` and their kin: to take it away restores nothing anew."""
    if after in (ABSENT, ""):
        return IN_PLACE
    return None if same(before, after) else REPLACES


def _latest(_situation: Situation, _place: Path, _before: Any, after: Any) -> Judged | None:
    """`isUseLatestRestorableTimeMutable`."""
    return REPLACES if after == "true" else IN_PLACE if after in (ABSENT, "false") else None


PROMOTED = "A replica without its source becomes a database of its own."


def _source(_situation: Situation, _place: Path, before: Any, after: Any) -> Judged | None:
    """`isSourceDBInstanceIdentifierMutable`: to take it away promotes the replica."""
    return Judged("update", True, PROMOTED) if after in (ABSENT, "") and before is not ABSENT else REPLACES


def _insights_key(_situation: Situation, _place: Path, before: Any, _after: Any) -> Judged | None:
    """`isPerformanceInsightsKMSKeyIdMutable`."""
    return IN_PLACE if before in (ABSENT, "") else REPLACES


def _backups(_situation: Situation, _place: Path, before: Any, after: Any) -> Judged | None:
    """Never by replacement; to turn backups on or off is felt (BackupRetentionPeriod, ModifyDBInstance)."""
    if before == "0" or after == "0":
        return Judged("interrupt", True, SWITCHED)
    return IN_PLACE


SWITCHED = "Input and output stand still for seconds to minutes, as backups are turned on or off."


# AWS::RDS::DBCluster, by its handler


def _cluster_engine(_situation: Situation, _place: Path, before: Any, after: Any) -> Judged | None:
    """`isEngineMutable`."""
    if not isinstance(before, str) or not isinstance(after, str):
        return None
    return Judged("interrupt", True, ENGINE_CHANGES) if (before, after) == ("aurora", "aurora-mysql") else REPLACES


def _global_cluster(_situation: Situation, _place: Path, _before: Any, after: Any) -> Judged | None:
    """`isGlobalClusterMutable`: it leaves in place, and joins by replacement."""
    return IN_PLACE if after in (ABSENT, "") else REPLACES


DECIDED: Final[Mapping[str, Mapping[str, Decision]]] = {
    INSTANCE: {
        "InstanceType": _machine_type,
        "EbsOptimized": _stopped,
        "UserData": _stopped,
        "KernelId": _stopped,
        "RamdiskId": _stopped,
        "AdditionalInfo": _stopped,
        "Tenancy": _tenancy,
        "Affinity": _stopped,
        "HostId": _stopped,
        "BlockDeviceMappings": _disks,
        "SecurityGroupIds": _in_place,
    },
    "AWS::EC2::EIP": {"Domain": _domain},
    VPC: {"InstanceTenancy": _vpc_tenancy},
    GROUP: dict.fromkeys(
        ("LaunchConfigurationName", "LaunchTemplate", "MixedInstancesPolicy", "VPCZoneIdentifier"), _group
    ),
    DOCUMENT: dict.fromkeys(
        ("Attachments", "Content", "DocumentFormat", "Requires", "TargetType", "VersionName"), _document
    ),
    DATABASE: {
        "Engine": _engine,
        "AvailabilityZone": _zone,
        "UseLatestRestorableTime": _latest,
        "SourceDBInstanceIdentifier": _source,
        "SourceDBClusterIdentifier": _source,
        "PerformanceInsightsKMSKeyId": _insights_key,
        "BackupRetentionPeriod": _backups,
        **dict.fromkeys(
            (
                "DBSnapshotIdentifier",
                "DBClusterSnapshotIdentifier",
                "RestoreTime",
                "SourceDBInstanceAutomatedBackupsArn",
                "SourceDbiResourceId",
            ),
            _restored,
        ),
    },
    CLUSTER: {"Engine": _cluster_engine, "GlobalClusterIdentifier": _global_cluster},
}
"""By type and property. What is left of the conditional ones is said by the tables of interruptions, or not known."""
