"""What holds something that is nowhere else, and what becomes of it where a template does not say.

The types are those that cfn-lint calls stateful (its `StatefulResources.json`, rule I3011), and a few of their kin.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

CLUSTER, DATABASE = "AWS::RDS::DBCluster", "AWS::RDS::DBInstance"

DATA: Final = frozenset(
    {
        "AWS::Backup::BackupVault",
        "AWS::Cognito::UserPool",
        "AWS::DocDB::DBCluster",
        "AWS::DocDB::DBInstance",
        "AWS::DynamoDB::GlobalTable",
        "AWS::DynamoDB::Table",
        "AWS::EC2::KeyPair",
        "AWS::EC2::Volume",
        "AWS::ECR::Repository",
        "AWS::EFS::FileSystem",
        "AWS::ElastiCache::CacheCluster",
        "AWS::ElastiCache::ReplicationGroup",
        "AWS::Elasticsearch::Domain",
        "AWS::FSx::FileSystem",
        "AWS::KMS::Key",
        "AWS::Kinesis::Stream",
        "AWS::Neptune::DBCluster",
        "AWS::Neptune::DBInstance",
        "AWS::OpenSearchService::Domain",
        "AWS::RDS::DBCluster",
        "AWS::RDS::DBInstance",
        "AWS::Redshift::Cluster",
        "AWS::S3::Bucket",
        "AWS::SDB::Domain",
        "AWS::SQS::Queue",
        "AWS::SecretsManager::Secret",
        "Custom::Image",
    }
)
"""Types that hold what is nowhere else.

Those that cfn-lint takes for stateful (its rule I3011), and besides them repositories of images, private keys, and the
images that machines start from. Log groups are none of them: a machine that is removed takes its log along, and would
never go without being asked about it.
"""

NOUNS: Final[Mapping[str, str]] = {
    "AWS::S3::Bucket": "bucket",
    "AWS::EFS::FileSystem": "file system",
    DATABASE: "database",
    CLUSTER: "database cluster",
    "AWS::DynamoDB::Table": "table",
    "AWS::DynamoDB::GlobalTable": "table",
    "AWS::EC2::Volume": "volume",
    "AWS::Backup::BackupVault": "vault of backups",
    "AWS::Cognito::UserPool": "user pool",
    "AWS::DocDB::DBCluster": "database cluster",
    "AWS::DocDB::DBInstance": "database",
    "AWS::ECR::Repository": "repository of images",
    "AWS::ElastiCache::CacheCluster": "cache",
    "AWS::ElastiCache::ReplicationGroup": "cache",
    "AWS::Elasticsearch::Domain": "search domain",
    "AWS::FSx::FileSystem": "file system",
    "AWS::KMS::Key": "key",
    "AWS::Kinesis::Stream": "stream",
    "AWS::Neptune::DBCluster": "database cluster",
    "AWS::Neptune::DBInstance": "database",
    "AWS::OpenSearchService::Domain": "search domain",
    "AWS::QLDB::Ledger": "ledger",
    "AWS::Redshift::Cluster": "data warehouse",
    "AWS::SDB::Domain": "table",
    "AWS::SQS::Queue": "queue",
    "AWS::SecretsManager::Secret": "secret",
    "AWS::Logs::LogGroup": "log group",
}
"""Types that hold what is nowhere else, and what one of each is called."""

SNAPSHOTS: Final = frozenset(
    (
        "AWS::DocDB::DBCluster",
        "AWS::EC2::Volume",
        "AWS::ElastiCache::CacheCluster",
        "AWS::ElastiCache::ReplicationGroup",
        "AWS::Neptune::DBCluster",
        CLUSTER,
        DATABASE,
        "AWS::Redshift::Cluster",
    )
)
"""Types of which a policy can keep a snapshot (`DeletionPolicy attribute`, AWS CloudFormation)."""


def default_policy(kind: str, properties: Mapping[str, Any]) -> str:
    """The `DeletionPolicy` where none is written: AWS spares databases that stand alone, by that attribute's page."""
    alone = kind == CLUSTER or (kind == DATABASE and "DBClusterIdentifier" not in properties)
    return "Snapshot" if alone else "Delete"
