"""Databases and zones: a subnet group covers two of them, and a replica's is among them."""

from __future__ import annotations

from collections.abc import Iterator

from labspec.check.places import places, surely_without
from labspec.diagnostic import Diagnostic, Label, Rule
from labspec.model.architecture import Architecture, Member
from labspec.model.database import Database
from labspec.model.word import Parameter

ONE_ZONE = Rule(
    "LS320",
    "database-in-one-zone",
    "The subnets of a database are all in one zone.",
    "RDS refuses a subnet group that does not cover two zones, also for a database that has no standby"
    " (`Working with DB subnet groups`, Amazon RDS User Guide).",
    "databases:\n  orders: {subnets: [data-a], ...}",
    "databases:\n  orders: {subnets: [data-a, data-c], ...}",
)
REPLICA_ZONE = Rule(
    "LS321",
    "replica-zone",
    "A replica is put into a zone where its database has no subnet.",
    "A replica stands in the subnets of its source.",
    "databases:\n  orders: {subnets: [data-a, data-c], replicas: {copy: {zone: b}}, ...}",
    "databases:\n  orders: {subnets: [data-a, data-c], replicas: {copy: {zone: c}}, ...}",
)


def check_database_zones(architecture: Architecture) -> Iterator[Diagnostic]:
    """Databases whose subnets are in a single zone, and replicas in none of theirs."""
    for member in architecture.of("databases"):
        yield from _database(architecture, member)


def _database(architecture: Architecture, member: Member) -> Iterator[Diagnostic]:
    assert isinstance(member.body, Database)
    found = places(architecture, member.body.subnets)
    if found is None:
        return
    path = (*member.path, "subnets")
    zones = {place.zone for place in found}
    if len(zones) == 1 and None not in zones:
        message = f"All subnets of `{member.name}` are in zone {found[0].zone}; a database needs two zones."
        yield Diagnostic(ONE_ZONE, message, path, help="Name a subnet of another zone, too.")
    for name, replica in member.body.replicas.items():
        if not isinstance(replica.zone, Parameter) and surely_without(found, replica.zone):
            message = f"`{member.name}` has no subnet in zone {replica.zone}."
            label = Label("A replica stands in one of these.", path)
            yield Diagnostic(REPLICA_ZONE, message, (*member.path, "replicas", name, "zone"), related=(label,))
