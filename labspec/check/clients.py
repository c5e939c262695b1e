"""Machines whose MySQL client is too old for the database that they read, or that have none to run its schema."""

from __future__ import annotations

import re
from collections.abc import Iterator

from labspec.check.texts import texts
from labspec.diagnostic import Diagnostic, Label, Rule, Severity
from labspec.model.architecture import Architecture, Member
from labspec.model.compute import Machine
from labspec.model.database import Database
from labspec.model.machine_images import AMAZON_LINUX_2, AMAZON_LINUX_2023, machines_before, public_image

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
NO_CLIENT = Rule(
    "LS347",
    "no-client",
    "The machine that runs a database's schema installs no client for MySQL.",
    "Amazon Linux 2023 comes without one: the script ends with an error, and the stack rolls back.",
    "instances: {web: {secrets: {/run/db.json: orders}, ...}}\ndatabases:"
    " {orders: {schema: {source: orders.sql, through: web}, ...}}",
    "instances: {web: {setup: {packages: [mariadb105]}, secrets: {/run/db.json: orders}, ...}}\ndatabases:"
    " {orders: {schema: {source: orders.sql, through: web}, ...}}",
    Severity.WARNING,
)
MAY_INSTALL = re.compile(r"mariadb|mysql|\b(dnf|yum|rpm|curl|wget|bash|sh|python3?)\b|^\s*[./]", re.IGNORECASE)
"""What stands in the setup of a machine that gets a client, or may get one."""


def check_clients(architecture: Architecture) -> Iterator[Diagnostic]:
    """Machines, and templates of machines, that could not log in; and schemas that nobody can run."""
    yield from _old_clients(architecture)
    for database in architecture.of("databases"):
        assert isinstance(database.body, Database)
        schema = database.body.schema_
        for machine in architecture.many([schema.through]) if schema else ():
            if AMAZON_LINUX_2023.search(public_image(architecture, machine)) and not _may_have(architecture, machine):
                message = f"`{machine.name}` has no client for MySQL, and is to run the schema of `{database.name}`."
                label = Label("It is declared here.", machine.path, "key")
                path = (*database.path, "schema", "through")
                help_ = f"Add `mariadb105` to the `packages` of the `setup` of `{machine.name}`."
                yield Diagnostic(NO_CLIENT, message, path, related=(label,), help=help_)


def _may_have(architecture: Architecture, machine: Member) -> bool:
    """Whether a machine, or one that its image was made of, may install a client as it starts."""
    bodies = [each.body for each in machines_before(architecture, machine)]
    said = texts([(body.setup, body.user_data) for body in bodies if isinstance(body, Machine)])
    return any(MAY_INSTALL.search(each.text) for each in said)


def _old_clients(architecture: Architecture) -> Iterator[Diagnostic]:
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
    return tuple(int(part) for part in database.body.version.split(".")) >= (8, 4)
