"""`labspec iam`."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
import yaml

from labspec.cli import main

ROOT = Path(__file__).parents[2]
SPECS = ROOT / "specs"
TEMPLATE = """\
Parameters:
  Name: {Type: String}
Resources:
  Alerts: {Type: AWS::SNS::Topic}
  Pages:
    Type: AWS::S3::Bucket
    Properties:
      BucketName: !Ref Name
  Mine: {Type: 'Mine::Own::Type'}
"""


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("stack.yaml").write_text(TEMPLATE, "utf-8")


def iam(capsys: pytest.CaptureFixture[str], *arguments: str, status: int = 0) -> tuple[str, str]:
    """What is printed, and what is told beside it."""
    assert main(["iam", *arguments]) == status
    said = capsys.readouterr()
    return said.out, said.err


def test_people_read_what_needs_what(capsys: pytest.CaptureFixture[str]) -> None:
    out, err = iam(capsys, "stack.yaml", "--command", "status")
    lines = {line.split()[0]: line for line in out.splitlines() if line}
    assert "which fill 1 policy" in out
    assert lines["sns"].split("actions   ")[1] == "Alerts"
    assert lines["cloudformation"].split("actions   ")[1] == "labspec status"
    assert "Publishing is left out: give `--bucket`." in out
    assert "Narrower with `--stack`, `--region` and `--account`." in out
    assert "stack.yaml:8:7" in err  # LS731: the name that is not known
    assert "The BucketName depends on `Name`, so any is allowed." in err
    assert "`--parameter Name=VALUE`." in err
    assert "stack.yaml:9:3" in err  # LS730: the type that is not known
    assert "LS731" in err
    assert "LS730" in err


def test_machines_read_policies(capsys: pytest.CaptureFixture[str]) -> None:
    given = ("--stack", "lab", "--region", "cn-north-1", "--account", "111122223333", "--parameter", "Name=pages")
    out, _ = iam(capsys, "stack.yaml", "--format", "json", "--command", "status", *given)
    policy = json.loads(out)
    resources = {statement["Sid"]: statement["Resource"] for statement in policy["Statement"]}
    assert resources["ManageSns"] == "arn:aws-cn:sns:cn-north-1:111122223333:lab-*"
    assert resources["ManageS3Buckets"] == "arn:aws-cn:s3:::pages"
    assert iam(capsys, "stack.yaml", "--format", "json", "--command", "status", *given)[0] == out


def test_a_role_is_printed_as_a_template(capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ("stack.yaml", "--stack", "lab", "--bucket", "templates", "--format", "cloudformation")
    services = [yaml.load(iam(capsys, *arguments, *by)[0], _Loader)["Resources"] for by in ((), ("--by", "people"))]
    trusts = [each["DeployRole"]["Properties"]["AssumeRolePolicyDocument"]["Statement"][0] for each in services]
    assert [each["Principal"] for each in trusts] == [{"Service": "cloudformation.amazonaws.com"}, {"AWS": "Principal"}]
    assert ["People1" in each for each in services] == [True, False]


def test_who_deploys_what_others_published_writes_nothing_and_gets_no_further(
    capsys: pytest.CaptureFixture[str],
) -> None:
    full = (str(SPECS / "full.yaml"), "--defaults", "--bucket", "templates", "--format", "cloudformation")
    out, err = iam(capsys, *full)
    assert "s3:PutObject" in out
    assert "permission: `lab-s3-web-hosting`, " in err  # LS732
    assert "LS732" not in iam(capsys, *full[:-2], "--published")[1]  # people read the same
    out, err = iam(capsys, *full, "--published", "--command", "deploy", "--command", "destroy")
    people = yaml.load(out, _Loader)["Resources"]["People1"]["Properties"]["PolicyDocument"]["Statement"]
    actions = [
        action
        for each in people
        for action in ([each["Action"]] if isinstance(each["Action"], str) else each["Action"])
    ]
    assert "s3:PutObject" not in actions
    assert "cloudformation:CreateChangeSet" in actions
    assert "LS732" not in err
    _, err = iam(capsys, *full[:-1], "json", "--published", "--command", "deploy")
    assert "LS732" in err  # one who holds all of it may make roles without CloudFormation


def test_what_the_defaults_leave_out_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    out, _ = iam(capsys, str(SPECS / "full.yaml"), "--defaults")
    assert "leave it out: lab-alerts." in out
    assert "Left out" not in iam(capsys, str(SPECS / "full.yaml"))[0]


def test_what_only_cloudformation_sees_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    topics = "  Fn::ForEach::Topics: [T, [A, B], {'T${T}': {Type: AWS::SNS::Topic}}]\n"
    Path("stack.yaml").write_text(f"Transform: [AWS::LanguageExtensions, Mine]\nResources:\n{topics}", "utf-8")
    _, err = iam(capsys, "stack.yaml", "--format", "json")
    assert err.count("LS730") == 2
    assert "stack.yaml:3:3" in err
    assert "What the transform Mine makes" in err


def test_the_region_decides_conditions(capsys: pytest.CaptureFixture[str]) -> None:
    head = "Conditions: {Seoul: !Equals [!Ref 'AWS::Region', ap-northeast-2]}\n"
    Path("stack.yaml").write_text(head + "Resources:\n  T: {Type: AWS::SNS::Topic, Condition: Seoul}\n", "utf-8")
    for region, wanted in (("ap-northeast-2", True), ("us-east-1", False)):
        out, _ = iam(capsys, "stack.yaml", "--region", region, "--why", "sns:CreateTopic")
        assert ("  T (" in out) is wanted


class _Loader(yaml.SafeLoader):
    """Short intrinsics as their arguments."""


_Loader.add_multi_constructor("!", lambda loader, _, node: loader.construct_scalar(node))


def test_why_lists_who_needs_an_action(capsys: pytest.CaptureFixture[str]) -> None:
    out, _ = iam(capsys, str(SPECS / "full.yaml"), "--stack", "lab", "--why", "RDS:createdbinstance")
    assert out.startswith("rds:CreateDBInstance:\n  database-1 (AWS::RDS::DBInstance, create), ")
    assert "03-database.yaml:21\n" in out
    assert "    on arn:aws:rds:*:*:db:lab-*\n" in out
    assert "  database-1-replica (" in out
    assert iam(capsys, "stack.yaml", "--why", "rds:CreateDBInstance")[0] == "Nothing here needs rds:CreateDBInstance.\n"


def test_why_finds_what_is_stated_wider_and_tells_conditions(capsys: pytest.CaptureFixture[str]) -> None:
    out, _ = iam(capsys, str(SPECS / "full.yaml"), "--why", "ec2:DescribeVolumes")
    assert "ec2:Describe*:\n  lab-asg (" in out
    out, _ = iam(capsys, str(SPECS / "full.yaml"), "--why", "iam:PassRole")
    assert "    where iam:PassedToService is ec2.amazonaws.com (StringEquals)\n" in out


@pytest.mark.parametrize("asked", ["RDS:*", "rds:Create*"])
def test_why_takes_stars(capsys: pytest.CaptureFixture[str], asked: str) -> None:
    out, _ = iam(capsys, str(SPECS / "full.yaml"), "--why", asked)
    assert {"rds:CreateDBInstance:", "rds:CreateDBSubnetGroup:"} <= set(out.splitlines())
    assert "ec2:" not in out


def test_a_change_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    Path("new.yaml").write_text(TEMPLATE + "  Work: {Type: AWS::SQS::Queue}\n", "utf-8")
    out, _ = iam(capsys, "new.yaml", "--against", "stack.yaml", "--stack", "lab")
    assert out.startswith("This change needs:\n  sqs:CreateQueue, DeleteQueue, ")
    assert "\n    for Work on arn:aws:sqs:*:*:lab-*\n" in out
    assert "No longer" not in out
    out, _ = iam(capsys, "stack.yaml", "--against", "new.yaml", "--format", "json")
    assert {each["action"].partition(":")[0] for each in json.loads(out)["no longer needs"]} == {"sqs"}
    assert json.loads(out)["needs"] == []
    out, _ = iam(capsys, "stack.yaml", "--against", "stack.yaml")
    assert out == "This change needs no other permissions.\n"
    shutil.copy("stack.yaml", "broken.yaml")
    Path("broken.yaml").write_text("Resources: [", "utf-8")
    assert "LS520" in iam(capsys, "stack.yaml", "--against", "broken.yaml", status=1)[1]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--account", "12"), "`12` is no account: it has twelve digits."),
        (("--stack", "my stack"), "`my stack` is no name of a stack"),
        (("--why", "CreateVpc"), "`CreateVpc` is no action: write it as `rds:CreateDBInstance`."),
        (("--region", "mars-1"), "`mars-1` is no region"),
        (("--bucket", "My_Bucket"), "`My_Bucket` is no name for a bucket"),
        (("--prefix", "x"), "`--prefix` is a folder in a bucket: add `--bucket`."),
        (("--why", ""), "`` is no action"),
        (("--why", "nosuch:Thing"), "IAM has no service `nosuch`."),
        (("--why", "rds:CreateTable"), "IAM has no action `CreateTable` of `rds`."),
        (("--published",), "`--published` says that templates are in a bucket: add `--bucket`."),
        (("--against", "stack.yaml", "--why", "ec2:CreateVpc"), "`--against` compares"),
    ],
)
def test_what_cannot_be_meant_is_refused(
    capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], message: str
) -> None:
    assert message in iam(capsys, "stack.yaml", *arguments, status=2)[1]


def test_it_says_how_to_get_the_list_of_actions(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("labspec.iam.authority.find_spec", lambda _: None)
    assert "pip install '.[iam]'" in iam(capsys, "stack.yaml", status=2)[1]
