import re
from collections.abc import Callable
from typing import Any

import pytest

from tests.lambdas.account import (
    FIRST,
    FIRST_SNAPSHOT,
    FUNCTION_NAME,
    ONE,
    OTHER,
    SECOND,
    SECOND_SNAPSHOT,
    STACK_ID,
    Account,
    event,
    refusal,
    tags,
    update,
)

Json = dict[str, Any]


def test_create_makes_the_image_and_answers_its_id_once_it_is_available(account: Account) -> None:
    assert account.send(event("Create", Tags=tags(Name="web"))) == {
        "Status": "SUCCESS",
        "PhysicalResourceId": FIRST,
        "Data": {"ImageId": FIRST},
        "StackId": STACK_ID,
        "RequestId": f"Create-{ONE}-",
        "LogicalResourceId": "WebImage",
    }
    (made,) = [request for operation, request in account.ec2.calls if operation == "CreateImage"]
    assert made["InstanceId"] == ONE
    assert made["Name"] == f"lab-compute-WebImage-0a1b2c3d4e5f-{ONE}"
    assert made["NoReboot"] is False
    marks = {"labspec:image": made["Name"], "labspec:image-maker": FUNCTION_NAME, "labspec:in-use": "true"}
    assert account.ec2.tags_of(FIRST) == {"Name": "web", **marks}
    assert account.ec2.tags_of(FIRST_SNAPSHOT) == {"Name": "web", **marks}


def test_create_copies_the_disks_of_a_running_machine_only_when_told(account: Account) -> None:
    account.send(event("Create", Reboot="false"))
    (made,) = [request for operation, request in account.ec2.calls if operation == "CreateImage"]
    assert made["NoReboot"] is True


def test_an_event_that_comes_twice_makes_one_image(account: Account) -> None:
    assert account.send(event("Create")) == account.send(event("Create"))
    assert account.ec2.operations().count("CreateImage") == 1


def test_a_duplicate_that_does_not_see_the_image_yet_waits_for_it(account: Account) -> None:
    account.ec2.seconds_to_seen = 40
    name = account.module["image_name"](event("Create"))
    untagged: list[Json] = [{"ResourceType": kind, "Tags": []} for kind in ("image", "snapshot")]
    account.ec2.on_create_image({"Name": name, "TagSpecifications": untagged})
    assert account.send(event("Create"))["PhysicalResourceId"] == FIRST
    assert account.ec2.operations().count("CreateImage") > 1
    assert set(account.ec2.images) == {FIRST}


def test_an_image_that_ec2_does_not_list_at_once_is_awaited(account: Account) -> None:
    account.ec2.seconds_to_seen = 90
    assert account.send(event("Create"))["PhysicalResourceId"] == FIRST
    assert account.ec2.operations().count("CreateImage") == 1


def test_update_of_the_same_instance_keeps_the_image_and_changes_its_tags(account: Account) -> None:
    before = {"InstanceId": ONE, "Tags": tags(Name="web", Course="lab")}
    after = {"InstanceId": ONE, "Tags": tags(Name="site")}
    account.send({**event("Create"), "ResourceProperties": before})
    assert account.send(update(before, after, FIRST))["PhysicalResourceId"] == FIRST
    assert account.ec2.operations().count("CreateImage") == 1
    for resource in (FIRST, FIRST_SNAPSHOT):
        shown = account.ec2.tags_of(resource)
        assert shown["Name"] == "site"
        assert "Course" not in shown


def test_update_that_changes_nothing_writes_nothing(account: Account) -> None:
    account.send(event("Create"))
    account.ec2.calls.clear()
    account.send(update({"InstanceId": ONE}, {"InstanceId": ONE}, FIRST))
    assert set(account.ec2.operations()) == {"DescribeImages"}


def test_update_to_another_instance_makes_another_image_and_leaves_the_old_one(account: Account) -> None:
    account.send(event("Create"))
    assert account.send(update({"InstanceId": ONE}, {"InstanceId": OTHER}, FIRST))["PhysicalResourceId"] == SECOND
    assert set(account.ec2.images) == {FIRST, SECOND}
    account.send(event("Delete", ONE, FIRST))
    assert set(account.ec2.images) == {SECOND}
    assert set(account.ec2.snapshots) == {SECOND_SNAPSHOT}


def test_rollback_of_an_update_finds_the_old_image(account: Account) -> None:
    account.send(event("Create"))
    account.send(update({"InstanceId": ONE}, {"InstanceId": OTHER}, FIRST))
    back = account.send(update({"InstanceId": OTHER}, {"InstanceId": ONE}, SECOND))
    assert (back["Status"], back["PhysicalResourceId"]) == ("SUCCESS", FIRST)
    account.send(event("Delete", OTHER, SECOND))
    assert set(account.ec2.images) == {FIRST}


def test_rollback_of_an_update_that_was_cancelled_removes_its_image(account: Account) -> None:
    """CloudFormation stopped waiting, so it never took the second image's id and sends no Delete for it."""
    account.send(event("Create"))
    account.send(update({"InstanceId": ONE}, {"InstanceId": OTHER}, FIRST))
    account.send(update({"InstanceId": OTHER}, {"InstanceId": ONE}, FIRST))
    assert set(account.ec2.images) == {FIRST}
    assert set(account.ec2.snapshots) == {FIRST_SNAPSHOT}


def test_update_that_fails_keeps_the_old_id_and_removes_what_it_began(account: Account) -> None:
    account.send(event("Create"))
    account.ec2.errors["CreateTags"] = [refusal("UnauthorizedOperation", "You are not authorized")]
    failed = account.send(update({"InstanceId": ONE}, {"InstanceId": OTHER}, FIRST))
    assert (failed["Status"], failed["PhysicalResourceId"]) == ("FAILED", FIRST)
    assert "You are not authorized" in failed["Reason"]
    assert set(account.ec2.images) == {FIRST}


def test_rollback_that_fails_does_not_remove_the_image_it_goes_back_to(account: Account) -> None:
    account.send(event("Create"))
    account.send(update({"InstanceId": ONE}, {"InstanceId": OTHER}, FIRST))
    account.ec2.errors["CreateTags"] = [refusal("RequestLimitExceeded")]
    back = update({"InstanceId": OTHER}, {"InstanceId": ONE, "Tags": tags(Name="web")}, SECOND)
    assert account.send(back)["Status"] == "FAILED"
    assert set(account.ec2.images) == {FIRST, SECOND}


def test_an_image_that_takes_longer_than_an_invocation_is_awaited_by_the_next(account: Account) -> None:
    account.ec2.seconds_to_done = 2_000
    assert account.send(event("Create"))["PhysicalResourceId"] == FIRST
    assert account.invocations == 3
    assert account.ec2.operations().count("CreateImage") == 1


@pytest.mark.parametrize(("timeout", "longest"), [(None, 3_600), ("600", 600)])
def test_an_image_that_takes_too_long_fails_before_cloudformation_gives_up(
    account: Account, timeout: str | None, longest: int
) -> None:
    account.ec2.seconds_to_done = 10_000
    began = account.clock.now
    answer = account.send(event("Create", **({"ServiceTimeout": timeout} if timeout else {})))
    assert account.clock.now - began < longest
    assert (answer["Status"], answer["PhysicalResourceId"]) == ("FAILED", "no-image")
    assert f"Gave up waiting for lab-compute-WebImage-0a1b2c3d4e5f-{ONE}: {FIRST} is pending" in answer["Reason"]
    assert not account.ec2.images
    assert not account.ec2.snapshots


def test_invocations_that_are_too_short_come_to_an_end(account: Account) -> None:
    account.seconds = 60
    assert account.send(event("Create"))["Status"] == "FAILED"
    assert account.invocations == 8


def test_failing_to_go_on_is_answered(account: Account) -> None:
    account.ec2.seconds_to_done = 2_000
    account.functions.errors = [refusal("TooManyRequestsException", "Rate exceeded")]
    answer = account.send(event("Create"))
    assert answer["Status"] == "FAILED"
    assert "Rate exceeded" in answer["Reason"]


def test_an_image_that_ec2_fails_to_make_is_removed_and_the_reason_told(account: Account) -> None:
    account.ec2.done = "failed"
    answer = account.send(event("Create"))
    assert answer["Status"] == "FAILED"
    assert answer["Reason"].startswith(f"{FIRST} is failed: Client.InternalError (log stream 2026/11/23/")
    assert not account.ec2.images
    account.ec2.done = "available"
    assert account.send(event("Create"))["PhysicalResourceId"] == SECOND


def test_an_image_that_is_removed_while_it_is_made_is_not_made_again(account: Account) -> None:
    account.ec2.seconds_to_done = 2_000
    account.invoke({**event("Create"), "ResponseURL": account.answers.url})
    account.ec2.images.clear()
    account.invoke(account.functions.queue.pop())
    (answer,) = account.answers.taken
    assert answer["Status"] == "FAILED"
    assert "was removed while it was being made" in answer["Reason"]
    assert not account.ec2.images


@pytest.mark.parametrize(
    "broken",
    [
        pytest.param(refusal("IncorrectState", "The instance is not in state 'running' or 'stopped'"), id="refused"),
        pytest.param(RuntimeError("the network is down"), id="raised"),
    ],
)
def test_whatever_goes_wrong_is_answered_with_its_reason(account: Account, broken: Exception) -> None:
    account.ec2.errors["CreateImage"] = [broken]
    answer = account.send(event("Create"))
    assert (answer["Status"], answer["PhysicalResourceId"]) == ("FAILED", "no-image")
    assert str(broken) in answer["Reason"]


def test_a_missing_instance_is_answered(account: Account) -> None:
    nameless = event("Create")
    del nameless["ResourceProperties"]["InstanceId"]
    assert "InstanceId" in account.send(nameless)["Reason"]


def test_a_long_reason_is_cut_to_what_cloudformation_reads(account: Account) -> None:
    account.ec2.errors["CreateImage"] = [RuntimeError("one\n  two " + "\u00e9" * 5_000)]
    answer = account.send({**event("Create"), "StackId": STACK_ID.replace("lab-compute", "s" * 128)})
    assert answer["Reason"].startswith("RuntimeError: one two ?")
    (size,) = account.answers.sizes
    assert size <= 4_096


def test_an_answer_that_is_not_taken_is_sent_again(account: Account) -> None:
    account.answers.refusals = [500, 503]
    account.ec2.seconds_to_done = 0
    began = account.clock.now
    assert account.send(event("Create"))["Status"] == "SUCCESS"
    assert account.answers.content_types == [""]
    waited = account.clock.now - began - account.module["POLL_SECONDS"]
    assert waited == 1 + 2


def test_an_answer_that_is_never_taken_is_left_to_lambdas_retry(account: Account) -> None:
    account.answers.refusals = [500] * 5
    with pytest.raises(OSError, match="500"):
        account.send(event("Create"))
    assert account.send(event("Create"))["PhysicalResourceId"] == FIRST
    assert account.ec2.operations().count("CreateImage") == 1


def test_names_tell_stacks_resources_and_instances_apart_within_128_characters(account: Account) -> None:
    name: Callable[[Json], str] = account.module["image_name"]
    long = {**event("Create"), "StackId": STACK_ID.replace("lab-compute", "s" * 128)}
    events = [
        event("Create"),
        event("Create", OTHER),
        {**event("Create"), "LogicalResourceId": "OtherImage"},
        {**event("Create"), "StackId": STACK_ID.replace("4e5f", "4e60")},
        long,
        {**long, "LogicalResourceId": "OtherImage"},
        {**event("Create"), "LogicalResourceId": "Image" * 51},
    ]
    names = [name(each) for each in events]
    assert len(set(names)) == len(names)
    assert all(re.fullmatch(r"[A-Za-z0-9-]{3,128}", each) for each in names)
