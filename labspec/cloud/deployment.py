"""A stack, made or changed by a change set that includes its nested stacks."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from botocore.exceptions import ClientError

from labspec.cloud import once
from labspec.cloud.account import answered, plainly
from labspec.cloud.change_sets import ChangeSet, is_ready, taken_back, withdraw
from labspec.cloud.refusal import WHOSE, Refused
from labspec.template.capabilities import capabilities as needed

REVIEW = "REVIEW_IN_PROGRESS"
"""The state of a stack that was only proposed."""
OWNER = "labspec:spec"
"""The tag that says which spec a stack belongs to."""
FAILED = ("CREATE_FAILED", "UPDATE_FAILED")
"""States in which a stack is that failed, and was not rolled back."""
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
    """Of its tags those that are given a value; what else it has, it keeps."""
    role: str | None
    capabilities: Sequence[str]
    untag: Collection[str] = ()
    """The keys of tags that it is to lose."""
    anybodys: bool = False
    """Whether a stack may be taken over that labspec did not deploy, or deployed of another spec."""


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
    status = there["StackStatus"] if there is not None else REVIEW
    proposed = ChangeSet(change_set, stack, wanted.stack, status == REVIEW, status in FAILED)
    with taken_back(cloudformation, proposed), plainly():
        ready = is_ready(cloudformation, proposed.id)
    if not ready:
        withdraw(cloudformation, proposed)
    return proposed if ready else None


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
    """What AWS says of a stack; None where there is none.

    It is looked whether the answer is about that very stack: asked for a name that is empty, AWS tells of every stack.
    """
    try:
        found = cloudformation.describe_stacks(StackName=stack)["Stacks"]
    except ClientError as error:
        if "does not exist" in str(error):
            return None
        raise
    return next((dict(each) for each in found if stack in (each["StackName"], each["StackId"])), None)


def is_nested(cloudformation: Any, stack: str) -> bool | None:
    """Whether a stack has nested ones; None of one that holds nothing, or that these credentials may not list."""
    pages = cloudformation.get_paginator("list_stack_resources").paginate(StackName=stack)
    held: list[Any] = answered(lambda: [each for page in pages for each in page["StackResourceSummaries"]], [])
    there = [each["ResourceType"] for each in held if each["ResourceStatus"] != "DELETE_COMPLETE"]
    return "AWS::CloudFormation::Stack" in there if there else None


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
            UNFIT[status].format(f"{wanted.stack}{WHOSE}"),
        )
    if status.endswith("_IN_PROGRESS") and status != REVIEW:
        help_ = f"Wait until it rests: `labspec events {wanted.stack} --follow{WHOSE}`."
        raise Refused(f"The stack `{wanted.stack}` is being changed already: it is {status}.", help_)
    if root := there.get("RootId") or there.get("ParentId"):
        name = root.split("/")[1]
        raise Refused(f"The stack `{wanted.stack}` is part of `{name}`.", f"Deploy to that: `--stack {name}`.")
    if status != REVIEW and not wanted.anybodys:
        _refuse_foreign(there, wanted)


def _refuse_foreign(there: Mapping[str, Any], wanted: Wanted) -> None:
    owner = next((tag["Value"] for tag in there.get("Tags", ()) if tag["Key"] == OWNER), "")
    if not owner:
        help_ = "Give another `--stack`: what is there would be replaced. If it is to become this spec's, add `--any`."
        raise Refused(f"labspec did not deploy the stack `{wanted.stack}`.", help_)
    if owner != wanted.spec:
        message = f"The stack `{wanted.stack}` belongs to the spec `{owner}`, and this is `{wanted.spec}`."
        renamed = f"If the spec was renamed, write `name: {owner}` again, or add `--any`."
        raise Refused(message, f"Give another `--stack`: what is there would be replaced. {renamed}")


def _asked(wanted: Wanted, there: Mapping[str, Any] | None) -> dict[str, Any]:
    """The change set that a stack as it stands needs, as AWS is asked for it."""
    is_new = there is None or there["StackStatus"] == REVIEW
    return {
        "StackName": wanted.stack,
        "ChangeSetName": once.name_for(wanted.template),
        "ChangeSetType": "CREATE" if is_new else "UPDATE",
        "TemplateURL": wanted.template,
        "Parameters": list(_parameters(wanted, {} if is_new or there is None else there)),
        "Tags": [{"Key": key, "Value": value} for key, value in _tags(wanted, {} if there is None else there).items()],
        "Capabilities": list(wanted.capabilities),
        "IncludeNestedStacks": True,
        **({"RoleARN": wanted.role} if wanted.role else {}),
    }


def _tags(wanted: Wanted, there: Mapping[str, Any]) -> dict[str, str]:
    """What was given, and of the rest what the stack has: AWS would take off what it is not told again."""
    kept = {tag["Key"]: tag["Value"] for tag in there.get("Tags", ()) if not tag["Key"].startswith("aws:")}
    kept = {key: value for key, value in kept.items() if key not in wanted.untag}
    return {**kept, **wanted.tags, OWNER: wanted.spec}


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
