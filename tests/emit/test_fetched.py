"""What is too large for user data is fetched, and does the same as if it had stood there."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from labspec.emit.boot import BootFile, Hole, Place, Setup, Signal, user_data
from labspec.emit.fetched import alone, content
from labspec.emit.shell import Script
from labspec.graph import ROOT_STACK_NAME
from tests.building import NETWORK, build, graph_of
from tests.emit.machine import Machine
from tests.emit.test_user_data import noise

HOST = 'it\'s & "$(exit 1)" `x` \\1\n'
VALUES = {"Host": HOST, "HostName": "other", "Bucket": "templates", "Key": "labspec/web.sh"}
PLACE = Place(Hole("Bucket"), Hole("Key"), "ap-northeast-2")
SETUP = Setup(
    packages=("httpd",),
    files=(BootFile("/srv/a", ("host=", Hole("Host"), " ${HOME} $1\n")), BootFile("/srv/b", b"\xff\x01\x00")),
    commands=(("echo ", Hole("HostName"), " >/srv/c"), "false"),
)
SIGNAL = Signal("lab", "WebInstance", "ap-northeast-2")


def fetches(machine: Machine, script: Script, then: str = "") -> None:
    """Give a machine an AWS CLI that fetches this script, as it lies in the bucket."""
    (machine.root / "kept").write_text(machine.place((content(script).decode(),)))
    machine.command("aws", f'cat {machine.root}/kept >"${{@: -1}}"{then}')


def test_a_fetched_setup_does_the_same(tmp_path: Path) -> None:
    machines = [Machine(tmp_path / name, VALUES) for name in ("whole", "fetched")]
    for machine in machines:
        machine.signals()

    def kept(script: Script) -> Place:
        fetches(machines[1], script)
        return PLACE

    whole, fetched = user_data(SETUP, signal=SIGNAL), user_data(SETUP, signal=SIGNAL, kept=kept)
    assert [machine.run(script).returncode for machine, script in zip(machines, (whole, fetched), strict=True)] == [
        1,
        1,
    ]
    for name in ("srv/a", "srv/b", "srv/c"):
        assert (machines[0].root / name).read_bytes() == (machines[1].root / name).read_bytes()
    assert (machines[1].root / "srv/a").read_text() == f"host={HOST} ${{HOME}} $1\n"
    for machine in machines:
        (told,) = machine.told()
        assert told["--reason"] == "command 2: false: failed with exit code 1"
    copied = (
        f"aws s3 cp --only-show-errors --region ap-northeast-2 s3://templates/labspec/web.sh {machines[1].root}/run"
    )
    assert machines[1].calls("aws") == [f"{copied}/labspec-setup"]


def test_what_a_setup_is_fetched_into_is_for_root_only_and_goes(tmp_path: Path) -> None:
    machine = Machine(tmp_path, VALUES)
    fetched = tmp_path / "run/labspec-setup"

    def kept(script: Script) -> Place:
        fetches(machine, script, f"; stat -c %a {fetched} >{tmp_path}/mode")
        return PLACE

    setup = SETUP._replace(commands=(f"stat -c %a {tmp_path}/srv/a >/srv/mode",))
    machine.run(user_data(setup, kept=kept))
    assert (tmp_path / "mode").read_text() == "600\n"
    assert not fetched.exists()
    assert (tmp_path / "srv/mode").read_text() == "644\n"


def test_a_setup_that_cannot_be_fetched_is_told(tmp_path: Path) -> None:
    machine = Machine(tmp_path, VALUES)
    machine.signals()
    machine.command("aws", "exit 1")
    assert machine.run(user_data(SETUP, signal=SIGNAL, kept=lambda _: PLACE)).returncode == 1
    (told,) = machine.told()
    assert told["--reason"] == "fetch the setup: failed with exit code 1"


def test_a_script_of_the_users_own_becomes_itself_whatever_interprets_it(tmp_path: Path) -> None:
    machine = of_cloud_init(tmp_path)
    script: Script = ("#!/usr/bin/env python3\nprint('''", Hole("HostName"), "''', __file__)\n")
    fetches(machine, script, f'; stat -c %a "${{@: -1}}" >{tmp_path}/mode')
    done = machine.run(alone(script, PLACE))
    assert (tmp_path / "mode").read_text() == "600\n"  # what fills it in may be a secret
    assert (done.returncode, done.stdout) == (0, f"other {machine.root}/var/lib/cloud/instance/labspec-script\n")
    assert (machine.root / "var/lib/cloud/instance/labspec-script").stat().st_mode & 0o777 == 0o700


def of_cloud_init(folder: Path) -> Machine:
    """A machine as cloud-init finds it when it runs user data."""
    machine = Machine(folder, VALUES)
    (folder / "var/lib/cloud/instance").mkdir(parents=True)
    return machine


def test_a_script_of_the_users_own_that_cannot_be_fetched_is_given_up(tmp_path: Path) -> None:
    machine = of_cloud_init(tmp_path)
    machine.command("aws", "exit 1")
    assert machine.run(alone(("#!/bin/sh\n",), PLACE)).returncode == 1
    assert len(machine.calls("aws")) > 1


def test_a_script_of_the_users_own_makes_files_as_it_would_if_it_were_small(tmp_path: Path) -> None:
    machine, script = of_cloud_init(tmp_path), ("#!/bin/bash\nmkdir /srv/www\n",)
    (tmp_path / "srv").mkdir()
    fetches(machine, script)
    before = os.umask(0o022)
    try:
        assert machine.run(alone(script, PLACE)).returncode == 0
    finally:
        os.umask(before)
    assert (tmp_path / "srv/www").stat().st_mode & 0o777 == 0o755


def test_a_machine_that_cannot_fetch_its_script_says_so_at_once(tmp_path: Path) -> None:
    done = of_cloud_init(tmp_path).run(alone(("#!/bin/sh\n",), PLACE))
    assert (done.returncode, done.stderr) == (1, "labspec: this machine has no AWS CLI to fetch its script with\n")


# ------------------------------------------------------------------ in the template

LARGE = "setup: {files: {/srv/a: {text: '${{ Stage }}'}, /srv/large.bin: {source: large.bin}}}"
MACHINE = f"parameters: {{Stage: {{type: text}}}}\ninstances: {{web: {{subnet: public-a, public_ip: true, {LARGE}}}}}\n"
SCRIPT = MACHINE.replace(LARGE, "user_data: {source: script.sh, render: true}")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "large.bin").write_bytes(noise(20_000))
    (tmp_path / "script.sh").write_text("#!/bin/sh\n".ljust(20_000, "#") + "${{ Stage }}", "utf-8")
    (tmp_path / "cloud.yaml").write_text("#cloud-config\n".ljust(20_000, "#"), "utf-8")
    return tmp_path


@pytest.mark.parametrize(
    ("text", "end"), [(MACHINE, 'eval "$setup"\n'), (SCRIPT, "exec /var/lib/cloud/instance/labspec-script\n")]
)
def test_what_is_too_large_lies_in_the_bucket_without_what_only_cloudformation_knows(
    folder: Path, text: str, end: str
) -> None:
    graph = graph_of(folder, NETWORK + text)
    data = graph.nodes["WebLaunchTemplate"].body["Properties"]["LaunchTemplateData"]
    template, values = data["UserData"]["Fn::Base64"]["Fn::Sub"]
    ((name, kept),) = graph.assets.items()
    assert values["SetupBucket"] == {"Ref": "TemplateBucket"}
    assert values["SetupKey"]["Fn::Sub"][0] == f"${{Folder}}/{name}"
    assert values["StageBase64"] == {"Fn::Base64": {"Ref": "Stage"}}
    assert "fill Stage '${StageBase64}'\n" in template
    assert len(template) < 6_000
    assert len(kept) > 20_000
    assert template.endswith(end)
    assert b"\1Stage\1" in kept


def test_the_machine_may_fetch_it(folder: Path) -> None:
    (policy,) = graph_of(folder, NETWORK + MACHINE).nodes["WebRole"].body["Properties"]["Policies"]
    statements = policy["PolicyDocument"]["Statement"]
    (allowed,) = (said["Resource"] for said in statements if said["Action"] == ["s3:GetObject"])
    values = {"Bucket": {"Ref": "TemplateBucket"}, "Folder": {"Ref": "TemplateFolder"}}
    assert allowed == [
        {"Fn::Sub": ["arn:${AWS::Partition}:s3:::${Bucket}/${Folder}/web-setup-????????????????.sh", values]}
    ]
    (allowed,) = (said["Resource"] for said in statements if "logs:PutLogEvents" in said["Action"])
    groups = "arn:${AWS::Partition}:logs:${AWS::Region}:${AWS::AccountId}:log-group:${Root}-*SetupLog-*"
    assert allowed == [{"Fn::Sub": [groups, {"Root": {"Ref": ROOT_STACK_NAME}}]}]


@pytest.mark.parametrize(
    ("edit", "options", "said"),
    [
        ("", {"has_bucket": False}, "Deploy it nested, or by `labspec deploy`"),
        ("access: none, " + LARGE, {}, "Give the machine a role (`access: ssm`)"),
        (
            "image: {ssm: /aws/service/debian/release/12/latest/amd64}, user_data: {source: script.sh}",
            {},
            "Write a shorter one that fetches the rest",
        ),
        ("user_data: {source: cloud.yaml}", {}, "Write a script that begins with `#!`"),
    ],
)
def test_where_nothing_can_be_fetched_the_limit_holds(folder: Path, edit: str, options: Any, said: str) -> None:
    made = build(folder, NETWORK + MACHINE.replace(LARGE, edit or LARGE), **options)
    (found,) = (found for found in made.diagnostics if found.rule.code == "LS403")
    assert found.help.startswith(said)
    assert made.files == {}
