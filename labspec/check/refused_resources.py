"""CloudFormation of the user's own that AWS refuses, although no schema and no linter says so."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from labspec.check.own_bodies import OwnBody, own_bodies, values_at, written
from labspec.diagnostic import Diagnostic, Path, Rule, Severity
from labspec.model.architecture import Architecture

REFUSED = Rule(
    "LS363",
    "refused-resource",
    "A raw resource is written as AWS does not take it.",
    "Members of the spec cannot say these things, raw resources can, and fail as they are created: a desired size"
    " outside of a group's bounds; a health check whose timeout is not below its interval; a database with both a"
    " standby and a zone; a replica of a database without backups, or with a password that RDS manages; requests that"
    " are followed without a `ResourceLabel` (`CreateAutoScalingGroup`, `CreateTargetGroup`, `CreateDBInstance`,"
    " `CreateDBInstanceReadReplica`, `PutScalingPolicy`). A launch template's version is a number: `$Latest` is not"
    " supported, and a changed template would reach nobody (`AWS::AutoScaling::AutoScalingGroup"
    " LaunchTemplateSpecification`).",
    'Group: {Type: AWS::AutoScaling::AutoScalingGroup, Properties: {MinSize: "1", MaxSize: "2", DesiredCapacity: "9"}}',
    'Group: {Type: AWS::AutoScaling::AutoScalingGroup, Properties: {MinSize: "1", MaxSize: "2"}}',
)
GROUP = "AWS::AutoScaling::AutoScalingGroup"
DATABASE = "AWS::RDS::DBInstance"
Found = Iterator[tuple[str, Path, str]]
"""Message, path and help of what is wrong."""


def check_refused_resources(architecture: Architecture) -> Iterator[Diagnostic]:
    """Raw resources, one by one; what a replica says is held against its source."""
    bodies = list(own_bodies(architecture))
    raw = {own.name: own for own in bodies if own.type == DATABASE}
    for own in bodies:
        for law in LAWS.get(own.type, ()):
            yield from _told(law(own))
        if own.type == DATABASE:
            yield from _told(_replica(own, raw))
        yield from _version(own)


def _told(found: Found) -> Iterator[Diagnostic]:
    return (Diagnostic(REFUSED, message, path, help=help_) for message, path, help_ in found)


def _size(own: OwnBody) -> Found:
    least, most, desired = (_number(own.properties.get(key)) for key in ("MinSize", "MaxSize", "DesiredCapacity"))
    if desired is None or least is None or most is None or least <= desired <= most:
        return
    message = f"`{own.name}` is to have {desired} machines, and has {least} to {most}."
    yield message, (*own.path, "DesiredCapacity"), "Leave it out: a group starts at its smallest size."


def _health_check(own: OwnBody) -> Found:
    said = own.properties
    timeout, interval = _number(said.get("HealthCheckTimeoutSeconds")), _number(said.get("HealthCheckIntervalSeconds"))
    if timeout is not None and interval is not None and timeout >= interval:
        message = f"`{own.name}` asks every {interval}s and waits {timeout}s for an answer."
        yield message, (*own.path, "HealthCheckTimeoutSeconds"), "Make the timeout shorter than the interval."


def _zone(own: OwnBody) -> Found:
    if "AvailabilityZone" in own.properties and _is_on(own.properties.get("MultiAZ")):
        message = f"`{own.name}` stands in two zones, and is given one."
        yield message, (*own.path, "AvailabilityZone"), "Leave one of the two out."


def _metric(own: OwnBody) -> Found:
    place = ("TargetTrackingConfiguration", "PredefinedMetricSpecification")
    for path, metric in own.at(*place):
        requests = isinstance(metric, dict) and metric.get("PredefinedMetricType") == "ALBRequestCountPerTarget"
        if requests and "ResourceLabel" not in metric:
            message = f"`{own.name}` follows requests, and does not say which target group's."
            yield message, (*path, "PredefinedMetricType"), "Say `ResourceLabel`, or use `scaling: {requests: ...}`."


def _replica(own: OwnBody, raw: dict[str, OwnBody]) -> Found:
    named = own.properties.get("SourceDBInstanceIdentifier")
    source = raw.get(named["Ref"]) if isinstance(named, dict) and isinstance(named.get("Ref"), str) else None
    if source is None:
        return
    path = (*own.path, "SourceDBInstanceIdentifier")
    if _number(source.properties.get("BackupRetentionPeriod")) == 0:
        message = f"`{own.name}` needs a source that keeps backups, and `{source.name}` keeps none."
        yield message, path, f"Give `{source.name}` a `BackupRetentionPeriod` of 1 or more."
    if _is_on(source.properties.get("ManageMasterUserPassword")):
        message = f"RDS makes no replica of `{source.name}` while it manages the password itself."
        yield message, path, f"Give `{source.name}` a `MasterUserPassword` from a secret of its own."


def _version(own: OwnBody) -> Iterator[Diagnostic]:
    for path, version in values_at(own.properties, own.path, "LaunchTemplate", "Version"):
        if own.may_be(GROUP) and written(version) in ("$Latest", "$Default"):
            message = f"A change of the launch template does not reach the machines of `{own.name}`."
            help_ = "Ask for the number: `!GetAtt Template.LatestVersionNumber`."
            yield Diagnostic(REFUSED, message, path, help=help_, severity=Severity.WARNING)


def _number(value: Any) -> int | None:
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    return int(value) if isinstance(value, str) and value.isdecimal() else None


def _is_on(value: Any) -> bool:
    return value is True or (isinstance(value, str) and value.lower() == "true")


LAWS: dict[str, tuple[Callable[[OwnBody], Found], ...]] = {
    GROUP: (_size,),
    "AWS::ElasticLoadBalancingV2::TargetGroup": (_health_check,),
    "AWS::AutoScaling::ScalingPolicy": (_metric,),
    DATABASE: (_zone,),
}
"""What each type of resource is held against."""
