"""A machine of a deployed stack is found by the name that its spec gives it."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import Any

import boto3
import pytest

from labspec.cli import main
from tests.emulated.account import REGION, Stacks
from tests.emulated.site import SITE, deploy


def test_the_command_leads_to_the_machine_of_that_name(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    spec = tmp_path / "site.yaml"
    spec.write_text(SITE, "utf-8")
    assert deploy(spec, "--yes", "--parameter", "AdminCidr=10.0.0.0/8") == 0
    ec2: Any = boto3.client("ec2")
    stray = ec2.run_instances(ImageId="ami-0123456789abcdef0", MinCount=1, MaxCount=1)["Instances"][0]["InstanceId"]
    capsys.readouterr()
    assert main(["connect", "web", "--stack", "site", "--via", "session-manager", "--print"]) == 0
    *_, target, region, name = shlex.split(capsys.readouterr().out)
    assert (region, name) == ("--region", REGION)
    (held,) = ec2.describe_instances(InstanceIds=[target])["Reservations"]
    assert {"Key": "Name", "Value": "web"} in held["Instances"][0]["Tags"]
    assert main(["connect", "wbe", "--stack", "site"]) == 1
    assert "Did you mean `web`?" in capsys.readouterr().err
    ec2.terminate_instances(InstanceIds=[stray])
    Stacks().delete("site")
