"""What a machine does once: the generated script is read, checked and run."""

from __future__ import annotations

import getpass
import grp
import os
import shutil
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from labspec.emit.boot import BootFile, Check, Hole, Mount, SecretFile, Setup, Signal, Text, user_data
from tests.emit.machine import Machine, filled, parts

VALUES = {"AWS::StackName": "lab", "AWS::Region": "ap-northeast-2"}
ME, MINE = getpass.getuser(), grp.getgrgid(os.getgid()).gr_name
SIGNAL = Signal(Hole("AWS::StackName"), "WebInstance", Hole("AWS::Region"))
MOUNT = Mount("/srv/efs", Hole("Efs"), (Hole("Efs"), ".efs.", Hole("AWS::Region"), ".", Hole("AWS::URLSuffix")))
SECRET = SecretFile(
    "/run/lab/database.json", Hole("Secret"), Hole("AWS::Region"), Hole("Host"), Hole("Port"), "labvpcrds", MINE
)
FILES = Path(__file__).parents[2] / "specs" / "files"
LAMP = Setup(
    packages=("httpd", "php-fpm", "php-mysqli", "php-json", "mariadb105"),
    files=(
        BootFile("/var/www/html/", owner="ec2-user", group="apache", mode="2775"),
        BootFile("/var/www/html/index.php", (FILES / "index.php").read_bytes()),
        BootFile("/var/www/html/health.html", "ok"),
        BootFile("/var/www/inc/dbinfo.inc", (FILES / "dbinfo.inc").read_bytes()),
    ),
    commands=("usermod -a -G apache ec2-user",),
    services=("php-fpm", "httpd"),
)
ODD = Setup(
    packages=("a b",),
    files=(BootFile('/srv/it\'s "here"/x', b"\xff\x00"), BootFile("/srv/END", ("\u00e9", Hole("Id"), "END\n"))),
    commands=("echo 'it''s'", ("echo ", Hole("Id"), "\nEND\n"), "echo \u00e9"),
    services=("x@y", "z.timer"),
)


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    new = Machine(tmp_path, VALUES)
    new.signals()
    return new


def first_boot(setup: Setup, *, signal: Signal | None = SIGNAL) -> Text:
    return user_data(setup, signal=signal)


def waiting(mounts: tuple[Mount, ...] = (), secrets: tuple[SecretFile, ...] = (), setup: Setup = Setup()) -> str:  # noqa: B008
    """The script of the first boot of a machine that also has a boot hook."""
    return parts(filled(user_data(setup, mounts, secrets, SIGNAL), VALUES))["text/x-shellscript"]


def only_signal(machine: Machine) -> tuple[int, str]:
    (signal,) = machine.told()
    assert (signal["--stack"], signal["--resource"], signal["--region"]) == ("lab", "WebInstance", "ap-northeast-2")
    return int(signal["--exit-code"]), signal["--reason"]


# ---------------------------------------------------------------- the text


def test_a_machine_without_anything_to_do_has_no_user_data() -> None:
    assert user_data(Setup()) == ()


def test_a_machine_that_only_sets_itself_up_gets_a_plain_script() -> None:
    text = filled(first_boot(LAMP))
    assert text.startswith("#!/bin/bash\n")
    assert "<?php" in text
    assert "systemctl enable --now php-fpm httpd\n" in text


def test_the_parts_are_what_cloud_init_expects() -> None:
    both = parts(filled(user_data(LAMP, (MOUNT,), (SECRET,), SIGNAL)))
    assert list(both) == ["text/cloud-boothook", "text/x-shellscript"]
    assert all(text.startswith("#!/bin/bash\n") and text.endswith("\n") for text in both.values())


def test_a_copied_machine_has_a_boot_hook_even_with_nothing_to_attach() -> None:
    assert list(parts(filled(user_data(Setup(), signal=SIGNAL, copied=True)))) == [
        "text/cloud-boothook",
        "text/x-shellscript",
    ]


def test_what_looks_like_the_end_of_a_part_is_not() -> None:
    setup = Setup(commands=("echo a\n--labspec--\necho b\n",))
    script = parts(filled(user_data(setup, (MOUNT,), (), SIGNAL)))["text/x-shellscript"]
    assert "echo a\n--labspec--\necho b\n" in script


def test_the_same_input_gives_the_same_text() -> None:
    assert user_data(LAMP, (MOUNT,), (SECRET,), SIGNAL) == user_data(LAMP, (MOUNT,), (SECRET,), SIGNAL)


def test_holes_stay_holes() -> None:
    script = user_data(ODD, (MOUNT,), (SECRET,), SIGNAL)
    names = {piece.name for piece in script if isinstance(piece, Hole)}
    assert names == {"Id", "Efs", "Secret", "Host", "Port", "AWS::StackName", "AWS::Region", "AWS::URLSuffix"}


def test_the_text_is_ascii() -> None:
    assert filled(user_data(ODD, (MOUNT,), (SECRET,), SIGNAL)).isascii()


def test_the_biggest_machine_of_the_lab_fits() -> None:
    assert len(filled(user_data(LAMP, (MOUNT,), (SECRET,), SIGNAL, copied=True))) < 16_384


def test_the_parts_of_a_setup_come_in_order() -> None:
    text = waiting((MOUNT,), (SECRET,), LAMP)
    marks = ["fetch httpd", "index.php", "mountpoint", "test -s", "run <<", "systemctl enable"]
    places = [text.index(mark) for mark in marks]
    assert places == sorted(places)


CHECKED = SIGNAL._replace(checks=(Check("http", 8080, "/it's?a=b", ((200, 299), (302, 302)), 0),))
SETUPS = {
    "nothing": Setup(),
    "lamp": LAMP,
    "odd": ODD,
    "packages": Setup(packages=("httpd",)),
    "files": Setup(files=(BootFile("/srv/x", "x"),)),
    "commands": Setup(commands=("true",)),
    "services": Setup(services=("httpd",)),
}


@pytest.mark.parametrize("signal", [None, SIGNAL, CHECKED], ids=["unsignalled", "signalled", "checked"])
@pytest.mark.parametrize("more", [(), (MOUNT,), (SECRET,), (MOUNT, SECRET)], ids=["alone", "mount", "secret", "both"])
@pytest.mark.parametrize("setup", SETUPS.values(), ids=SETUPS)
def test_every_script_is_sound(setup: Setup, more: tuple[object, ...], signal: Signal | None, tmp_path: Path) -> None:
    mounts = tuple(item for item in more if isinstance(item, Mount))
    secrets = tuple(item for item in more if isinstance(item, SecretFile))
    text = filled(user_data(setup, mounts, secrets, signal))
    for number, script in enumerate(parts(text).values() if text else ()):
        path = tmp_path / f"{number}.sh"
        path.write_text(script)
        subprocess.run(["bash", "-n", str(path)], check=True)
        shellcheck(path)


def shellcheck(path: Path) -> None:
    program = shutil.which("shellcheck", path=str(Path(sys.executable).parent)) or "shellcheck"
    found = subprocess.run([program, "--shell=bash", str(path)], capture_output=True, text=True, check=False)
    assert found.returncode == 0, found.stdout


# ---------------------------------------------------------------- running it


def test_success_is_told_once(machine: Machine) -> None:
    done = machine.run(first_boot(Setup(packages=("httpd", "php-fpm"), services=("httpd",))))
    assert done.returncode == 0, done.stdout
    assert only_signal(machine) == (0, "done")
    assert machine.calls("dnf")[-1] == "dnf -y install httpd php-fpm"
    assert machine.calls("systemctl") == ["systemctl daemon-reload", "systemctl enable --now httpd"]


def test_the_log_is_roots_alone_and_begins_anew(machine: Machine) -> None:
    log = machine.root / "var/log/labspec-boot.log"
    log.write_text("of the machine that this one was copied from")
    done = machine.run(first_boot(Setup(commands=("echo to the log",))))
    assert stat.S_IMODE(log.stat().st_mode) == 0o600
    assert "to the log" in machine.log()
    assert "copied from" not in machine.log()
    assert "to the log" in done.stdout  # the console has it too


def test_files_are_laid_down_as_asked(machine: Machine) -> None:
    files = (
        BootFile("/srv/html/", owner=ME, group=MINE, mode="2775"),
        BootFile("/srv/html/health.html", "ok", ME, MINE),
        BootFile("/srv/new/bytes", b"\x00\xff\n", ME, MINE, "0600"),
        BootFile("/srv/rendered", ("on ", Hole("AWS::Region"), " \u00e9\n"), ME, MINE),
        BootFile("/srv/empty", b"", ME, MINE),
    )
    done = machine.run(first_boot(Setup(files=files)))
    assert done.returncode == 0, done.stdout
    srv = machine.root / "srv"
    assert stat.S_IMODE((srv / "html").stat().st_mode) == 0o2775
    assert (srv / "html/health.html").read_bytes() == b"ok"
    assert stat.S_IMODE((srv / "html/health.html").stat().st_mode) == 0o644
    assert (srv / "new/bytes").read_bytes() == b"\x00\xff\n"
    assert stat.S_IMODE((srv / "new/bytes").stat().st_mode) == 0o600
    assert (srv / "rendered").read_text() == "on ap-northeast-2 \u00e9\n"
    assert (srv / "empty").read_bytes() == b""


def test_an_owner_that_does_not_exist_fails_with_the_files_name(machine: Machine) -> None:
    done = machine.run(first_boot(Setup(files=(BootFile("/srv/x", "x", "no-such-user"),))))
    assert done.returncode != 0
    assert only_signal(machine) == (1, f"file {machine.root}/srv/x: failed with exit code 1")


def test_a_failing_command_is_told_once_with_its_words(machine: Machine) -> None:
    setup = Setup(commands=("true", f"sh -c 'exit 7'; touch {machine.root}/one", f"touch {machine.root}/two"))
    done = machine.run(first_boot(setup))
    code, reason = only_signal(machine)
    assert (done.returncode, code) == (7, 7)
    assert reason.startswith("command 2: sh -c 'exit 7'; touch")
    assert reason.endswith(": failed with exit code 7")
    assert not (machine.root / "one").exists()
    assert not (machine.root / "two").exists()


@pytest.mark.parametrize("command", ["if then", "false | true", "echo 'open", "nosuchcommand"])
def test_every_kind_of_failure_is_the_commands_own(machine: Machine, command: str) -> None:
    machine.run(first_boot(Setup(commands=("true", command))))
    code, reason = only_signal(machine)
    assert code != 0
    assert reason.startswith(f"command 2: {command}: failed")


def test_commands_do_not_disturb_each_other(machine: Machine) -> None:
    out = machine.root / "out"
    commands = ("cd /tmp; x=1; set +e; exit 0", "cat", (f'echo "${{x-unset}} $PWD $HOME" >{out} # ', Hole("Id")))
    done = machine.run(first_boot(Setup(commands=commands)))
    assert done.returncode == 0, done.stdout
    assert out.read_text().split() == ["unset", str(Path.cwd()), f"{machine.root}/root"]
    assert only_signal(machine) == (0, "done")


def test_commands_of_many_lines_stop_at_the_first_that_fails(machine: Machine) -> None:
    machine.run(first_boot(Setup(commands=(f"false\ntouch {machine.root}/after\n",))))
    assert only_signal(machine)[0] == 1
    assert not (machine.root / "after").exists()


def test_packages_are_tried_again(machine: Machine) -> None:
    machine.patience = 30
    tries = f"[[ $* != *install* ]] || {{ echo >>{machine.root}/tries; [[ $(wc -l <{machine.root}/tries) -ge 3 ]]; }}"
    machine.command("dnf", tries)
    done = machine.run(first_boot(Setup(packages=("httpd",))))
    assert done.returncode == 0, done.stdout
    assert only_signal(machine) == (0, "done")
    assert machine.calls("dnf").count("dnf -y install httpd") == 3


@pytest.mark.parametrize(
    ("fails", "reason"), [("makecache", "reach the package repositories"), ("install", "install httpd nosuch")]
)
def test_packages_that_cannot_be_had_are_told(machine: Machine, fails: str, reason: str) -> None:
    machine.command("dnf", f"[[ $* != *{fails}* ]]")
    machine.run(first_boot(Setup(packages=("httpd", "nosuch"), services=("httpd",))))
    assert only_signal(machine) == (1, f"{reason}: failed with exit code 1")
    assert machine.calls("systemctl") == []


def test_a_missing_cfn_signal_is_installed_before_anything_else(machine: Machine) -> None:
    signal = machine.root / "opt/aws/bin/cfn-signal"
    signal.rename(machine.root / "package")
    machine.command("dnf", f"[[ $* != *aws-cfn-bootstrap* ]] || mv {machine.root}/package {signal}")
    done = machine.run(first_boot(Setup(packages=("httpd",))))
    assert done.returncode == 0, done.stdout
    assert [call.split()[-1] for call in machine.calls("dnf") if "install" in call] == ["aws-cfn-bootstrap", "httpd"]
    assert only_signal(machine) == (0, "done")


def test_a_cfn_signal_that_cannot_be_had_ends_the_boot(machine: Machine) -> None:
    (machine.root / "opt/aws/bin/cfn-signal").unlink()
    machine.command("dnf", "false")
    done = machine.run(first_boot(Setup(commands=(f"touch {machine.root}/ran",))))
    assert done.returncode == 1
    assert "CloudFormation could not be told" in done.stdout
    assert not (machine.root / "ran").exists()


def test_a_signal_that_nobody_waits_for_is_no_failure(machine: Machine) -> None:
    machine.signals("echo 'ValidationError: Stack lab is in UPDATE_COMPLETE state and cannot be signaled'; exit 1")
    done = machine.run(first_boot(Setup()))
    assert done.returncode == 0
    assert "could not be told" not in done.stdout
    assert len(machine.told()) == 1


def test_a_signal_that_got_lost_is_sent_again(machine: Machine) -> None:
    machine.patience = 30
    machine.signals(f"[[ -e {machine.root}/lost ]] || {{ touch {machine.root}/lost; echo no route; exit 1; }}")
    done = machine.run(first_boot(Setup()))
    assert done.returncode == 0
    assert "could not be told" not in done.stdout
    assert len(machine.told()) == 2


def test_a_machine_that_nobody_waits_for_still_fails_loudly(machine: Machine) -> None:
    done = machine.run(first_boot(Setup(commands=("false",)), signal=None))
    assert done.returncode == 1
    assert "command 1: false: failed with exit code 1" in done.stdout
    assert machine.told() == []


def test_success_waits_for_file_systems(machine: Machine) -> None:
    machine.patience = 30
    machine.command("mountpoint", f"[[ $(grep -c mountpoint {machine.root}/calls) -ge 3 ]]")
    done = machine.run(waiting((MOUNT,)))
    assert done.returncode == 0, done.stdout
    assert machine.calls("mountpoint") == [f"mountpoint -q {machine.root}/srv/efs"] * 3
    assert only_signal(machine) == (0, "done")


def test_a_file_system_that_never_comes_is_told_with_the_obstacle(machine: Machine) -> None:
    machine.command("mountpoint", "false")
    (machine.root / "run/labspec").mkdir()
    (machine.root / "run/labspec/mounts.status").write_text("fs-1 does not answer on port 2049\n")
    machine.run(waiting((MOUNT,), setup=Setup(services=("httpd",))))
    obstacle = "fs-1 does not answer on port 2049"
    assert only_signal(machine) == (1, f"mount {machine.root}/srv/efs: {obstacle}: failed with exit code 1")
    assert machine.calls("systemctl") == []


def test_success_waits_for_credentials(machine: Machine) -> None:
    done = machine.run(waiting((), (SECRET,)))
    where = f"credentials {machine.root}/run/lab/database.json"
    assert only_signal(machine) == (1, f"{where}: not begun: failed with exit code 1")
    assert done.returncode == 1


def test_credentials_that_are_there_are_enough(machine: Machine) -> None:
    (machine.root / "run/lab").mkdir()
    (machine.root / "run/lab/database.json").write_text("{}")
    machine.run(waiting((), (SECRET,)))
    assert only_signal(machine) == (0, "done")


def test_web_servers_start_after_the_boot_hook_and_firewalls_do_not(machine: Machine) -> None:
    machine.run(first_boot(Setup(services=("nftables", "httpd"))))
    orders = {path for path in machine.files() if path.startswith("etc/")}
    assert orders == {"etc/systemd/system/httpd.service.d/labspec.conf"}
    assert "After=cloud-init.service" in (machine.root / orders.pop()).read_text()


@pytest.mark.parametrize(("seconds", "patience"), [(900, 780), (1800, 1680), (60, 60)])
def test_failure_is_told_before_cloudformation_stops_waiting(seconds: int, patience: int) -> None:
    signal = Signal("lab", "Web", "r", seconds)
    text = filled(user_data(Setup(packages=("x",)), (MOUNT,), (), signal))
    assert f"retry $(({patience} - SECONDS))" in text
    assert f"retry {patience // 2} dnf -q makecache" in text


@pytest.mark.parametrize(("answer", "told"), [(200, 0), (299, 0), (302, 0), (301, 1), (500, 1)])
def test_success_waits_for_what_load_balancers_ask(answer: int, told: int, machine: Machine) -> None:
    machine.command("curl", f"printf {answer}")
    machine.command("sleep")
    machine.run(first_boot(Setup(services=("httpd",)), signal=CHECKED))
    code, reason = only_signal(machine)
    assert code == told
    assert reason == ("done" if not told else "health check http://127.0.0.1:8080/it's?a=b: failed with exit code 1")


def test_load_balancers_get_the_time_to_find_a_machine_healthy(machine: Machine) -> None:
    checks = (Check("http", 80, "/", ((200, 200),), 30), Check("https", 443, "/ok", ((200, 200),), 150))
    text = filled(first_boot(Setup(), signal=SIGNAL._replace(checks=checks)))
    assert text.index("well https://127.0.0.1:443/ok") < text.index("sleep 150 #")
    assert f"retry $(({900 - 120 - 150} - SECONDS)) well http://127.0.0.1:80/ " in text
