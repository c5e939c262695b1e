"""Databases: the internet does not reach them."""

from __future__ import annotations

from collections.abc import Iterator

from labspec.check.places import is_public, places
from labspec.diagnostic import Diagnostic, Label, Rule, Severity
from labspec.model.architecture import Architecture, Member
from labspec.model.database import Database

PUBLIC = Rule(
    "LS384",
    "public-database",
    "A database has a public address.",
    "Its groups and its password are then all that stands between its data and everybody"
    " (`rds-instance-public-access-check`, AWS Config). Machines reach it from inside the VPC, and people through one"
    " of them.",
    "databases: {orders: {public: true, ...}}",
    "databases: {orders: {...}}",
    Severity.WARNING,
)
# Not of file systems: a mount target has no public address, whatever its subnet, and stands where it is mounted.
IN_PUBLIC = Rule(
    "LS385",
    "database-in-public-subnet",
    "A database stands in a public subnet.",
    "It has no public address, so nobody reaches it from outside. But one word, `public`, is all that is missing, and"
    " a database needs no way to the internet (`rds-instance-subnet-igw-check`, AWS Config).",
    "databases: {orders: {subnets: [public-a, public-c], ...}}",
    "databases: {orders: {subnets: [data-a, data-c], ...}}      # isolated",
    Severity.HINT,
)


def check_exposed_databases(architecture: Architecture) -> Iterator[Diagnostic]:
    """Databases with a public address, and those that could have one."""
    for member in architecture.of("databases"):
        assert isinstance(member.body, Database)
        stands = places(architecture, member.body.subnets) or []
        if member.body.public:
            if all(is_public(architecture, place.subnet) is not False for place in stands):
                yield _public(member)
            continue  # in a subnet that is not public, the address is a mistake of its own
        for place in stands:
            if is_public(architecture, place.subnet):
                label = Label(f"`{place.subnet.name}` leads to the internet.", place.subnet.path, "key")
                message = f"`{member.name}` stands in `{place.subnet.name}`, a public subnet."
                path = (*member.path, "subnets", place.index)
                yield Diagnostic(IN_PUBLIC, message, path, related=(label,), help="Choose isolated or private subnets.")


def _public(member: Member) -> Diagnostic:
    message = f"`{member.name}` has a public address: only its groups and its password keep the internet out."
    help_ = f"Leave `public` out, or accept it with `silence: {{{PUBLIC.name}: the reason}}`."
    return Diagnostic(PUBLIC, message, (*member.path, "public"), help=help_)
