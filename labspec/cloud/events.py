"""A stack and its nested ones, as they change: each event once, in order.

Only AWS's own clock and the ids of events decide what belongs to an operation: the user's clock may be minutes off.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any, NamedTuple

from labspec.cloud.account import plainly
from labspec.cloud.change_sets import PAUSE

STACK = "AWS::CloudFormation::Stack"
RESTS = ("_COMPLETE", "_FAILED", "_SKIPPED", "REVIEW_IN_PROGRESS")
CANCELLED = ("Resource creation cancelled", "Resource update cancelled", "Resource deletion cancelled")
BEGINS = ("CREATE_IN_PROGRESS", "UPDATE_IN_PROGRESS", "DELETE_IN_PROGRESS", "IMPORT_IN_PROGRESS")
USER = "User Initiated"
"""AWS's reason of the root's first event of an operation; what CloudFormation goes on to do has another one."""
CONFIGURED = "CONFIGURATION_COMPLETE"
"""`DetailedStatus` of a second event in which a stack is in progress, once all in it is configured (`Understand
CloudFormation stack creation events`, AWS CloudFormation)."""
EVER = datetime.min.replace(tzinfo=UTC)


class Event(NamedTuple):
    """What happened to a resource: `path` are the logical ids of the stacks that it stands in."""

    at: datetime
    path: tuple[str, ...]
    id: str
    type: str
    status: str
    reason: str
    of_stack: bool = False
    """Whether it is of the very stack that tells it: of a nested stack, its parent tells the same by its logical id."""

    @property
    def failed(self) -> bool:
        """Whether something failed by itself, not because something else did."""
        return self.status.endswith("_FAILED") and self.reason not in CANCELLED and "was not success" not in self.reason

    @property
    def rests(self) -> bool:
        """Whether the resource is no more being worked on."""
        return self.status.endswith(RESTS)


def newest(cloudformation: Any, stack: str) -> str:
    """The id of a stack's newest event: what is newer belongs to what is done next. Empty where there is none."""
    with plainly():
        return next((said["EventId"] for page in _pages(cloudformation, stack) for said in page["StackEvents"]), "")


@dataclass
class Watch:
    """Looks at an operation on a stack. `stack` is an id: it finds a stack that is deleted, too.

    The operation is the one that begins after the event `after`; without it the last one. `since`, a moment by AWS's
    clock, says which events instead. A look asks each stack no further back than it knows of it, and a nested one only
    while its parent says that something goes on there, so that a long operation is not throttled.
    """

    cloudformation: Any
    stack: str
    since: datetime | None = None
    after: str = ""
    status: str = ""
    """The root's, as far as it is known."""
    ahead: timedelta = timedelta()
    """How far AWS's clock is ahead of this machine's."""
    _seen: set[str] = field(default_factory=set)
    _paths: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """The nested stacks that were found, by their ids."""
    _resting: set[str] = field(default_factory=set)
    """Those that rest, by their parents' word."""
    _read: set[str] = field(default_factory=set)
    """Those that were asked since, and need not be again."""

    @property
    def rests(self) -> bool:
        """Whether nothing goes on in the stack any more."""
        return self.status.endswith(RESTS)

    def events(self) -> Iterator[Event]:
        """Every event until the stack rests; its status is then in `status`."""
        for events in self.looks():
            yield from events

    def looks(self) -> Iterator[list[Event]]:
        """The same, look by look: most find nothing new."""
        while True:
            yield self.look()
            if self.rests:
                return
            time.sleep(PAUSE)

    def look(self) -> list[Event]:
        """What is new, the oldest first; what is of one moment in the order in which its stack tells it."""
        with plainly():
            if self.since is None and not self._has_begun():
                return []
            found = self._fresh(self.stack, ())
            if self.rests or "CLEANUP" in self.status:
                self._read.clear()  # a parent does not tell what is cleaned up in a nested stack
            asked: set[str] = set()
            while due := self._paths.keys() - self._read - asked:
                for stack in sorted(due, key=self._paths.__getitem__):
                    found += self._fresh(stack, self._paths[stack])
                asked |= due
            self._read |= self._resting
        return sorted(found, key=lambda event: event.at)

    def _has_begun(self) -> bool:
        """Find the moment in which the operation began; False where it is not to be seen yet."""
        for said in (event for page in self._pages(self.stack) for event in page["StackEvents"]):
            if said["EventId"] == self.after:
                return False
            if begins(said):
                self.since = said["Timestamp"]
                return True
        self.since = EVER  # a stack that nothing was done to yet
        return True

    def _fresh(self, stack: str, path: tuple[str, ...]) -> list[Event]:
        found: list[Mapping[str, Any]] = []
        for page in self._pages(stack):
            new = [said for said in page["StackEvents"] if self._is_new(said)]
            found += new
            if len(new) < len(page["StackEvents"]):
                break
        found.reverse()
        for said in found:
            self._note(said, path)
        return [_event(said, path) for said in found]

    def _is_new(self, said: Mapping[str, Any]) -> bool:
        return said["EventId"] not in self._seen and said["Timestamp"] >= (self.since or EVER)

    def _note(self, said: Mapping[str, Any], path: tuple[str, ...]) -> None:
        """Learn from an event how the root stands, or a nested stack."""
        self._seen.add(said["EventId"])
        if said["ResourceType"] != STACK or (path and _is_of_stack(said)):
            return
        rests = said["ResourceStatus"].endswith(RESTS)
        if _is_of_stack(said):
            self.status = said["ResourceStatus"]
        elif identity := said.get("PhysicalResourceId"):
            self._paths[identity] = (*path, said["LogicalResourceId"])
            self._read.discard(identity)
            (self._resting.add if rests else self._resting.discard)(identity)

    def _pages(self, stack: str) -> Iterator[Mapping[str, Any]]:
        for page in _pages(self.cloudformation, stack):
            if date := page.get("ResponseMetadata", {}).get("HTTPHeaders", {}).get("date"):
                with suppress(ValueError):  # what stands between us and AWS may write it otherwise
                    self.ahead = parsedate_to_datetime(date).replace(tzinfo=UTC) - datetime.now(UTC)
            yield page


def _pages(cloudformation: Any, stack: str) -> Iterator[Mapping[str, Any]]:
    """A stack's events, the newest first; no page is asked for before it is needed."""
    yield from cloudformation.get_paginator("describe_stack_events").paginate(StackName=stack)


def _is_of_stack(said: Mapping[str, Any]) -> bool:
    return bool(said.get("PhysicalResourceId") == said["StackId"])


def begins(said: Mapping[str, Any]) -> bool:
    """Whether an event of a root is the first of an operation, or of an undoing that the user asked for.

    What CloudFormation goes on to do by itself has a reason of its own: a rollback, the deletion of what failed, what
    it says while it transforms the template. Nothing else decides where an operation begins.
    """
    status, reason = said["ResourceStatus"], said.get("ResourceStatusReason", "")
    if not _is_of_stack(said) or said.get("DetailedStatus") == CONFIGURED:
        return False
    return reason in ("", USER) if status in BEGINS else reason == USER and status.endswith("ROLLBACK_IN_PROGRESS")


def _event(said: Mapping[str, Any], path: tuple[str, ...]) -> Event:
    reason = said.get("ResourceStatusReason", "")
    what = (said["LogicalResourceId"], said["ResourceType"], said["ResourceStatus"], reason)
    return Event(said["Timestamp"], path, *what, _is_of_stack(said))
