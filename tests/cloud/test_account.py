"""Whose account it is: opened as the AWS CLI opens it, and asked for once; and what cannot be opened is told."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from unittest.mock import Mock

import pytest
from botocore.credentials import AssumeRoleProvider
from botocore.exceptions import ClientError
from moto import mock_aws

from labspec.cli import main
from labspec.cloud.account import Account
from labspec.cloud.machines import Machine, is_managed
from labspec.cloud.refusal import Refused

CONFIG = """\
[profile base]
aws_access_key_id = x
aws_secret_access_key = x
[profile role]
role_arn = arn:aws:iam::123456789012:role/deployer
source_profile = base
mfa_serial = arn:aws:iam::123456789012:mfa/me
[profile broken]
credential_process = /bin/false
[profile session]
sso_session = nowhere
sso_account_id = 123456789012
sso_role_name = x
[profile source]
role_arn = arn:aws:iam::123456789012:role/deployer
source_profile = nobody
"""


@pytest.fixture(autouse=True)
def home(tmp_path: Path) -> Iterator[Path]:
    """Somebody's settings of the AWS CLI."""
    (tmp_path / ".aws").mkdir()
    (tmp_path / ".aws" / "config").write_text(CONFIG, "utf-8")
    with mock_aws(), pytest.MonkeyPatch.context() as patch:
        for name in ("ACCESS_KEY_ID", "SECRET_ACCESS_KEY", "SESSION_TOKEN", "PROFILE", "CONFIG_FILE"):
            patch.delenv(f"AWS_{name}", raising=False)
        patch.setenv("HOME", str(tmp_path))
        patch.setenv("AWS_DEFAULT_REGION", "eu-west-1")
        yield tmp_path


def asking(monkeypatch: pytest.MonkeyPatch, answer: Mock) -> Mock:
    """Who is asked for a code: botocore has taken its way to ask as it was imported."""
    begin = AssumeRoleProvider.__init__

    def prompted(self: Any, *given: Any, **named: Any) -> None:
        begin(self, *given, **named)
        self._prompter = answer

    monkeypatch.setattr(AssumeRoleProvider, "__init__", prompted)
    return answer


@pytest.mark.parametrize(
    ("profile", "said"),
    [
        ("broken", "The credentials cannot be renewed: "),
        ("session", "The AWS CLI is configured wrongly: "),
        ("source", "The AWS CLI is configured wrongly: "),
        ("nobody", "The config profile (nobody) could not be found."),
        ("role", "A code of the MFA device is asked for, and nobody gives one."),
    ],
)
def test_credentials_that_cannot_be_had_are_the_users_to_mend(
    profile: str, said: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    asking(monkeypatch, Mock(side_effect=EOFError))
    assert main(["status", "lab", "--profile", profile]) == 1
    assert f"error[LS701]: {said}" in capsys.readouterr().err


def test_credentials_that_are_half_there_and_addresses_that_are_none_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "x")
    with pytest.raises(Refused, match="The credentials are not whole"):
        Account()
    monkeypatch.setenv("AWS_ENDPOINT_URL", "nonsense")
    with pytest.raises(Refused, match="Invalid endpoint"):
        Account("base").client("s3")


def test_a_code_is_asked_for_once_and_shared_with_the_aws_cli(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Before anything else is shown: a prompt has a line to itself."""
    ask = asking(monkeypatch, Mock(return_value="123456"))
    for _ in range(2):
        assert Account("role").number == "123456789012"
    assert ask.call_count == 1
    assert len([*(home / ".aws" / "cli" / "cache").glob("*.json")]) == 1


def test_where_nothing_can_be_kept_the_code_is_asked_for_again(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (home / ".aws" / "cli").write_text("no folder", "utf-8")
    ask = asking(monkeypatch, Mock(return_value="123456"))
    for _ in range(2):
        assert Account("role").client("s3")
    assert ask.call_count == 2


@pytest.mark.parametrize(
    ("region", "suffix"),
    [
        ("eu-west-1", "amazonaws.com"),
        ("us-gov-west-1", "amazonaws.com"),
        ("cn-north-1", "amazonaws.com.cn"),
        ("eusc-de-east-1", "amazonaws.eu"),
        ("us-iso-east-1", "c2s.ic.gov"),
    ],
)
def test_each_partition_has_its_own_addresses(region: str, suffix: str) -> None:
    assert Account("base", region).suffix == suffix


def test_who_may_not_ask_for_session_manager_is_led_another_way() -> None:
    denied: Any = {"Error": {"Code": "AccessDeniedException", "Message": "No."}}
    ssm = Mock(describe_instance_information=Mock(side_effect=ClientError(denied, "DescribeInstanceInformation")))
    machine = Machine("i-1", "web", "running", True, "vpc", "10.0.0.1", "1.2.3.4", frozenset(), "k")
    assert not is_managed(ssm, machine)
