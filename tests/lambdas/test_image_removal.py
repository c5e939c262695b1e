import pytest

from tests.lambdas.account import (
    FIRST,
    FIRST_SNAPSHOT,
    INVENTED,
    ONE,
    SECOND,
    SECOND_SNAPSHOT,
    Account,
    event,
    refusal,
    update,
)


def test_delete_deregisters_the_image_and_deletes_its_snapshots(account: Account) -> None:
    account.send(event("Create"))
    answer = account.send(event("Delete", ONE, FIRST))
    assert (answer["Status"], answer["PhysicalResourceId"]) == ("SUCCESS", FIRST)
    assert not account.ec2.images
    assert not account.ec2.snapshots


@pytest.mark.parametrize("physical_id", ["no-image", INVENTED, FIRST])
def test_delete_of_what_is_not_there_succeeds(account: Account, physical_id: str) -> None:
    assert account.send(event("Delete", ONE, physical_id))["Status"] == "SUCCESS"
    assert set(account.ec2.operations()) == {"DescribeImages", "DescribeSnapshots"}


def test_delete_succeeds_when_the_instance_was_never_known(account: Account) -> None:
    nameless = event("Delete", ONE, "no-image")
    del nameless["ResourceProperties"]["InstanceId"]
    assert account.send(nameless)["Status"] == "SUCCESS"


def test_delete_of_an_image_that_somebody_deregistered_removes_its_snapshots(account: Account) -> None:
    account.send(event("Create"))
    del account.ec2.images[FIRST]
    account.send(event("Delete", ONE, FIRST))
    assert not account.ec2.snapshots


def test_delete_of_an_image_that_was_made_anew_spares_the_new_one(account: Account) -> None:
    account.send(event("Create"))
    del account.ec2.images[FIRST], account.ec2.snapshots[FIRST_SNAPSHOT]
    assert account.send(update({"InstanceId": ONE}, {"InstanceId": ONE}, FIRST))["PhysicalResourceId"] == SECOND
    account.send(event("Delete", ONE, FIRST))
    assert set(account.ec2.images) == {SECOND}
    assert set(account.ec2.snapshots) == {SECOND_SNAPSHOT}
    assert "DeleteSnapshot" not in account.ec2.operations()


def test_delete_counts_an_image_still_listed_after_its_end_as_gone(account: Account) -> None:
    account.send(event("Create"))
    account.ec2.images[FIRST]["State"] = "deregistered"
    assert account.send(event("Delete", ONE, FIRST))["Status"] == "SUCCESS"
    assert "DeregisterImage" not in account.ec2.operations()


@pytest.mark.parametrize("physical_id", ["no-image", INVENTED])
def test_delete_after_a_create_that_failed_removes_what_it_left(account: Account, physical_id: str) -> None:
    account.ec2.done = "failed"
    account.ec2.errors["DeregisterImage"] = [refusal("InternalError")]
    assert account.send(event("Create"))["PhysicalResourceId"] == "no-image"
    assert set(account.ec2.images) == {FIRST}
    account.send(event("Delete", ONE, physical_id))
    assert not account.ec2.images
    assert not account.ec2.snapshots


def test_delete_of_a_create_that_failed_spares_the_image_of_the_create_that_followed(account: Account) -> None:
    account.send(event("Create"))
    account.send(event("Delete", ONE, "no-image"))
    assert set(account.ec2.images) == {FIRST}


def test_delete_of_a_create_that_was_not_waited_for_removes_its_finished_image(account: Account) -> None:
    account.send(event("Create"))
    account.send(event("Delete", ONE, INVENTED))
    assert not account.ec2.images


def test_delete_waits_until_the_snapshots_of_an_image_exist(account: Account) -> None:
    account.ec2.seconds_to_done = 2_000
    account.invoke({**event("Create"), "ResponseURL": account.answers.url})
    account.functions.queue.clear()
    began = account.clock.now
    account.send(event("Delete", ONE, INVENTED))
    assert account.clock.now - began > 1_000
    assert not account.ec2.snapshots


def test_delete_of_an_image_that_never_gets_done_removes_it_in_the_end(account: Account) -> None:
    account.ec2.seconds_to_done = 10_000
    account.invoke({**event("Create"), "ResponseURL": account.answers.url})
    account.functions.queue.clear()
    assert account.send(event("Delete", ONE, INVENTED))["Status"] == "SUCCESS"
    assert not account.ec2.images


def test_delete_of_an_image_that_somebody_deregisters_meanwhile_succeeds(account: Account) -> None:
    account.send(event("Create"))
    account.ec2.errors["DeregisterImage"] = [refusal("InvalidAMIID.Unavailable")]
    assert account.send(event("Delete", ONE, FIRST))["Status"] == "SUCCESS"


def test_delete_does_not_delete_again_a_snapshot_that_is_still_listed(account: Account) -> None:
    account.send(event("Create"))
    account.ec2.lingering = True
    assert account.send(event("Delete", ONE, FIRST))["Status"] == "SUCCESS"


def test_delete_of_an_image_whose_snapshot_somebody_deletes_meanwhile_succeeds(account: Account) -> None:
    account.send(event("Create"))
    account.ec2.undeleted = "internal-error"
    account.ec2.errors["DeleteSnapshot"] = [refusal("InvalidSnapshot.NotFound")]
    assert account.send(event("Delete", ONE, FIRST))["Status"] == "SUCCESS"


@pytest.mark.parametrize("code", ["internal-error", "skipped"])
def test_delete_tries_again_the_snapshots_that_were_left(account: Account, code: str) -> None:
    account.send(event("Create"))
    account.ec2.undeleted = code
    account.send(event("Delete", ONE, FIRST))
    assert not account.ec2.snapshots


def test_delete_leaves_a_snapshot_that_another_image_needs(account: Account) -> None:
    account.send(event("Create"))
    account.ec2.images["ami-copy"] = {**account.ec2.images[FIRST], "Name": "copy"}
    account.ec2.undeleted = "skipped"
    assert account.send(event("Delete", ONE, FIRST))["Status"] == "SUCCESS"
    assert set(account.ec2.snapshots) == {FIRST_SNAPSHOT}


def test_delete_that_is_refused_says_so(account: Account) -> None:
    account.send(event("Create"))
    account.ec2.errors["DeregisterImage"] = [refusal("OperationNotPermitted", "deregistration protection is on")]
    answer = account.send(event("Delete", ONE, FIRST))
    assert (answer["Status"], answer["PhysicalResourceId"]) == ("FAILED", FIRST)
    assert "deregistration protection is on" in answer["Reason"]
