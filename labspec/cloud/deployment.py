"""A stack, made or changed by a change set that includes its nested stacks."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from typing import Any, NamedTuple

from botocore.exceptions import ClientError

from labspec.cloud import once
from labspec.cloud.account import plainly
from labspec.cloud.refusal import Refused
from labspec.template.capabilities import capabilities as needed

OWNER = "labspec:spec"
"""The tag that says which spec a stack belongs to."""
PAUSE = 2.0
"""Seconds between two looks."""
PREFIX = once.PREFIX
"""What the names of our change sets begin with."""
LOOKS = 30
"""How often to look for a change set that is being deleted, before its stack is left as it is."""
NOTHING = ("The submitted information didn't contain changes", "No updates are to be performed")
UNFIT = {
    "ROLLBACK_COMPLETE": "It was never whole. Destroy it, and deploy again: `labspec destroy {}`.",
    "ROLLBACK_FAILED": "Destroy it, and deploy again: `labspec destroy {}`.",
    "CREATE_FAILED": "Destroy it, and deploy again: `labspec destroy {}`.",
    "DELETE_FAILED": "Destroy it again: `labspec destroy {}`. It says what stays.",
    "UPDATE_ROLLBACK_FAILED": "Mend what stops it, then `aws cloudformation continue-update-rollback --stack-name {}`.",
}
"""States in which a stack takes no change, and the way out of each (`Stack status codes`, AWS CloudFormation)."""
MISSING = "`aws cloudformation list-stacks` lists what there is, and by its id what is deleted; look at `--region`."


class Wanted(NamedTuple):
    """What a stack is to be: its template's address, what fills it in, and the spec that it belongs to."""

    stack: str
    spec: str
    template: str
    given: Mapping[str, str]
    declared: Mapping[str, Any]
    tags: Mapping[str, str]
    role: str | None
    capabilities: Sequence[str]


class ChangeSet(NamedTuple):
    """A change set of a stack that can be carried out."""

    id: str
    stack: str
    """The stack's id: its name alone would not find it once it is deleted."""
    name: str
    """The stack's name."""
    made: bool
    """Whether the stack was made for it: such a one is empty, and in review."""


def capabilities(templates: Iterable[str]) -> list[str]:
    """What has to be acknowledged of templates (`CreateChangeSet Capabilities`): roles, and templates inside others."""
    texts = list(templates)
    return needed(has_roles=any("AWS::IAM::" in text for text in texts), templates=len(texts))


def propose(cloudformation: Any, wanted: Wanted) -> ChangeSet | None:
    """A change set; None where nothing would change. Raises `Refused` where the stack takes none.

    Nothing is left behind of one that cannot be carried out, or that is not waited for.
    """
    with plainly():
        there = described(cloudformation, wanted.stack)
        if there is not None:
            _refuse_unfit(there, wanted)
        change_set, stack = once.create_change_set(cloudformation, **_asked(wanted, there))
    proposed = ChangeSet(change_set, stack, wanted.stack, there is None)
    try:
        with plainly():
            is_ready = _is_ready(cloudformation, proposed.id)
    except BaseException:
        with suppress(Refused):
            withdraw(cloudformation, proposed)
        raise
    if not is_ready:
        withdraw(cloudformation, proposed)
    return proposed if is_ready else None


def withdraw(cloudformation: Any, proposed: ChangeSet) -> None:
    """Take a change set back, and the stack that was made for nothing else."""
    with plainly():
        cloudformation.delete_change_set(ChangeSetName=proposed.id)
        for _ in range(LOOKS if proposed.made else 0):
            left = _change_sets(cloudformation, proposed.name)
            if not left:
                cloudformation.delete_stack(StackName=proposed.stack)
            if proposed.id not in left:
                return
            time.sleep(PAUSE)  # nested ones are deleted first (`Delete a change set`, AWS CloudFormation)


def supersede(cloudformation: Any, proposed: ChangeSet) -> None:
    """Take back what earlier commands proposed, and nobody carried out."""
    with plainly():
        for identity, name in _change_sets(cloudformation, proposed.name).items():
            if name.startswith(PREFIX) and identity != proposed.id:
                cloudformation.delete_change_set(ChangeSetName=identity)


def under_way(cloudformation: Any, wanted: Wanted) -> str | None:
    """The id of a stack that is just being made what it is to be; None where it is not.

    So a command that was stopped, or lost its network, goes on when it is repeated.
    """
    with plainly():
        there = described(cloudformation, wanted.stack)
    return there["StackId"] if there is not None and once.is_under_way(there, wanted.template) else None


def existing(cloudformation: Any, stack: str) -> dict[str, Any]:
    """What AWS says of a stack. Raises `Refused` where there is none."""
    with plainly():
        there = described(cloudformation, stack)
    if there is None:
        raise Refused(f"There is no stack `{stack}`.", MISSING)
    return there


def described(cloudformation: Any, stack: str) -> dict[str, Any] | None:
    """What AWS says of a stack; None where there is none."""
    try:
        (there,) = cloudformation.describe_stacks(StackName=stack)["Stacks"]
    except ClientError as error:
        if "does not exist" in str(error):
            return None
        raise
    return dict(there)


def outputs(there: Mapping[str, Any]) -> dict[str, str]:
    """What a stack puts out, by name."""
    return {each["OutputKey"]: each["OutputValue"] for each in there.get("Outputs", ())}


def _refuse_unfit(there: Mapping[str, Any], wanted: Wanted) -> None:
    status = there["StackStatus"]
    # What failed without a rollback goes on (`Choose how to handle failures when provisioning resources`).
    goes_on = status == "CREATE_FAILED" and there.get("DisableRollback")
    if status in UNFIT and not goes_on:
        raise Refused(
            f"The stack `{wanted.stack}` takes no change: it is {status}.",
            UNFIT[status].format(wanted.stack),
        )
    if status.endswith("_IN_PROGRESS") and status != "REVIEW_IN_PROGRESS":
        raise Refused(f"The stack `{wanted.stack}` is being changed already: it is {status}.", "Wait until it rests.")
    owner = next((tag["Value"] for tag in there.get("Tags", ()) if tag["Key"] == OWNER), wanted.spec)
    if owner != wanted.spec:
        message = f"The stack `{wanted.stack}` belongs to the spec `{owner}`, and this is `{wanted.spec}`."
        raise Refused(message, "Give another `--stack`: what is there would be replaced.")


def _asked(wanted: Wanted, there: Mapping[str, Any] | None) -> dict[str, Any]:
    """The change set that a stack as it stands needs, as AWS is asked for it."""
    is_new = there is None or there["StackStatus"] == "REVIEW_IN_PROGRESS"
    return {
        "StackName": wanted.stack,
        "ChangeSetName": once.name_for(wanted.template),
        "ChangeSetType": "CREATE" if is_new else "UPDATE",
        "TemplateURL": wanted.template,
        "Parameters": list(_parameters(wanted, {} if is_new or there is None else there)),
        "Tags": [{"Key": key, "Value": value} for key, value in {**wanted.tags, OWNER: wanted.spec}.items()],
        "Capabilities": list(wanted.capabilities),
        "IncludeNestedStacks": True,
        **({"RoleARN": wanted.role} if wanted.role else {}),
    }


def _parameters(wanted: Wanted, there: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """What was given, and of the rest what the stack has; a new parameter has its default."""
    known = {parameter["ParameterKey"] for parameter in there.get("Parameters", ())}
    missing = []
    for name, declared in wanted.declared.items():
        if name in wanted.given:
            yield {"ParameterKey": name, "ParameterValue": wanted.given[name]}
        elif name in known:
            yield {"ParameterKey": name, "UsePreviousValue": True}
        elif "Default" not in declared:
            missing.append(name)
    if missing:
        shown = " and ".join(f"`--parameter {name}=VALUE`" for name in missing)
        raise Refused(f"The stack `{wanted.stack}` needs more parameters.", f"Add {shown}.")


def _is_ready(cloudformation: Any, change_set: str) -> bool:
    """Wait for a change set. False where it holds nothing; raises `Refused` where it cannot be carried out."""
    while (said := cloudformation.describe_change_set(ChangeSetName=change_set))["Status"] != "CREATE_COMPLETE":
        if said["Status"] == "FAILED":
            why = said.get("StatusReason", "no reason is given")
            if any(words in why for words in NOTHING):
                return False
            raise Refused(f"AWS refused the change: {why}".removesuffix(".") + ".")
        time.sleep(PAUSE)
    return True


def _change_sets(cloudformation: Any, stack: str) -> dict[str, str]:
    """The names of a stack's change sets, by their ids."""
    pages = cloudformation.get_paginator("list_change_sets").paginate(StackName=stack)
    return {each["ChangeSetId"]: each["ChangeSetName"] for page in pages for each in page["Summaries"]}
