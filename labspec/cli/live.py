"""Stacks on a terminal, as they change: a tree that is drawn again and again, with what failed above it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from rich.console import Console
from rich.live import Live as Drawing
from rich.text import Text
from rich.tree import Tree

from labspec.cli.following import Expected, lines
from labspec.cloud.course import Course, Place
from labspec.cloud.events import EVER

if TYPE_CHECKING:
    from labspec.cloud.events import Event, Watch

MOST = 3
"""How many resources that are being worked on are named of a stack."""


class Live:
    """The tree, while the context lasts. Above it stay the events that are failures, or all, where they are `whole`."""

    def __init__(self, watch: Watch, stack: str, expected: Expected, *, colored: bool, whole: bool) -> None:
        self._watch, self._stack, self._whole = watch, stack, whole
        self._course = Course(expected)
        self._places = self._course.places()
        self._longest = timedelta()
        self._console = Console(stderr=True, no_color=not colored or None, highlight=False)
        self._drawing = Drawing(get_renderable=self._tree, console=self._console)

    def __enter__(self) -> Live:
        self._drawing.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._drawing.stop()

    def show(self, events: list[Event]) -> None:
        """Draw the tree as it stands after these events."""
        self._course.take(events)
        self._places = self._course.places()  # the drawing has a thread of its own
        shown = [event for event in events if event.failed or self._whole]
        said = [Text(line, "red" if event.failed else "") for event in shown for line in lines([event])]
        if said:
            self._console.print(Text("\n").join(said))

    def _tree(self) -> Tree:
        now = datetime.now(UTC) + self._watch.ahead
        nodes: dict[tuple[str, ...], Tree] = {}
        for each in self._places:
            row = _row(each, now)
            if each.path:
                nodes[each.path] = nodes[each.path[:-1]].add(Text(f"{each.path[-1]}  ").append_text(row))
            else:
                nodes[()] = Tree(Text(f"{self._stack}  ").append_text(row).append(f"  {self._elapsed(now)}"))
        return nodes[()]

    def _elapsed(self, now: datetime) -> str:
        last = self._course.latest.get(())
        if last is None or self._watch.since in (None, EVER):
            return ""
        # The end is seen later than it was: no clock goes back.
        self._longest = max(self._longest, (last.at if last.rests else now) - self._watch.since)
        return span(self._longest)


def _row(each: Place, now: datetime) -> Text:
    """How a stack stands: `UPDATE_IN_PROGRESS  7 of 12  WebInstance 1:04`."""
    status = each.status or "waiting"
    row = Text(status, _style(status))
    if each.most and "ROLLBACK" not in status:
        row.append(f"  {each.done} of {max(each.most, each.done)}")
    elif each.done:
        row.append(f"  {each.done} done")
    shown = [f"{work.id} {span(now - work.since)}" for work in each.work[:MOST]]
    more = len(each.work) - len(shown)
    return row.append(f"  {', '.join([*shown, *([f'{more} more'] if more else [])])}" if shown else "", "dim")


def _style(status: str) -> str:
    if "FAILED" in status or "ROLLBACK" in status:
        return "red"
    return "green" if status.endswith("_COMPLETE") else "dim" if status == "waiting" else "yellow"


def span(time: timedelta) -> str:
    """Minutes and seconds: `12:05`."""
    minutes, seconds = divmod(max(0, int(time.total_seconds())), 60)
    return f"{minutes}:{seconds:02}"
