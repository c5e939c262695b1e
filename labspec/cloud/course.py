"""How far an operation has come, stack by stack, by its events."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from labspec.cloud.changes import Change
from labspec.cloud.events import STACK, Event

Path = tuple[str, ...]


class Work(NamedTuple):
    """A resource that is being worked on, and since when."""

    id: str
    since: datetime


class Place(NamedTuple):
    """A stack. `done` are resources, of `most`; 0 where nobody knows how many there are to be."""

    path: Path
    status: str
    """Empty where nothing has begun there."""
    done: int
    most: int
    work: tuple[Work, ...]
    """The longest first."""


@dataclass
class Course:
    """Takes events, and tells how the stacks stand. The root counts what is done in all of them."""

    expected: Mapping[Path, int]
    """How many resources of each stack change."""
    latest: dict[Path, Event] = field(default_factory=dict)
    """The last event of each resource, by its path and id; the root's own without an id."""
    started: dict[Path, datetime] = field(default_factory=dict)
    done: dict[Path, set[str]] = field(default_factory=lambda: defaultdict(set))

    def take(self, events: Iterable[Event]) -> None:
        """Take what is new."""
        for event in events:
            if event.of_stack and event.path:
                continue  # its parent tells it
            place = event.path if event.of_stack else (*event.path, event.id)
            if place not in self.latest or self.latest[place].status != event.status:
                self.started[place] = event.at
            self.latest[place] = event
            if event.type != STACK and event.status.endswith("_COMPLETE"):
                self.done[event.path].add(event.id)

    def places(self) -> tuple[Place, ...]:
        """The stacks, each after the one that it stands in."""
        nested = {place for place, event in self.latest.items() if event.type == STACK}
        around = (path[:length] for path in {*nested, *self.expected} for length in range(len(path)))
        return tuple(self._place(path) for path in sorted({(), *nested, *self.expected, *around}))

    def _place(self, path: Path) -> Place:
        status = self.latest[path].status if path in self.latest else ""
        if path:
            done, most = len(self.done[path]), self.expected.get(path, 0)
        else:
            done, most = sum(map(len, self.done.values())), sum(self.expected.values())
        work = [
            Work(event.id, self.started[place])
            for place, event in self.latest.items()
            if place and event.path == path and event.type != STACK and not event.rests
        ]
        return Place(path, status, done, most, tuple(sorted(work, key=lambda each: each.since)))


def expected(found: Iterable[Change]) -> dict[Path, int]:
    """How many resources of each stack a change set changes."""
    return dict(Counter(change.path for change in found if change.type != STACK))
