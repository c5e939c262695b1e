"""What CloudFormation finds wrong before it makes anything, resource by resource.

It says so neither in a change set nor in a stack's events, but where it is asked for it by name (`Validate stack
deployments`, AWS CloudFormation; `DescribeEvents`, AWS CloudFormation API Reference).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any, NamedTuple

from labspec.cloud.account import plainly
from labspec.cloud.refusal import Refused

ELSEWHERE = re.compile("DescribeEvents")
"""What AWS's reasons say where the reason itself is to be asked for."""
NESTED = re.compile(r"arn:[\w-]+:cloudformation:[^\s,]+:changeSet/[^\s,]+?(?=[\s,.]|$)")
"""The nested change set that a reason speaks of."""
DEEPEST = 10
"""Stacks nested deeper than this are not followed."""


class Objection(NamedTuple):
    """What is wrong with a resource."""

    id: str
    type: str
    physical: str
    """What it is, or would be, called; empty where that is not known."""
    reason: str
    property: str
    """The property that it is about; empty where it is the whole resource."""


class Rejected(Refused):
    """A change that AWS does not take."""

    def __init__(self, why: str, found: Sequence[Objection]) -> None:
        super().__init__(f"AWS refused the change: {why}".removesuffix(".") + ".")
        self.objections = found


def objections(cloudformation: Any, **of: str) -> list[Objection]:
    """What is wrong by the last operation on a stack (`StackName`), or with a change set (`ChangeSetName`), by its id.

    Nothing where that is not answered, as to credentials that may not ask for it.
    """
    told = _answer(partial(_told, cloudformation, of)) or []
    newest = max(told, key=lambda said: str(said.get("Timestamp", "")), default=None)
    same = [_objection(said) for said in told if newest and said.get("OperationId") == newest.get("OperationId")]
    return [each for each in dict.fromkeys(same) if each.id and each.reason]


def follow(cloudformation: Any, change_set: str, why: str) -> tuple[str, str]:
    """The change set that failed by itself, and its reason: what nests it says only that it did."""
    for _ in range(DEEPEST):
        nested = NESTED.search(why)
        if nested is None:
            break
        said = _answer(partial(cloudformation.describe_change_set, ChangeSetName=nested[0]))
        if not said or not said.get("StatusReason"):
            break
        change_set, why = nested[0], said["StatusReason"]
    return change_set, why


def _answer(question: Callable[[], Any]) -> Any:
    """What a question answers; None where it is not answered: what is known already is not to be lost for it."""
    try:
        with plainly():
            return question()
    except Refused:
        return None


def _told(cloudformation: Any, of: Mapping[str, str]) -> list[Mapping[str, Any]]:
    pages = cloudformation.get_paginator("describe_events").paginate(**of, Filters={"FailedEvents": True})
    return [said for page in pages for said in page["OperationEvents"] if _objects(said)]


def _objects(said: Mapping[str, Any]) -> bool:
    """Whether an event says what is wrong, and not only what is to be thought of."""
    kind = said.get("EventType")
    if kind == "VALIDATION_ERROR":
        return bool(said.get("ValidationFailureMode", "FAIL") == "FAIL")
    return kind == "HOOK_INVOCATION_ERROR" and bool(said.get("HookFailureMode", "FAIL") == "FAIL")


def _objection(said: Mapping[str, Any]) -> Objection:
    reason = said.get("ValidationStatusReason") or said.get("HookStatusReason") or said.get("ResourceStatusReason", "")
    _, inside, path = said.get("ValidationPath", "").partition("/Properties/")
    what = (said.get("LogicalResourceId", ""), said.get("ResourceType", ""), said.get("PhysicalResourceId", ""))
    return Objection(*what, " ".join(reason.split()), path.split("/")[0] if inside else "")
