"""What a machine does at every boot: the hook, and what it starts, are run on a machine of folders."""

from __future__ import annotations

import ast
import grp
import json
import os
import shutil
import socket
import stat
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from labspec.emit.boothook import READER, Mount, SecretFile, boot_hook, mount_unit
from labspec.emit.substitution import Hole
from tests.emit.machine import Machine
from tests.emit.test_boot import shellcheck

MINE = grp.getgrgid(os.getgid()).gr_name
MOUNT = Mount("/var/www/html/efs", Hole("Efs"), (Hole("Efs"), ".local"))
SECRET = SecretFile("/run/lab/database.json", Hole("Secret"), "eu-west-1", Hole("Host"), Hole("Port"), "lab", MINE)
VALUES = {"Efs": "fs-1", "Secret": "arn:aws:x", "Host": "replica.example", "Port": "3306"}
PASSWORD = 'p"\\ss$w`ord\u00e9'


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path, VALUES)


def booted(machine: Machine, *items: Mount | SecretFile, services: tuple[str, ...] = ()) -> Machine:
    """The machine after the hook has run."""
    mounts = tuple(item for item in items if isinstance(item, Mount))
    secrets = tuple(item for item in items if isinstance(item, SecretFile))
    done = machine.run(boot_hook(mounts, secrets, services))
    assert done.returncode == 0, done.stderr
    return machine


# ---------------------------------------------------------------- the hook


def test_units_are_written_in_memory_only(machine: Machine) -> None:
    before = machine.files()
    written = booted(machine, MOUNT, SECRET).files() - before
    assert written == {
        "run/labspec/mounts",
        "run/labspec/secrets",
        "run/labspec/secrets.json",
        "run/systemd/system/labspec-mounts.service",
        "run/systemd/system/labspec-secrets.service",
        "run/systemd/system/labspec-secrets.timer",
        "run/systemd/system/var-www-html-efs.mount",
    }


def test_units_are_started_without_waiting(machine: Machine) -> None:
    assert booted(machine, MOUNT, SECRET).calls() == [
        "systemctl daemon-reload",
        "systemctl start --no-block labspec-mounts.service",
        "systemctl start --no-block labspec-secrets.service labspec-secrets.timer",
    ]


def test_a_machine_that_attaches_nothing_starts_nothing(machine: Machine) -> None:
    assert booted(machine).calls() == []


def test_the_units_come_before_the_services_of_the_machine(machine: Machine) -> None:
    booted(machine, SECRET, services=("httpd", "shop.socket", "worker"))
    text = (machine.root / "run/systemd/system/labspec-secrets.service").read_text()
    assert "Before=httpd.service nginx.service php-fpm.service shop.socket worker.service\n" in text


def test_the_units_never_wait_for_cloud_init(machine: Machine) -> None:
    """The script of the first boot runs inside cloud-init and waits for them."""
    booted(machine, MOUNT, SECRET)
    for unit in (machine.root / "run/systemd/system").iterdir():
        assert "cloud" not in unit.read_text()


def test_the_mount_is_encrypted_unless_told_otherwise(machine: Machine) -> None:
    booted(machine, MOUNT, Mount("/srv/plain", Hole("Efs"), "h", tls=False))
    units = machine.root / "run/systemd/system"
    assert "What=fs-1:/\n" in (units / "var-www-html-efs.mount").read_text()
    assert "Options=_netdev,tls\n" in (units / "var-www-html-efs.mount").read_text()
    assert "Options=_netdev\n" in (units / "srv-plain.mount").read_text()


def test_systemd_understands_the_units(tmp_path: Path) -> None:
    program = shutil.which("systemd-analyze")
    if not program:
        pytest.skip("needs systemd-analyze")
    units = tmp_path / "units"
    units.mkdir()
    hook = boot_hook((Mount("/srv/a b/c-d%", "fs-1", "h"),), (SECRET,), ("worker",))
    machine = Machine(tmp_path, VALUES)
    text = machine.place(hook).replace(f"{tmp_path}/run/systemd/system", str(units)).replace(f"{tmp_path}/srv", "/srv")
    subprocess.run(["bash", "-c", text], check=True, env={"PATH": f"{tmp_path}/commands:{os.environ['PATH']}"})
    paths = [str(unit) for unit in units.iterdir()]
    found = subprocess.run(
        [program, "verify", "--man=no", *paths], capture_output=True, text=True, check=False, env={"PATH": "/usr/bin"}
    )
    ours = [line for line in found.stderr.splitlines() if "labspec" in line or "srv" in line]
    assert ours == []
    assert len(paths) == 4


@pytest.mark.parametrize(
    ("path", "unit"),
    [
        ("/var/www/html/efs", "var-www-html-efs.mount"),
        ("/srv/a-b//c/", "srv-a\\x2db-c.mount"),
        ("/.hidden/.x", "\\x2ehidden-.x.mount"),
        ("/srv/a b_c:d.e", "srv-a\\x20b_c:d.e.mount"),
    ],
)
def test_a_mount_unit_is_named_as_systemd_demands(path: str, unit: str) -> None:
    assert mount_unit(path) == unit
    if program := shutil.which("systemd-escape"):
        answer = subprocess.run([program, "--path", "--suffix=mount", path], check=True, capture_output=True, text=True)
        assert answer.stdout.strip() == unit


# ---------------------------------------------------------------- a copied disk


@pytest.fixture
def copied(machine: Machine) -> Machine:
    """A disk that was another instance's, as cloud-init leaves it when the hook runs for the first time."""
    cloud = machine.root / "var/lib/cloud"
    for instance in ("i-old", "i-new"):
        (cloud / "instances" / instance / "sem").mkdir(parents=True)
        (cloud / "instances" / instance / "user-data.txt").write_text(instance)
    (cloud / "instance").symlink_to(cloud / "instances/i-new")
    for home in ("root", "home/ec2-user", "home/other"):
        (machine.root / home / ".ssh").mkdir(parents=True)
        (machine.root / home / ".ssh/authorized_keys").write_text("a key of the other machine")
    return machine


def keys(machine: Machine) -> set[str]:
    return {path for path in machine.files() if path.endswith("authorized_keys")}


def test_a_copy_forgets_the_other_machine(copied: Machine) -> None:
    booted(copied)
    assert keys(copied) == set()
    assert [path.name for path in (copied.root / "var/lib/cloud/instances").iterdir()] == ["i-new"]
    assert (copied.root / "var/lib/cloud/instances/i-new/user-data.txt").exists()


def test_later_boots_leave_the_keys_alone(copied: Machine) -> None:
    booted(copied)
    (copied.root / "var/lib/cloud/instances/i-new/sem/config_ssh").touch()
    own = copied.root / "home/ec2-user/.ssh/authorized_keys"
    own.write_text("this machine's key")
    booted(copied)
    assert own.read_text() == "this machine's key"


def test_keys_stay_where_cloud_init_would_not_write_them_again(copied: Machine) -> None:
    (copied.root / "var/lib/cloud/instances/i-new/sem/config_ssh").touch()
    booted(copied)
    assert len(keys(copied)) == 3


def test_keys_stay_where_it_is_not_known_which_instance_this_is(copied: Machine) -> None:
    (copied.root / "var/lib/cloud/instance").unlink()
    booted(copied)
    assert len(keys(copied)) == 3
    assert len(list((copied.root / "var/lib/cloud/instances").iterdir())) == 2


def test_the_first_machine_keeps_its_keys(copied: Machine) -> None:
    shutil.rmtree(copied.root / "var/lib/cloud/instances/i-old")
    booted(copied)
    assert len(keys(copied)) == 3


# ---------------------------------------------------------------- file systems


@pytest.fixture
def target() -> Iterator[int]:
    """The port of a mount target that answers."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield int(server.getsockname()[1])


def attach(machine: Machine, port: int) -> subprocess.CompletedProcess[str]:
    """Run what labspec-mounts.service runs, against a port of loopback."""
    script = machine.root / "run/labspec/mounts"
    return machine.run(script.read_text().replace("fs-1.local", "127.0.0.1").replace("2049", str(port)))


def status(machine: Machine, name: str) -> str:
    return (machine.root / f"run/labspec/{name}.status").read_text().strip()


NOT_YET = '[[ "$1" != is-active ]]'
"""A systemctl to which nothing is active yet."""


def test_the_script_that_mounts_is_sound(machine: Machine) -> None:
    shellcheck(booted(machine, MOUNT).root / "run/labspec/mounts")


def test_a_file_system_is_mounted_when_its_target_answers(machine: Machine, target: int) -> None:
    machine.patience = 30
    machine.command("mount.efs")
    machine.command("systemctl", NOT_YET)
    done = attach(booted(machine, MOUNT), target)
    assert done.returncode == 0, done.stdout
    assert machine.calls()[-1] == "systemctl start var-www-html-efs.mount"
    assert status(machine, "mounts") == "mounted"
    assert machine.calls("dnf") == []


def test_the_client_is_installed_where_it_is_missing(machine: Machine, target: int) -> None:
    machine.patience = 30
    machine.command("dnf", f"cp {machine.root}/commands/systemctl {machine.root}/commands/mount.efs")
    machine.command("systemctl", NOT_YET)
    done = attach(booted(machine, MOUNT), target)
    assert done.returncode == 0, done.stdout
    assert machine.calls("dnf") == ["dnf -y install amazon-efs-utils"]


def test_a_client_that_cannot_be_had_is_the_obstacle(machine: Machine, target: int) -> None:
    machine.command("dnf", "false")
    done = attach(booted(machine, MOUNT), target)
    assert done.returncode == 1
    assert status(machine, "mounts") == "amazon-efs-utils cannot be installed (yet)"


def test_a_target_that_does_not_answer_is_the_obstacle(machine: Machine) -> None:
    machine.command("mount.efs")
    machine.command("systemctl", NOT_YET)
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = int(server.getsockname()[1])
    done = attach(booted(machine, MOUNT), port)
    assert done.returncode == 1
    assert status(machine, "mounts") == f"127.0.0.1 does not answer on port {port}"
    assert "systemctl start var-www-html-efs.mount" not in machine.calls()


def test_a_mount_that_is_refused_is_tried_again(machine: Machine, target: int) -> None:
    machine.patience = 30
    machine.command("mount.efs")
    booted(machine, MOUNT)
    machine.command("systemctl", f"{NOT_YET} && [[ $(grep -c 'start var-www' {machine.root}/calls) -ge 2 ]]")
    assert attach(machine, target).returncode == 0
    assert machine.calls().count("systemctl start var-www-html-efs.mount") == 2


def test_one_file_system_does_not_wait_for_another(machine: Machine, target: int) -> None:
    machine.command("mount.efs")
    booted(machine, Mount("/srv/absent", "fs-2", "127.0.0.1.invalid"), MOUNT)
    machine.command("systemctl", NOT_YET)
    assert attach(machine, target).returncode == 1
    assert "systemctl start var-www-html-efs.mount" in machine.calls()


def test_what_is_mounted_is_left_alone(machine: Machine, target: int) -> None:
    machine.command("mount.efs")
    assert attach(booted(machine, MOUNT), target).returncode == 0
    assert machine.calls()[-1] == "systemctl is-active --quiet var-www-html-efs.mount"


# ---------------------------------------------------------------- credentials


def secret(machine: Machine, password: str = PASSWORD, before: str = "", **more: str) -> None:
    """Let `aws` answer with this secret, after doing what `before` says."""
    value = json.dumps({"username": "admin", "password": password, **more})
    (machine.root / "secret").write_text(value)
    machine.command("aws", f"{before}\ncat {machine.root}/secret")


def fetch(machine: Machine) -> subprocess.CompletedProcess[str]:
    """Run what labspec-secrets.service runs."""
    return machine.run((machine.root / "run/labspec/secrets").read_text(), "python")


def written(machine: Machine) -> dict[str, object]:
    return dict(json.loads((machine.root / "run/lab/database.json").read_text()))


def leaked(machine: Machine, done: subprocess.CompletedProcess[str]) -> bool:
    """Whether the password stands anywhere but in its file."""
    notes = machine.root / "run/labspec/secrets.status"
    said = [done.stdout, done.stderr, "\n".join(machine.calls()), notes.read_text() if notes.exists() else ""]
    return any(form in text for form in (PASSWORD, json.dumps(PASSWORD)) for text in said)


def test_the_reader_suits_the_systems_python() -> None:
    ast.parse(READER, feature_version=(3, 9))


def test_credentials_are_written_for_the_group_alone(machine: Machine) -> None:
    secret(machine, host="the.primary", port="1", dbname="other")
    done = fetch(booted(machine, SECRET))
    assert done.returncode == 0, done.stdout + done.stderr
    path = machine.root / "run/lab/database.json"
    assert stat.S_IMODE(path.stat().st_mode) == 0o640
    assert path.stat().st_gid == os.getgid()
    assert written(machine) == {
        "host": "replica.example",
        "port": 3306,
        "user": "admin",
        "password": PASSWORD,
        "database": "lab",
    }
    assert [call.split()[-4:] for call in machine.calls("aws")] == [
        ["--region", "eu-west-1", "--secret-id", "arn:aws:x"]
    ]
    assert not leaked(machine, done)


def test_a_changed_secret_is_picked_up_whole(machine: Machine) -> None:
    secret(machine, "first")
    fetch(booted(machine, SECRET))
    path = machine.root / "run/lab/database.json"
    with path.open() as held:
        secret(machine, "second")
        fetch(machine)
        assert json.load(held)["password"] == "first"  # who was reading goes on reading the old file
    assert written(machine)["password"] == "second"
    assert [entry.name for entry in path.parent.iterdir()] == ["database.json"]


def test_a_file_that_cannot_be_written_leaves_the_old_one(machine: Machine) -> None:
    secret(machine)
    fetch(booted(machine, SECRET))
    # No file can grow, so this aws takes no notes.
    (machine.root / "commands/aws").write_text(f"#!/bin/bash\ncat {machine.root}/secret\n")
    done = machine.run(f"ulimit -f 0\nexec python3 {machine.root}/run/labspec/secrets\n")
    assert done.returncode != 0
    assert written(machine)["password"] == PASSWORD


def test_a_secret_that_cannot_be_read_leaves_the_file_as_it_was(machine: Machine) -> None:
    secret(machine)
    fetch(booted(machine, SECRET))
    machine.command("aws", "echo '\nAn error occurred (AccessDeniedException)' >&2; exit 254")
    done = fetch(machine)
    assert done.returncode == 1
    assert written(machine)["password"] == PASSWORD
    assert "AccessDeniedException" in status(machine, "secrets")


def test_a_permission_that_comes_late_is_waited_for(machine: Machine) -> None:
    machine.patience = 30
    tries = f"echo >>{machine.root}/tries; [[ $(wc -l <{machine.root}/tries) -ge 3 ]] || {{ echo denied >&2; exit 1; }}"
    secret(machine, before=tries)
    assert fetch(booted(machine, SECRET)).returncode == 0
    assert written(machine)["user"] == "admin"
    assert status(machine, "secrets") == f"{machine.root}/run/lab/database.json: OSError: denied"


@pytest.mark.parametrize("text", ["not json {PASSWORD}", '["{PASSWORD}"]', '{"username": "{PASSWORD}"}'])
def test_a_secret_of_another_shape_is_not_repeated(machine: Machine, text: str) -> None:
    secret(machine)
    (machine.root / "secret").write_text(text.replace("{PASSWORD}", PASSWORD))
    done = fetch(booted(machine, SECRET))
    assert done.returncode == 1
    assert not leaked(machine, done)
    assert not (machine.root / "run/lab").exists()


def test_a_group_that_does_not_exist_yet_is_waited_for(machine: Machine) -> None:
    secret(machine)
    done = fetch(booted(machine, SecretFile("/run/lab/x", "s", "r", "h", "1", "d", "no-such-group")))
    assert done.returncode == 1
    assert "no-such-group" in status(machine, "secrets")
    assert not (machine.root / "run/lab").exists()


def test_one_secret_does_not_wait_for_another(machine: Machine) -> None:
    secret(machine, before='[[ "$*" != *denied* ]] || exit 1')
    booted(machine, SecretFile("/run/lab/other", "denied", "r", "h", "1", "d", MINE), SECRET)
    assert fetch(machine).returncode == 1
    assert written(machine)["user"] == "admin"


def test_a_missing_command_line_interface_is_installed(machine: Machine) -> None:
    machine.patience = 30
    secret(machine)
    aws = machine.root / "commands/aws"
    aws.rename(machine.root / "package")
    machine.command("dnf", f"mv {machine.root}/package {aws}")
    booted(machine, SECRET)
    text = machine.place((machine.root / "run/labspec/secrets").read_text())
    # This machine may have an aws of its own further down its path.
    environment = {"PATH": f"{machine.root}/commands:/bin"}
    if shutil.which("aws", path=environment["PATH"]):
        pytest.skip("this machine has an aws of its own")
    subprocess.run([shutil.which("python3") or "python3", "-c", text], check=True, env=environment, capture_output=True)
    assert machine.calls("dnf") == ["dnf -y install awscli-2"]
    assert written(machine)["user"] == "admin"
