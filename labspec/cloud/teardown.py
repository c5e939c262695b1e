"""A stack deleted: what may be, what it takes, and how to go on where AWS stops."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Generator, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple

from botocore.exceptions import ClientError

from labspec.cloud import deployment
from labspec.cloud.account import Account, plainly
from labspec.cloud.events import Event, Watch
from labspec.cloud.fates import Fated, fates
from labspec.cloud.holdings import BUCKET
from labspec.cloud.protection import Protection, protections
from labspec.cloud.refusal import WHOSE, Refused
from labspec.cloud.standing import STACK, Standing, standing
from labspec.wording import series

REVIEW = "REVIEW_IN_PROGRESS"
UNDERWAY = (REVIEW, "DELETE_IN_PROGRESS")
"""What is in progress and may be deleted: a stack that was never made, and one whose deletion is looked at again."""
LOOKS = 60
"""How often is looked for a deletion that AWS has accepted and not begun."""
ADVICE = (
    ("not empty", "It filled again: stop what writes to it, and destroy again."),
    ("dependen", "Something that the stack did not make uses it: remove that, and destroy again."),
    ("in use", "Something that the stack did not make uses it: remove that, and destroy again."),
    ("not authorized", "Let these credentials, or the stack's role, delete it, and destroy again."),
    ("AccessDenied", "Let these credentials, or the stack's role, delete it, and destroy again."),
    ("protect", "Destroy again with `--disable-protection`."),
    ("disableApiTermination", "Destroy again with `--disable-protection`."),
)
"""What helps, by words in AWS's reason."""


class Teardown(NamedTuple):
    """A stack that may be deleted, and what becomes of what it holds."""

    stack: Standing
    fated: tuple[Fated, ...]
    protections: tuple[Protection, ...]
    left: tuple[Fated, ...]
    """Of it what AWS could not delete and is to be left, by the user's wish."""

    @property
    def present(self) -> tuple[Fated, ...]:
        """What is there, not deleted by an earlier attempt."""
        return tuple(each for each in self.fated if each.fate != "past")

    @property
    def buckets(self) -> tuple[str, ...]:
        """Buckets that are to go, and have to be empty for it.

        Not one whose last change failed: its name may be one that was wanted and is somebody else's.
        """
        buckets = (each for each in self.fated if each.resource.type == BUCKET and each.goes)
        return tuple(each.resource.physical for each in buckets if each.resource.status != "UPDATE_FAILED")


def teardown(account: Account, stack: str, *, anybodys: bool = False, keep: Sequence[str] = ()) -> Teardown:
    """What deleting a stack would mean; it changes nothing.

    Raises `Refused` where the stack is not to be deleted: it is nested, it is being changed, others use what it
    exports, or labspec did not deploy it (unless `anybodys`); or where what is to be kept cannot be.
    """
    cloudformation = account.client("cloudformation")
    there = standing(cloudformation, stack)
    with plainly():
        said = deployment.described(cloudformation, there.id) or {}
        _refuse_unfit(cloudformation, there, said, anybodys=anybodys)
        _refuse_imported(cloudformation, there)
    found = list(fates(cloudformation, there))
    left = tuple(_left(there, found, keep))
    fated = tuple(next((other for other in left if other.name == each.name), each) for each in found)
    return Teardown(there, fated, tuple(protections(account, said, fated)), left)


def _refuse_unfit(cloudformation: Any, there: Standing, said: dict[str, Any], *, anybodys: bool) -> None:
    if root := said.get("RootId") or said.get("ParentId"):
        name = root.split("/")[1]
        raise Refused(
            f"The stack `{there.name}` is part of `{name}`.", f"Destroy that: `labspec destroy {name}{WHOSE}`."
        )
    if there.status.endswith("_IN_PROGRESS") and there.status not in UNDERWAY:
        help_ = f"Wait until it rests: `labspec events {there.name} --follow{WHOSE}`."
        raise Refused(f"The stack `{there.name}` is being changed: it is {there.status}.", help_)
    if not (anybodys or there.spec or (there.status == REVIEW and _is_proposed(cloudformation, there.id))):
        help_ = f"Look at it with `labspec status {there.name}{WHOSE}`. If it is to go, add `--any`."
        raise Refused(f"labspec did not deploy the stack `{there.name}`.", help_)


def _refuse_imported(cloudformation: Any, there: Standing) -> None:
    """AWS would accept the deletion and cancel it: too late for buckets that were emptied for it."""
    ids = {stack.id for stack in _tree(there)}
    names = {stack.split("/")[1] for stack in ids}
    pages = cloudformation.get_paginator("list_exports").paginate()
    for export in (each for page in pages for each in page["Exports"] if each["ExportingStackId"] in ids):
        if users := [f"`{each}`" for each in _importers(cloudformation, export["Name"]) if each not in names]:
            message = f"The export `{export['Name']}` of the stack `{there.name}` is used by {series(users, 'and')}."
            raise Refused(message, "Destroy what uses it first, or change it so that it does not.")


def _tree(there: Standing) -> Iterator[Standing]:
    yield there
    for inner in there.nested:
        yield from _tree(inner)


def _importers(cloudformation: Any, export: str) -> list[str]:
    """The stacks that import an export; AWS takes none for an error."""
    try:
        pages = list(cloudformation.get_paginator("list_imports").paginate(ExportName=export))
    except ClientError as error:
        if "not imported" in str(error):
            return []
        raise
    return [each for page in pages for each in page["Imports"]]


def _is_proposed(cloudformation: Any, stack: str) -> bool:
    """Whether labspec proposed a stack that was never made: its tags are still those of a change set."""
    return any(
        tag["Key"] == deployment.OWNER
        for each in _change_sets(cloudformation, stack)
        for tag in cloudformation.describe_change_set(ChangeSetName=each).get("Tags", ())
    )


def _change_sets(cloudformation: Any, stack: str) -> list[str]:
    pages = cloudformation.get_paginator("list_change_sets").paginate(StackName=stack)
    return [each["ChangeSetId"] for page in pages for each in page["Summaries"]]


def _left(there: Standing, fated: Sequence[Fated], keep: Sequence[str]) -> Iterator[Fated]:
    """What is to be left of what AWS could not delete (`RetainResources` of `DeleteStack`)."""
    for name in keep:
        found = [each for each in fated if name in (each.name, each.resource.id)]
        if len(found) != 1:
            many = f"The stack `{there.name}` has {'several' if found else 'no'} `{name}`."
            raise Refused(many, "Write it as it is shown, with its nested stack: `StorageStack/Files`.")
        if there.status != "DELETE_FAILED" or found[0].resource.status != "DELETE_FAILED":
            help_ = "Say `on_delete: keep` of it in the spec, and deploy that first."
            raise Refused(f"AWS leaves only what it could not delete, and has not tried `{name}`.", help_)
        yield found[0]._replace(fate="kept")


def delete(account: Account, wanted: Teardown, empty: Callable[[Collection[str]], None], again: str) -> Iterator[Event]:
    """Delete a stack, and tell each event until it is gone. `empty` is called for the buckets that are to be emptied.

    `again` is the user's own command, for advice.
    A bucket that fills while its stack is deleted stops the deletion: it is emptied, and the deletion is tried once
    more. Raises `Refused` where something else stops it.
    """
    cloudformation = account.client("cloudformation")
    for is_last in (False, True):
        empty(wanted.buckets)
        failed: dict[str, Event] = {}
        for step in _steps(wanted):
            status = yield from _taken(cloudformation, step, failed)
            if status != "DELETE_COMPLETE":
                break
        else:
            return
        full = {each.name for each in wanted.fated if each.resource.physical in wanted.buckets}
        if is_last or not full & failed.keys():
            raise _stopped(wanted.stack.name, status, failed, again)


class _Step(NamedTuple):
    """A stack to delete, the logical ids of the stacks that it stands in, and what of it is left."""

    stack: str
    path: tuple[str, ...]
    keep: list[str]


def _steps(wanted: Teardown) -> Iterator[_Step]:
    """Which stacks are deleted, one after another, the root last: each is told itself what of it is left."""
    for path in sorted({each.resource.path for each in wanted.left} | {()}, key=len, reverse=True):
        here = [each for each in wanted.left if each.resource.path == path]
        yield _Step(here[0].stack if path else wanted.stack.id, path, [each.resource.id for each in here])


def _taken(cloudformation: Any, step: _Step, failed: dict[str, Event]) -> Generator[Event, None, str]:
    """Take a step: its events, and at last the stack's status. What could not be deleted is put into `failed`."""
    with plainly():
        there = deployment.described(cloudformation, step.stack)
        if there is None or there["StackStatus"] == "DELETE_COMPLETE":
            return "DELETE_COMPLETE"
        if there["StackStatus"] == REVIEW:
            return _withdrawn(cloudformation, step.stack)
        began = _begun(cloudformation, step, is_going=there["StackStatus"] == "DELETE_IN_PROGRESS")
    watch = Watch(cloudformation, step.stack, began)
    for event in watch.events():
        inside = event._replace(path=(*step.path, *event.path))
        if event.status == "DELETE_FAILED" and event.type != STACK:
            failed["/".join((*inside.path, inside.id))] = inside
        yield inside
    return watch.status


def _withdrawn(cloudformation: Any, stack: str) -> str:
    """Delete a stack that was only proposed, with what proposes it."""
    for each in _change_sets(cloudformation, stack):
        cloudformation.delete_change_set(ChangeSetName=each)
    cloudformation.delete_stack(StackName=stack)
    for _ in range(LOOKS):
        there = deployment.described(cloudformation, stack)
        if there is None or there["StackStatus"] == "DELETE_COMPLETE":
            return "DELETE_COMPLETE"
        time.sleep(deployment.PAUSE)
    return str(there["StackStatus"]) if there else "DELETE_COMPLETE"


def _begun(cloudformation: Any, step: _Step, *, is_going: bool) -> datetime:
    """Have a deletion begin, unless one is going on, and return when it began, by AWS's clock.

    AWS answers before anything happens: to look at once would find the stack at rest, and take that for the end.
    """
    before, at = _began(cloudformation, step.stack)
    if is_going:
        return at
    cloudformation.delete_stack(StackName=step.stack, **({"RetainResources": step.keep} if step.keep else {}))
    for _ in range(LOOKS):
        newest, at = _began(cloudformation, step.stack)
        if newest != before:
            return at
        time.sleep(deployment.PAUSE)
    raise Refused("AWS has accepted to delete the stack, and does not begin.", "Destroy again in a minute.")


def _began(cloudformation: Any, stack: str) -> tuple[str, datetime]:
    """The event with which the newest deletion of a stack began, and when; no event where it was never deleted."""
    pages = cloudformation.get_paginator("describe_stack_events").paginate(StackName=stack)
    for event in (event for page in pages for event in page["StackEvents"]):
        if event["ResourceStatus"] == "DELETE_IN_PROGRESS" and event["PhysicalResourceId"] == event["StackId"]:
            return event["EventId"], event["Timestamp"]
    return "", datetime.now(UTC)


def _stopped(stack: str, status: str, failed: Mapping[str, Event], again: str) -> Refused:
    """Why a deletion stopped, with what stays and what helps."""
    reasons = {name: event.reason or "AWS gives no reason" for name, event in failed.items()}
    stays = [f"`{name}` stays: {reason.removesuffix('.')}." for name, reason in reasons.items()]
    said = " ".join(reasons.values())
    helps = [*dict.fromkeys(advice for words, advice in ADVICE if words in said)] or ["Mend that, and destroy again."]
    if failed:
        keep = " ".join(f"--keep {name}" for name in failed)
        helps.append(f"Or leave what AWS cannot delete: `{again} {keep}`.")
    return Refused(" ".join([f"The stack `{stack}` is {status}.", *stays]), " ".join(helps))
