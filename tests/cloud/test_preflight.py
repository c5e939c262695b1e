"""`labspec preflight --ask`: what the account has takes the place of defaults. Moto answers, or what stands here."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.client import BaseClient
from botocore.exceptions import ClientError
from moto import mock_aws

from labspec.cli import main
from labspec.cloud.account import Account
from labspec.cloud.foresight import ask
from labspec.cloud.usage import COUNTERS, used
from labspec.quotas import VCPUS
from labspec.template import read_directory
from tests.preflight.offers import answer, machine

REGION = "ap-northeast-2"
STACK = """\
Resources:
  Vpc: {Type: AWS::EC2::VPC}
  Address: {Type: AWS::EC2::EIP}
  Machine: {Type: AWS::EC2::Instance, Properties: {InstanceType: t3.micro}}
  Role: {Type: AWS::IAM::Role, Properties: {AssumeRolePolicyDocument: {}}}
  Database:
    Type: AWS::RDS::DBInstance
    Properties: {DBInstanceClass: db.t3.micro, Engine: mysql, AllocatedStorage: '20'}
  Site:
    Type: AWS::S3::Bucket
    Properties:
      BucketName: site-bucket
      PublicAccessBlockConfiguration: {BlockPublicPolicy: false}
"""
VPCS, ADDRESSES, STANDARD, ROLES, BUCKETS = (
    ("vpc", "L-F678F1CE"),
    ("ec2", "L-0263D0A3"),
    ("ec2", "L-1216C47A"),
    ("iam", "L-FE177D64"),
    ("s3", "L-DC2B2D3D"),
)


class Answers:
    """What AWS says in place of moto: by operation, a function of what is asked."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, str, dict[str, Any]]] = []
        self.said: dict[str, Any] = {
            "GetServiceQuota": self.no_quota,
            "GetAWSDefaultServiceQuota": self.no_quota,
            "GetProducts": lambda _: {"PriceList": []},
            "DescribeAccountAttributes": lambda _: {"AccountQuotas": []},  # RDS's; moto has none
            "DescribeStacks": lambda _: {"Stacks": []},  # moto's CloudFormation needs packages that we have no use for
        }

    @staticmethod
    def no_quota(asked: dict[str, Any]) -> Any:
        raise refusal("NoSuchResourceException")

    def quota(self, key: tuple[str, str], value: float) -> None:
        """Say that the account has a quota."""
        before = self.said["GetServiceQuota"]

        def said(asked: dict[str, Any]) -> Any:
            is_it = (asked["ServiceCode"], asked["QuotaCode"]) == key
            return {"Quota": {"Value": value}} if is_it else before(asked)

        self.said["GetServiceQuota"] = said


def refusal(code: str) -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": "no"}}, "Operation")


@pytest.fixture(autouse=True)
def aws(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Answers]:
    monkeypatch.chdir(tmp_path)
    Path("t.yaml").write_text(STACK, "utf-8")
    for name, value in (("ACCESS_KEY_ID", "x"), ("SECRET_ACCESS_KEY", "x"), ("DEFAULT_REGION", REGION)):
        monkeypatch.setenv(f"AWS_{name}", value)
    answers, real = Answers(), BaseClient._make_api_call  # type: ignore[attr-defined]

    def call(client: Any, operation: str, asked: dict[str, Any]) -> Any:
        answers.asked.append((operation, client.meta.region_name, asked))
        return answers.said[operation](asked) if operation in answers.said else real(client, operation, asked)

    with mock_aws():
        monkeypatch.setattr(BaseClient, "_make_api_call", call)
        yield answers


def preflight(capsys: pytest.CaptureFixture[str], status: int = 0) -> tuple[Any, str]:
    """What is told of the stack as JSON, and what is found."""
    assert main(["preflight", "t.yaml", "--ask", "--format", "json"]) == status
    said = capsys.readouterr()
    return json.loads(said.out), said.err


def quota(found: Any, what: str) -> tuple[float | None, float | None]:
    """What the account has of a quota, and uses."""
    (one,) = [each for each in found["quotas"] if each["what"] == what and each["per"] in ("region", "account")]
    return one["account"], one["used"]


def test_the_accounts_quotas_and_use_take_the_place_of_defaults(
    aws: Answers, capsys: pytest.CaptureFixture[str]
) -> None:
    ec2 = boto3.client("ec2")
    for _ in range(3):
        ec2.allocate_address(Domain="vpc")
    aws.quota(ADDRESSES, 3)
    found, err = preflight(capsys, 1)
    assert quota(found, "elastic addresses") == (3, 3)
    assert quota(found, "VPCs") == (None, 1)
    assert "error[LS740]: The stacks need 1 elastic address; the account has 0 left of 3." in err
    aws.quota(ADDRESSES, 4)
    _, err = preflight(capsys)
    assert "hint[LS741]: The stacks need all 1 elastic address that the account has left." in err


def test_processors_in_use_are_those_of_machines_on_demand(aws: Answers) -> None:
    machines: list[dict[str, Any]] = [
        {"InstanceType": "m5.large", "CpuOptions": {"CoreCount": 1, "ThreadsPerCore": 2}},
        {"InstanceType": "c5.xlarge", "CpuOptions": {"CoreCount": 2, "ThreadsPerCore": 2}},
        {"InstanceType": "p4d.24xlarge", "CpuOptions": {"CoreCount": 48, "ThreadsPerCore": 2}},
        {"InstanceType": "m5.large", "CpuOptions": {"CoreCount": 1, "ThreadsPerCore": 2}, "InstanceLifecycle": "spot"},
        {"InstanceType": "mac2.metal", "CpuOptions": {"CoreCount": 8, "ThreadsPerCore": 1}},
    ]
    aws.said["DescribeInstances"] = lambda _: {"Reservations": [{"Instances": machines}]}
    in_use, _ = used(Account(), {STANDARD})
    assert (in_use[STANDARD], in_use["ec2", VCPUS["P"].code], in_use["ec2", VCPUS["X"].code]) == (6, 96, 0)


def test_services_that_know_their_own_quotas_are_asked(aws: Answers, capsys: pytest.CaptureFixture[str]) -> None:
    aws.said["DescribeAccountAttributes"] = lambda _: {
        "AccountQuotas": [
            {"AccountQuotaName": "DBInstances", "Used": 7, "Max": 60},
            {"AccountQuotaName": "SomethingNew", "Used": 1, "Max": 2},
        ]
    }
    aws.said["GetAccountSummary"] = lambda _: {"SummaryMap": {"Roles": 12, "RolesQuota": 2_000}}
    found, _ = preflight(capsys)
    assert quota(found, "databases") == (60, 7)
    assert quota(found, "roles") == (2_000, 12)
    assert quota(found, "GB of database storage") == (None, None)


def test_every_counter_can_be_asked() -> None:
    keys = {key for keys, _ in COUNTERS for key in keys}
    in_use, _ = used(Account(), keys)
    assert in_use[VPCS] == 1
    assert in_use[BUCKETS] == 0
    assert {service for service, _ in in_use} >= {"vpc", "ec2", "elasticloadbalancing", "elasticfilesystem"}


def test_defaults_are_asked_where_the_account_has_none_of_its_own(
    aws: Answers, capsys: pytest.CaptureFixture[str]
) -> None:
    aws.said["GetAWSDefaultServiceQuota"] = lambda _: {"Quota": {"Value": 77.0}}
    found, _ = preflight(capsys)
    assert quota(found, "VPCs") == (77, 1)


def test_quotas_of_no_region_are_asked_where_aws_keeps_them(aws: Answers, capsys: pytest.CaptureFixture[str]) -> None:
    preflight(capsys)
    places = {asked["ServiceCode"]: where for operation, where, asked in aws.asked if operation == "GetServiceQuota"}
    assert (places["vpc"], places["rds"], places["iam"], places["s3"]) == (REGION, REGION, "us-east-1", "us-east-1")


@pytest.mark.parametrize(
    ("code", "message"),
    [
        ("403", "error[LS744]: The bucket `site-bucket` is another account's."),
        ("200", "error[LS744]: The bucket `site-bucket` is this account's already."),
        ("404", ""),
    ],
)
def test_names_of_buckets_may_be_taken(
    code: str, message: str, aws: Answers, capsys: pytest.CaptureFixture[str]
) -> None:
    def head(_: Any) -> Any:
        if code != "200":
            raise refusal(code)
        return {}

    aws.said["HeadBucket"] = head
    _, err = preflight(capsys, 1 if message else 0)
    assert message in err
    assert ("LS744" in err) == bool(message)
    assert ("t.yaml:12:7" in err) == bool(message)


@pytest.mark.parametrize("blocks", [True, False])
def test_an_account_may_let_no_bucket_be_public(blocks: bool, capsys: pytest.CaptureFixture[str]) -> None:
    owner = boto3.client("sts").get_caller_identity()["Account"]
    said = {"BlockPublicAcls": blocks, "IgnorePublicAcls": blocks, "BlockPublicPolicy": blocks}
    boto3.client("s3control").put_public_access_block(
        AccountId=owner, PublicAccessBlockConfiguration={**said, "RestrictPublicBuckets": blocks}
    )
    _, err = preflight(capsys, int(blocks))
    assert ("error[LS745]: The account blocks public access to all its buckets" in err) == blocks


def test_what_may_not_be_asked_is_not_known(aws: Answers, capsys: pytest.CaptureFixture[str]) -> None:
    def denied(_: Any) -> Any:
        raise refusal("AccessDenied")

    for operation in ("DescribeVpcs", "DescribeAddresses", "GetServiceQuota", "GetPublicAccessBlock", "GetProducts"):
        aws.said[operation] = denied
    aws.said["GetAWSDefaultServiceQuota"] = denied
    found, _ = preflight(capsys)
    assert (quota(found, "VPCs"), quota(found, "elastic addresses")) == ((None, None), (None, None))


def test_without_credentials_the_rest_is_told_all_the_same(aws: Answers, capsys: pytest.CaptureFixture[str]) -> None:
    def expired(_: Any) -> Any:
        raise refusal("ExpiredToken")

    aws.said["GetCallerIdentity"] = expired
    found, err = preflight(capsys, 1)
    assert "error[LS701]: The credentials have expired." in err
    assert quota(found, "VPCs") == (None, None)


def test_the_region_is_that_of_the_account(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    Path("t.yaml").write_text(STACK.replace("t3.micro}", "a1.large}"), "utf-8")
    found, err = preflight(capsys)
    assert found["region"] == REGION
    assert f"`{REGION}` is not known to have machines of the type a1.large." in err
    monkeypatch.delenv("AWS_DEFAULT_REGION")
    found, err = preflight(capsys, 1)
    assert (found["region"], "error[LS701]: No region is chosen." in err) == (None, True)


def test_prices_are_asked_of_the_region_unless_they_are_given(aws: Answers, capsys: pytest.CaptureFixture[str]) -> None:
    asked: list[dict[str, Any]] = []

    def products(question: dict[str, Any]) -> Any:
        asked.append(question)
        is_machine = question["ServiceCode"] == "AmazonEC2"
        return {"PriceList": [json.dumps(answer("AmazonEC2", machine("t3.micro", "0.0130")))] if is_machine else []}

    aws.said["GetProducts"] = products
    found, _ = preflight(capsys)
    (line,) = [each for each in found["cost"]["lines"] if each["price"]]
    assert (line["address"], line["least"], line["source"]) == ("Machine", "9.4900", "the Price List API")
    filters = {each["Field"]: each["Value"] for question in asked for each in question["Filters"]}
    assert (filters["regionCode"], filters["instanceType"]) == (REGION, "db.t3.micro") or filters[
        "regionCode"
    ] == REGION
    assert {question["ServiceCode"] for question in asked} == {"AmazonEC2", "AmazonRDS", "AmazonVPC"}


def test_prices_that_cannot_be_had_leave_what_was_answered(aws: Answers, capsys: pytest.CaptureFixture[str]) -> None:
    def busy(_: Any) -> Any:
        raise refusal("ThrottlingException")

    aws.said["GetProducts"] = busy
    found, err = preflight(capsys, 1)
    assert "error[LS701]: AWS is asked too often." in err
    assert quota(found, "VPCs") == (None, 1)


def test_answers_are_of_the_account_and_its_region() -> None:
    joined = read_directory({"t.yaml": STACK}, "t.yaml")
    assert ask(Account(), joined).region == REGION
    assert ask(Account(region="us-east-1"), joined).region == "us-east-1"
