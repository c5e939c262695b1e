"""What is noticed while a stack is resolved: what waits for what, and what could not be followed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from labspec.diagnostic import Path
from labspec.template.conditions import Condition, all_of, any_of
from labspec.template.joined import Unresolved, Wait


@dataclass
class Ledger:
    """What all stacks of a join share: given pseudo parameters, notes, and whether any condition is undecided."""

    pseudo: Mapping[str, Any]
    notes: dict[Unresolved, None] = field(default_factory=dict)
    undecided: bool = False


@dataclass
class Trace:
    """Where in a stack's template the resolving is (`trail`), and under which conditions (`guards`)."""

    file: str
    stack: str
    ledger: Ledger
    trail: list[str | int] = field(default_factory=list)
    guards: list[Condition] = field(default_factory=list)
    waits: dict[str, list[Condition]] = field(default_factory=dict)

    def note(self, place: Path, reason: str) -> None:
        """Enter a place that cannot be followed."""
        self.ledger.notes[Unresolved(self.file, place, self.stack, f"{reason}.")] = None

    def note_here(self, reason: object) -> None:
        """Enter that this place cannot be followed."""
        self.note(tuple(self.trail), str(reason))

    @contextmanager
    def at(self, place: Path) -> Iterator[None]:
        """Go to another place, and come back."""
        before, self.trail = self.trail, list(place)
        yield
        self.trail = before

    def wait(self, target: str) -> None:
        """Enter that what is being resolved waits for this address."""
        self.waits.setdefault(target, []).append(all_of(self.guards))

    def take_waits(self) -> tuple[Wait, ...]:
        """What was entered since this was last asked, each target once."""
        waits, self.waits = self.waits, {}
        return tuple(Wait(target, any_of(conditions)) for target, conditions in waits.items())
