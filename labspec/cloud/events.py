"""A stack and its nested ones, as they change: each event once, in order."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

from labspec.cloud.account import plainly
from labspec.cloud.deployment import PAUSE, described

STACK = "AWS::CloudFormation::Stack"
RESTS = ("_COMPLETE", "_FAILED")
CANCELLED = ("Resource creation cancelled", "Resource update cancelled", "Resource deletion cancelled")


class Event(NamedTuple):
    """What happened to a resource: `path` are the logical ids of the stacks that it stands in."""

    at: datetime
    path: tuple[str, ...]
    id: str
    type: str
    status: str
    reason: str

    @property
    def failed(self) -> bool:
        """Whether something failed by itself, not because something else did."""
        return self.status.endswith("_FAILED") and self.reason not in CANCELLED and "was not success" not in self.reason


@dataclass
class Watch:
    """Looks at a stack since a moment. `stack` is an id: it finds a stack that is deleted, too."""

    cloudformation: Any
    stack: str
    since: datetime
    seen: set[str] = field(default_factory=set)
    status: str = ""

    def events(self) -> Iterator[Event]:
        """Every event until the stack rests; its status is then in `status`."""
        while True:
            with plainly():
                there = described(self.cloudformation, self.stack)
                # Each stack's events come with the newest first; of one moment, that order is all that there is.
                found = list(self._new(self.stack, ()))
                found.reverse()
                found.sort(key=lambda event: event.at)
            yield from found
            self.status = there["StackStatus"] if there else "DELETE_COMPLETE"
            if self.status.endswith(RESTS) and "CLEANUP" not in self.status:
                return
            time.sleep(PAUSE)

    def _new(self, stack: str, path: tuple[str, ...]) -> Iterator[Event]:
        """What is new of a stack, and of each nested stack that it speaks of."""
        inner: dict[str, str] = {}
        pages = self.cloudformation.get_paginator("describe_stack_events").paginate(StackName=stack)
        for said in (event for page in pages for event in page["StackEvents"]):
            identity = said.get("PhysicalResourceId", "")
            if said["ResourceType"] == STACK and identity and identity != said["StackId"]:
                inner[identity] = said["LogicalResourceId"]
            if said["EventId"] not in self.seen and said["Timestamp"] >= self.since:
                self.seen.add(said["EventId"])
                yield Event(
                    said["Timestamp"],
                    path,
                    said["LogicalResourceId"],
                    said["ResourceType"],
                    said["ResourceStatus"],
                    said.get("ResourceStatusReason", ""),
                )
        for identity, name in inner.items():
            yield from self._new(identity, (*path, name))
