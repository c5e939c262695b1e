"""`labspec connect`."""

from __future__ import annotations

import argparse
import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
from functools import partial
from importlib.util import find_spec
from pathlib import Path as FilePath
from typing import TYPE_CHECKING, Any

from labspec.cli import arguments as takes
from labspec.cli.aws import for_stack
from labspec.cli.exits import FINE
from labspec.cli.progress import progress

if TYPE_CHECKING:
    from labspec.cloud.account import Account
    from labspec.cloud.machines import Machine
    from labspec.cloud.standing import Standing
    from labspec.cloud.ways import Way

SESSION_MANAGER, SSH, PUTTY = "session-manager", "ssh", "putty"
PLUGIN = "session-manager-plugin"
SILENT = (
    "One that has just started answers within some minutes. Otherwise look whether it has a way out to the internet,"
    " its agent runs, and its role has `AmazonSSMManagedInstanceCore`."
)
"""What helps where a machine does not answer (`Troubleshooting managed node availability`, AWS Systems Manager)."""


def parser(commands: Any) -> None:
    """What the command takes."""
    this = takes.command(
        commands,
        "connect",
        run,
        "Log in to a machine of a stack: by Session Manager, or by SSH, over a bastion where it takes one.",
        "labspec connect web-1 --stack lab --via ssh",
    )
    this.add_argument(
        "name", metavar="NAME", help="an instance of the spec, or a group: then its first healthy machine"
    )
    this.add_argument("--stack", metavar="STACK", required=True, type=takes.stack, help="the stack's name or id")
    this.add_argument("--instance", metavar="ID", default="", help="which machine of a group")
    this.add_argument(
        "--via",
        choices=(SESSION_MANAGER, SSH, PUTTY),
        help="Session Manager where the machine answers to it, and ssh otherwise, unless said",
    )
    this.add_argument("--through", metavar="NAME", default="", help="the machine between (ssh and putty)")
    this.add_argument("--user", type=_user, help="who logs in, on both machines (ssh and putty); ec2-user unless said")
    this.add_argument("--print", action="store_true", help="print the command, and do not run it")
    takes.account(this)
    takes.shared(this)
    this.set_defaults(overlay=[], set=[], report=None)


def _user(text: str) -> str:
    if not re.fullmatch(r"[A-Za-z_][A-Za-z0-9._-]*", text):
        raise argparse.ArgumentTypeError(f"`{text}` is no name of a user")
    return text


def run(arguments: argparse.Namespace) -> int:
    """Find the command that leads to a machine, and become it."""
    found: list[str] = []
    status = for_stack(arguments, partial(_connect, found))
    if status != FINE or not found:
        return status
    if arguments.print:
        print(shlex.join(found))
        return FINE
    sys.stdout.flush()
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)  # Python ignores it, and so would what takes its place
    os.execvp(found[0], found)  # what is typed from here on, Ctrl-C too, is for the other machine


def _connect(found: list[str], arguments: argparse.Namespace, account: Account) -> list[str]:
    """Put the command into `found`, and say where it leads. Nothing is left to say afterwards."""
    from labspec.cloud import ways

    with progress("asking for the machine..."):
        stack, machine, way = _sought(arguments, account)
    if way is None:
        found += _ready(arguments, ways.session(machine, account.region, arguments.profile))
        _tell(arguments, f"{machine.called}, by Session Manager.")
        return []
    found += _by_putty(arguments, way) if arguments.via == PUTTY else _by_ssh(arguments, stack, way)
    between = f", through {way.over.called}." if way.over else "."
    _tell(arguments, f"{machine.called} at {way.host}{between}")
    _tell(arguments, "".join(f"Key: {path}\n" for path in dict.fromkeys(way.keys.values())).rstrip())
    return []


def _sought(arguments: argparse.Namespace, account: Account) -> tuple[Standing, Machine, Way | None]:
    """The stack, the machine, and the way there; None for Session Manager's."""
    from labspec.cloud import machines
    from labspec.cloud.standing import standing

    ec2 = account.client("ec2")
    stack = standing(account.client("cloudformation"), arguments.stack)
    fleet = machines.fleet(ec2, account.client("autoscaling"), stack)
    machine = machines.chosen(fleet, arguments.name, arguments.instance)
    if _via(arguments, account, machine) == SESSION_MANAGER:
        return stack, machine, None
    over = machines.bastion(ec2, fleet, machine, arguments.through)
    return stack, machine, _way(arguments, account, machine, over)


def _via(arguments: argparse.Namespace, account: Account, machine: Machine) -> str:
    from labspec.cloud.machines import is_managed
    from labspec.cloud.refusal import Refused

    if arguments.via:
        return str(arguments.via)
    if arguments.through or arguments.user:
        return SSH
    if is_managed(account.client("ssm"), machine):
        return SESSION_MANAGER
    if not machine.key:
        message = f"The machine {machine.called} does not answer to Session Manager, and has no key for SSH."
        raise Refused(message, SILENT)
    return SSH


def _way(arguments: argparse.Namespace, account: Account, machine: Machine, over: Machine | None) -> Way:
    from labspec.cloud.refusal import Refused

    if not find_spec("cryptography"):
        raise Refused(
            "To read a private key takes cryptography.", "Install it: pip install '.[aws]' in labspec's own folder"
        )
    from labspec.cloud.keys import kept, private_key
    from labspec.cloud.ways import USER, Way

    ec2, ssm = account.client("ec2"), account.client("ssm")
    keys = {
        each.id: kept(_folder(), private_key(ec2, ssm, each), arguments.via == PUTTY)
        for each in (machine, over)
        if each
    }
    return Way(machine, over, arguments.user or USER, keys)


def _folder() -> FilePath:
    from platformdirs import user_state_path

    return user_state_path("labspec") / "keys"


def _by_ssh(arguments: argparse.Namespace, stack: Standing, way: Way) -> list[str]:
    from labspec.cloud import ways
    from labspec.cloud.keys import written

    known_hosts = _folder() / f"{stack.id.rpartition('/')[2]}.known_hosts"
    config = _folder() / f"{way.target.id}.config"
    written(_folder(), config.name, ways.ssh_config(way, config, known_hosts))
    return _ready(arguments, ways.ssh(config, way.target))


def _by_putty(arguments: argparse.Namespace, way: Way) -> list[str]:
    """PuTTY is mostly on Windows: where it is not here, its command is only shown."""
    from labspec.cloud import ways

    if windows := shutil.which("wslpath"):
        for path in dict.fromkeys(way.keys.values()):
            said = subprocess.run([windows, "-w", path], capture_output=True, text=True, check=False).stdout.strip()
            _tell(arguments, f"Key, as Windows sees it: {said}")
    command = ways.plink(way)
    if way.over:  # what runs as a proxy has nobody to ask
        first = shlex.join(ways.plink(way._replace(target=way.over, over=None)))
        _tell(arguments, f"The first time, let PuTTY learn the host key of {way.over.called}: {first}")
    if not (arguments.print or shutil.which(command[0])):
        _tell(arguments, "plink is not installed here. Where it is:")
        arguments.print = True
    return command


def _ready(arguments: argparse.Namespace, command: list[str]) -> list[str]:
    """The command, if what it takes is installed."""
    from labspec.cloud.refusal import Refused

    needed = (command[0], *((PLUGIN,) if command[0] == "aws" else ()))
    missing = [] if arguments.print else [each for each in needed if not shutil.which(each)]
    if PLUGIN in missing or "aws" in missing:
        help_ = (
            "Install the AWS CLI and its Session Manager plugin (`Install the Session Manager plugin for the AWS CLI`)"
        )
        raise Refused(f"`{missing[0]}` is not installed.", f"{help_}, or use `--via ssh`.")
    if missing:
        raise Refused("`ssh` is not installed.", "Install OpenSSH's client.")
    return command


def _tell(arguments: argparse.Namespace, words: str) -> None:
    """Beside the command, which alone is on standard output."""
    if not arguments.quiet:
        print(words, file=sys.stderr)
