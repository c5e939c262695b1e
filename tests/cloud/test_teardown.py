"""What becomes of what stands deep in a stack, and how a deletion is told that goes on, or stops."""

from __future__ import annotations

import re

import pytest

from labspec.cloud.fates import fates
from labspec.cloud.refusal import Refused
from labspec.cloud.standing import Resource, Standing
from labspec.cloud.teardown import delete, teardown
from tests.cloud.cloudformation import STACK, Cloud, Mine, arn


class Templates:
    """Answers for each stack with a template in which its policies are."""

    def __init__(self, **policies: dict[str, str]) -> None:
        self.policies = policies

    def get_template(self, **asked: str) -> object:
        held = self.policies[asked["StackName"].split("/")[1]]
        return {"TemplateBody": {"Resources": {name: {"DeletionPolicy": policy} for name, policy in held.items()}}}


def stack(*path: str, nested: tuple[Standing, ...] = ()) -> Standing:
    """One that is called as the last of the path, with a bucket in it."""
    held = Resource(path[1:], "Files", "AWS::S3::Bucket", "-".join(path).lower(), "CREATE_COMPLETE", "")
    return Standing(arn(path[-1]), path[-1], "CREATE_COMPLETE", "", {}, {}, {}, (held,), nested)


@pytest.mark.parametrize(
    ("outer", "inner", "gone"),
    [
        ("Delete", "Delete", ["Files", "Outer/Files", "Outer/Inner/Files"]),
        ("Delete", "Retain", ["Files", "Outer/Files"]),
        ("Retain", "Delete", ["Files"]),
        ("Retain", "Retain", ["Files"]),
    ],
)
def test_what_stands_however_deep_in_a_stack_that_is_kept_is_kept(outer: str, inner: str, gone: list[str]) -> None:
    """A bucket that is taken to go is emptied."""
    root = stack("lab", nested=(stack("lab", "Outer", nested=(stack("lab", "Outer", "Inner"),)),))
    templates = Templates(
        lab={"Files": "Delete", "Outer": outer}, Outer={"Files": "Delete", "Inner": inner}, Inner={"Files": "Delete"}
    )
    found = list(fates(templates, root))
    assert [each.name for each in found if each.goes] == gone
    assert {each.fate for each in found if not each.goes} <= {"kept"}


def test_a_deletion_that_goes_on_is_told_from_its_beginning(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of the stack's own, not of a resource's."""
    cloud = Cloud("DELETE_IN_PROGRESS")
    cloud.tell("Old", "AWS::EC2::VPC", "DELETE_IN_PROGRESS")  # as an update ends
    cloud.tell("lab", STACK, "UPDATE_COMPLETE", "", arn("lab"))
    cloud.tell("lab", STACK, "DELETE_IN_PROGRESS", "", arn("lab"))
    cloud.tell("Web", "AWS::EC2::VPC", "DELETE_IN_PROGRESS")
    wanted = teardown(Mine(cloud), "lab")
    cloud.tell("lab", STACK, "DELETE_COMPLETE", "", arn("lab"))
    monkeypatch.setattr("time.sleep", lambda _: None)
    told = [f"{event.id} {event.status}" for event in delete(Mine(cloud), wanted, lambda _: None, "again")]
    assert told == ["lab DELETE_IN_PROGRESS", "Web DELETE_IN_PROGRESS", "lab DELETE_COMPLETE"]


def test_what_is_protected_after_all_is_told_with_what_unprotects_it(monkeypatch: pytest.MonkeyPatch) -> None:
    cloud = Cloud()
    cloud.will = [{"Web": "It may not be terminated. Modify its 'disableApiTermination' instance attribute."}]
    monkeypatch.setattr("time.sleep", lambda _: None)
    with pytest.raises(Refused) as caught:
        list(delete(Mine(cloud), teardown(Mine(cloud), "lab"), lambda _: None, "again"))
    assert re.search("--disable-protection|--no-disable-api-termination", caught.value.help)
