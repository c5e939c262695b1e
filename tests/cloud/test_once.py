"""What is asked for twice is done once, and what breaks off is told with the state that things are in.

That commands go on where they were stopped is tried on an emulated AWS (tests/emulated/test_faults.py).
"""

from __future__ import annotations

from threading import Event
from typing import Any

import pytest
from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    ConnectionClosedError,
    ReadTimeoutError,
    TokenRetrievalError,
    UnauthorizedSSOTokenError,
)
from botocore.parsers import ResponseParserError

from labspec.cloud import once, parallel
from labspec.cloud.account import plainly
from labspec.cloud.refusal import Refused

SET = "arn:aws:cloudformation:us-east-1:111122223333:changeSet/labspec-0-1/uuid"
ROOT = "https://lab.s3.us-east-1.amazonaws.com/labspec/0123/root.yaml"


def error(code: str, status: int = 400, attempts: int = 0, operation: str = "Any") -> ClientError:
    how: Any = {"HTTPStatusCode": status, "RetryAttempts": attempts}
    return ClientError({"Error": {"Code": code, "Message": f"{code}."}, "ResponseMetadata": how}, operation)


class Aws:
    """CloudFormation that answers what it is asked for with an error, and what is asked about it."""

    def __init__(self, answer: Exception, there: dict[str, str] | None) -> None:
        self.answer, self.there = answer, there
        self.asked: list[dict[str, str]] = []

    def create_change_set(self, **asked: str) -> None:
        self.asked.append(asked)
        raise self.answer

    execute_change_set = create_change_set

    def describe_change_set(self, **asked: str) -> dict[str, str]:
        if self.there is None:
            raise error("ChangeSetNotFound", 404)
        return self.there


def test_a_change_set_that_is_there_already_is_ours() -> None:
    there = {"ChangeSetId": SET, "StackId": "arn:stack"}
    aws = Aws(error("AlreadyExistsException"), there)
    assert once.create_change_set(aws, ChangeSetName="labspec-0-1", StackName="lab") == (SET, "arn:stack")
    assert aws.asked == [{"ChangeSetName": "labspec-0-1", "StackName": "lab", "ClientToken": "labspec-0-1"}]
    for answer in (error("AlreadyExistsException"), error("LimitExceededException")):
        with pytest.raises(ClientError) as caught:
            once.create_change_set(Aws(answer, None), ChangeSetName="labspec-0-1", StackName="lab")
        assert caught.value is answer


@pytest.mark.parametrize("code", ["InvalidChangeSetStatus", "TokenAlreadyExistsException"])
@pytest.mark.parametrize("status", ["EXECUTE_IN_PROGRESS", "EXECUTE_COMPLETE", "EXECUTE_FAILED"])
def test_a_change_that_is_begun_already_is_begun(code: str, status: str) -> None:
    aws = Aws(error(code), {"ExecutionStatus": status})
    once.execute(aws, SET, DisableRollback=True)
    assert aws.asked == [{"ChangeSetName": SET, "ClientRequestToken": "labspec-0-1", "DisableRollback": True}]


@pytest.mark.parametrize(
    ("answer", "known"),
    [
        (error("InvalidChangeSetStatus"), True),
        (error("AccessDenied", 403), True),
        (error("ExpiredToken", 403, attempts=1), False),
        (error("InternalFailure", 500), False),
        (ConnectionClosedError(endpoint_url="https://x"), False),
    ],
)
def test_whether_a_change_has_begun_is_said_as_far_as_it_is_known(answer: Exception, known: bool) -> None:
    with pytest.raises(Refused) as caught:
        once.execute(Aws(answer, {"ExecutionStatus": "OBSOLETE"}), SET)
    assert ("Whether the change has begun is not known." in caught.value.message) is not known
    assert ("The same command looks, and goes on." in caught.value.help) is not known


@pytest.mark.parametrize(
    ("status", "template", "follows"),
    [
        ("CREATE_IN_PROGRESS", ROOT, True),
        ("UPDATE_COMPLETE_CLEANUP_IN_PROGRESS", ROOT, True),
        ("UPDATE_ROLLBACK_IN_PROGRESS", ROOT, True),
        ("CREATE_IN_PROGRESS", ROOT.replace("0123", "4567"), False),
        ("CREATE_COMPLETE", ROOT, False),
        ("REVIEW_IN_PROGRESS", ROOT, False),
        ("DELETE_IN_PROGRESS", ROOT, False),
    ],
)
def test_only_the_same_change_is_followed(status: str, template: str, follows: bool) -> None:
    there = {"StackStatus": status, "ChangeSetId": f"arn:changeSet/{once.name_for(ROOT)}/uuid"}
    assert once.is_under_way(there, template) is follows
    assert not once.is_under_way({"StackStatus": status}, template)


@pytest.mark.parametrize(
    ("raised", "said", "help_"),
    [
        (error("400", operation="HeadObject"), "S3 does not say why", "Log in again"),
        (error("503", 503, operation="HeadObject"), "AWS fails at HeadObject: 503.", "Try again in a minute"),
        (error("ExpiredToken"), "The credentials have expired.", "Log in again"),
        (
            TokenRetrievalError(provider="sso", error_msg="it ended"),
            "The credentials cannot be renewed",
            "Log in again",
        ),
        (UnauthorizedSSOTokenError(), "The credentials cannot be renewed", "Log in again"),
        (ReadTimeoutError(endpoint_url="https://x"), "The connection to AWS breaks off", "Look at the network"),
        (ResponseParserError("no XML"), "What answers is not AWS", "Look at the network"),
        (BotoCoreError(), "AWS cannot be asked", ""),
    ],
)
def test_what_breaks_off_is_told_with_what_to_do(raised: Exception, said: str, help_: str) -> None:
    with pytest.raises(Refused) as caught, plainly():
        raise raised
    assert caught.value.message.startswith(said)
    assert not caught.value.message.endswith("..")
    assert caught.value.help.startswith(help_)


def test_who_stops_work_stops_what_has_not_begun_and_waits_for_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parallel, "AT_ONCE", 2)
    begun, ended, silence = [], [], Event()

    def work(number: int) -> int:
        begun.append(number)
        if number == 1:
            raise KeyboardInterrupt
        silence.wait(20)
        ended.append(number)
        return number

    with pytest.raises(KeyboardInterrupt):
        list(parallel.at_once(work, range(9)))
    assert set(begun) <= {0, 1}
    assert ended == []
    silence.set()
    assert sorted(parallel.at_once(str, range(9))) == list("012345678")
