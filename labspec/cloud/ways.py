"""The commands that lead to a machine: each is what one would type, and none has a secret in it."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from pathlib import Path as FilePath
from typing import NamedTuple

from labspec.cloud.machines import Machine

USER = "ec2-user"
"""Who logs in on Amazon Linux (`Default user names for AMIs`, Amazon EC2)."""


class Way(NamedTuple):
    """To a machine, over another where it has no public address, as a user, with the file of each one's key."""

    target: Machine
    over: Machine | None
    user: str
    keys: Mapping[str, FilePath]
    """By the machine's id."""

    @property
    def host(self) -> str:
        """The address that the machine has for who comes this way."""
        return self.target.private if self.over else self.target.public


def session(machine: Machine, region: str, profile: str | None) -> list[str]:
    """Session Manager's command (`Start a session`, AWS Systems Manager)."""
    asked = ["--profile", profile] if profile else []
    return ["aws", "ssm", "start-session", "--target", machine.id, "--region", region, *asked]


def ssh(config: FilePath, machine: Machine) -> list[str]:
    """OpenSSH's command: everything else is in the configuration."""
    return ["ssh", "-F", str(config), machine.id]


def ssh_config(way: Way, config: FilePath, known_hosts: FilePath) -> str:
    """OpenSSH's configuration for a way (`ssh_config`, OpenSSH), which will be in the file `config`.

    What goes through the one machine to the other is carried (`-W`), and leaves nothing there: no key, no agent.
    `ProxyJump` would do the same, but does not quote the name of this file, and on a Mac that has a space. A host is
    known by its machine's id, so that an address that another machine gets raises no alarm, and a changed key of one
    does.
    """
    between = way.over and shlex.join(["ssh", "-F", str(config)]).replace("%", "%%") + f" -W [%h]:%p {way.over.id}"
    lines = [
        "Host *",
        f"  User {way.user}",
        "  IdentitiesOnly yes",
        "  IdentityAgent none",
        "  ForwardAgent no",
        "  StrictHostKeyChecking accept-new",
        f"  UserKnownHostsFile {_quoted(known_hosts)}",
        *_host(way, way.target, way.host),
        *([f"  ProxyCommand {between}", *_host(way, way.over, way.over.public)] if way.over else []),
    ]
    return "\n".join(lines) + "\n"


def _host(way: Way, machine: Machine, address: str) -> list[str]:
    return [
        f"Host {machine.id}",
        f"  HostName {address}",
        f"  HostKeyAlias {machine.id}",
        f"  IdentityFile {_quoted(way.keys[machine.id])}",
    ]


def _quoted(path: FilePath) -> str:
    """A path in OpenSSH's configuration, where a percent sign begins a token."""
    return '"' + str(path).replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%") + '"'


def plink(way: Way) -> list[str]:
    """PuTTY's command (`Using the command-line connection tool Plink`, PuTTY User Manual)."""
    command = _plink(way, way.target)
    if way.over:
        # In what runs as a proxy, a percent sign and a backslash begin what PuTTY fills in (`-proxycmd`).
        before = shlex.join(_plink(way, way.over)).replace("\\", "\\\\").replace("%", "%%")
        command += ["-proxycmd", f"{before} -nc %host:%port {way.user}@{way.over.public}"]
    return [*command, f"{way.user}@{way.host}"]


def _plink(way: Way, machine: Machine) -> list[str]:
    """With a machine's own key, and no agent: neither one that is asked, nor one that is lent."""
    return ["plink", "-ssh", "-noagent", "-a", "-i", str(way.keys[machine.id])]
