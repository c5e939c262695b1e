"""What becomes of each resource when its stack is deleted, by the stack's own template."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any, Literal, NamedTuple

from labspec.cloud.account import plainly
from labspec.cloud.refusal import Refused
from labspec.cloud.standing import STACK, Resource, Standing
from labspec.stateful import default_policy
from labspec.template import TemplateError, read

Fate = Literal["gone", "snapshot", "kept", "unsure", "past"]
POLICIES: dict[str, Fate] = {
    "Delete": "gone",
    "Snapshot": "snapshot",
    "Retain": "kept",
    "RetainExceptOnCreate": "kept",
}
"""What `DeletionPolicy` means once a stack is deleted (`DeletionPolicy attribute`, AWS CloudFormation)."""
DONE: dict[str, Fate] = {"DELETE_COMPLETE": "past", "DELETE_SKIPPED": "kept"}
"""States of a resource that a deletion is through with."""


class Fated(NamedTuple):
    """A resource and what becomes of it.

    `unsure` where its template does not say it plainly, `past` where an earlier attempt has deleted it.
    """

    resource: Resource
    stack: str
    """The id of the stack that it stands in."""
    fate: Fate

    @property
    def name(self) -> str:
        """What it is called: `StorageStack/Shared`."""
        return "/".join((*self.resource.path, self.resource.id))

    @property
    def goes(self) -> bool:
        """Whether it is there and is to be deleted."""
        return self.fate in ("gone", "snapshot")

    @property
    def stays(self) -> bool:
        """Whether it may be there afterwards, and is not to be touched."""
        return self.fate in ("kept", "unsure")


def fates(cloudformation: Any, root: Standing) -> Iterator[Fated]:
    """Every resource that was made, those of nested stacks too. Raises `Refused` where a template cannot be read."""
    yield from _fates(cloudformation, root, kept=False)


def _fates(cloudformation: Any, stack: Standing, *, kept: bool) -> Iterator[Fated]:
    # What could not be made is not the stack's, whatever it is called: a bucket of that name may be there for others.
    there = [each for each in stack.resources if each.physical and each.status != "CREATE_FAILED"]
    if not there and not stack.nested:
        return
    bodies = resources(cloudformation, stack)
    for each in there:
        fate = DONE.get(each.status) or ("kept" if kept else _fate(each.type, bodies.get(each.id)))
        yield Fated(each, stack.id, fate)
    for inner in stack.nested:
        # A stack that is kept is kept with all that it holds.
        yield from _fates(cloudformation, inner, kept=kept or _fate(STACK, bodies.get(inner.name)) == "kept")


def resources(cloudformation: Any, stack: Standing) -> Mapping[str, Any]:
    """The bodies of a stack's own resources, by its template. Raises `Refused` where that cannot be read."""
    with plainly():
        body = cloudformation.get_template(StackName=stack.id, TemplateStage="Processed")["TemplateBody"]
    try:
        return read(body if isinstance(body, str) else json.dumps(body), stack.name).section("Resources")
    except TemplateError as error:
        raise Refused(f"The template of the stack `{stack.name}` cannot be read: {error.message}") from error


def _fate(kind: str, body: Any) -> Fate:
    if not isinstance(body, dict):
        return "unsure"
    policy = body.get("DeletionPolicy", default_policy(kind, body.get("Properties") or {}))
    return POLICIES.get(policy, "unsure") if isinstance(policy, str) else "unsure"
