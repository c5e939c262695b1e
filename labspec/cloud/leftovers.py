"""What is left in the account once a stack is deleted, and the command that removes each.

What is looked for is what the stack's resources were called. Tags would not find it: CloudFormation takes its own
(`aws:cloudformation:stack-id`) off what a deleted stack leaves (issue 1049 of
aws-cloudformation/cloudformation-coverage-roadmap), and those of the spec are on its other stacks, too. Images and
their snapshots are the exception: the function that made them has left its name on them.
"""

from __future__ import annotations

import shlex
from collections.abc import Collection, Iterator, Sequence
from typing import Any, NamedTuple

from botocore.exceptions import ClientError

from labspec.cloud.account import DENIED, Account, answered, code_of, is_absence, plainly
from labspec.cloud.fates import Fated
from labspec.cloud.holdings import BUCKET, snapshots
from labspec.stateful import CLUSTER, DATABASE

FUNCTION, FILES, VOLUME = "AWS::Lambda::Function", "AWS::EFS::FileSystem", "AWS::EC2::Volume"
MAKER = "tag:labspec:image-maker"
"""Images and snapshots that an image maker made have its function's name in this tag (labspec/lambdas)."""
REMOVE = {
    "AWS::DynamoDB::Table": "aws dynamodb delete-table --table-name {}",
    "AWS::EC2::KeyPair": "aws ec2 delete-key-pair --key-name {}",
    "AWS::EC2::Volume": "aws ec2 delete-volume --volume-id {}",
    "AWS::EFS::FileSystem": "aws efs delete-file-system --file-system-id {}",
    "AWS::Logs::LogGroup": "aws logs delete-log-group --log-group-name {}",
    "AWS::RDS::DBCluster": "aws rds delete-db-cluster --skip-final-snapshot --db-cluster-identifier {}",
    "AWS::RDS::DBInstance": "aws rds delete-db-instance --skip-final-snapshot --db-instance-identifier {}",
    "AWS::RDS::DBParameterGroup": "aws rds delete-db-parameter-group --db-parameter-group-name {}",
    "AWS::RDS::DBSubnetGroup": "aws rds delete-db-subnet-group --db-subnet-group-name {}",
    "AWS::S3::Bucket": "aws s3 rb --force s3://{}",
    "AWS::SecretsManager::Secret": "aws secretsmanager delete-secret --secret-id {}",
}
"""What removes a resource, by its physical id (AWS CLI Command Reference)."""
ANY = "aws cloudcontrol delete-resource --type-name {} --identifier {}"
"""The same for all other types of AWS's own."""


SNAPSHOTS = (
    (
        DATABASE,
        "describe_db_snapshots",
        "DBSnapshot",
        "DBInstanceIdentifier",
        "aws rds delete-db-snapshot --db-snapshot-identifier",
    ),
    (
        CLUSTER,
        "describe_db_cluster_snapshots",
        "DBClusterSnapshot",
        "DBClusterIdentifier",
        "aws rds delete-db-cluster-snapshot --db-cluster-snapshot-identifier",
    ),
)
"""Of what snapshots are taken; how they are listed, how that names them and what they are of; what removes one."""


class Leftover(NamedTuple):
    """Something that stayed, and the command that removes it; empty where there is none."""

    what: str
    command: str = ""


def leftovers(account: Account, fated: Sequence[Fated]) -> Iterator[Leftover]:
    """What stays of resources that were there: what was kept, then what services made of the others.

    At last it is told what may not be asked, for that may hide more.
    """
    for each in fated:
        if each.stays:
            yield Leftover(f"{each.name}: {each.resource.physical} ({each.resource.type})", _removal(account, each))
    search = _Search(account, fated, [])
    yield from _database_snapshots(search)
    yield from _snapshots(search, "volume-id", search.names(VOLUME))
    yield from _images(search)
    yield from _backups(search)
    yield from _log_groups(search)
    for call in dict.fromkeys(search.unseen):
        yield Leftover(f"perhaps more: these credentials may not call {call}")


class _Search(NamedTuple):
    """Where is looked, for what of which resources, and what could not be looked at."""

    account: Account
    fated: Sequence[Fated]
    unseen: list[str]

    def names(self, kind: str) -> list[str]:
        """What the resources of a type were called."""
        return [each.resource.physical for each in self.fated if each.resource.type == kind]


def removal(kind: str, identity: str) -> str:
    """The command that removes a resource, by its type and physical id; empty where there is none."""
    name = shlex.quote(identity)
    if kind not in REMOVE:
        return ANY.format(kind, name) if kind.startswith("AWS::") else ""
    return REMOVE[kind].format(name)


def _removal(account: Account, fated: Fated) -> str:
    kind, identity = fated.resource.type, fated.resource.physical
    command = removal(kind, identity)
    if kind == BUCKET and answered(lambda: _is_versioned(account, identity), default=False):
        return f"it keeps versions: empty it in the console, then {command}"
    return command


def _is_versioned(account: Account, bucket: str) -> bool:
    """Whether a bucket has, or had, versions: `aws s3 rb --force` leaves those, and so the bucket."""
    return "Status" in account.client("s3").get_bucket_versioning(Bucket=bucket)


def _database_snapshots(search: _Search) -> Iterator[Leftover]:
    """Snapshots of databases, final ones and those that somebody took.

    RDS lists those of one database by its name only while it exists (`DescribeDBSnapshots`): all are listed here.
    """
    for kind, operation, said, of, command in SNAPSHOTS:
        if names := search.names(kind):
            for each in _listed(search, "rds", operation, f"{said}s", SnapshotType="manual"):
                if each[of] in names:
                    name = each[f"{said}Identifier"]
                    yield Leftover(f"snapshot {name} of {each[of]}", f"{command} {name}")


def _images(search: _Search) -> Iterator[Leftover]:
    """Images that an image maker could not remove, with their snapshots, and snapshots whose image is gone."""
    makers = search.names(FUNCTION)
    under: set[str] = set()
    asked = {"Owners": ["self"], "Filters": [{"Name": MAKER, "Values": makers}]}
    for image in _listed(search, "ec2", "describe_images", "Images", **asked) if makers else ():
        under |= {*snapshots(image)}
        command = f"aws ec2 deregister-image --delete-associated-snapshots --image-id {image['ImageId']}"
        yield Leftover(f"image {image['ImageId']}", command)
    yield from _snapshots(search, MAKER, makers, under)


def _snapshots(search: _Search, by: str, values: list[str], but: Collection[str] = ()) -> Iterator[Leftover]:
    asked = {"OwnerIds": ["self"], "Filters": [{"Name": by, "Values": values}]}
    for each in _listed(search, "ec2", "describe_snapshots", "Snapshots", **asked) if values else ():
        if (name := each["SnapshotId"]) not in but:
            yield Leftover(f"snapshot {name}", f"aws ec2 delete-snapshot --snapshot-id {name}")


def _backups(search: _Search) -> Iterator[Leftover]:
    """Backups of file systems, which AWS Backup makes and keeps by itself."""
    for each in (each for each in search.fated if each.resource.type == FILES):
        _, partition, _, region, owner, _ = each.stack.split(":", 5)  # arn:aws:cloudformation:REGION:ACCOUNT:stack/...
        files = f"arn:{partition}:elasticfilesystem:{region}:{owner}:file-system/{each.resource.physical}"
        operation, key = "list_recovery_points_by_resource", "RecoveryPoints"
        for point in _listed(search, "backup", operation, key, ResourceArn=files):
            vault, arn = point["BackupVaultName"], point["RecoveryPointArn"]
            command = f"aws backup delete-recovery-point --backup-vault-name {vault} --recovery-point-arn {arn}"
            yield Leftover(f"backup {arn} of {each.name}", command)


def _log_groups(search: _Search) -> Iterator[Leftover]:
    """Log groups that services made: RDS of what a database exports, Lambda of what a function said."""
    exact = [f"/aws/lambda/{name}" for name in search.names(FUNCTION)]
    databases = [f"/aws/rds/instance/{name}/" for name in search.names(DATABASE)]
    clusters = [f"/aws/rds/cluster/{name}/" for name in search.names(CLUSTER)]
    for prefix in (*exact, *databases, *clusters):
        for each in _listed(search, "logs", "describe_log_groups", "logGroups", logGroupNamePrefix=prefix):
            if (name := each["logGroupName"]) == prefix or prefix not in exact:
                yield Leftover(f"log group {name}", REMOVE["AWS::Logs::LogGroup"].format(shlex.quote(name)))


def _listed(search: _Search, service: str, operation: str, key: str, **asked: Any) -> list[dict[str, Any]]:
    """All pages of a list."""
    client = search.account.client(service)
    with plainly():
        try:
            return [each for page in client.get_paginator(operation).paginate(**asked) for each in page.get(key, ())]
        except ClientError as error:
            if code_of(error) in DENIED:
                search.unseen.append(f"{service}:{error.operation_name}")
            elif not is_absence(error):
                raise
            return []
