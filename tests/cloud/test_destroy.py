"""Which stacks are destroyed, what becomes of what they hold, and how it goes on where AWS stops.

That all of it goes is tried on an emulated AWS (tests/emulated).
"""

from __future__ import annotations

import json
from collections.abc import Collection
from pathlib import Path
from typing import Any
from unittest.mock import Mock

import pytest

from labspec.cli import main
from labspec.cloud import change_sets, events
from labspec.cloud.deployment import REVIEW
from labspec.cloud.fates import Fated, fates
from labspec.cloud.refusal import Refused
from labspec.cloud.standing import standing
from labspec.cloud.teardown import delete, teardown
from tests.cloud.cloudformation import OURS, STACK, Cloud, Mine, arn, refusal

AGAIN = "labspec destroy lab --region eu-west-1"


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (change_sets, events):
        monkeypatch.setattr(module, "PAUSE", 0)


def destroyed(cloud: Cloud, *keep: str) -> tuple[list[str], list[list[str]]]:
    """What is told of a deletion, and what was emptied, each time."""
    emptied: list[list[str]] = []
    wanted = teardown(Mine(cloud), "lab", keep=keep)
    told = [
        f"{event.id} {event.status}" for event in delete(Mine(cloud), wanted, lambda b: emptied.append([*b]), AGAIN)
    ]
    return told, emptied


# ------------------------------------------------------------------ what becomes of what


@pytest.mark.parametrize(
    ("kind", "body", "fate"),
    [
        ("AWS::S3::Bucket", {}, "gone"),
        ("AWS::S3::Bucket", {"DeletionPolicy": "Delete"}, "gone"),
        ("AWS::S3::Bucket", {"DeletionPolicy": "Retain"}, "kept"),
        ("AWS::S3::Bucket", {"DeletionPolicy": "RetainExceptOnCreate"}, "kept"),
        ("AWS::S3::Bucket", {"DeletionPolicy": {"Ref": "Policy"}}, "unsure"),
        ("AWS::S3::Bucket", {"DeletionPolicy": "Retian"}, "unsure"),
        ("AWS::RDS::DBInstance", {}, "snapshot"),
        ("AWS::RDS::DBInstance", {"Properties": {"DBClusterIdentifier": "c"}}, "gone"),
        ("AWS::RDS::DBInstance", {"DeletionPolicy": "Delete"}, "gone"),
        ("AWS::RDS::DBCluster", {}, "snapshot"),
    ],
)
def test_a_template_says_what_becomes_of_a_resource(kind: str, body: dict[str, Any], fate: str) -> None:
    cloud = Cloud()
    cloud.put("It", kind, **body)
    (it,) = [each for each in fated(cloud) if each.name == "Data/It"]
    assert it.fate == fate


def fated(cloud: Cloud) -> list[Fated]:
    return list(fates(cloud, standing(cloud, "lab")))


def test_what_stands_in_a_kept_stack_is_kept_and_an_earlier_attempt_counts() -> None:
    cloud = Cloud("DELETE_FAILED")
    cloud.put("Files", "AWS::EFS::FileSystem", DeletionPolicy="Delete")
    cloud.put("Done", "AWS::EFS::FileSystem", status="DELETE_COMPLETE", DeletionPolicy="Retain")
    cloud.put("Spared", "AWS::EFS::FileSystem", stack="lab", status="DELETE_SKIPPED")
    cloud.put("Odd", "AWS::EFS::FileSystem", stack="lab")
    del cloud.templates["lab"]["Resources"]["Odd"]
    cloud.templates["lab"]["Resources"]["Data"] = {"DeletionPolicy": "Retain"}
    found = {each.name: each.fate for each in fated(cloud)}
    assert found == {"Web": "gone", "Spared": "kept", "Odd": "unsure", "Data/Files": "kept", "Data/Done": "past"}


def test_only_buckets_that_go_are_emptied() -> None:
    cloud = Cloud()
    for name, policy in (("A", "Delete"), ("B", "Retain"), ("C", {"Ref": "P"}), ("D", "RetainExceptOnCreate")):
        cloud.put(name, "AWS::S3::Bucket", DeletionPolicy=policy)
    for name, status in (("E", "CREATE_FAILED"), ("F", "UPDATE_FAILED"), ("G", "DELETE_COMPLETE")):
        cloud.put(name, "AWS::S3::Bucket", status=status, DeletionPolicy="Delete")
    assert teardown(Mine(cloud), "lab").buckets == ("a",)


# ------------------------------------------------------------------ which stacks


@pytest.mark.parametrize(
    ("status", "said", "why", "help"),
    [
        ("CREATE_COMPLETE", {"RootId": arn("shop")}, "is part of `shop`", "`labspec destroy shop{whose}`"),
        ("CREATE_COMPLETE", {"ParentId": arn("shop")}, "is part of `shop`", "`labspec destroy shop{whose}`"),
        ("UPDATE_IN_PROGRESS", {}, "it is UPDATE_IN_PROGRESS", "`labspec events lab --follow{whose}`"),
        ("UPDATE_IN_PROGRESS", {}, "is being changed", "cancel-update-stack --stack-name lab{whose}"),
        ("UPDATE_COMPLETE_CLEANUP_IN_PROGRESS", {}, "is being changed", "Wait until it rests: "),
        ("UPDATE_ROLLBACK_IN_PROGRESS", {}, "is being changed", "Wait until it rests: "),
        ("CREATE_COMPLETE", {"Tags": []}, "labspec did not deploy the stack `lab`", "`--any`"),
        (REVIEW, {"Tags": []}, "labspec did not deploy the stack `lab`", "`--any`"),
    ],
)
def test_a_stack_that_is_not_to_be_destroyed_is_refused(status: str, said: Any, why: str, help: str) -> None:
    with pytest.raises(Refused) as caught:
        teardown(Mine(Cloud(status, **said)), "lab")
    assert why in caught.value.message
    assert help in caught.value.help
    if said.get("Tags") == []:
        assert teardown(Mine(Cloud(status, **said)), "lab", anybodys=True).stack.name == "lab"


def test_a_stack_whose_exports_others_use_is_refused_before_a_bucket_is_emptied() -> None:
    cloud = Cloud()
    cloud.stacks["Data"]["Outputs"] = [exported("lonely")]
    teardown(Mine(cloud), "lab")
    cloud.stacks["Data"]["Outputs"] += [{"OutputKey": "Private", "OutputValue": "x"}, exported("address")]
    with pytest.raises(Refused, match=r"The export `address` of the stack `lab` is used by `blog`\."):
        teardown(Mine(cloud), "lab")


def test_who_may_not_ask_for_imports_is_told_by_aws(monkeypatch: pytest.MonkeyPatch) -> None:
    cloud = Cloud(Outputs=[exported("address")])
    monkeypatch.setattr("labspec.cloud.teardown._importers", Mock(side_effect=refusal("AccessDenied")))
    assert teardown(Mine(cloud), "lab").stack.name == "lab"


def exported(name: str) -> dict[str, str]:
    return {"OutputKey": name, "OutputValue": "x", "ExportName": name}


def test_a_stack_that_was_only_proposed_goes_with_what_proposes_it() -> None:
    cloud = Cloud(REVIEW, Tags=[])
    cloud.resources = {"lab": [], "Data": []}
    cloud.change_sets = {"change": OURS}
    assert destroyed(cloud) == ([], [])
    assert (cloud.change_sets, cloud.asked) == ({}, [("lab",)])


# ------------------------------------------------------------------ the deletion


def test_a_deletion_that_begins_late_is_waited_for() -> None:
    """The stack stands in the state of the last attempt until AWS begins: that is not the end."""
    cloud = Cloud("DELETE_FAILED")
    cloud.tell("lab", STACK, "DELETE_IN_PROGRESS", "", arn("lab"))
    cloud.slow = 3
    told, _ = destroyed(cloud)
    assert told == ["lab DELETE_IN_PROGRESS", "lab DELETE_COMPLETE"]


def test_a_deletion_that_goes_on_is_looked_at_and_not_asked_for_again() -> None:
    cloud = Cloud("DELETE_IN_PROGRESS")
    cloud.tell("lab", STACK, "CREATE_COMPLETE", "", arn("lab"))
    cloud.waiting = ("lab", [])
    cloud.go()
    cloud.stacks["lab"]["StackStatus"] = "DELETE_IN_PROGRESS"
    told = iter(delete(Mine(cloud), teardown(Mine(cloud), "lab"), lambda _: None, AGAIN))
    assert next(told).status == "DELETE_IN_PROGRESS"
    cloud.stacks["lab"]["StackStatus"] = "DELETE_COMPLETE"
    assert [event.status for event in told] == ["DELETE_COMPLETE"]
    assert cloud.asked == []


@pytest.mark.parametrize("status", ["CREATE_IN_PROGRESS", "ROLLBACK_IN_PROGRESS"])
def test_what_was_never_whole_is_deleted_while_it_is_being_made(status: str) -> None:
    cloud = Cloud(status)
    cloud.tell("lab", STACK, "CREATE_IN_PROGRESS", "User Initiated", arn("lab"))
    assert destroyed(cloud)[0] == ["lab DELETE_IN_PROGRESS", "lab DELETE_COMPLETE"]


def test_what_was_made_after_it_was_looked_at_is_told_at_the_end(
    cloud: Cloud, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    cloud.stacks["lab"]["StackStatus"] = "CREATE_IN_PROGRESS"
    cloud.tell("lab", STACK, "CREATE_IN_PROGRESS", "User Initiated", arn("lab"))
    go = cloud.go

    def late() -> None:
        cloud.put("Late", "AWS::SNS::Topic", stack="lab", status="DELETE_SKIPPED", DeletionPolicy="Retain")
        go()

    monkeypatch.setattr(cloud, "go", late)
    assert main(["destroy", "lab", "--yes"]) == 0
    told = capsys.readouterr().out
    assert "It is CREATE_IN_PROGRESS: what is made until AWS stops goes, or stays, as its template has it." in told
    assert "  Late: late (AWS::SNS::Topic): aws cloudcontrol delete-resource" in told


def test_nothing_is_emptied_for_who_may_not_delete_the_stack(monkeypatch: pytest.MonkeyPatch) -> None:
    cloud, emptied = Cloud(), list[Collection[str]]()
    cloud.put("Logs", "AWS::S3::Bucket", stack="lab")
    monkeypatch.setattr(cloud, "delete_stack", Mock(side_effect=refusal("AccessDenied")))
    with pytest.raises(Refused, match="These credentials may not call"):
        list(delete(Mine(cloud), teardown(Mine(cloud), "lab"), emptied.append, AGAIN))
    assert emptied == []


@pytest.mark.parametrize("is_full", [False, True])
def test_who_may_delete_the_stack_need_not_be_allowed_to_empty_its_buckets(is_full: bool) -> None:
    """A function in the stack empties those of websites."""
    cloud = Cloud()
    cloud.put("Logs", "AWS::S3::Bucket", stack="lab")
    cloud.will = [{"Logs": "The bucket you tried to delete is not empty."}] * is_full
    refuse = Mock(side_effect=Refused("These credentials may not call ListObjectVersions.", "Let them."))
    deletion = delete(Mine(cloud), teardown(Mine(cloud), "lab"), refuse, AGAIN)
    if not is_full:
        assert [event.status for event in deletion][-1] == "DELETE_COMPLETE"
        return
    with pytest.raises(Refused) as caught:
        list(deletion)
    assert "is not empty. These credentials may not call ListObjectVersions." in caught.value.message
    assert caught.value.help.startswith("Let them.")
    assert cloud.asked == [("lab",)]


def test_a_deletion_that_aws_cancels_is_told_in_its_words(monkeypatch: pytest.MonkeyPatch) -> None:
    cloud = Cloud()
    go = cloud.go

    def cancel() -> None:
        go()
        cloud.tell("lab", STACK, "CREATE_COMPLETE", "Delete canceled. Cannot delete export x.", arn("lab"))

    monkeypatch.setattr(cloud, "go", cancel)
    with pytest.raises(
        Refused, match=r"^The stack `lab` is CREATE_COMPLETE\. Delete canceled\. Cannot delete export x\.$"
    ):
        destroyed(cloud)


def test_a_bucket_that_filled_again_is_emptied_and_tried_once_more() -> None:
    cloud = Cloud()
    cloud.put("Logs", "AWS::S3::Bucket", stack="lab")
    full = {"Logs": "The bucket you tried to delete is not empty."}
    cloud.will = [full]
    assert destroyed(cloud)[1] == [["logs"], ["logs"]]
    assert cloud.asked == [("lab",), ("lab",)]
    cloud.stacks["lab"]["StackStatus"], cloud.will = "CREATE_COMPLETE", [full, full]
    with pytest.raises(Refused) as caught:
        destroyed(cloud)
    assert len(cloud.asked) == 4
    assert caught.value.message == (
        "The stack `lab` is DELETE_FAILED. `Logs` stays: The bucket you tried to delete is not empty."
    )
    assert caught.value.help == (
        "It filled again: stop what writes to it, and destroy again."
        " Or leave what AWS cannot delete: `labspec destroy lab --region eu-west-1 --keep Logs`."
    )


@pytest.mark.parametrize(
    ("why", "help"),
    [
        ("resource sg-1 has a dependent object (DependencyViolation)", "Something that the stack did not make uses it"),
        ("User is not authorized to perform: ec2:DeleteVpc", "Let these credentials"),
        ("Cannot delete protected DB Instance", "`--disable-protection`"),
        ("", "Mend that, and destroy again."),
    ],
)
def test_what_stops_a_deletion_is_told_with_what_helps(why: str, help: str) -> None:
    cloud = Cloud()
    cloud.will = [{"Web": why}]
    with pytest.raises(Refused) as caught:
        destroyed(cloud)
    assert len(cloud.asked) == 1
    assert f"`Web` stays: {why or 'AWS gives no reason'}." in caught.value.message
    assert help in caught.value.help


def test_what_is_left_of_a_nested_stack_is_told_to_that_stack() -> None:
    cloud = Cloud("DELETE_FAILED")
    cloud.put("Logs", "AWS::S3::Bucket", status="DELETE_FAILED")
    cloud.put("Pages", "AWS::S3::Bucket", stack="lab", status="DELETE_FAILED")
    told, emptied = destroyed(cloud, "Data/Logs", "Pages")
    assert cloud.asked == [("Data", "Logs"), ("lab", "Pages")]
    assert emptied == [[]]
    assert told[-1] == "lab DELETE_COMPLETE"


def test_what_cannot_be_left_is_refused() -> None:
    cloud = Cloud("DELETE_FAILED")
    cloud.put("Logs", "AWS::S3::Bucket", status="DELETE_FAILED")
    cloud.put("Logs", "AWS::S3::Bucket", stack="lab")
    for name, why in (
        ("Lgos", "The stack `lab` has no `Lgos`."),
        ("Logs", "The stack `lab` has several `Logs`."),
        ("Data/Web", "The stack `lab` has no `Data/Web`."),
        ("Web", "AWS leaves only what it could not delete, and has not tried `Web`."),
    ):
        with pytest.raises(Refused) as caught:
            teardown(Mine(cloud), "lab", keep=[name])
        assert caught.value.message == why


# ------------------------------------------------------------------ the command


@pytest.fixture
def cloud(monkeypatch: pytest.MonkeyPatch) -> Cloud:
    """What the command finds."""
    found = Cloud()
    monkeypatch.setattr("labspec.cli.aws.account", lambda _: Mine(found))
    return found


@pytest.mark.parametrize(
    ("answer", "deletes"), [("y", True), ("YES", True), ("", False), ("n", False), (EOFError, False), (None, False)]
)
def test_who_does_not_agree_or_cannot_be_asked_loses_nothing(
    answer: Any, deletes: bool, cloud: Cloud, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.stdin.isatty", lambda: answer is not None)
    monkeypatch.setattr("builtins.input", Mock(side_effect=[answer]))
    assert main(["destroy", "lab"]) == (0 if deletes else 1)
    assert bool(cloud.asked) is deletes
    told = capsys.readouterr()
    assert told.out.startswith("lab: 1 resource\n1 resource to go, 0 to stay.\n")
    if deletes:
        assert told.out.endswith("The stack `lab` is gone.\nNothing of it was found left in the account.\n")
    else:
        unasked = "it was not agreed to." if answer is not None else "nobody can be asked here."
        assert f"error[LS703]: Nothing was changed: {unasked}" in told.err
        assert ("`--yes`" in told.err) is (answer is None)


def test_ctrl_c_at_the_question_says_that_nothing_was_changed(
    cloud: Cloud, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.stdin.isatty", lambda: True)
    monkeypatch.setattr("builtins.input", Mock(side_effect=[KeyboardInterrupt]))
    assert main(["destroy", "lab"]) == 130
    told = capsys.readouterr()
    assert told.out.endswith(" to stay.\n\n")  # behind the question
    assert told.err == "labspec: interrupted; nothing was changed.\n"
    assert cloud.asked == []


def test_ctrl_c_says_how_to_go_on(
    cloud: Cloud, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def look(*_: Any) -> Any:
        raise KeyboardInterrupt

    monkeypatch.setattr(events.Watch, "events", look)
    assert main(["destroy", "lab", "--yes", "--region", "eu-west-1"]) == 130
    told = capsys.readouterr()
    assert told.err == "What AWS has begun goes on.\nlabspec: interrupted; the same command goes on from here.\n"
    assert cloud.asked == [("lab",)]


def test_a_report_has_standard_output_for_itself(cloud: Cloud, capsys: pytest.CaptureFixture[str]) -> None:
    cloud.will = [{"Web": "It is stuck"}]
    assert main(["destroy", "lab", "--yes", "--report", "json"]) == 1
    told = capsys.readouterr()
    assert told.out.startswith("{")
    assert "1 resource to go" in told.err


def test_a_protected_stack_is_refused_before_anything_is_done(cloud: Cloud, capsys: pytest.CaptureFixture[str]) -> None:
    cloud.stacks["lab"]["EnableTerminationProtection"] = True
    assert main(["destroy", "lab", "--yes"]) == 1
    assert "Protected from being deleted: the stack `lab`." in capsys.readouterr().err
    assert cloud.asked == []
    assert main(["destroy", "lab", "--yes", "--disable-protection", "-q"]) == 0
    assert cloud.asked == ["unprotected", ("lab",)]
    assert capsys.readouterr() == ("", "")


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("https://my-templates.s3.us-east-1.amazonaws.com/labspec/0a/x.yaml", "s3://my-templates/labspec/"),
        ("https://s3.cn-north-1.amazonaws.com.cn/my.templates/a/b/0a/x.yaml", "s3://my.templates/a/b/"),
        ("https://my-templates.s3.us-east-1.amazonaws.com/0a/x.yaml", "s3://my-templates/"),
        ({"Fn::Sub": "https://${Bucket}.s3.amazonaws.com/x.yaml"}, ""),
    ],
)
def test_where_its_templates_stay_is_told_at_the_end(
    url: Any, said: str, cloud: Cloud, capsys: pytest.CaptureFixture[str]
) -> None:
    cloud.templates["lab"]["Resources"]["Data"] = {"Type": STACK, "Properties": {"TemplateURL": url}}
    assert main(["destroy", "lab", "--yes"]) == 0
    last = capsys.readouterr().out.splitlines()[-1]
    stay = f"Its templates stay in {said}, where those of other stacks may lie, too."
    assert last == (stay if said else "Nothing of it was found left in the account.")


def test_what_was_built_here_is_called_as_in_its_spec(
    cloud: Cloud, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "out/spec").mkdir(parents=True)
    resources = {"AdminKeyPair": {"member": "key_pairs.admin", "at": "spec.yaml:3:3"}}
    manifest = {"name": "lab", "outputs": {}, "resources": resources}
    (tmp_path / "out/spec/manifest.json").write_text(json.dumps(manifest), "utf-8")
    monkeypatch.chdir(tmp_path)
    for name in ("AdminKeyPair", "OtherKeyPair"):
        cloud.put(name, "AWS::EC2::KeyPair")
    assert main(["destroy", "lab", "--yes"]) == 0
    told = capsys.readouterr().out
    assert "  key pair Data/AdminKeyPair (adminkeypair, key_pairs.admin)\n" in told
    assert "  key pair Data/OtherKeyPair (otherkeypair)\n" in told


def test_commands_that_are_shown_name_the_account(cloud: Cloud, capsys: pytest.CaptureFixture[str]) -> None:
    cloud.stacks["lab"]["RootId"] = arn("shop")
    assert main(["destroy", "lab", "--yes", "--region", "eu-west-1", "--profile", "my own"]) == 1
    assert "`labspec destroy shop --profile 'my own' --region eu-west-1`" in capsys.readouterr().err
    del cloud.stacks["lab"]["RootId"]
    cloud.put("My Topic", "AWS::SNS::Topic", DeletionPolicy="Retain")
    assert main(["destroy", "lab", "--yes", "--region", "eu-west-1"]) == 0
    end = "--type-name AWS::SNS::Topic --identifier 'my topic' --region eu-west-1\n"
    assert capsys.readouterr().out.endswith(end)
