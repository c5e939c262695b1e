"""Storage: what is kept is encrypted."""

from __future__ import annotations

from collections.abc import Iterator

from labspec.check.own_bodies import OwnBody, is_off, own_bodies
from labspec.diagnostic import Diagnostic, Path, Rule, Severity
from labspec.model.architecture import Architecture
from labspec.model.compute import Machine
from labspec.model.database import Database
from labspec.model.storage import FileSystem

NOT_ENCRYPTED = Rule(
    "LS313",
    "storage-not-encrypted",
    "A disk, a file system or a database is not encrypted.",
    "Its snapshots are not either, and can be handed to another account as they are. Encryption with AWS's own key is"
    " free. It cannot be had later: a change makes a new, empty database or file system (`AWS::RDS::DBInstance"
    " StorageEncrypted`, `AWS::EFS::FileSystem Encrypted`: replacement).",
    "file_systems: {shared: {encrypted: false, ...}}",
    "file_systems: {shared: {...}}      # encrypted unless said",
    Severity.WARNING,
)
HELP = "Leave `encrypted` out: it is true unless said."
DISKS = (
    ("BlockDeviceMappings", "Ebs", "Encrypted"),
    ("LaunchTemplateData", "BlockDeviceMappings", "Ebs", "Encrypted"),
)
OWN = {"AWS::EC2::Volume": ("Encrypted",), "AWS::EFS::FileSystem": ("Encrypted",)}
"""Where raw resources say it; of raw databases a linter tells (its rule W9008)."""


def check_encryption(architecture: Architecture) -> Iterator[Diagnostic]:
    """Everything that says that it is not."""
    for member in architecture.members.values():
        body, path = member.body, member.path
        if isinstance(body, Machine) and not body.storage.encrypted:
            yield _finding(f"The disk of `{member.name}` is not encrypted.", (*path, "storage", "encrypted"))
        elif isinstance(body, Database) and not body.storage.encrypted:
            message = f"`{member.name}` is not encrypted, and nor are its replicas and snapshots."
            yield _finding(message, (*path, "storage", "encrypted"))
        elif isinstance(body, FileSystem) and body.existing is None and not body.encrypted:
            yield _finding(f"`{member.name}` is not encrypted.", (*path, "encrypted"))
    for own in own_bodies(architecture):
        for place, value in _own(own):
            if is_off(value):
                yield _finding(f"`{own.name}` is not encrypted.", place, "Write `Encrypted: true`.")


def _own(own: OwnBody) -> Iterator[tuple[Path, object]]:
    for steps in (*DISKS, *((OWN[own.type],) if own.type in OWN else ())):
        yield from own.at(*steps)


def _finding(message: str, path: Path, help: str = HELP) -> Diagnostic:
    return Diagnostic(NOT_ENCRYPTED, message, path, help=help)
