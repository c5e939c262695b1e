"""What happened in the last operation on a stack, as its events tell it, and those of the stacks nested in it.

A nested stack that a rollback deleted is asked for by its id, which the events of its parent hold.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any, NamedTuple

from labspec.cloud.events import BEGINS, STACK, begins

WHOLE = ("CREATE_COMPLETE", "UPDATE_COMPLETE", "IMPORT_COMPLETE", "DELETE_COMPLETE")


class Entry(NamedTuple):
    """One event. `path` are the logical ids of the nested stacks that it happened in."""

    at: datetime
    path: tuple[str, ...]
    stack: str
    """The name of the stack that it happened in."""
    id: str
    type: str
    physical: str
    status: str
    reason: str
    of_stack: bool
    """Whether it is about the very stack that it happened in."""
    begins: bool
    """Whether an operation on the stack begins. A rollback belongs to the operation that it undoes, also where a user
    asks for it (`ContinueUpdateRollback`, `RollbackStack`, `CancelUpdateStack`)."""


def last_operation(cloudformation: Any, stack: str) -> list[Entry]:
    """The events of a stack's last operation, the earliest first. `stack` is an id: it finds a deleted one, too."""
    own = _until_begin(_newest_first(cloudformation, stack, ()))
    if not own:
        return []
    found = [*_inner(cloudformation, own, own[0].at), *own]
    # An inner stack's events stand before those of its parent, and a stack's own in the order that they came in: where
    # moments are equal, that order is kept.
    return sorted(found, key=lambda entry: entry.at)


def _newest_first(cloudformation: Any, stack: str, path: tuple[str, ...]) -> Iterator[Entry]:
    pages = cloudformation.get_paginator("describe_stack_events").paginate(StackName=stack)
    return (_entry(said, path) for page in pages for said in page["StackEvents"])


def _entry(said: dict[str, Any], path: tuple[str, ...]) -> Entry:
    physical = said.get("PhysicalResourceId", "")
    return Entry(
        said["Timestamp"],
        path,
        said["StackName"],
        said["LogicalResourceId"],
        said["ResourceType"],
        physical,
        said["ResourceStatus"],
        " ".join(said.get("ResourceStatusReason", "").split()),
        physical == said["StackId"],
        begins(said) and said["ResourceStatus"] in BEGINS,
    )


def _until_begin(events: Iterator[Entry]) -> list[Entry]:
    """From the event that the last operation began with. Pages before it are not asked for."""
    found = []
    for entry in events:
        found.append(entry)
        if entry.begins:
            break
    return found[::-1]


def _inner(cloudformation: Any, own: list[Entry], since: datetime) -> Iterator[Entry]:
    """The events of nested stacks that failed, are not done, or were undone. What was made well has nothing to tell."""
    nested: dict[str, list[Entry]] = {}
    for entry in own:
        if entry.type == STACK and not entry.of_stack and entry.physical:
            nested.setdefault(entry.physical, []).append(entry)
    for identity, said in nested.items():
        undone = said[-1].status == "DELETE_COMPLETE" and any(entry.status.startswith("CREATE_") for entry in said)
        failed = any(entry.status.endswith("_FAILED") for entry in said)
        if said[-1].status in WHOLE and not (failed or undone):
            continue
        path = (*said[0].path, said[0].id)
        events = []
        for entry in _newest_first(cloudformation, identity, path):
            if entry.at < since:
                break
            events.append(entry)
        events.reverse()
        yield from _inner(cloudformation, events, since)
        yield from events
