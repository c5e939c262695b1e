"""Why the last operation on a stack failed: what failed by itself, and not because something else had."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from labspec.cloud.account import plainly
from labspec.cloud.deployment import OWNER, existing
from labspec.cloud.events import STACK
from labspec.cloud.history import Entry, last_operation
from labspec.cloud.objections import ELSEWHERE, Objection, objections

NOISE = re.compile(
    r"(Resource|Stack) (creation|update|deletion|import) cancelled"
    r"|(?i:the following resources?(\(s\))? failed to )"
    r"|User Initiated"
)
"""Reasons that tell of another failure, or of none (`Stack creation options: Stack failure options`, AWS
CloudFormation; aws/serverless-application-model issue 1873 shows them side by side)."""
EMBEDDED = re.compile(r"Embedded stack \S+ was not successfully (created|updated|deleted)\W*")
"""What the parent says of a nested stack, before the reason that the nested one has."""
AROUND = re.compile(r"[. ]*(Rollback|Delete) requested by user\.?$|^Currently in \w+ with reason: ")
HANDLER = re.compile(r'^Resource handler returned message: "(.*)" \(RequestToken: [^()]*\)$')
WELL = ("CREATE_COMPLETE", "UPDATE_COMPLETE", "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS", "IMPORT_COMPLETE")


class Failure(NamedTuple):
    """A resource that failed by itself, and what AWS says of it."""

    path: tuple[str, ...]
    """The logical ids of the nested stacks that it stands in."""
    stack: str
    """The name of the stack that it stands in."""
    id: str
    type: str
    physical: str
    """What the service calls it; empty where it was never made."""
    status: str
    reason: str
    undoing: bool
    """Whether it failed while something else was undone, or cleaned up."""

    @property
    def place(self) -> str:
        """Its logical id after those of the stacks that it stands in."""
        return "/".join((*self.path, self.id))

    @property
    def is_stack(self) -> bool:
        """Whether a stack failed as a whole, and not one of its resources."""
        return self.type == STACK


class Operation(NamedTuple):
    """The last operation on a stack, and all that failed by itself, the first first."""

    id: str
    """The stack's id, an ARN."""
    name: str
    status: str
    spec: str
    """The name of the spec that the stack belongs to; empty where labspec did not deploy it."""
    deletes: bool
    """Whether the stack was to be deleted."""
    stays: bool
    """Whether what was made stays where something fails, and the next deployment goes on from there."""
    failures: tuple[Failure, ...]
    cleanup: tuple[Failure, ...]
    """What failed while the operation was undone or cleaned up after; of several attempts, in the last."""
    spared: tuple[Failure, ...] = ()
    """What did not fail, but was left as the operation was undone, for its policy is to stay."""

    @property
    def is_over(self) -> bool:
        """Whether the stack rests."""
        return not self.status.endswith("_IN_PROGRESS") or "CLEANUP" in self.status

    @property
    def is_well(self) -> bool:
        """Whether the operation did what it was for, or may still do it: nothing has failed so far."""
        done = (*WELL, "REVIEW_IN_PROGRESS", *(("DELETE_COMPLETE",) if self.deletes else ()))
        return self.status in done or not (self.is_over or self.failures or "ROLLBACK" in self.status)

    @property
    def stuck(self) -> tuple[Failure, ...]:
        """What keeps the stack from being rolled back."""
        return self.cleanup if self.status.endswith("ROLLBACK_FAILED") else ()

    @property
    def region(self) -> str:
        """The region of the stack."""
        return self.id.split(":")[3] if self.id.startswith("arn:") else ""


def causes(cloudformation: Any, stack: str) -> Operation:
    """What failed in the last operation on a stack, given by its name, or by its id where it is deleted.

    Asks for the events of the stack, and of nested stacks that failed. Raises `Refused` where there is no such stack.
    """
    there = existing(cloudformation, stack)
    with plainly():
        entries = last_operation(cloudformation, there["StackId"])
    tags = {tag["Key"]: tag["Value"] for tag in there.get("Tags", ())}
    deletes = any(entry.begins and entry.status == "DELETE_IN_PROGRESS" for entry in entries if not entry.path)
    found = [each for failure in _once(_failures(entries, deletes)) for each in _in_detail(cloudformation, failure)]
    return Operation(
        there["StackId"],
        there["StackName"],
        there["StackStatus"],
        tags.get(OWNER, ""),
        deletes,
        bool(there.get("DisableRollback")),
        tuple(failure for failure in found if not failure.undoing),
        tuple(failure for failure in found if failure.undoing),
        tuple(_once(_failure(each) for each in _told(entries, deletes) if _is_spared(each))),
    )


def failure_of(reason: str, said: Objection | None = None) -> Failure:
    """What AWS finds wrong before it makes anything, as a failure of what it is about."""
    identity, kind, physical = (said.id, said.type, said.physical) if said else ("", "", "")
    return Failure((), "", identity, kind, physical, "", reason, undoing=False)


def _in_detail(cloudformation: Any, failure: Failure) -> list[Failure]:
    """A failure; of a stack that was refused before anything was made, what is wrong with its resources."""
    if not (failure.is_stack and ELSEWHERE.search(failure.reason) and failure.physical):
        return [failure]
    path = () if failure.id == failure.stack else (*failure.path, failure.id)  # the root is called by its name
    found = objections(cloudformation, StackName=failure.physical)
    return [
        failure_of(each.reason, each)._replace(path=path, stack=failure.stack, status=failure.status) for each in found
    ] or [failure]


class _Told(NamedTuple):
    """An event that says by itself what is wrong."""

    entry: Entry
    undoing: bool

    def is_inside(self, path: tuple[str, ...]) -> bool:
        return self.entry.path[: len(path)] == path


def _failures(entries: Sequence[Entry], deletes: bool) -> Iterator[Failure]:
    told = [each for each in _told(entries, deletes) if _is_cause(each.entry)]
    for each in told:
        if not _is_explained(each, told):
            yield _failure(each)


def _told(entries: Sequence[Entry], deletes: bool) -> Iterator[_Told]:
    """Every event, and whether it belongs to what is undone; of several attempts to do that, those of the last."""
    attempts = [index for index, entry in enumerate(entries) if not entry.path and _undoes(entry, deletes)]
    last = attempts[-1] if len(attempts) > 1 else 0
    undone: set[tuple[str, ...]] = set()
    for index, entry in enumerate(entries):
        if _undoes(entry, deletes):
            undone.add(entry.path)
        undoing = _is_undoing(entry, entry.path in undone, deletes)
        if index >= last or not undoing:
            yield _Told(entry, undoing)


def _undoes(entry: Entry, deletes: bool) -> bool:
    """Whether a stack begins to be rolled back, or deleted because another failed."""
    begins = "ROLLBACK_IN_PROGRESS" in entry.status or (entry.status == "DELETE_IN_PROGRESS" and not deletes)
    return entry.of_stack and begins


def _is_undoing(entry: Entry, undone: bool, deletes: bool) -> bool:
    if entry.status == "DELETE_FAILED":
        return not deletes
    if entry.of_stack:
        return entry.status.endswith("ROLLBACK_FAILED")
    return undone and entry.status != "CREATE_FAILED"  # what was under way may fail later than what is undone for it


def _is_cause(entry: Entry) -> bool:
    """Whether an event says what is wrong. That a stack is rolled back may be the only event that does."""
    bad = entry.status.endswith("_FAILED") or (entry.of_stack and entry.status.endswith("ROLLBACK_IN_PROGRESS"))
    words = _words(entry)
    return bad and not NOISE.match(words) and bool(words or entry.type != STACK)


def _is_spared(told: _Told) -> bool:
    return told.undoing and told.entry.status == "DELETE_SKIPPED" and told.entry.type != STACK


def _is_explained(each: _Told, told: Sequence[_Told]) -> bool:
    """Whether what a stack says is said better by what is in it."""
    entry = each.entry
    if entry.type != STACK:
        return False
    inside = entry.path if entry.of_stack else (*entry.path, entry.id)
    return any(
        other.is_inside(inside)
        and other.undoing == each.undoing
        and not (other.entry.of_stack and other.entry.path == entry.path)
        for other in told
    )


def _words(entry: Entry) -> str:
    """What AWS says of a resource, without what CloudFormation puts around it."""
    bare = AROUND.sub("", EMBEDDED.sub("", entry.reason))
    handled = HANDLER.match(bare)
    return handled[1] if handled else bare


def _failure(told: _Told) -> Failure:
    entry = told.entry
    *path, identity = (*entry.path,) if entry.of_stack and entry.path else (*entry.path, entry.id)
    return Failure(
        tuple(path), entry.stack, identity, entry.type, entry.physical, entry.status, _words(entry), told.undoing
    )


def _once(failures: Iterator[Failure]) -> Iterator[Failure]:
    """Each resource once: what is tried again fails again."""
    seen = set[tuple[str, bool]]()
    for failure in failures:
        if (failure.place, failure.undoing) not in seen:
            seen.add((failure.place, failure.undoing))
            yield failure
