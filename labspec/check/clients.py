"""Machines whose MySQL client is too old for the database that they read."""

from __future__ import annotations

from collections.abc import Iterator

from labspec.diagnostic import Diagnostic, Label, Rule, Severity
from labspec.model.architecture import Architecture, Member
from labspec.model.compute import Machine
from labspec.model.database import Database
from labspec.model.machine_images import AMAZON_LINUX_2, public_image

OLD_CLIENT = Rule(
    "LS330",
    "client-too-old",
    "A machine of Amazon Linux 2 reads a database of MySQL 8.4.",
    "MySQL 8.4 logs users in by `caching_sha2_password`. Amazon Linux 2 ended in June 2026; its PHP 7.2 and the"
    " clients of its MariaDB do not speak that.",
    "instances: {web: {image: amazon-linux-2, secrets: {/run/db.json: orders}, ...}}",
    "instances: {web: {image: amazon-linux-2023, secrets: {/run/db.json: orders}, ...}}",
    Severity.WARNING,
)


def check_clients(architecture: Architecture) -> Iterator[Diagnostic]:
    """Machines, and templates of machines, that could not log in."""
    for member in (*architecture.of("instances"), *architecture.of("launch_templates")):
        assert isinstance(member.body, Machine)
        if not AMAZON_LINUX_2.search(public_image(architecture, member)):
            continue
        for path, secret in member.body.secrets.items():
            for database in (named.owner or named for named in architecture.many([secret.from_])):
                if _new(database):
                    message = f"`{member.name}` is of Amazon Linux 2, whose clients cannot log in to `{database.name}`."
                    label = Label("This is its version.", (*database.path, "version"))
                    where = (*member.path, "secrets", path)
                    help_ = "Take `image: amazon-linux-2023`."
                    yield Diagnostic(OLD_CLIENT, message, where, "key", related=(label,), help=help_)


def _new(database: Member) -> bool:
    assert isinstance(database.body, Database)
    return tuple(int(part) for part in database.body.version.split(".")[:2]) >= (8, 4)
