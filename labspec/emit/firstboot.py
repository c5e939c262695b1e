"""The shell script that a machine runs once, at the end of its first boot: it sets it up, and says how that went.

Like `boot`, it is made of plain data, and of `Hole`s for what only CloudFormation knows.
"""

from __future__ import annotations

from typing import NamedTuple

from labspec.emit.boothook import WEB_SERVERS, Mount, SecretFile, unit
from labspec.emit.bootlog import END, SHIP_ON, Log, shipping
from labspec.emit.health import Check, healthy
from labspec.emit.shell import Script, Text, fed, pieces, shown, step, word, words


class BootFile(NamedTuple):
    """A file, or a folder where `path` ends in a slash. Its own folder is made where it is missing."""

    path: str
    content: Text | bytes = b""
    owner: str = "root"
    group: str = "root"
    mode: str = ""


class Setup(NamedTuple):
    """What is done once, in this order, and is part of any image made of the machine."""

    packages: tuple[str, ...] = ()
    files: tuple[BootFile, ...] = ()
    commands: tuple[Text, ...] = ()
    services: tuple[str, ...] = ()


class Signal(NamedTuple):
    """Whom to tell that the machine is ready or has failed, and how many seconds CloudFormation waits for it."""

    stack: Text
    resource: Text
    region: Text
    seconds: int = 900
    checks: tuple[Check, ...] = ()
    """What the load balancers ask of the machine: it is ready when they find it healthy."""


class FirstBoot(NamedTuple):
    """The script in two pieces: what makes sure that its end is told, and what it does."""

    head: Script = ()
    work: Script = ()
    patience: int = 0
    """The seconds that the work may take."""


def first_boot(
    setup: Setup,
    mounts: tuple[Mount, ...],
    secrets: tuple[SecretFile, ...],
    signal: Signal | None,
    log: Log | None = None,
) -> FirstBoot:
    """The script; empty where there is nothing to do, and nobody to tell."""
    if setup == Setup() and signal is None:
        return FirstBoot()
    # A failure must be told before CloudFormation stops waiting, which it began before the machine did.
    patience = max((signal.seconds if signal else 900) - 120, 60)
    head = pieces(
        _HEAD,
        shipping(log) if log else "",
        _finish(signal, log),
        _FETCH % (patience // 2) if setup.packages or signal else "",
        "command -v cfn-signal >/dev/null || fetch aws-cfn-bootstrap\n" if signal else "",
    )
    return FirstBoot(head, _work(setup, mounts, secrets, signal, patience), patience)


def _work(
    setup: Setup,
    mounts: tuple[Mount, ...],
    secrets: tuple[SecretFile, ...],
    signal: Signal | None,
    patience: int,
) -> Script:
    return pieces(
        _packages(setup.packages),
        *(_file(file) for file in setup.files),
        _AWAIT % patience if mounts or secrets else "",
        *(_mounted(mount) for mount in mounts),
        *(_present(secret) for secret in secrets),
        _RUN if setup.commands else "",
        *(_command(number, command) for number, command in enumerate(setup.commands, 1)),
        _services(setup.services),
        healthy(signal.checks, patience) if signal else (),
    )


_HEAD = """\
#!/bin/bash
# Runs once, at the end of the first boot. Its log is /var/log/labspec-boot.log.
set -euo pipefail
umask 022
export HOME=/root PATH=/opt/aws/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin
install -m 0600 /dev/null /var/log/labspec-boot.log
exec > >(tee -a /var/log/labspec-boot.log) 2>&1

step() {
  step=$1
  echo "labspec: $step"
}

# retry SECONDS COMMAND...: until it succeeds
retry() {
  local end=$((SECONDS + $1))
  shift
  until "$@"; do
    ((SECONDS < end)) || return 1
    sleep 5
  done
}

"""


def _finish(signal: Signal | None, log: Log | None) -> Script:
    """What is done at any end. The log is sent first: who is told of a failure ends the machine."""
    sent, start = (END, SHIP_ON + _START) if log else ("", _START)
    if signal is None:
        return pieces(_FINISH % sent, start)
    where = words("--stack", signal.stack, "--resource", signal.resource, "--region", signal.region)
    return pieces(_SIGNAL, where, _SIGNAL_ANSWER, _FINISH % (sent + _TELL), start)


# CloudFormation refuses to be told (ValidationError) when it is not waiting: a group added the machine later, or the
# wait was given up. That is nobody's failure, and nothing is to be gained by trying again.
_SIGNAL = """\
signal() {
  local answer
  answer=$(cfn-signal --exit-code "$1" --reason "$2" \\
    """

_SIGNAL_ANSWER = """ 2>&1) && return 0 # said out loud: in a trap, a bare return repeats what failed before it
  echo "$answer"
  [[ $answer == *ValidationError* ]] # CloudFormation is not waiting, as when a group grows
}

"""

_FINISH = """\
finish() {
  local code=$? reason='done'
  ((code == 0)) || reason="$step: failed with exit code $code"
  echo "labspec: $reason"
%s  exit "$code"
}

"""

_TELL = """\
  if ! command -v cfn-signal >/dev/null || ! retry 90 signal "$code" "$reason"; then
    echo 'labspec: CloudFormation could not be told'
  fi
"""

_START = """\
trap finish EXIT
step start
"""

# A way out may come late: a NAT gateway's route, or an elastic address that takes the place of the first one.
_FETCH = """\

fetch() {
  step 'reach the package repositories'
  retry %d dnf -q makecache --setopt=timeout=10 --setopt=retries=2
  step "install $*"
  retry 60 dnf -y install "$@"
}

"""


def _packages(packages: tuple[str, ...]) -> Script:
    return pieces(words("fetch", *packages), "\n") if packages else ()


def _file(file: BootFile) -> Script:
    if file.path.endswith("/"):
        return pieces(step(f"folder {file.path}"), _install(file, "-d", "0755"), word(file.path), "\n")
    command = pieces(_install(file, "-D", "0644"), "/dev/stdin ", word(file.path))
    return pieces(step(f"file {file.path}"), fed(command, file.content))


def _install(file: BootFile, kind: str, mode: str) -> Script:
    return pieces(words("install", kind, "-o", file.owner, "-g", file.group, "-m", file.mode or mode), " ")


_AWAIT = """\

# await STATUS COMMAND...: until what the boot hook started is there; STATUS holds what it last met
await() {
  local status=$1
  shift
  retry $((%d - SECONDS)) "$@" && return 0
  step "$step: $(cat "$status" 2>/dev/null || echo 'not begun')"
  return 1
}
"""


def _mounted(mount: Mount) -> Script:
    await_mount = words("await", "/run/labspec/mounts.status", "mountpoint", "-q", mount.path)
    return pieces(step(f"mount {mount.path}"), await_mount, "\n")


def _present(secret: SecretFile) -> Script:
    await_file = words("await", "/run/labspec/secrets.status", "test", "-s", secret.path)
    return pieces(step(f"credentials {secret.path}"), await_file, "\n")


# A shell for each command: what one sets, changes into or reads from its input does not reach the others.
_RUN = """\

run() {
  local script
  script=$(cat)
  bash -eo pipefail -c "$script"
}
"""


def _command(number: int, command: Text) -> Script:
    first = shown(command).strip().split("\n")[0].encode("ascii", "replace").decode()
    ended = command if shown(command).endswith("\n") else pieces(command, "\n")
    return pieces(step(f"command {number}: {first[:60]}"), fed("run", ended))


def _services(services: tuple[str, ...]) -> Script:
    if not services:
        return ()
    # At later boots, and on machines made from an image of this one, a web server could start before the boot hook has
    # run. It waits for the hook, and so for what the hook puts before it. Other services are left alone: a firewall's,
    # say, comes before the network, and so before cloud-init.
    waiting = [service for service in services if service in WEB_SERVERS]
    return pieces(
        step("services: " + " ".join(services)),
        *(_after_cloud_init(service) for service in waiting),
        "systemctl daemon-reload\n" if waiting else "",
        words("systemctl", "enable", "--now", *services),
        "\n",
    )


def _after_cloud_init(service: str) -> Script:
    path = f"/etc/systemd/system/{unit(service)}.d/labspec.conf"
    # The second name is the first's in cloud-init 24.3 and later.
    order = "[Unit]\nAfter=cloud-init.service cloud-init-network.service\n"
    return fed(words("install", "-D", "-m", "0644", "/dev/stdin", path), order)
