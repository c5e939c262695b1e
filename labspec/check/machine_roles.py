"""Roles of machines: those that EC2 may take."""

from __future__ import annotations

from collections.abc import Iterator

from labspec.diagnostic import Diagnostic, Label, Rule
from labspec.model.access import EC2, Role
from labspec.model.architecture import Architecture
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
