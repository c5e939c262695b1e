"""Roles of machines: those that EC2 may take."""

from __future__ import annotations

import re
from collections.abc import Iterator

from labspec.diagnostic import Diagnostic, Label, Rule
from labspec.model.access import EC2, Role
from labspec.model.architecture import Architecture, Member
from labspec.model.compute import Machine

OTHER_SERVICE = Rule(
    "LS311",
    "role-of-another-service",
    "A machine has a role that EC2 may not take.",
    "A role is taken by the service that it trusts, and a machine's is taken by EC2, through an instance profile (`IAM"
    " roles for Amazon EC2`).",
    "roles: {worker: {trust: lambda.amazonaws.com}}\ninstances: {web: {role: worker, ...}}",
    "roles: {worker: {}}\ninstances: {web: {role: worker, ...}}",
    binding=True,
)


CANNOT_READ = Rule(
    "LS802",
    "role-cannot-read",
    "A machine reads the secret of a database, and its shared role may not.",
    "A role of its own gets that permission by itself; a shared one has what it says. The machine waits for the secret"
    " until CloudFormation gives up.",
    "roles: {worker: {}}\ninstances: {web: {role: worker, secrets: {/run/db.json: orders}, ...}}",
    "roles: {worker: {permissions: {read: orders}}}\n"
    "instances: {web: {role: worker, secrets: {/run/db.json: orders}, ...}}",
)
NARROW = re.compile(r"AmazonSSMManagedInstanceCore|CloudWatchAgentServerPolicy|AmazonS3\w*|AmazonEC2\w*\Z")
"""Policies of AWS's own that open no secret."""


def check_machine_roles(architecture: Architecture) -> Iterator[Diagnostic]:
    """The shared role of every machine."""
    for machine in (*architecture.of("instances"), *architecture.of("launch_templates")):
        assert isinstance(machine.body, Machine)
        for role in architecture.many([machine.body.role] if machine.body.role else []):
            assert isinstance(role.body, Role)
            if role.body.trust != EC2:
                label = Label("This service may take it.", (*role.path, "trust"))
                message = f"`{role.name}` is a role for {role.body.trust}, and `{machine.name}` is a machine."
                help_ = "Give the machine a role of its own, or one without `trust`."
                yield Diagnostic(OTHER_SERVICE, message, (*machine.path, "role"), related=(label,), help=help_)
            yield from _unread(architecture, machine, role)


def _unread(architecture: Architecture, machine: Member, role: Member) -> Iterator[Diagnostic]:
    """Databases whose secrets a role surely does not open. What else it may do, policies of others say."""
    assert isinstance(machine.body, Machine)
    assert isinstance(role.body, Role)
    said = role.body.permissions
    if (
        role.body.existing
        or role.body.override
        or said.statements
        or any(not NARROW.match(each) for each in said.managed)
    ):
        return
    opened = {named.selector for named in architecture.many([*said.read, *said.write])}
    for path, secret in machine.body.secrets.items():
        for database in (named.owner or named for named in architecture.many([secret.from_])):
            if database.selector not in opened:
                label = Label(f"`{role.name}` is declared here.", role.path, "key")
                message = f"`{machine.name}` reads how to log in to `{database.name}`, and `{role.name}` may not."
                help_ = f"Add `read: {database.name}` to the `permissions` of `{role.name}`."
                where = (*machine.path, "secrets", path)
                yield Diagnostic(CANNOT_READ, message, where, "key", related=(label,), help=help_)
