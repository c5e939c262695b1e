"""Requests that are carried out once, however often a bad network has them sent.

Where no answer comes boto3 sends a request again, and cannot know whether the first was carried out. CloudFormation
knows one that comes again by its token (`CreateChangeSet` and `ExecuteChangeSet`, AWS CloudFormation API Reference),
which boto3 does not fill in by itself; and where it says that what is asked for is done, that is looked up.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Mapping
from typing import Any

from botocore.exceptions import ClientError

from labspec.cloud.account import code_of, plainly
from labspec.cloud.refusal import Refused

PREFIX = "labspec-"
"""What the names of our change sets begin with."""
BEGUN = ("EXECUTE_IN_PROGRESS", "EXECUTE_COMPLETE", "EXECUTE_FAILED")
"""`ExecutionStatus` of a change set that somebody carries out."""
REPEATED = ("InvalidChangeSetStatus", "InvalidChangeSetStatusException", "TokenAlreadyExistsException")


def name_for(template: str) -> str:
    """A new name for a change set, which says the template that it leads to, by the digest of its address."""
    return f"{_leading_to(template)}{time.time_ns()}"


def is_under_way(there: Mapping[str, Any], template: str) -> bool:
    """Whether a stack, as AWS describes it, is being changed by a change set that leads to a template.

    The address of what is published says what it holds. Parameters are not compared, since nobody may see those that
    are secret: once the stack rests, AWS says whether there is something left to change.
    """
    status = there["StackStatus"]
    goes_on = status.endswith("_IN_PROGRESS") and not status.startswith(("REVIEW_", "DELETE_"))
    return goes_on and f"/{_leading_to(template)}" in there.get("ChangeSetId", "")


def create_change_set(cloudformation: Any, **asked: Any) -> tuple[str, str]:
    """Make a change set, whose name has to be new: its id, and that of its stack."""
    name, stack = asked["ChangeSetName"], asked["StackName"]
    try:
        made = cloudformation.create_change_set(**asked, ClientToken=name)
        return made["Id"], made["StackId"]
    except ClientError as error:
        if code_of(error) != "AlreadyExistsException":
            raise
        try:
            made = cloudformation.describe_change_set(ChangeSetName=name, StackName=stack)
        except ClientError:
            raise error from None  # it is the stack that is there already
        return made["ChangeSetId"], made["StackId"]


def execute(cloudformation: Any, change_set: str, **asked: Any) -> None:
    """Carry out a change set, given by its id. Raises `Refused`, which says so where it may have been begun."""
    try:
        with plainly():
            _execute(cloudformation, change_set, asked)
    except Refused as refused:
        if _is_told(refused.__cause__):
            raise
        message = f"{refused.message} Whether the change has begun is not known."
        raise Refused(message, f"{refused.help} The same command looks, and goes on.".strip()) from refused


def _execute(cloudformation: Any, change_set: str, asked: Mapping[str, Any]) -> None:
    token = change_set.split("/")[-2]
    try:
        cloudformation.execute_change_set(ChangeSetName=change_set, ClientRequestToken=token, **asked)
    except ClientError as error:
        if code_of(error) not in REPEATED:
            raise
        if cloudformation.describe_change_set(ChangeSetName=change_set)["ExecutionStatus"] not in BEGUN:
            raise


def _is_told(error: BaseException | None) -> bool:
    """Whether AWS itself says that a request was not carried out: it was sent once, and is the user's to mend."""
    if not isinstance(error, ClientError):
        return False
    how = error.response.get("ResponseMetadata", {})
    return not how.get("RetryAttempts") and how.get("HTTPStatusCode", 400) < 500


def _leading_to(template: str) -> str:
    return f"{PREFIX}{hashlib.sha256(template.encode()).hexdigest()[:16]}-"
