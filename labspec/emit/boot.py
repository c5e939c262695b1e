"""The user data of a machine: what it does once, at the end of its first boot, and at every boot.

Everything here is a function from plain data to text. Values that only CloudFormation knows are `Hole`s; the caller
writes them into `Fn::Sub` and escapes what is literal.

A machine that only sets itself up gets one shell script. Where something must happen at every boot, the user data is a
MIME archive of two parts: the boot hook (see `boothook`) and that script (see `firstboot`).
"""

from __future__ import annotations

from collections.abc import Callable

from labspec.emit.boothook import Mount, SecretFile, boot_hook
from labspec.emit.bootlog import Log
from labspec.emit.fetched import Place, fetching
from labspec.emit.firstboot import BootFile, Setup, Signal, first_boot
from labspec.emit.health import Check
from labspec.emit.shell import Script, Text, pieces, shown
from labspec.emit.substitution import Hole

__all__ = [
    "BootFile",
    "Check",
    "Hole",
    "Log",
    "Mount",
    "Place",
    "Script",
    "SecretFile",
    "Setup",
    "Signal",
    "Text",
    "user_data",
]


def user_data(
    setup: Setup,
    mounts: tuple[Mount, ...] = (),
    secrets: tuple[SecretFile, ...] = (),
    signal: Signal | None = None,
    log: Log | None = None,
    *,
    copied: bool = False,
    kept: Callable[[Script], Place] | None = None,
) -> Script:
    """The user data; empty where the machine has nothing to do.

    `copied` says that the disk is an image of another machine, whose keys must not open this one. `kept` puts what the
    machine does once to a place from which it is fetched.
    """
    once = first_boot(setup, mounts, secrets, signal, log)
    work = fetching(once.work, kept(once.work), once.patience // 2) if kept else once.work
    first = pieces(once.head, work)
    if not (mounts or secrets or copied):
        return first
    hook = boot_hook(mounts, secrets, setup.services)
    return _archive([("text/cloud-boothook", hook), *([("text/x-shellscript", first)] if first else [])])


def _archive(parts: list[tuple[str, Script]]) -> Script:
    boundary = "labspec"
    while any(f"--{boundary}" in shown(text) for _, text in parts):
        boundary += "-"
    # A part ends before the line break that precedes the boundary.
    head = f'Content-Type: multipart/mixed; boundary="{boundary}"\nMIME-Version: 1.0\n\n'
    body = [pieces(f"--{boundary}\nContent-Type: {kind}\nMIME-Version: 1.0\n\n", text, "\n") for kind, text in parts]
    return pieces(head, *body, f"--{boundary}--\n")
