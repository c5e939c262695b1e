"""An operation on a stack, followed to its end: a live tree on a terminal, lines without one."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from typing import TYPE_CHECKING, Protocol

from labspec.cli import reporting
from labspec.cli.aws import whose

if TYPE_CHECKING:
    from labspec.cloud.events import Event, Watch

Expected = Mapping[tuple[str, ...], int]


class View(Protocol):
    """What shows events as they come."""

    def show(self, events: list[Event]) -> None:
        """Show what is new; it may be nothing."""


class Lines:
    """A line for each event."""

    def __init__(self, arguments: argparse.Namespace) -> None:
        self._arguments = arguments

    def __enter__(self) -> View:
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def show(self, events: list[Event]) -> None:
        """Print them."""
        reporting.say(self._arguments, lines(events))


def followed(arguments: argparse.Namespace, watch: Watch, stack: str, expected: Expected | None = None) -> list[Event]:
    """Show an operation until the stack rests, and return its events.

    `expected` is how many resources of each stack change; without it, it is the events that matter, on a terminal too.
    """
    found = []
    with _view(arguments, watch, stack, expected) as view:
        for events in watch.looks():
            view.show(events)
            found += events
    return found


@contextmanager
def resumable(arguments: argparse.Namespace, stack: str) -> Iterator[None]:
    """Inside, what goes on by itself is only looked at: where that ends early, it is said how to look again."""
    from labspec.cloud.refusal import Refused

    goes_on = f"CloudFormation goes on with `{stack}`."
    again = f"To watch it: labspec events {stack} --follow{whose(arguments)}"
    try:
        yield
    except KeyboardInterrupt:
        reporting.say(arguments, [f"{goes_on} {again}"], always=True)
        raise
    except Refused as refused:
        raise Refused(f"{refused.message} {goes_on}", f"{refused.help} {again}".strip()) from refused


def _view(
    arguments: argparse.Namespace, watch: Watch, stack: str, expected: Expected | None
) -> AbstractContextManager[View]:
    if arguments.quiet or not (sys.stderr.isatty() and reporting.voice(arguments).isatty()):
        return Lines(arguments)
    from labspec.cli.live import Live

    whole = arguments.verbose or expected is None
    return Live(watch, stack, expected or {}, colored=arguments.color != "never", whole=whole)


def lines(events: Iterable[Event]) -> list[str]:
    """A line for each event, in the user's own time: what a nested stack says of itself, its parent says as well."""
    return [
        f"{event.at.astimezone():%Y-%m-%d %H:%M:%S} {place(event)} {event.status} {event.reason}".rstrip()
        for event in events
        if not (event.of_stack and event.path)
    ]


def place(event: Event) -> str:
    """A resource, by the logical ids that lead to it."""
    return "/".join((*event.path, event.id))
