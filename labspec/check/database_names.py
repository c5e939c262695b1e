"""What RDS accepts as the name of a database and of its master user."""

from __future__ import annotations

import re
from collections.abc import Iterator

from labspec.check.mysql_words import RESERVED
from labspec.diagnostic import Diagnostic, Rule
from labspec.model.architecture import Architecture
from labspec.model.database import Database

DATABASE_NAME = Rule(
    "LS322",
    "database-name",
    "A name that a database inside cannot have.",
    "It has 1 to 64 letters, digits and underscores, a letter first, and is no reserved word of MySQL"
    " (`CreateDBInstance DBName`, Amazon RDS).",
    "databases:\n  orders: {database: order-data, ...}",
    "databases:\n  orders: {database: orderdata, ...}",
)
USER_NAME = Rule(
    "LS323",
    "database-user",
    "A name that the master user cannot have.",
    "It has 1 to 16 letters, digits and underscores, a letter first, and is no reserved word of MySQL"
    " (`CreateDBInstance MasterUsername`, Amazon RDS).",
    "databases:\n  orders: {username: 1st-admin, ...}",
    "databases:\n  orders: {username: admin, ...}",
)

SCHEMAS = frozenset({"information_schema", "mysql", "performance_schema", "sys"})
"""Databases that MySQL makes for itself."""
USERS = frozenset({"rdsadmin"})
"""Users that RDS makes for itself."""


def check_database_names(architecture: Architecture) -> Iterator[Diagnostic]:
    """Names that RDS would refuse."""
    for member in architecture.of("databases"):
        body = member.body
        assert isinstance(body, Database)
        if body.database is not None and (problem := _problem(body.database, 64, SCHEMAS)):
            yield Diagnostic(DATABASE_NAME, f"`{body.database}` {problem}.", (*member.path, "database"))
        if problem := _problem(body.username, 16, USERS):
            yield Diagnostic(USER_NAME, f"`{body.username}` {problem}.", (*member.path, "username"))


def _problem(name: str, longest: int, taken: frozenset[str]) -> str:
    """What is wrong with a name; nothing, mostly."""
    if not re.fullmatch(r"[A-Za-z][A-Za-z0-9_]*", name):
        return "is not made of letters, digits and underscores with a letter first"
    if len(name) > longest:
        return f"has {len(name)} characters; {longest} is the most"
    if name.lower() in taken:
        return "is there already, for the database's own use"
    if name.lower() in RESERVED:
        return "is a reserved word of MySQL"
    return ""
