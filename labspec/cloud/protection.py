"""What protects a stack and its resources from being deleted, and how to switch that off."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any, NamedTuple

from labspec.cloud.account import Account, answered, plainly
from labspec.cloud.fates import Fated
from labspec.stateful import CLUSTER, DATABASE

BALANCER_KEY = "deletion_protection.enabled"
"""An attribute of every load balancer (`LoadBalancerAttribute`, Elastic Load Balancing API Reference)."""


class Protection(NamedTuple):
    """Something that would make AWS refuse a deletion."""

    what: str
    """In words: `the stack lab`."""
    off: Callable[[], object]


class Guard(NamedTuple):
    """How resources of a type are protected: whether one is, by its physical id, and how that ends."""

    noun: str
    service: str
    guarded: Callable[[Any, str], bool]
    off: Callable[[Any, str], object]


def protections(account: Account, stack: Mapping[str, Any], fated: Sequence[Fated]) -> Iterator[Protection]:
    """What protects a stack, as AWS described it, and of its resources those that are to go.

    What may not be asked counts as not protected: where it is, AWS refuses to delete it, and says so.
    """
    cloudformation = account.client("cloudformation")
    if stack.get("EnableTerminationProtection"):
        off = cloudformation.update_termination_protection
        yield Protection(
            f"the stack `{stack['StackName']}`",
            partial(off, StackName=stack["StackId"], EnableTerminationProtection=False),
        )
    for each in fated:
        if (guard := GUARDS.get(each.resource.type)) and each.goes:
            client = account.client(guard.service)
            if answered(partial(guard.guarded, client, each.resource.physical), default=False):
                yield Protection(f"the {guard.noun} `{each.name}`", partial(guard.off, client, each.resource.physical))


def switch_off(found: Sequence[Protection]) -> None:
    """Switch off every protection."""
    with plainly():
        for each in found:
            each.off()


def _instance(ec2: Any, identity: str) -> bool:
    said = ec2.describe_instance_attribute(InstanceId=identity, Attribute="disableApiTermination")
    return bool(said["DisableApiTermination"]["Value"])


def _balancer(elb: Any, arn: str) -> bool:
    said = elb.describe_load_balancer_attributes(LoadBalancerArn=arn)["Attributes"]
    return any(each["Key"] == BALANCER_KEY and each["Value"] == "true" for each in said)


def _group(autoscaling: Any, name: str) -> bool:
    said = autoscaling.describe_auto_scaling_groups(AutoScalingGroupNames=[name])["AutoScalingGroups"]
    return any(each.get("DeletionProtection", "none") != "none" for each in said)


def _logs(logs: Any, name: str) -> bool:
    said = logs.describe_log_groups(logGroupNamePrefix=name)["logGroups"]
    return any(each["logGroupName"] == name and each.get("deletionProtectionEnabled") for each in said)


GUARDS = {
    DATABASE: Guard(
        "database",
        "rds",
        lambda rds, name: rds.describe_db_instances(DBInstanceIdentifier=name)["DBInstances"][0]["DeletionProtection"],
        lambda rds, name: rds.modify_db_instance(
            DBInstanceIdentifier=name, DeletionProtection=False, ApplyImmediately=True
        ),
    ),
    CLUSTER: Guard(
        "database cluster",
        "rds",
        lambda rds, name: rds.describe_db_clusters(DBClusterIdentifier=name)["DBClusters"][0]["DeletionProtection"],
        lambda rds, name: rds.modify_db_cluster(
            DBClusterIdentifier=name, DeletionProtection=False, ApplyImmediately=True
        ),
    ),
    "AWS::EC2::Instance": Guard(
        "instance",
        "ec2",
        _instance,
        lambda ec2, name: ec2.modify_instance_attribute(InstanceId=name, DisableApiTermination={"Value": False}),
    ),
    "AWS::ElasticLoadBalancingV2::LoadBalancer": Guard(
        "load balancer",
        "elbv2",
        _balancer,
        lambda elb, arn: elb.modify_load_balancer_attributes(
            LoadBalancerArn=arn, Attributes=[{"Key": BALANCER_KEY, "Value": "false"}]
        ),
    ),
    "AWS::AutoScaling::AutoScalingGroup": Guard(
        "Auto Scaling group",
        "autoscaling",
        _group,
        lambda autoscaling, name: autoscaling.update_auto_scaling_group(
            AutoScalingGroupName=name, DeletionProtection="none"
        ),
    ),
    "AWS::DynamoDB::Table": Guard(
        "table",
        "dynamodb",
        lambda db, name: db.describe_table(TableName=name)["Table"].get("DeletionProtectionEnabled", False),
        lambda db, name: db.update_table(TableName=name, DeletionProtectionEnabled=False),
    ),
    "AWS::Logs::LogGroup": Guard(
        "log group",
        "logs",
        _logs,
        lambda logs, name: logs.put_log_group_deletion_protection(
            logGroupIdentifier=name, deletionProtectionEnabled=False
        ),
    ),
}
"""Of each type that AWS lets protect, how; each service's own API Reference."""
