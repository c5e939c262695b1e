"""How large a database's disk can be."""

from __future__ import annotations

from collections.abc import Iterator

from labspec.diagnostic import Diagnostic, Rule
from labspec.model.architecture import Architecture
from labspec.model.database import Database

STORAGE = Rule(
    "LS325",
    "database-storage",
    "A disk that a database cannot have.",
    "General purpose disks of MySQL have 20 to 65,536 GiB (`CreateDBInstance AllocatedStorage`, Amazon RDS).",
    "databases:\n  orders: {storage: 10GiB, ...}",
    "databases:\n  orders: {storage: 20GiB, ...}",
)
SMALLEST, LARGEST = 20, 65536


def check_database_storage(architecture: Architecture) -> Iterator[Diagnostic]:
    """Disks that RDS would refuse."""
    for member in architecture.of("databases"):
        assert isinstance(member.body, Database)
        size = member.body.storage.size
        if not SMALLEST <= size <= LARGEST:
            message = f"The disk of `{member.name}` has {size:,} GiB; a database has {SMALLEST} to {LARGEST:,}."
            yield Diagnostic(STORAGE, message, (*member.path, "storage", "size"))
