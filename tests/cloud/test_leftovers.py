"""What is left in the account is found wherever AWS lists it, and what is told to remove it does."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from botocore import xform_name

from labspec import schema
from labspec.cloud.account import Account
from labspec.cloud.fates import Fate, Fated
from labspec.cloud.leftovers import REMOVE, Leftover, leftovers
from labspec.cloud.standing import Resource
from tests.cloud.aws_cli import understood
from tests.cloud.cloudformation import arn
from tests.cloud.recorded import Answers

ALL = ["A", "B", "C"]
LEFT: dict[str, tuple[str, str, str, Callable[[str], dict[str, Any]]]] = {
    "snapshots of a database": (
        "AWS::RDS::DBInstance",
        "DescribeDBSnapshots",
        "DBSnapshots",
        lambda name: {"DBSnapshotIdentifier": name, "DBInstanceIdentifier": "it"},
    ),
    "snapshots of a cluster": (
        "AWS::RDS::DBCluster",
        "DescribeDBClusterSnapshots",
        "DBClusterSnapshots",
        lambda name: {"DBClusterSnapshotIdentifier": name, "DBClusterIdentifier": "it"},
    ),
    "snapshots of a volume": (
        "AWS::EC2::Volume",
        "DescribeSnapshots",
        "Snapshots",
        lambda name: {"SnapshotId": name},
    ),
    "images": (
        "AWS::Lambda::Function",
        "DescribeImages",
        "Images",
        lambda name: {"ImageId": name},
    ),
    "backups": (
        "AWS::EFS::FileSystem",
        "ListRecoveryPointsByResource",
        "RecoveryPoints",
        lambda name: {"RecoveryPointArn": name, "BackupVaultName": "vault"},
    ),
    "logs of a database": (
        "AWS::RDS::DBInstance",
        "DescribeLogGroups",
        "logGroups",
        lambda name: {"logGroupName": f"/aws/rds/instance/it/{name}"},
    ),
    "logs of a cluster": (
        "AWS::RDS::DBCluster",
        "DescribeLogGroups",
        "logGroups",
        lambda name: {"logGroupName": f"/aws/rds/cluster/it/{name}"},
    ),
}
"""By what it is: the type of what it was made of, and AWS's list of it, with what that says of a thing in it."""


def left(kind: str, fate: Fate = "gone", stack: str = "") -> list[Leftover]:
    """What is left of a resource of a type, which is called `it`."""
    there = Fated(Resource((), "It", kind, "it", "CREATE_COMPLETE", ""), stack or arn("lab"), fate)
    return [each for each in leftovers(Account(), [there]) if not each.what.startswith("perhaps more")]


@pytest.mark.parametrize("what", LEFT)
def test_what_services_made_of_a_resource_is_found_with_what_removes_it(what: str, aws: Answers) -> None:
    kind, operation, key, said = LEFT[what]
    aws.told[operation] = {key: [said(name) for name in ALL]}
    found = left(kind)
    assert [re.findall(r"\b[A-C]\b", each.what)[0] for each in found] == ALL
    for name, each in zip(ALL, found, strict=True):
        removes, options = understood(each.command)
        assert any(re.search(rf"\b{name}$", value) for value in options.values())
        assert removes.startswith(("Delete", "Deregister"))


@pytest.mark.parametrize("kind", sorted({*REMOVE} - {"AWS::S3::Bucket"}))
def test_what_is_kept_is_removed_by_what_its_type_is_known_by(kind: str, aws: Answers) -> None:
    (identifier,) = schema._schema(kind, schema.REGION)["primaryIdentifier"]
    (found,) = left(kind, "kept")
    operation, options = understood(found.command)
    assert operation == f"Delete{kind.rpartition('::')[2]}"
    (option,) = (option for option, value in options.items() if value == "it")
    assert option.endswith(f"-{xform_name(identifier.rpartition('/')[2], '-')}")


@pytest.mark.parametrize("partition", ["aws", "aws-cn"])
def test_backups_are_looked_for_in_the_stacks_own_partition(partition: str, aws: Answers) -> None:
    aws.told["ListRecoveryPointsByResource"] = {"RecoveryPoints": []}
    left("AWS::EFS::FileSystem", stack=arn("lab").replace("arn:aws:", f"arn:{partition}:"))
    (asked,) = aws.requests("ListRecoveryPointsByResource")
    assert asked["ResourceArn"].startswith(f"arn:{partition}:elasticfilesystem:us-east-1:111122223333:file-system/")
