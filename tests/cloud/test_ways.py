"""The commands that lead to a machine have all that was asked for, and the machine that leads there lets one in."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import boto3
import pytest

from labspec.cloud.machines import Fleet, Machine, bastion, is_managed
from labspec.cloud.ways import Way, session, ssh_config
from tests.cloud.recorded import Answers


def machine(name: str, state: str = "running", public: str = "") -> Machine:
    groups = frozenset({f"sg-{name}"})
    return Machine(f"i-{name}", name, state, True, "vpc-1", f"10.0.0.{len(name)}", public, groups, "key")


def client(service: str) -> Any:
    return boto3.client(service)  # type: ignore[call-overload]


@pytest.mark.parametrize(("profile", "end"), [(None, []), ("my own", ["--profile", "my own"])])
def test_a_session_is_the_accounts_that_was_asked_for(profile: str | None, end: list[str]) -> None:
    command = ["aws", "ssm", "start-session", "--target", "i-web", "--region", "eu-west-1"]
    assert session(machine("web"), "eu-west-1", profile) == command + end


def test_no_key_but_the_machines_own_is_offered_and_paths_are_taken_as_they_are() -> None:
    """A percent sign begins a token in OpenSSH's configuration, and an agent would offer all that it has."""
    way = Way(machine("web", public="203.0.113.7"), None, "ec2-user", {"i-web": Path('/home/a %h "b"/key.pem')})
    lines = [line.strip() for line in ssh_config(way, Path("/c"), Path("/100%/known")).splitlines()]
    assert {"IdentitiesOnly yes", "IdentityAgent none", "ForwardAgent no"} <= {*lines}
    assert r'IdentityFile "/home/a %%h \"b\"/key.pem"' in lines
    assert 'UserKnownHostsFile "/100%%/known"' in lines


@pytest.mark.parametrize(
    ("rule", "state", "leads"),
    [
        ({"IpProtocol": "-1"}, "running", True),  # all traffic, which has no ports
        ({"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22}, "running", True),
        ({"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22}, "stopped", False),
        ({"IpProtocol": "udp", "FromPort": 0, "ToPort": 65535}, "running", False),
        ({"IpProtocol": "icmp", "FromPort": -1, "ToPort": -1}, "running", False),
    ],
)
def test_only_who_runs_and_is_let_in_leads_there(rule: dict[str, Any], state: str, leads: bool, aws: Answers) -> None:
    rules = [{"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443}, rule]
    groups = [{"IpPermissions": [{**each, "UserIdGroupPairs": [{"GroupId": "sg-door"}]}]} for each in rules]
    aws.told["DescribeSecurityGroups"] = {"SecurityGroups": groups}
    web, door = machine("web"), machine("door", state, "203.0.113.7")
    fleet = Fleet("lab", {"WebInstance": [web], "DoorInstance": [door]})
    if leads:
        assert bastion(client("ec2"), fleet, web) == door
    else:
        with pytest.raises(Exception, match="no machine with one is let in"):
            bastion(client("ec2"), fleet, web)


@pytest.mark.parametrize(("status", "managed"), [("Online", True), ("ConnectionLost", False), ("Inactive", False)])
def test_a_machine_that_session_manager_has_lost_does_not_answer_to_it(
    status: str, managed: bool, aws: Answers
) -> None:
    said = {"InstanceId": "i-web", "PingStatus": status}
    aws.told["DescribeInstanceInformation"] = {"InstanceInformationList": [said]}
    assert is_managed(client("ssm"), machine("web")) is managed
