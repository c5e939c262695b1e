"""`connect` finds the machine, the way to it and its key, and becomes the command that leads there."""

from __future__ import annotations

import os
import shlex
import shutil
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NoReturn

import boto3
import pytest
from botocore.client import BaseClient
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from moto import mock_aws

from labspec.cli import main
from labspec.cloud import keys, standing
from labspec.cloud.standing import Resource, Standing

REGION, GUID, IMAGE = "us-east-1", "0a1b2c3d-0000-4000-8000-000000000000", "ami-0123456789abcdef0"


class Lab:
    """A network with machines in it, as a stack made them, and what was run at the end."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self.ec2: Any = boto3.client("ec2")
        self.network()
        self.resources: list[Resource] = []
        self.managed: list[str] = []
        self.ran: list[str] = []
        self.keys: dict[str, str] = {}
        patch.setattr(BaseClient, "_make_api_call", self._call(BaseClient._make_api_call))  # type: ignore[attr-defined]
        patch.setattr(standing, "standing", lambda *_: self.stack())
        patch.setattr(os, "execvp", self._execute)

    def network(self) -> None:
        """Make a new one, in which what is made from here on stands."""
        self.vpc = self.ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
        self.subnet, self.open = (
            self.ec2.create_subnet(VpcId=self.vpc, CidrBlock=cidr)["Subnet"]["SubnetId"]
            for cidr in ("10.0.1.0/24", "10.0.2.0/24")
        )
        self.ec2.modify_subnet_attribute(SubnetId=self.open, MapPublicIpOnLaunch={"Value": True})

    def _call(self, real: Any) -> Any:
        """Session Manager, which moto lacks, beside what moto has."""

        def call(client: Any, operation: str, asked: dict[str, Any]) -> Any:
            if operation != "DescribeInstanceInformation":
                return real(client, operation, asked)
            ((_, wanted),) = [each.values() for each in asked["Filters"]]
            found = [{"InstanceId": each, "PingStatus": "Online"} for each in self.managed if each in wanted]
            return {"InstanceInformationList": found}

        return call

    def _execute(self, file: str, arguments: list[str]) -> NoReturn:
        assert file == arguments[0]
        assert signal.getsignal(signal.SIGPIPE) == signal.SIG_DFL  # Python ignores it, and what is run would too
        self.ran = arguments
        raise SystemExit(0)

    def stack(self) -> Standing:
        identity = f"arn:aws:cloudformation:{REGION}:111122223333:stack/lab/{GUID}"
        return Standing(identity, "lab", "CREATE_COMPLETE", "", {}, {}, {}, tuple(self.resources), ())

    def group(self, name: str) -> str:
        made = self.ec2.create_security_group(GroupName=name, Description=name, VpcId=self.vpc)
        return str(made["GroupId"])

    def let_in(self, group: str, first: int, last: int, **peer: Any) -> None:
        rule = {"IpProtocol": "tcp", "FromPort": first, "ToPort": last, **peer}
        self.ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=[rule])

    def key(self, name: str, stored: bool = True) -> str:
        """Import a new key pair, and keep its private key as CloudFormation does."""
        private = generate_private_key(65537, 2048)
        public = private.public_key().public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH)
        made = self.ec2.import_key_pair(KeyName=name, PublicKeyMaterial=public)["KeyPairId"]
        text = private.private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption()).decode()
        if stored:
            boto3.client("ssm").put_parameter(Name=f"/ec2/keypair/{made}", Value=text, Type="SecureString")
        self.keys[made] = text
        return str(made)

    def machine(self, member: str, group: str, key: str = "", public: bool = False, tag: str = "") -> str:
        named = {"ResourceType": "instance", "Tags": [{"Key": "Name", "Value": tag or member}]}
        made = self.ec2.run_instances(
            MinCount=1,
            MaxCount=1,
            ImageId=IMAGE,
            SubnetId=self.open if public else self.subnet,
            SecurityGroupIds=[group],
            TagSpecifications=[named],
            **({"KeyName": key} if key else {}),
        )
        identity = str(made["Instances"][0]["InstanceId"])
        logical = "".join(word.capitalize() for word in member.split("-")) + "Instance"
        self.resources.append(Resource((), logical, "AWS::EC2::Instance", identity, "CREATE_COMPLETE", ""))
        return identity

    def address(self, machine: str, which: str = "PrivateIpAddress") -> str:
        (held,) = self.ec2.describe_instances(InstanceIds=[machine])["Reservations"]
        return str(held["Instances"][0][which])


@pytest.fixture
def lab(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Lab]:
    for name, value in (("ACCESS_KEY_ID", "x"), ("SECRET_ACCESS_KEY", "x"), ("DEFAULT_REGION", REGION)):
        monkeypatch.setenv(f"AWS_{name}", value)
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "my state"))
    monkeypatch.setenv("HOME", str(tmp_path))
    tools = tmp_path / "bin"
    tools.mkdir()
    for name in ("aws", "session-manager-plugin", "ssh", "plink"):
        (tools / name).write_text("", "utf-8")
        (tools / name).chmod(0o755)
    monkeypatch.setenv("PATH", str(tools))
    before = signal.signal(signal.SIGPIPE, signal.SIG_IGN)
    with mock_aws():
        yield Lab(monkeypatch)
    signal.signal(signal.SIGPIPE, before)


@pytest.fixture
def behind(lab: Lab) -> tuple[str, str]:
    """A machine without a public address, and the one that leads there; each has a key of its own."""
    outer, inner = lab.group("outer"), lab.group("inner")
    lab.let_in(inner, 22, 22, UserIdGroupPairs=[{"GroupId": outer}])
    lab.key("outer-key")
    lab.key("inner-key")
    lab.machine("gate", lab.group("third"), "outer-key", public=True)
    return lab.machine("web-1", inner, "inner-key"), lab.machine("door", outer, "outer-key", public=True)


def connect(*arguments: str) -> int:
    try:
        return main(["connect", *arguments, "--stack", "lab"])
    except SystemExit as ended:
        return int(str(ended.code))


def folder(tmp_path: Path) -> Path:
    (found,) = tmp_path.glob("**/labspec/keys")
    return found


def test_session_manager_comes_first_where_the_machine_answers_to_it(
    lab: Lab, behind: tuple[str, str], tmp_path: Path
) -> None:
    lab.managed = [behind[0]]
    assert connect("web-1") == 0
    assert lab.ran == ["aws", "ssm", "start-session", "--target", behind[0], "--region", REGION]
    assert not list(tmp_path.glob("**/keys"))
    assert connect("door") == 0
    assert lab.ran[0] == "ssh"
    lab.managed = list(behind)
    for asked in (["--user", "admin"], ["--through", "door"]):  # of which Session Manager knows nothing
        assert connect("web-1", *asked) == 0
        assert lab.ran[0] == "ssh"


def test_a_bastion_is_found_and_each_machine_gets_its_own_key(
    lab: Lab, behind: tuple[str, str], tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    web, door = behind
    assert connect("web-1") == 0
    config = folder(tmp_path) / f"{web}.config"
    assert lab.ran == ["ssh", "-F", str(config), web]
    said = {host: dict(line.split(maxsplit=1) for line in lines) for host, lines in blocks(config).items()}
    files = {host: Path(said[host]["IdentityFile"].strip('"')) for host in (web, door)}
    (private,) = [text for text in lab.keys.values() if text == files[web].read_text("utf-8")]
    (other,) = [text for text in lab.keys.values() if text == files[door].read_text("utf-8")]
    assert private != other
    assert said[web]["HostName"] == lab.address(web)
    assert shlex.split(said[web]["ProxyCommand"]) == ["ssh", "-F", str(config), "-W", "[%h]:%p", door]
    assert said[door]["HostName"] == lab.address(door, "PublicIpAddress")
    assert "ProxyCommand" not in said[door]
    common = {"ForwardAgent": "no", "IdentitiesOnly": "yes", "StrictHostKeyChecking": "accept-new", "User": "ec2-user"}
    assert common.items() <= said["*"].items()
    assert {host: said[host]["HostKeyAlias"] for host in (web, door)} == {web: web, door: door}
    assert said["*"]["UserKnownHostsFile"] == f'"{config.parent / GUID}.known_hosts"'
    assert {path.stat().st_mode & 0o777 for path in config.parent.iterdir()} == {0o600}
    assert config.parent.stat().st_mode & 0o777 == 0o700
    shown = "".join(capfd.readouterr())
    assert f"Key: {files[web]}" in shown
    assert "PRIVATE KEY" not in shown + " ".join(lab.ran) + config.read_text("utf-8")


def blocks(config: Path) -> dict[str, list[str]]:
    """The lines of each host; where OpenSSH is, it has to take them as they are meant."""
    found: dict[str, list[str]] = {}
    for line in config.read_text("utf-8").splitlines():
        if line.startswith("Host "):
            host = line.removeprefix("Host ")
        else:
            found.setdefault(host, []).append(line.strip())
    if ssh := shutil.which("ssh", path=os.defpath):
        for host in found.keys() - {"*"}:
            command = [ssh, "-G", "-F", str(config), host]
            said = subprocess.run(command, check=True, capture_output=True, text=True).stdout.splitlines()
            for line in (*found[host], *found["*"]):
                name, value = line.replace('"', "").replace("%%", "%").split(maxsplit=1)
                assert f"{name.lower()} {value}".replace(" yes", "") in [each.replace(" yes", "") for each in said]
    return found


def test_a_machine_with_a_public_address_needs_no_other(lab: Lab, behind: tuple[str, str], tmp_path: Path) -> None:
    assert connect("door", "--user", "admin") == 0
    text = (folder(tmp_path) / f"{behind[1]}.config").read_text("utf-8")
    assert f"HostName {lab.address(behind[1], 'PublicIpAddress')}" in text
    assert "User admin\n" in text
    assert "ProxyCommand" not in text


@pytest.mark.parametrize(
    ("rule", "found"),
    [
        ({"IpRanges": [{"CidrIp": "10.0.2.0/24"}]}, True),
        ({"IpRanges": [{"CidrIp": "10.9.0.0/16"}]}, False),
        ({"first": 80, "IpRanges": [{"CidrIp": "10.0.0.0/16"}]}, False),
        ({"last": 21, "first": 20, "IpRanges": [{"CidrIp": "10.0.0.0/16"}]}, False),
    ],
)
def test_only_who_is_let_in_leads_there(
    rule: dict[str, Any], found: bool, lab: Lab, capsys: pytest.CaptureFixture[str]
) -> None:
    inner = lab.group("inner")
    lab.let_in(inner, **{"first": 22, "last": 80, **rule})
    lab.key("key")
    lab.machine("web-1", inner, "key")
    lab.machine("door", lab.group("outer"), "key", public=True)
    assert connect("web-1", "--via", "ssh") == (0 if found else 1)
    assert ("has no public address, and no machine" in capsys.readouterr().err) is not found


def test_a_machine_of_another_network_leads_nowhere(lab: Lab, capsys: pytest.CaptureFixture[str]) -> None:
    inner = lab.group("inner")
    lab.let_in(inner, 22, 22, IpRanges=[{"CidrIp": "10.0.0.0/8"}])
    lab.key("key")
    lab.machine("web-1", inner, "key")
    lab.network()
    lab.machine("door", lab.group("outer"), "key", public=True)
    assert connect("web-1", "--via", "ssh") == 1
    assert "no machine with one is let in" in capsys.readouterr().err


def test_where_several_lead_there_one_has_to_be_named(
    lab: Lab, behind: tuple[str, str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    other = next(each.physical for each in lab.resources if each.id == "GateInstance")
    lab.ec2.modify_instance_attribute(InstanceId=other, Groups=[group_of(lab, behind[1])])
    assert connect("web-1") == 1
    assert "Name the machine between by `--through`." in capsys.readouterr().err
    assert connect("web-1", "--through", "gate") == 0
    assert f" -W [%h]:%p {other}\n" in (folder(tmp_path) / f"{behind[0]}.config").read_text("utf-8")
    assert connect("door", "--through", "web-1") == 1
    assert "`web-1` has no public address." in capsys.readouterr().err


def group_of(lab: Lab, machine: str) -> str:
    (held,) = lab.ec2.describe_instances(InstanceIds=[machine])["Reservations"]
    return str(held["Instances"][0]["SecurityGroups"][0]["GroupId"])


def test_of_a_group_the_first_healthy_machine_is_taken(
    lab: Lab, behind: tuple[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    scaling: Any = boto3.client("autoscaling")
    scaling.create_launch_configuration(LaunchConfigurationName="l", ImageId=IMAGE, InstanceType="t3.micro")
    scaling.create_auto_scaling_group(
        AutoScalingGroupName="group-of-lab",
        LaunchConfigurationName="l",
        MinSize=3,
        MaxSize=3,
        VPCZoneIdentifier=lab.subnet,
    )
    held = "AWS::AutoScaling::AutoScalingGroup"
    lab.resources.append(Resource((), "FarmAutoScalingGroup", held, "group-of-lab", "CREATE_COMPLETE", ""))
    (group,) = scaling.describe_auto_scaling_groups()["AutoScalingGroups"]
    ill, well, last = sorted(each["InstanceId"] for each in group["Instances"])
    scaling.set_instance_health(InstanceId=ill, HealthStatus="Unhealthy")
    lab.managed = [ill, well, last]
    assert connect("farm") == 0
    assert lab.ran[4] == well
    assert well in capsys.readouterr().err
    assert connect("farm", "--instance", ill) == 0
    assert lab.ran[4] == ill
    assert connect("farm", "--instance", behind[0]) == 1
    assert f"`farm` has no machine `{behind[0]}`." in capsys.readouterr().err


def test_printed_it_is_the_command_alone(
    lab: Lab, behind: tuple[str, str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert connect("web-1", "--print") == 0
    said = capsys.readouterr()
    assert shlex.split(said.out) == ["ssh", "-F", str(folder(tmp_path) / f"{behind[0]}.config"), behind[0]]
    assert "Key: " in said.err
    assert lab.ran == []


def test_putty_gets_its_own_files_and_goes_over_the_bastion_as_a_proxy(
    lab: Lab, behind: tuple[str, str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    web, door = behind
    assert connect("web-1", "--via", "putty") == 0
    *command, proxy, where = lab.ran
    assert where == f"ec2-user@{lab.address(web)}"
    files = [Path(command[command.index("-i") + 1]), Path(shlex.split(proxy)[5])]
    assert all(path.read_text("utf-8").startswith("PuTTY-User-Key-File-3: ssh-rsa\n") for path in files)
    assert files[0].read_bytes() != files[1].read_bytes()
    assert proxy.endswith(f" -nc %host:%port ec2-user@{lab.address(door, 'PublicIpAddress')}")
    assert {path.stat().st_mode & 0o777 for path in folder(tmp_path).iterdir()} == {0o600}
    first = capsys.readouterr().err.partition("the host key of ")[2].partition("\n")[0]
    assert shlex.split(first.partition(": ")[2]) == shlex.split(proxy.replace(" -nc %host:%port", ""))
    shutil.rmtree(tmp_path / "bin")
    lab.ran = []
    assert connect("door", "--via", "putty") == 0
    assert capsys.readouterr().out.startswith("plink -ssh ")
    assert lab.ran == []


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (["wbe-1"], "Did you mean `web-1`?"),
        (["old"], "does not run: it is stopped."),
        (["own"], "AWS keeps no private key of the key pair `own-key`."),
        (["bare"], "has no key pair."),
        (["odd"], "What AWS keeps as the private key of `odd-key` cannot be read as one."),
        (["twin"], "`twin` means several: `OneInstance` and `TwoInstance`."),
    ],
)
def test_what_cannot_be_is_told(
    asked: list[str], said: str, lab: Lab, behind: tuple[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    group = group_of(lab, behind[1])
    lab.ec2.stop_instances(InstanceIds=[lab.machine("old", group, "outer-key")])
    lab.key("own-key", stored=False)
    odd = lab.key("odd-key", stored=False)
    boto3.client("ssm").put_parameter(Name=f"/ec2/keypair/{odd}", Value="-----BEGIN", Type="SecureString")
    for name, key in (("own", "own-key"), ("bare", ""), ("odd", "odd-key")):
        lab.machine(name, group, key, public=True)
    for name in ("one", "two"):
        lab.machine(name, group, tag="twin")
    assert connect(*asked, "--via", "ssh") == 1
    assert said in capsys.readouterr().err
    assert lab.ran == []


def test_a_machine_that_can_be_reached_in_no_way_is_told(
    lab: Lab, behind: tuple[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    lab.machine("bare", group_of(lab, behind[1]), public=True)
    assert connect("bare") == 1
    assert "does not answer to Session Manager, and has no key for SSH." in capsys.readouterr().err


def test_a_group_is_among_the_names_that_can_be_given(
    lab: Lab, behind: tuple[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    for identity in ("LabAsgAutoScalingGroup", "Own2ndGroup"):
        kind = "AWS::AutoScaling::AutoScalingGroup"
        lab.resources.append(Resource((), identity, kind, identity, "CREATE_COMPLETE", ""))
    assert connect("front") == 1
    assert "It can be `Own2ndGroup`, `door`, `gate`, `lab-asg`, `web-1`." in capsys.readouterr().err
    assert connect("lab-asgg") == 1
    assert "Did you mean `lab-asg`?" in capsys.readouterr().err


def test_a_machine_that_was_renamed_is_found_by_its_tag_and_any_by_its_logical_id(
    lab: Lab, behind: tuple[str, str]
) -> None:
    renamed = lab.machine("old-name", group_of(lab, behind[1]), tag="new-name")
    lab.managed = [renamed]
    for name in ("new-name", "old-name", "OldNameInstance"):
        lab.ran = []
        assert connect(name) == 0
        assert lab.ran[4] == renamed


def test_what_is_not_installed_is_told(
    lab: Lab,
    behind: tuple[str, str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    (tmp_path / "bin/session-manager-plugin").unlink()
    assert connect("web-1", "--via", "session-manager") == 1
    assert "Install the Session Manager plugin" in (said := capsys.readouterr().err)
    assert "`session-manager-plugin` is not installed." in said
    assert connect("web-1", "--via", "session-manager", "--print") == 0
    (tmp_path / "bin/ssh").unlink()
    assert connect("web-1", "--via", "ssh") == 1
    assert "`ssh` is not installed." in capsys.readouterr().err
    monkeypatch.setattr("labspec.cli.connect.find_spec", lambda _: None)
    assert connect("web-1", "--via", "ssh") == 1
    assert "pip install '.[aws]'" in capsys.readouterr().err


def test_a_file_is_whole_or_not_there_and_one_that_is_right_is_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = tmp_path / "keys"
    place.mkdir(mode=0o755)
    path = keys.written(place, "key", "one")
    path.chmod(0o644)
    before = path.stat()
    assert place.stat().st_mode & 0o777 == 0o700
    after = keys.written(place, "key", "one").stat()
    assert (after.st_ino, after.st_mode & 0o777) == (before.st_ino, 0o600)
    path.replace(elsewhere := tmp_path / "elsewhere")
    path.symlink_to(elsewhere)
    assert not keys.written(place, "key", "one").is_symlink()
    drafts = list[str]()

    def replace(draft: Path, _: Path) -> None:
        drafts.append(draft.read_text("utf-8"))
        raise ZeroDivisionError

    monkeypatch.setattr(Path, "replace", replace)
    with pytest.raises(ZeroDivisionError):
        keys.written(place, "key", "two")
    assert drafts == ["two"]
    assert [(each.name, each.read_text("utf-8")) for each in place.iterdir()] == [("key", "one")]


def test_no_private_key_is_shown_by_accident() -> None:
    assert "secret" not in repr(keys.PrivateKey("key-1", "name", "secret"))
