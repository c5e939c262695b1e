"""Passwords that RDS keeps by itself: not of a database that has replicas."""

from __future__ import annotations

from collections.abc import Iterator

from labspec.check.own_bodies import is_off
from labspec.diagnostic import Diagnostic, Label, Rule
from labspec.model.architecture import Architecture
from labspec.model.database import Database

MANAGED = Rule(
    "LS348",
    "managed-password-with-replica",
    "RDS is to manage the password of a database that has replicas.",
    "RDS makes no replica of a MySQL database whose password it manages itself (`Password management with Amazon RDS"
    " and AWS Secrets Manager`: limitations). labspec's own `password: generated` lies in Secrets Manager, too, and"
    " has no such limit.",
    "replicas: {reader: {}}\noverride: {database: {Properties: {ManageMasterUserPassword: true}}}",
    "replicas: {reader: {}}\npassword: generated",
)


def check_managed_passwords(architecture: Architecture) -> Iterator[Diagnostic]:
    """Databases, which can only say it in CloudFormation's own words."""
    for member in architecture.of("databases"):
        assert isinstance(member.body, Database)
        properties = member.body.override.get("database", {}).get("Properties")
        said = properties.get("ManageMasterUserPassword") if isinstance(properties, dict) else None
        if member.body.replicas and said is not None and not is_off(said):
            path = (*member.path, "override", "database", "Properties", "ManageMasterUserPassword")
            label = Label("These are its replicas.", (*member.path, "replicas"), "key")
            message = f"RDS makes no replica of `{member.name}` while it manages the password itself."
            yield Diagnostic(MANAGED, message, path, related=(label,), help="Leave it out: the password is generated.")
