"""Change sets: whether one can be carried out, and how one is taken back that nobody carries out."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, NamedTuple

from botocore.exceptions import ClientError

from labspec.cloud import once
from labspec.cloud.account import code_of, plainly
from labspec.cloud.objections import Rejected, follow, objections
from labspec.cloud.refusal import Refused

PAUSE = 2.0
"""Seconds between two looks."""
LOOKS = 90
"""How often to look for a change set that is to be deleted, before it is left as it is."""
NOTHING = ("The submitted information didn't contain changes", "No updates are to be performed")
BUSY = ("InvalidChangeSetStatus", "InvalidChangeSetStatusException")
"""What AWS answers that is to delete a change set and is still making it (`DeleteChangeSet`)."""


class ChangeSet(NamedTuple):
    """A change set of a stack that can be carried out."""

    id: str
    stack: str
    """The stack's id: its name alone would not find it once it is deleted."""
    name: str
    """The stack's name."""
    made: bool
    """Whether the stack is there for it only: such a one is empty, and in review."""
    failed: bool = False
    """Whether the stack has failed and was not rolled back. AWS then changes it without a rollback only."""


def is_ready(cloudformation: Any, change_set: str) -> bool:
    """Wait for a change set. False where it holds nothing; raises `Refused` where it cannot be carried out."""
    while (said := cloudformation.describe_change_set(ChangeSetName=change_set))["Status"] != "CREATE_COMPLETE":
        if said["Status"] == "FAILED":
            why = said.get("StatusReason", "no reason is given")
            if any(words in why for words in NOTHING):
                return False
            identity, why = follow(cloudformation, change_set, why)
            raise Rejected(why, objections(cloudformation, ChangeSetName=identity))
        time.sleep(PAUSE)
    return True


def of_stack(cloudformation: Any, stack: str) -> dict[str, str]:
    """The names of a stack's change sets, by their ids."""
    pages = cloudformation.get_paginator("list_change_sets").paginate(StackName=stack)
    return {each["ChangeSetId"]: each.get("ChangeSetName", "") for page in pages for each in page["Summaries"]}


def withdraw(cloudformation: Any, proposed: ChangeSet) -> None:
    """Take a change set back, and the stack that is there for nothing else.

    Raises `Refused` where AWS does not let go of it.
    """
    with plainly():
        if not proposed.made:
            discard(cloudformation, proposed.name, [proposed.id], gone=False)
            return
        discard(cloudformation, proposed.name, [proposed.id])
        if not of_stack(cloudformation, proposed.name):
            cloudformation.delete_stack(StackName=proposed.stack)


def discard(cloudformation: Any, stack: str, change_sets: Sequence[str], *, gone: bool = True) -> None:
    """Have change sets deleted, as soon as AWS does that, and wait until they are `gone`.

    One that is being made cannot be deleted yet, and those of nested stacks are deleted first (`Delete a change set`,
    AWS CloudFormation). Raises `Refused` where that takes too long.
    """
    left = [*change_sets]
    for _ in range(LOOKS):
        left = [each for each in left if not _is_let_go(cloudformation, each)]
        if not left and not (gone and {*change_sets} & of_stack(cloudformation, stack).keys()):
            return
        time.sleep(PAUSE)
    raise Refused("AWS does not let go of the change set.")


def _is_let_go(cloudformation: Any, change_set: str) -> bool:
    try:
        cloudformation.delete_change_set(ChangeSetName=change_set)
    except ClientError as error:
        if code_of(error) not in BUSY:
            raise
        return False
    return True


def supersede(cloudformation: Any, proposed: ChangeSet) -> None:
    """Take back what earlier commands proposed, and nobody carried out."""
    with plainly():
        for identity, name in of_stack(cloudformation, proposed.name).items():
            if name.startswith(once.PREFIX) and identity != proposed.id:
                cloudformation.delete_change_set(ChangeSetName=identity)


@contextmanager
def taken_back(cloudformation: Any, proposed: ChangeSet) -> Iterator[None]:
    """Inside, what goes wrong or is stopped takes the change set back, or says that it is left."""
    try:
        yield
    except BaseException as error:
        try:
            withdraw(cloudformation, proposed)
        except (Refused, KeyboardInterrupt):
            left = _left(proposed)
            if isinstance(error, Refused):
                error.findings = [*error.findings, *left.findings]
            else:
                error.add_note(f"{left.message} {left.help}")
        raise


def _left(proposed: ChangeSet) -> Refused:
    region = proposed.id.split(":")[3] if proposed.id.startswith("arn:aws") else ""
    asked = f"aws cloudformation delete-change-set --change-set-name {proposed.id} --region {region}"
    way = f"labspec destroy {proposed.name} --region {region}" if proposed.made else asked
    return Refused(f"What was proposed to the stack `{proposed.name}` is left there.", f"Take it back: `{way}`.")
