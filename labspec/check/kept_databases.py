"""Databases that stay when their stack goes, in networks that cannot go then."""

from __future__ import annotations

from collections.abc import Iterator

from labspec.diagnostic import Diagnostic, Label, Rule, Severity
from labspec.model.architecture import Architecture
from labspec.model.database import Database
from labspec.model.parts import existing_of

KEPT_INSIDE = Rule(
    "LS346",
    "kept-in-its-network",
    "A database is kept when its stack is deleted, and stands in a network of the same stack.",
    "Subnets and security groups that a database uses cannot be deleted: the deletion of the stack fails at them, and"
    " they stay (`Troubleshooting CloudFormation: Delete stack fails`). A snapshot keeps the data without that.",
    "databases:\n  orders: {on_delete: keep, ...}",
    "databases:\n  orders: {on_delete: snapshot, ...}",
    Severity.WARNING,
)


def check_kept_databases(architecture: Architecture) -> Iterator[Diagnostic]:
    """Databases whose VPC is made by the spec."""
    for member in architecture.of("databases"):
        assert isinstance(member.body, Database)
        vpc = architecture.vpc_of(member)
        if member.body.on_delete == "keep" and vpc is not None and existing_of(vpc.body) is None:
            label = Label(f"`{vpc.name}` is made here.", vpc.path, "key")
            message = f"`{member.name}` is kept when the stack is deleted, so `{vpc.name}` cannot be deleted."
            help_ = "Keep a snapshot of it: `on_delete: snapshot`. Or delete the stack with `--retain-resources`."
            yield Diagnostic(KEPT_INSIDE, message, (*member.path, "on_delete"), related=(label,), help=help_)
