"""What resources hold that is nowhere else, in words, by the services' own account."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any, NamedTuple

from labspec.cloud import emptying
from labspec.cloud.account import Account, answered
from labspec.cloud.fates import Fated
from labspec.stateful import CLUSTER, DATABASE, NOUNS
from labspec.wording import plural, series

BUCKET = "AWS::S3::Bucket"
UNITS = ("bytes", "KiB", "MiB", "GiB", "TiB")


class Holder(NamedTuple):
    """How what a type holds is told: the type's noun, and what one of it holds by its physical id."""

    noun: str
    service: str = ""
    held: Callable[[Any, str], str] = lambda _client, _identity: ""


def holds(fated: Fated) -> bool:
    """Whether a resource is of a type that holds what is nowhere else."""
    return fated.resource.type in HOLDERS


def told(account: Account, fated: Fated, member: str = "") -> str:
    """One that holds data, with what it holds: `bucket DocsBucket (site-docs-1): 12 objects and versions`.

    `member` is what its spec calls it. What may not be asked is left out.
    """
    noun, service, held = HOLDERS[fated.resource.type]
    words = answered(partial(held, account.client(service), fated.resource.physical), "") if service else ""
    called = f"{fated.resource.physical}{f', {member}' if member else ''}"
    return f"{noun} {fated.name} ({called}){f': {words}' if words else ''}"


def size(number: float) -> str:
    """Bytes as people read them: `1.5 GiB`."""
    power = 0
    while number >= 1024 and power < len(UNITS) - 1:
        number, power = number / 1024, power + 1
    return f"{number:,.{1 if power else 0}f} {UNITS[power]}"


def snapshots(image: dict[str, Any]) -> Iterator[str]:
    """The snapshots that an image is made of."""
    disks = (mapping.get("Ebs", {}).get("SnapshotId") for mapping in image.get("BlockDeviceMappings", ()))
    yield from (disk for disk in disks if disk)


def _bucket(s3: Any, name: str) -> str:
    number = emptying.held(s3, name)
    if number > emptying.MOST_COUNTED:
        return f"more than {emptying.MOST_COUNTED:,} objects and versions"
    return f"{plural(number, 'object')} and versions" if number else "empty"


def _file_system(efs: Any, identity: str) -> str:
    (there,) = efs.describe_file_systems(FileSystemId=identity)["FileSystems"]
    return size(there["SizeInBytes"]["Value"])


def _database(rds: Any, name: str) -> str:
    (there,) = rds.describe_db_instances(DBInstanceIdentifier=name)["DBInstances"]
    source = there.get("ReadReplicaSourceDBInstanceIdentifier")
    copy = f", a replica of {source}" if source else ""
    return f"{there['Engine']}, {there['AllocatedStorage']:,} GiB of storage{copy}"


def _cluster(rds: Any, name: str) -> str:
    (there,) = rds.describe_db_clusters(DBClusterIdentifier=name)["DBClusters"]
    return str(there["Engine"])


def _table(dynamodb: Any, name: str) -> str:
    there = dynamodb.describe_table(TableName=name)["Table"]
    return f"{plural(there['ItemCount'], 'item')} at last count"


def _volume(ec2: Any, identity: str) -> str:
    (there,) = ec2.describe_volumes(VolumeIds=[identity])["Volumes"]
    return f"{there['Size']:,} GiB"


def _image(ec2: Any, identity: str) -> str:
    found = ec2.describe_images(Owners=["self"], Filters=[{"Name": "image-id", "Values": [identity]}])["Images"]
    disks = [disk for image in found for disk in snapshots(image)]
    return f"with {series(disks, 'and')}" if disks else ""


def _logs(logs: Any, name: str) -> str:
    pages = logs.get_paginator("describe_log_groups").paginate(logGroupNamePrefix=name)
    found = [each for page in pages for each in page["logGroups"] if each["logGroupName"] == name]
    return size(found[0].get("storedBytes", 0)) if found else ""


HOLDERS = {
    BUCKET: Holder(NOUNS[BUCKET], "s3", _bucket),
    "AWS::EFS::FileSystem": Holder(NOUNS["AWS::EFS::FileSystem"], "efs", _file_system),
    DATABASE: Holder(NOUNS[DATABASE], "rds", _database),
    CLUSTER: Holder(NOUNS[CLUSTER], "rds", _cluster),
    "AWS::DynamoDB::Table": Holder(NOUNS["AWS::DynamoDB::Table"], "dynamodb", _table),
    "AWS::EC2::Volume": Holder(NOUNS["AWS::EC2::Volume"], "ec2", _volume),
    "Custom::Image": Holder("image", "ec2", _image),
    "AWS::EC2::KeyPair": Holder("key pair"),
    "AWS::SecretsManager::Secret": Holder(NOUNS["AWS::SecretsManager::Secret"]),
    "AWS::Logs::LogGroup": Holder(NOUNS["AWS::Logs::LogGroup"], "logs", _logs),
}
"""In the order in which they are shown.

CloudFormation deletes a secret without the recovery window that Secrets Manager has (issue 1999 of
aws-cloudformation/cloudformation-coverage-roadmap).
"""
