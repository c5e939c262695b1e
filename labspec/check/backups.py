"""Automatic backups are kept for whole days, and not for ever."""

from __future__ import annotations

from collections.abc import Iterator

from labspec.diagnostic import Diagnostic, Rule
from labspec.model.architecture import Architecture
from labspec.model.database import Database

KEPT = Rule(
    "LS324",
    "backups-kept",
    "Backups cannot be kept that long.",
    "RDS keeps them for 0 to 35 whole days, where 0 makes none (`CreateDBInstance BackupRetentionPeriod`, Amazon RDS).",
    "databases:\n  orders: {backups: {keep: 36h}, ...}",
    "databases:\n  orders: {backups: {keep: 2d}, ...}",
    binding=True,
)
DAY = 86400


def check_backups(architecture: Architecture) -> Iterator[Diagnostic]:
    """Times that are no whole days, or too many."""
    for member in architecture.of("databases"):
        assert isinstance(member.body, Database)
        kept = member.body.backups.keep
        path = (*member.path, "backups", "keep")
        if kept > 35 * DAY:
            help_ = "Write `35d`; for longer, make snapshots."
            yield Diagnostic(KEPT, f"Backups are kept for 35 days at most, not {kept / DAY:g}.", path, help=help_)
        elif kept % DAY:
            help_ = f"Write `{kept // DAY + 1}d`."
            yield Diagnostic(KEPT, "Backups are kept for whole days.", path, help=help_)
