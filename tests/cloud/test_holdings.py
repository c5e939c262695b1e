"""What a resource holds is told by its service's own account, in words that mean it."""

from __future__ import annotations

from typing import Any

import pytest

from labspec.cloud import holdings
from labspec.cloud.account import Account
from labspec.cloud.fates import Fated
from labspec.cloud.standing import Resource
from tests.cloud.cloudformation import arn
from tests.cloud.recorded import Answers

DATABASE = {"Engine": "mysql", "AllocatedStorage": 2000, "Iops": 3000, "MaxAllocatedStorage": 4000}
REPLICA = {**DATABASE, "ReadReplicaSourceDBInstanceIdentifier": "main"}


@pytest.mark.parametrize(
    ("kind", "operation", "answer", "words"),
    [
        (
            "AWS::S3::Bucket",
            "ListObjectVersions",
            {"Versions": [{"Key": name, "VersionId": "1"} for name in "abc"]},
            "bucket It (it): 3 objects and versions",
        ),
        ("AWS::S3::Bucket", "ListObjectVersions", {}, "bucket It (it): empty"),
        (
            "AWS::EFS::FileSystem",
            "DescribeFileSystems",
            {"FileSystems": [{"SizeInBytes": {"Value": 3 << 29, "ValueInIA": 1, "ValueInStandard": 2}}]},
            "file system It (it): 1.5 GiB",
        ),
        (
            "AWS::RDS::DBInstance",
            "DescribeDBInstances",
            {"DBInstances": [DATABASE]},
            "database It (it): mysql, 2,000 GiB of storage",
        ),
        (
            "AWS::RDS::DBInstance",
            "DescribeDBInstances",
            {"DBInstances": [REPLICA]},
            "database It (it): mysql, 2,000 GiB of storage, a replica of main",
        ),
        (
            "AWS::RDS::DBCluster",
            "DescribeDBClusters",
            {"DBClusters": [{"Engine": "aurora-mysql", "AllocatedStorage": 1}]},
            "database cluster It (it): aurora-mysql",
        ),
        (
            "AWS::DynamoDB::Table",
            "DescribeTable",
            {"Table": {"ItemCount": 1, "TableSizeBytes": 5000}},
            "table It (it): 1 item at last count",
        ),
        (
            "AWS::EC2::Volume",
            "DescribeVolumes",
            {"Volumes": [{"Size": 8, "Iops": 3000, "Throughput": 125}]},
            "volume It (it): 8 GiB",
        ),
        (
            "AWS::Logs::LogGroup",
            "DescribeLogGroups",
            {"logGroups": [{"logGroupName": "its", "storedBytes": 7}, {"logGroupName": "it", "storedBytes": 2048}]},
            "log group It (it): 2.0 KiB",
        ),
        ("AWS::Logs::LogGroup", "DescribeLogGroups", {"logGroups": [{"logGroupName": "its"}]}, "log group It (it)"),
        ("AWS::EC2::KeyPair", "", {}, "key pair It (it)"),
        ("AWS::SecretsManager::Secret", "", {}, "secret It (it)"),
    ],
)
def test_what_would_be_gone_is_told(
    kind: str, operation: str, answer: dict[str, Any], words: str, aws: Answers
) -> None:
    aws.told[operation] = answer
    it = Fated(Resource((), "It", kind, "it", "CREATE_COMPLETE", ""), arn("lab"), "gone")
    assert holdings.holds(it)
    assert holdings.told(Account(), it) == words
