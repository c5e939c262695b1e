"""Every option has its effect on what AWS is asked, and the commands that are shown do what was asked for."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from labspec.cli import main
from tests.building import HEAD, NETWORK
from tests.cloud.cloudformation import arn, resource
from tests.cloud.recorded import Answers, error

ROLE = "arn:aws:iam::111122223333:role/deployer"
CHANGE_SET = "arn:aws:cloudformation:us-east-1:111122223333:changeSet/labspec-0-1/uuid"
ADDED = {"Action": "Add", "LogicalResourceId": "NetVpc", "ResourceType": "AWS::EC2::VPC"}


@pytest.fixture(autouse=True)
def account(aws: Answers, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A bucket to publish to, a profile, and a stack; nobody can be asked."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("sys.stdin.isatty", lambda: False)
    Path("spec.yaml").write_text(HEAD + NETWORK, "utf-8")
    Path("config").write_text("[profile 'my own']\naws_access_key_id = x\naws_secret_access_key = x\n", "utf-8")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    aws.stands([resource("Web", "AWS::SNS::Topic")])
    aws.told |= {
        "HeadBucket": {"BucketRegion": "us-east-1"},
        "HeadObject": error("404", "HeadObject"),
        "PutObject": {},
        "CreateChangeSet": {"Id": CHANGE_SET, "StackId": arn("lab")},
        "DescribeChangeSet": {"Status": "CREATE_COMPLETE", "Changes": [{"ResourceChange": ADDED}]},
        "DeleteChangeSet": {},
    }


def deploy(*options: str) -> int:
    return main(["deploy", "spec.yaml", "--stack", "lab", "--bucket", "templates", "--no-validate", *options])


@pytest.mark.parametrize(
    ("options", "asked"),
    [
        ([], {"IncludeNestedStacks": True, "Capabilities": ["CAPABILITY_AUTO_EXPAND"], "ChangeSetType": "UPDATE"}),
        (["--layout", "flat"], {"Capabilities": []}),
        (["--capabilities", "CAPABILITY_IAM"], {"Capabilities": ["CAPABILITY_IAM"]}),
        (["--tag", "Team=a=b"], {"Tags": {"Team": "a=b", "labspec:spec": "test"}}),
        (["--tag", "labspec:spec=other"], {"Tags": {"labspec:spec": "test"}}),
        (["--role-arn", ROLE], {"RoleARN": ROLE}),
    ],
)
def test_what_is_asked_for_is_proposed(options: list[str], asked: dict[str, Any], aws: Answers) -> None:
    assert deploy("--no-execute", *options) == 0
    (request,) = aws.requests("CreateChangeSet")
    request["Tags"] = {each["Key"]: each["Value"] for each in request["Tags"]}
    assert {key: request[key] for key in asked} == asked


@pytest.mark.parametrize(
    ("options", "command"),
    [
        ([], "--no-disable-rollback --change-set-name {}"),
        (["--no-rollback"], "--disable-rollback --change-set-name {}"),
        (["--region", "us-east-1"], "--no-disable-rollback --change-set-name {} --region us-east-1"),
        (
            ["--region", "us-east-1", "--profile", "my own"],
            "--no-disable-rollback --change-set-name {} --profile 'my own' --region us-east-1",
        ),
    ],
)
def test_the_command_that_is_shown_carries_out_what_was_asked_for(
    options: list[str], command: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert deploy("--no-execute", *options) == 0
    end = f" aws cloudformation execute-change-set {command.format(CHANGE_SET)}\n"
    assert capsys.readouterr().out.endswith(end)


def test_nobody_is_asked_without_being_shown_what_about(capsys: pytest.CaptureFixture[str]) -> None:
    """Not with `-q` either."""
    deploy("-q")
    assert "add     NetVpc" in (said := capsys.readouterr().out)
    assert "1 to add, 0 to change, 0 to replace, 0 to remove." in said
    main(["destroy", "lab", "-q"])
    assert "1 resource to go, 0 to stay." in capsys.readouterr().out


@pytest.mark.parametrize(
    ("status", "way"),
    [
        ("ROLLBACK_COMPLETE", "labspec destroy lab"),
        ("ROLLBACK_FAILED", "labspec destroy lab"),
        ("DELETE_FAILED", "labspec destroy lab"),
        ("UPDATE_ROLLBACK_FAILED", "aws cloudformation continue-update-rollback --stack-name lab"),
    ],
)
def test_where_a_stack_takes_no_change_the_way_out_is_shown(
    status: str, way: str, aws: Answers, capsys: pytest.CaptureFixture[str]
) -> None:
    aws.stands([], StackStatus=status)
    assert deploy("--yes") == 1
    assert f"it is {status}." in (said := capsys.readouterr().err)
    assert re.search(rf"`{way}\b", said)
    assert aws.requests("CreateChangeSet") == []
