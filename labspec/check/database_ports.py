"""The port of a database."""

from __future__ import annotations

from collections.abc import Iterator

from labspec.diagnostic import Diagnostic, Rule
from labspec.model.architecture import Architecture
from labspec.model.database import Database

PORT = Rule(
    "LS326",
    "database-port",
    "A port that a database cannot have.",
    "RDS takes ports from 1150 to 65535 (`CreateDBInstance Port`, Amazon RDS).",
    "databases:\n  orders: {port: 443, ...}",
    "databases:\n  orders: {port: 3306, ...}",
    binding=True,
)


def check_database_ports(architecture: Architecture) -> Iterator[Diagnostic]:
    """Ports that RDS would refuse."""
    for member in architecture.of("databases"):
        assert isinstance(member.body, Database)
        if not 1150 <= member.body.port <= 65535:
            message = f"`{member.name}` cannot have port {member.body.port}; RDS takes 1150 to 65535."
            yield Diagnostic(PORT, message, (*member.path, "port"), help="MySQL's own is `3306`.")
