"""What an edit of a value does to its resource: by our own tables, and else by the schema of its type."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from labspec import schema
from labspec.diagnostic import Path
from labspec.diff.canonical import same
from labspec.diff.comparing import Distinction
from labspec.diff.decided import DECIDED, IMAGE, Judged, Situation
from labspec.diff.defaults import is_default, is_same_to_aws
from labspec.diff.difference import ABSENT, Edit
from labspec.diff.interruptions import interruption

CUSTOM = ("Custom::", "AWS::CloudFormation::CustomResource")
UNTOLD = "AWS replaces it in some cases, and its schema does not tell which."
ASSUMED = (
    "The value is what AWS assumes anyway, but to add or remove a property that requires a replacement replaces it all"
    " the same."
)
ALIKE = "To the service both values are the same; CloudFormation may compare what is written."
CUSTOM_DECIDES = "The function behind it decides whether it is replaced."
UNKNOWN_TYPE = "There is no schema of its type: whether it is replaced is not known."


def judged(situation: Situation, found: Distinction, region: str) -> Edit | None:
    """An edit that was written, with what it does; None where it does nothing at all."""
    verdict = effect(situation, found.path, found.before, found.after, region)
    note, sure = verdict.note, verdict.sure and found.sure
    if found.path[0] == "Properties":
        kind, place = situation.type, found.path[1:]
        is_assumed = any(
            one is ABSENT and is_default(kind, place, other, region)
            for one, other in ((found.before, found.after), (found.after, found.before))
        )
        is_alike = is_same_to_aws(kind, place, found.before, found.after, region)
        if (is_assumed or is_alike) and verdict.effect != "replace":
            return None
        note = ASSUMED if is_assumed else ALIKE if is_alike else note
        sure = sure and not is_alike
    return Edit(found.path, found.before, found.after, verdict.effect, sure, found.when, (), note)


def effect(situation: Situation, path: Path, before: Any, after: Any, region: str) -> Judged:
    """What it does that the value at a path in the body of a resource becomes another one."""
    kind = situation.type
    if path[0] != "Properties":
        return Judged("update")
    if len(path) < 2:
        return Judged("replace", False, UNTOLD)
    decide = DECIDED.get(kind, {}).get(str(path[1]))
    decided = decide(situation, path[1:], before, after) if decide else None
    return decided or interruption(kind, path[1:]) or _by_schema(situation, path[1:], before, after, region)


def _by_schema(situation: Situation, place: Path, before: Any, after: Any, region: str) -> Judged:
    kind = situation.type
    if kind.startswith(CUSTOM):
        if place[0] in ("ServiceToken", "ServiceTimeout"):
            return Judged("update")  # who is asked, and for how long: not what for
        if kind == IMAGE and situation.is_ours:
            return Judged("replace" if place[0] == "InstanceId" else "update")
        return Judged("replace", False, CUSTOM_DECIDES)
    updates = schema.updates(kind, region)
    if updates is None:
        return Judged("replace", False, UNKNOWN_TYPE)
    if touches(updates.create_only, place, before, after):
        return Judged("replace")
    if touches(updates.conditional, place, before, after):
        return Judged("replace", False, UNTOLD)
    return Judged("update")


def touches(pointers: Iterable[tuple[str, ...]], place: Path, before: Any, after: Any) -> bool:
    """Whether an edit at a place changes something that a pointer leads to: the place is inside it, or around it."""
    steps = tuple("*" if isinstance(step, int) else step for step in place)
    return any(_touches(_plain(pointer), _plain(steps), before, after) for pointer in pointers)


def _plain(steps: tuple[str, ...]) -> tuple[str, ...]:
    """Steps without those into lists: schemas do not always say them."""
    return tuple(step for step in steps if step != "*")


def _touches(pointer: tuple[str, ...], steps: tuple[str, ...], before: Any, after: Any) -> bool:
    both = min(len(pointer), len(steps))
    if pointer[:both] != steps[:both]:
        return False
    rest = pointer[both:]
    return not rest or not same(_inside(before, rest), _inside(after, rest))


def _inside(value: Any, steps: tuple[str, ...]) -> Any:
    """What stands at the end of some steps, of every item of the lists on the way."""
    if isinstance(value, list):
        return [_inside(item, steps) for item in value]
    if not steps or value is ABSENT:
        return value
    return _inside(value[steps[0]], steps[1:]) if isinstance(value, Mapping) and steps[0] in value else ABSENT
