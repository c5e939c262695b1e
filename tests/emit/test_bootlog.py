"""The log of a setup reaches CloudWatch Logs whole, before a failure is told, and never stands in the way."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from labspec.emit.boot import Hole, Log, Setup, Signal, user_data
from labspec.emit.shell import Script
from tests.building import NETWORK, build, graph_of
from tests.emit.machine import Machine

LOG = Log(Hole("Log"), Hole("AWS::Region"))
SIGNAL = Signal("lab", "WebInstance", "ap-northeast-2")
VALUES = {"Log": "lab-WebSetupLog-1A", "AWS::Region": "ap-northeast-2"}
KEEPS = 'for each; do [[ $each == file://* ]] && cat "${each#file://}" >>"$0.events"; done; exit 0'
"""What the AWS CLI is in these tests: it keeps the events that it is given."""


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    new = Machine(tmp_path, VALUES)
    new.signals()
    (tmp_path / "var/lib/cloud/data").mkdir(parents=True)
    (tmp_path / "var/lib/cloud/data/instance-id").write_text("i-1\n")
    return new


def script(*commands: str) -> Script:
    return user_data(Setup(commands=commands), signal=SIGNAL, log=LOG)


def arrived(machine: Machine) -> list[str]:
    kept = machine.root / "commands/aws.events"
    batches = [json.loads(line) for line in kept.read_text().splitlines()] if kept.exists() else []
    return [event["message"] for batch in batches for event in batch]


@pytest.mark.parametrize(("command", "code"), [("true", 0), ("exit 3", 3)])
def test_every_line_arrives_before_the_end_is_told(machine: Machine, command: str, code: int) -> None:
    machine.command("aws", f'[[ " $* " == *" put-log-events "* ]] || exit 0\n{KEEPS}')
    assert machine.run(script("echo one", "echo tw\u00f6", command)).returncode == code
    lines = machine.log().splitlines() if code else arrived(machine)
    assert {"labspec: start", "one", "tw\u00f6"} <= {*arrived(machine)}
    assert "labspec: command 3: " + command in lines
    assert [call.split(" ")[0] for call in machine.calls("aws", "cfn-signal")] == ["aws", "cfn-signal"]
    (sent, _) = machine.calls("aws", "cfn-signal")
    assert sent.startswith("aws logs put-log-events ")
    assert "--log-stream-name i-1 --log-group-name lab-WebSetupLog-1A --region ap-northeast-2" in sent


def test_a_stream_is_made_where_there_is_none(machine: Machine) -> None:
    made = machine.root / "made"
    tests = f'[[ " $* " == *" create-log-stream "* ]] && touch {made} && exit 0\n[[ -e {made} ]] || exit 254\n'
    machine.command("aws", tests + KEEPS)
    assert machine.run(script("echo one")).returncode == 0
    assert [call.split(" ")[2] for call in machine.calls("aws")] == [
        "put-log-events",
        "create-log-stream",
        "put-log-events",
    ]
    assert "one" in arrived(machine)


def test_what_is_sent_at_once_is_what_a_call_takes(machine: Machine) -> None:
    """The end of a log counts most, and a message has a character at least (`PutLogEvents`, CloudWatch Logs)."""
    machine.command("aws", KEEPS)
    long = "seq 12000; printf '%05000d\\n\\n' 7; echo the end"
    assert machine.run(script(long)).returncode == 0
    sent = arrived(machine)
    assert len(sent) <= 10_000
    assert sum(len(message.encode()) + 26 for message in sent) <= 1_048_576
    assert all(sent)
    assert {"12000", "the end"} <= {*sent}


@pytest.mark.parametrize("body", ["exit 255", "kill -9 $$"])
@pytest.mark.parametrize(("command", "code"), [("true", 0), ("exit 3", 3)])
def test_a_log_that_cannot_be_sent_changes_nothing(machine: Machine, body: str, command: str, code: int) -> None:
    machine.command("aws", body)
    assert machine.run(script(command)).returncode == code
    (told,) = machine.told()
    assert told["--exit-code"] == str(code)


def test_without_a_log_there_is_nothing_of_it() -> None:
    assert "aws logs" not in str(user_data(Setup(commands=("true",)), signal=SIGNAL))


# ------------------------------------------------------------------ in the template

MACHINE = "instances: {web: {subnet: public-a, public_ip: true, ACCESS setup: {commands: [date]}}}\n"
WRITES = ["logs:CreateLogStream", "logs:PutLogEvents"]


@pytest.mark.parametrize("access", ["", "role: shared,"])
def test_a_machine_with_a_role_has_a_log_and_may_write_it(tmp_path: Path, access: str) -> None:
    roles = "roles: {shared: {trust: ec2.amazonaws.com}}\n" if access else ""
    graph = graph_of(tmp_path, NETWORK + roles + MACHINE.replace("ACCESS", access))
    group = graph.nodes["WebSetupLog"]
    assert (group.type, group.body["Properties"]["RetentionInDays"]) == ("AWS::Logs::LogGroup", 30)
    role = graph.nodes["SharedRole" if access else "WebRole"]
    (policy,) = role.body["Properties"]["Policies"]
    assert WRITES in [said["Action"] for said in policy["PolicyDocument"]["Statement"]]
    data = graph.nodes["WebLaunchTemplate"].body["Properties"]["LaunchTemplateData"]
    assert data["UserData"]["Fn::Base64"]["Fn::Sub"][1] == {"SetupLog": {"Ref": "WebSetupLog"}}


def test_a_machine_without_a_role_is_the_same_and_keeps_its_log_to_itself(tmp_path: Path) -> None:
    with_role, without = (
        graph_of(tmp_path, NETWORK + MACHINE.replace("ACCESS", said)) for said in ("", "access: none,")
    )
    assert without.nodes["WebLaunchTemplate"].body == with_role.nodes["WebLaunchTemplate"].body
    assert "logs:" not in str([node.body for node in without.nodes.values()])


def test_each_group_has_a_log_beside_its_template_and_a_shared_role_says_it_once(tmp_path: Path) -> None:
    group = "{launch_template: web, subnets: [public-a, public-c], size: {min: 1, max: 2}}"
    groups = f"auto_scaling_groups: {{one: {group}, two: {group}}}\n"
    template = "launch_templates: {web: {setup: {commands: [date]}}}\n"
    made = build(tmp_path, NETWORK + template + groups, layout="nested")
    (scaling,) = (stack for stack in made.stacks if stack.name == "scaling")
    resources = scaling.template["Resources"]
    assert {"OneSetupLog", "TwoSetupLog"} <= resources.keys()
    (policy,) = resources["WebRole"]["Properties"]["Policies"]
    assert [said["Action"] for said in policy["PolicyDocument"]["Statement"]].count(WRITES) == 1
