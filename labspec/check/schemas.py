"""Schemas: the machine that runs one can log in to its database, and can be told to."""

from __future__ import annotations

from collections.abc import Iterator

from labspec.diagnostic import Diagnostic, Label, Rule, Severity
from labspec.model.access import Role
from labspec.model.architecture import Architecture, Member
from labspec.model.compute import Instance
from labspec.model.database import Database

NO_LOGIN = Rule(
    "LS332",
    "schema-without-login",
    "The machine that runs a schema has no login for the database.",
    "It takes user and password from the file that `secrets` keep on it.",
    "databases:\n  orders: {schema: {source: orders.sql, through: web}, ...}\ninstances:\n  web: {...}",
    "databases:\n  orders: {schema: {source: orders.sql, through: web}, ...}\n"
    "instances:\n  web: {secrets: {/run/orders.json: orders}, ...}",
    binding=True,
)
UNREACHED = Rule(
    "LS333",
    "schema-machine-unreached",
    "Systems Manager may not reach the machine that runs a schema.",
    "It gives the order to run the script; the machine's role lets it, by the policy `AmazonSSMManagedInstanceCore`."
    " Without it the stack waits, and rolls back.",
    "instances: {web: {access: none, ...}}",
    "instances: {web: {access: ssm, ...}}",
    Severity.WARNING,
)
MANAGED = "AmazonSSMManagedInstanceCore"


def check_schemas(architecture: Architecture) -> Iterator[Diagnostic]:
    """Schemas that could not be run."""
    for member in architecture.of("databases"):
        assert isinstance(member.body, Database)
        schema = member.body.schema_
        if schema is None:
            continue
        for machine in architecture.many([schema.through]):
            yield from _machine(architecture, member, machine)


def _machine(architecture: Architecture, member: Member, machine: Member) -> Iterator[Diagnostic]:
    body = machine.body
    assert isinstance(body, Instance)
    path = (*member.path, "schema", "through")
    label = Label(f"`{machine.name}` is declared here.", machine.path, "key")
    logins = architecture.many(secret.from_ for secret in body.secrets.values())
    if not any(member in (login, login.owner) for login in logins):
        message = f"`{machine.name}` has no login for `{member.name}`."
        help_ = f"Give it one: `secrets: {{/run/{member.name}.json: {member.name}}}`."
        yield Diagnostic(NO_LOGIN, message, path, related=(label,), help=help_)
    if not _reached(architecture, body):
        message = f"Systems Manager may not reach `{machine.name}`."
        help_ = f"Say `access: ssm`, or give its role the managed policy `{MANAGED}`."
        yield Diagnostic(UNREACHED, message, path, related=(label,), help=help_)


def _reached(architecture: Architecture, body: Instance) -> bool:
    """Whether the machine's role has the policy. What a role has that exists already is not known."""
    if body.role is None:
        return body.access == "ssm" or MANAGED in (body.permissions.managed if body.permissions else ())
    role = architecture.one(body.role).body
    assert isinstance(role, Role)
    return role.existing is not None or MANAGED in role.permissions.managed
