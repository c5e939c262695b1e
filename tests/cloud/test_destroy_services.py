"""What the other services do for a deletion: buckets are emptied, protections end, and what is left is found."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import boto3
import pytest
from botocore.client import BaseClient
from botocore.exceptions import ClientError
from moto import mock_aws

from labspec.cloud import emptying, holdings
from labspec.cloud.fates import Fate, Fated
from labspec.cloud.leftovers import leftovers
from labspec.cloud.protection import protections, switch_off
from labspec.cloud.refusal import Refused
from labspec.cloud.standing import Resource
from tests.cloud.cloudformation import Cloud, Mine, arn


@pytest.fixture(autouse=True)
def aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for name, value in (("ACCESS_KEY_ID", "x"), ("SECRET_ACCESS_KEY", "x"), ("DEFAULT_REGION", "us-east-1")):
        monkeypatch.setenv(f"AWS_{name}", value)
    with mock_aws():
        yield


def client(service: str) -> Any:
    return boto3.client(service)  # type: ignore[call-overload]


def fated(kind: str, physical: str, fate: Fate = "gone") -> Fated:
    return Fated(Resource(("Data",), "It", kind, physical, "CREATE_COMPLETE", ""), arn("Data"), fate)


def refusing(monkeypatch: pytest.MonkeyPatch, code: str) -> None:
    """From now on, AWS answers all with an error."""

    def send(_: Any, operation: str, __: Any) -> Any:
        raise ClientError({"Error": {"Code": code, "Message": "No."}}, operation)

    monkeypatch.setattr(BaseClient, "_make_api_call", send)


# ------------------------------------------------------------------ buckets


def bucket(name: str, versions: int = 0) -> Any:
    s3 = client("s3")
    s3.create_bucket(Bucket=name)
    s3.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Enabled"})
    for number in range(versions):
        s3.put_object(Bucket=name, Key=f"page {number % 2} & <\u00e9>", Body=b"x")
    return s3


def test_a_bucket_loses_every_version_marker_and_upload(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(emptying, "AT_ONCE", 10)
    s3, numbers = bucket("docs", 21), list[int]()
    s3.delete_object(Bucket="docs", Key="page 0 & <\u00e9>")
    s3.create_multipart_upload(Bucket="docs", Key="film")
    assert holdings.told(Mine(Cloud()), fated(holdings.BUCKET, "docs")) == (
        "bucket Data/It (docs): 22 objects and versions"
    )
    assert emptying.empty(s3, "docs", numbers.append) == 22
    assert numbers == [10, 20, 22]
    assert "Uploads" not in s3.list_multipart_uploads(Bucket="docs")
    s3.delete_bucket(Bucket="docs")
    assert emptying.empty(s3, "docs", numbers.append) == 0


@pytest.mark.parametrize("words", ["It is locked.", "It is locked"])
def test_a_version_that_may_not_be_deleted_is_named(words: str, monkeypatch: pytest.MonkeyPatch) -> None:
    s3 = bucket("docs", 1)
    refused = {"Errors": [{"Key": "page", "Code": "AccessDenied", "Message": words}]}
    monkeypatch.setattr(s3, "delete_objects", lambda **_: refused)
    with pytest.raises(Refused, match=r"`page` in the bucket `docs` cannot be deleted: It is locked\.$"):
        emptying.empty(s3, "docs", lambda _: None)


def test_a_large_bucket_is_not_counted_to_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(emptying, "MOST_COUNTED", 1)
    bucket("docs", 2)
    assert holdings.told(Mine(Cloud()), fated(holdings.BUCKET, "docs")).endswith(": more than 1 objects and versions")


# ------------------------------------------------------------------ protections


def database(**more: Any) -> str:
    asked = {"DBInstanceClass": "db.t3.micro", "Engine": "mysql", "AllocatedStorage": 20, "MasterUsername": "admin"}
    made = client("rds").create_db_instance(DBInstanceIdentifier="db", ManageMasterUserPassword=True, **asked, **more)
    return str(made["DBInstance"]["DBInstanceIdentifier"])


def balancer() -> str:
    ec2 = client("ec2")
    nets = [each["SubnetId"] for each in ec2.describe_subnets()["Subnets"][:2]]
    elb = client("elbv2")
    made = elb.create_load_balancer(Name="front", Subnets=nets)["LoadBalancers"][0]["LoadBalancerArn"]
    attribute = {"Key": "deletion_protection.enabled", "Value": "true"}
    elb.modify_load_balancer_attributes(LoadBalancerArn=made, Attributes=[attribute])
    return str(made)


def machine() -> str:
    ec2 = client("ec2")
    image = ec2.describe_images()["Images"][0]["ImageId"]
    made = ec2.run_instances(ImageId=image, MinCount=1, MaxCount=1)["Instances"][0]["InstanceId"]
    ec2.modify_instance_attribute(InstanceId=made, DisableApiTermination={"Value": True})
    return str(made)


def table() -> str:
    client("dynamodb").create_table(
        TableName="orders",
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
        DeletionProtectionEnabled=True,
    )
    return "orders"


PROTECTED: dict[str, tuple[Callable[[], str], str]] = {
    "AWS::RDS::DBInstance": (lambda: database(DeletionProtection=True), "the database `Data/It`"),
    "AWS::ElasticLoadBalancingV2::LoadBalancer": (balancer, "the load balancer `Data/It`"),
    "AWS::EC2::Instance": (machine, "the instance `Data/It`"),
    "AWS::DynamoDB::Table": (table, "the table `Data/It`"),
}


@pytest.mark.parametrize("kind", PROTECTED)
def test_what_is_protected_is_named_and_can_be_switched_off(kind: str) -> None:
    make, what = PROTECTED[kind]
    physical, account = make(), Mine(Cloud())
    assert list(protections(account, {}, [fated(kind, physical, "kept")])) == []
    found = list(protections(account, {}, [fated(kind, physical, "snapshot")]))
    assert [each.what for each in found] == [what]
    switch_off(found)
    assert list(protections(account, {}, [fated(kind, physical)])) == []


def test_what_may_not_be_asked_counts_as_unprotected_and_other_trouble_does_not(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked = [fated(kind, "gone") for kind in PROTECTED]
    refusing(monkeypatch, "AccessDenied")
    assert list(protections(Mine(Cloud()), {}, asked)) == []
    refusing(monkeypatch, "ExpiredToken")
    with pytest.raises(Refused, match="The credentials have expired"):
        list(protections(Mine(Cloud()), {}, asked))


# ------------------------------------------------------------------ what is left


def test_snapshots_and_logs_of_a_database_are_left_and_none_of_its_neighbour() -> None:
    database()
    rds, logs = client("rds"), client("logs")
    rds.create_db_snapshot(DBInstanceIdentifier="db", DBSnapshotIdentifier="final")
    rds.delete_db_instance(DBInstanceIdentifier="db", SkipFinalSnapshot=True)
    for name in ("/aws/rds/instance/db/error", "/aws/rds/instance/db2/error", "/aws/lambda/f", "/aws/lambda/f2"):
        logs.create_log_group(logGroupName=name)
    there = [fated("AWS::RDS::DBInstance", "db", "snapshot"), fated("AWS::Lambda::Function", "f")]
    assert [tuple(each) for each in leftovers(Mine(Cloud()), there)] == [
        ("snapshot final of db", "aws rds delete-db-snapshot --db-snapshot-identifier final"),
        ("log group /aws/lambda/f", "aws logs delete-log-group --log-group-name /aws/lambda/f"),
        (
            "log group /aws/rds/instance/db/error",
            "aws logs delete-log-group --log-group-name /aws/rds/instance/db/error",
        ),
    ]
    assert list(leftovers(Mine(Cloud()), [fated("AWS::RDS::DBInstance", "other")])) == []


def test_images_of_the_stacks_image_maker_are_left_with_their_snapshots() -> None:
    ec2 = client("ec2")
    instance = machine()
    image = ec2.create_image(InstanceId=instance, Name="clone")["ImageId"]
    (disk,) = holdings.snapshots(ec2.describe_images(ImageIds=[image])["Images"][0])
    volume = ec2.create_volume(AvailabilityZone="us-east-1a", Size=1)["VolumeId"]
    stray = ec2.create_snapshot(VolumeId=volume)["SnapshotId"]
    ec2.create_tags(Resources=[image, disk, stray], Tags=[{"Key": "labspec:image-maker", "Value": "maker"}])
    found = leftovers(Mine(Cloud()), [fated("AWS::Lambda::Function", "maker")])
    assert [tuple(each) for each in found] == [
        (f"image {image}", f"aws ec2 deregister-image --delete-associated-snapshots --image-id {image}"),
        (f"snapshot {stray}", f"aws ec2 delete-snapshot --snapshot-id {stray}"),
    ]
    assert list(leftovers(Mine(Cloud()), [fated("AWS::Lambda::Function", "other")])) == []
    assert holdings.told(Mine(Cloud()), fated("Custom::Image", image)).endswith(f": with {disk}")


def test_backups_of_a_file_system_are_left(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: dict[str, Any] = {}

    def answer(_: Any, operation: str, request: dict[str, Any]) -> Any:
        asked[operation] = request
        return {"RecoveryPoints": [{"RecoveryPointArn": "arn:point", "BackupVaultName": "vault"}]}

    monkeypatch.setattr(BaseClient, "_make_api_call", answer)
    (found,) = leftovers(Mine(Cloud()), [fated("AWS::EFS::FileSystem", "fs-1")])
    assert found.what == "backup arn:point of Data/It"
    assert found.command == (
        "aws backup delete-recovery-point --backup-vault-name vault --recovery-point-arn arn:point"
    )
    assert asked["ListRecoveryPointsByResource"] == {
        "ResourceArn": "arn:aws:elasticfilesystem:us-east-1:111122223333:file-system/fs-1"
    }


def test_of_what_is_kept_the_command_that_removes_it_is_told() -> None:
    bucket("docs")
    client("s3").create_bucket(Bucket="plain")
    kept = [
        fated("AWS::S3::Bucket", "docs", "kept"),
        fated("AWS::S3::Bucket", "plain", "kept"),
        fated("AWS::SNS::Topic", "arn:topic", "unsure"),
        fated("Custom::Thing", "thing", "kept"),
    ]
    assert [tuple(each) for each in leftovers(Mine(Cloud()), kept)] == [
        (
            "Data/It: docs (AWS::S3::Bucket)",
            "it keeps versions: empty it in the console, then aws s3 rb --force s3://docs",
        ),
        ("Data/It: plain (AWS::S3::Bucket)", "aws s3 rb --force s3://plain"),
        (
            "Data/It: arn:topic (AWS::SNS::Topic)",
            "aws cloudcontrol delete-resource --type-name AWS::SNS::Topic --identifier arn:topic",
        ),
        ("Data/It: thing (Custom::Thing)", ""),
    ]


def test_what_may_not_be_asked_stops_neither_the_list_nor_what_is_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    there = [fated(kind, "x") for kind in (*holdings.HOLDERS, "AWS::Lambda::Function", "AWS::EC2::Volume")]
    refusing(monkeypatch, "AccessDeniedException")
    assert [each.what for each in leftovers(Mine(Cloud()), there)] == [
        f"perhaps more: these credentials may not call {call}"
        for call in (
            "rds:DescribeDBSnapshots",
            "rds:DescribeDBClusterSnapshots",
            "ec2:DescribeSnapshots",
            "ec2:DescribeImages",
            "backup:ListRecoveryPointsByResource",
            "logs:DescribeLogGroups",
        )
    ]
    assert [holdings.told(Mine(Cloud()), each) for each in there[:2]] == [
        "bucket Data/It (x)",
        "file system Data/It (x)",
    ]


@pytest.mark.parametrize(
    ("number", "words"),
    [(0, "0 bytes"), (1023, "1,023 bytes"), (1536, "1.5 KiB"), (2**44, "16.0 TiB"), (2**54, "16,384.0 TiB")],
)
def test_sizes_are_told_as_people_read_them(number: int, words: str) -> None:
    assert holdings.size(number) == words
