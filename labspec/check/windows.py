"""Times for backups and maintenance: long enough, and apart."""

from __future__ import annotations

from collections.abc import Iterator

from labspec.diagnostic import Diagnostic, Label, Path, Rule
from labspec.model.architecture import Architecture, Member
from labspec.model.database import Database
from labspec.model.windows import DAYS, Window

SHORT = Rule(
    "LS327",
    "window-too-short",
    "A window of less than 30 minutes.",
    "RDS takes windows of 30 minutes or more (`CreateDBInstance PreferredBackupWindow`, `PreferredMaintenanceWindow`).",
    "databases:\n  orders: {maintenance_window: 'sun 18:00-18:15 UTC', ...}",
    "databases:\n  orders: {maintenance_window: 'sun 18:00-18:30 UTC', ...}",
    binding=True,
)
OVERLAP = Rule(
    "LS328",
    "windows-overlap",
    "Backups and maintenance of a database at the same time.",
    "RDS refuses a maintenance window that meets the backup window, which is the same every day.",
    "backups: {window: 17:00-18:30 UTC}\nmaintenance_window: sun 18:00-19:00 UTC",
    "backups: {window: 17:00-18:00 UTC}\nmaintenance_window: sun 18:00-19:00 UTC",
)
DAY = 24 * 60


def check_windows(architecture: Architecture) -> Iterator[Diagnostic]:
    """Windows of databases that RDS would refuse."""
    for member in architecture.of("databases"):
        yield from _database(member)


def _database(member: Member) -> Iterator[Diagnostic]:
    body = member.body
    assert isinstance(body, Database)
    said: tuple[tuple[Path, Window | None], ...] = (
        ((*member.path, "backups", "window"), body.backups.window),
        ((*member.path, "maintenance_window"), body.maintenance_window),
    )
    written = [(path, minutes(window)) for path, window in said if window is not None]
    for path, (start, end) in written:
        if end - start < 30:
            yield Diagnostic(SHORT, f"This window has {end - start} minutes; it needs 30.", path)
    if len(written) == 2:
        (backup, daily), (path, weekly) = written
        if meet(daily, weekly):
            label = Label("Backups are made then.", backup)
            message = f"Maintenance of `{member.name}` would meet its backups."
            yield Diagnostic(OVERLAP, message, path, related=(label,), help="Move one of the two.")


def minutes(window: Window) -> tuple[int, int]:
    """Start and end in minutes; the end lies after the start, in the next day where need be."""
    start, end = (_minute(text) for text in _halves(window.text))
    return start, end if end >= start else end + DAY


def _halves(text: str) -> tuple[str, str]:
    """`17:00` and `18:00`; the days of a week go, since the daily window does not know them."""
    for day in DAYS:
        text = text.replace(f"{day}:", "")
    start, _, end = text.partition("-")
    return start, end


def _minute(text: str) -> int:
    hour, minute = text.split(":")
    return int(hour) * 60 + int(minute)


def meet(one: tuple[int, int], other: tuple[int, int]) -> bool:
    """Whether two windows meet, of which the first is the same every day."""
    return any(one[0] + shift < other[1] and other[0] < one[1] + shift for shift in (-DAY, 0, DAY))
