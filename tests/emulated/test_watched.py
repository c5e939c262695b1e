"""A stack is proposed, refused, followed and looked at, through the commands."""

from __future__ import annotations

import json
import os
import pty
import re
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import boto3
import pytest

from labspec.cli import main
from tests.emulated.account import BUCKET, ROOT, Stacks
from tests.emulated.site import ROUTE, SITE, deploy

ADMIN = ("--parameter", "AdminCidr=10.0.0.0/8")
OUTPUTS = 'outputs: {Page: "http://${{ instances.web.private_ip }}/", Network: "${{ net.cidr }}"}\n'
SLOW = """\
labspec: 1
name: slow
vpcs: {net: {cidr: 10.0.0.0/16, zones: [a], subnets: {app: {cidr: 10.0.16.0/24, zone: a, access: isolated}}}}
resources:
  Handle: {Type: AWS::CloudFormation::WaitConditionHandle}
  Never:
    Type: AWS::CloudFormation::WaitCondition
    DependsOn: [Handle, NetVpc]
    Properties: {Handle: !Ref Handle, Timeout: '4', Count: 1}
"""


@pytest.fixture
def spec(tmp_path: Path) -> Path:
    path = tmp_path / "site.yaml"
    path.write_text(SITE + OUTPUTS, "utf-8")
    return path


def left(stack: str) -> list[str]:
    """The change sets of a stack that can be carried out; none where there is no such stack."""
    client: Any = boto3.client("cloudformation")
    if stack not in {each["StackName"] for each in client.describe_stacks()["Stacks"]}:
        return []
    summaries = client.list_change_sets(StackName=stack)["Summaries"]
    return [each["ChangeSetId"] for each in summaries if each["ExecutionStatus"] == "AVAILABLE"]


def test_a_stack_tells_its_events_its_outputs_and_where_it_is(
    spec: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for command in ("events", "outputs", "open"):
        assert main([command, "site"]) == 1
        assert "There is no stack `site`." in capsys.readouterr().err
    assert deploy(spec, "--yes", *ADMIN) == 0
    told = capsys.readouterr().out
    assert re.search(r"^Page  http://10\.\S+/\nNext: labspec open site\n\Z", told, re.MULTILINE)
    assert main(["outputs", "site"]) == 0
    page = re.fullmatch(r"Network  10.0.0.0/16\nPage     (http://10\.\S+/)\n", capsys.readouterr().out)
    assert page
    assert main(["outputs", "site", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {"Page": page[1], "Network": "10.0.0.0/16"}
    assert main(["open", "site"]) == 0
    (first, console), (second, address) = (line.split() for line in capsys.readouterr().out.splitlines())
    assert (first, second) == ("(console)", "Page")
    assert console.startswith("https://console.aws.amazon.com/cloudformation/home?region=us-east-1#/stacks/stackinfo?")
    assert address == page[1]
    answers_quietly(capsys)
    opened: list[str] = []

    def show(link: str) -> bool:
        opened.append(link)
        return len(opened) < 3

    monkeypatch.setattr("webbrowser.open", show)
    for status in (0, 1):
        assert main(["open", "site", "--browser"]) == status
    assert opened == [console, address, console]
    assert "No browser can be opened here." in capsys.readouterr().err
    assert main(["events", "site"]) == 0
    events = capsys.readouterr().out
    assert events in told  # deploy tells the same
    assert len(re.findall(r"^[-\d]+ [:\d]+ NetworkStack/NetVpc CREATE_COMPLETE$", events, re.MULTILINE)) == 1
    assert deploy(spec, "--yes", "--parameter", "AdminCidr=10.1.0.0/16") == 0
    capsys.readouterr()
    assert main(["events", "site", "--follow"]) == 0
    assert "CREATE_COMPLETE" not in (last := capsys.readouterr().out.replace(" CREATE_COMPLETE\nThe", ""))
    assert "SecurityStack/WebSshIngress UPDATE_COMPLETE" in last
    assert main(["events", "site", "--all"]) == 0
    assert events in (whole := capsys.readouterr().out)
    assert last.partition("The stack")[0] in whole
    identity = boto3.client("cloudformation").describe_stacks(StackName="site")["Stacks"][0]["StackId"]
    Stacks().delete("site")
    assert main(["events", identity]) == 0
    roots = [line for line in capsys.readouterr().out.splitlines() if "/" not in line]
    assert roots[-1].endswith(" site DELETE_COMPLETE")


def answers_quietly(capsys: pytest.CaptureFixture[str]) -> None:
    """What was asked for is no chatter."""
    for command in ("status", "events", "outputs", "open"):
        assert main([command, "site"]) == 0
        said = capsys.readouterr().out
        assert main([command, "site", "-q"]) == 0
        assert capsys.readouterr().out == said != ""
    assert main(["outputs", "site", "--json", "--report", "json"]) == 0
    printed = capsys.readouterr()  # a report has standard output for itself
    assert json.loads(printed.out)["command"] == "outputs"
    assert set(json.loads(printed.err)) == {"Page", "Network"}


def test_what_nobody_agreed_to_leaves_nothing_behind(spec: Path, capsys: pytest.CaptureFixture[str]) -> None:
    stacks: Any = boto3.client("cloudformation")
    assert deploy(spec, *ADMIN) == 1
    assert "site" not in {each["StackName"] for each in stacks.describe_stacks()["Stacks"]}
    for _ in range(2):
        assert deploy(spec, *ADMIN, "--no-execute") == 0
        assert len(left("site")) == 1
    capsys.readouterr()
    assert deploy(spec, *ADMIN) == 1  # in review, with what was proposed before
    assert "Nothing was changed: nobody can be asked here." in capsys.readouterr().err
    assert len(left("site")) == 1
    assert deploy(spec, *ADMIN, "--yes") == 0
    before = left("site")  # MiniStack keeps what it should delete
    capsys.readouterr()
    assert deploy(spec, "--yes", "--layout", "flat", "--allow-data-loss", "old") == 1
    refused = capsys.readouterr()
    assert "This would replace or remove `SharedFileSystem`, with the data in it." in refused.err
    assert "`SharedMountTargetAppC` from `StorageStack` to the root." in refused.err
    assert "add --allow-data-loss file_systems.shared --allow-moves." in refused.err
    data = f"  remove  SharedFileSystem (file_systems.shared, {spec}:16): what it holds is gone"
    assert refused.out.splitlines()[1:5] == [
        "The stack `site` is nested, and this is flat: what moves is destroyed and made anew.",
        "To leave it as it is laid out, add `--layout nested`.",
        "Data at risk:",
        data,
    ]
    assert left("site") == before
    assert deploy(spec, "--yes", "--layout", "flat", "--allow-data-loss", "shared", "--allow-moves") == 0
    Stacks().delete("site")


def test_without_a_rollback_what_was_made_stays_and_the_next_deployment_goes_on(
    spec: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    fine = spec.read_text("utf-8")
    spec.write_text(f"{fine}resources:\n  Stray: {{Type: AWS::EC2::Route, Properties: {ROUTE}}}\n", "utf-8")
    assert deploy(spec, "--yes", "--layout", "flat", "--no-rollback", *ADMIN) == 1
    assert "`Stray` (AWS::EC2::Route, of `resources.Stray`) could not be created" in (said := capsys.readouterr().err)
    assert "The stack `site` is CREATE_FAILED." in said
    assert "aws cloudformation rollback-stack --stack-name site" in said
    spec.write_text(fine, "utf-8")
    assert deploy(spec, "--yes", "--layout", "flat", *ADMIN) == 0
    Stacks().delete("site")


def test_a_report_has_standard_output_for_itself(spec: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert deploy(spec, "--report", "json", *ADMIN) == 1
    said = capsys.readouterr()
    assert [each["code"] for each in json.loads(said.out)["findings"]] == ["LS703", "LS386"]
    assert "to add, 0 to change" in said.err


def test_on_a_terminal_the_stacks_are_drawn_and_go_on_when_nobody_looks(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "slow.yaml").write_text(SLOW, "utf-8")
    command = ["deploy", str(tmp_path / "slow.yaml"), "--stack", "slow", "--bucket", BUCKET, "--create-bucket"]
    command += ["--no-validate", "--layout", "flat", "--yes", "--region", "us-east-1"]
    shown, status = on_terminal(command, stop_at="Never 0:")
    assert re.search(r"slow +CREATE_IN_PROGRESS +5 of 6 +Never 0:\d\d +0:\d\d", shown)
    assert "To watch it: labspec events slow --follow --region us-east-1" in shown
    assert status == 130
    assert main(["events", "slow", "--follow"]) == 1
    assert "`Never` (AWS::CloudFormation::WaitCondition) could not be created" in capsys.readouterr().err
    shown, status = on_terminal(["events", "slow", "--follow"])
    assert re.search(r"Never CREATE_FAILED .*timed out", shown)
    assert re.search(r"slow +ROLLBACK_COMPLETE +5 done", shown)
    assert status == 1
    Stacks().delete("slow")


def on_terminal(command: list[str], stop_at: str | None = None) -> tuple[str, int]:
    """What a command shows on a terminal, without colours, and its status; it is interrupted as it shows some words."""
    ours, its = pty.openpty()
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "TERM": "xterm", "COLUMNS": "200"}
    full = [sys.executable, "-m", "labspec.cli", *command]
    with subprocess.Popen(full, stdin=its, stdout=its, stderr=its, env=environment) as process:
        os.close(its)
        shown = ""
        while piece := _piece(ours):
            shown += re.sub(r"\x1b\[[\d;?]*[A-Za-z]", "", piece.decode("utf-8", "replace"))
            if stop_at and stop_at in shown:
                process.send_signal(signal.SIGINT)
                stop_at = None
    os.close(ours)
    return shown, process.returncode


def _piece(terminal: int) -> bytes:
    try:
        return os.read(terminal, 4096)
    except OSError:  # Linux says so when nobody holds the other end any more.
        return b""
