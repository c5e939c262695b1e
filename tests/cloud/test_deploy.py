"""What a change set would do, and what is asked before it is carried out."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from labspec.cloud.changes import STACK, Change, changes
from labspec.cloud.forecast import told
from labspec.cloud.former import FORMS, former, renamings
from labspec.cloud.refusal import Refused
from labspec.cloud.risk import lost, moves, refuse
from labspec.logical_ids import main_id
from tests.cloud.proposals import Aws

DATABASE = "AWS::RDS::DBInstance"


def change(action: str, name: str, kind: str = "AWS::EC2::VPC", **more: str) -> dict[str, str]:
    return {"Action": action, "LogicalResourceId": name, "ResourceType": kind, **more}


def held(name: str, kind: str, status: str = "CREATE_COMPLETE", **more: str) -> dict[str, str]:
    return {"LogicalResourceId": name, "ResourceType": kind, "ResourceStatus": status, **more}


def test_changes_are_those_of_nested_stacks_too_and_data_comes_first() -> None:
    found = {
        "root": [
            change("Modify", "DataStack", STACK, ChangeSetId="data", Replacement="False"),
            change("Modify", "QuietStack", STACK, Replacement="False"),
            change("Add", "NewStack", STACK),
        ],
        "data": [
            change("Modify", "Web", "AWS::EC2::Instance", Replacement="False"),
            change("Modify", "Db", DATABASE, Replacement="True", PolicyAction="ReplaceAndSnapshot"),
            change("Remove", "Files", "AWS::EFS::FileSystem", PolicyAction="Delete"),
            change("Remove", "Kept", "AWS::S3::Bucket", PolicyAction="Retain"),
            change("Remove", "Topic", "AWS::SNS::Topic", PolicyAction="Delete"),
            change("Modify", "Spared", "AWS::EFS::FileSystem", Replacement="True", PolicyAction="ReplaceAndRetain"),
            change("Modify", "Group", "AWS::EC2::SecurityGroup", Replacement="Conditional"),
            change("Dynamic", "Odd", "AWS::EC2::Volume"),
        ],
    }
    known = {"Web": "instances.web, site.yaml:7"}
    assert list(told(changes(Aws(found=found), "root"), known)) == [
        "Data at risk:",
        "  replace Db (AWS::RDS::DBInstance): a snapshot stays",
        "  remove  Files (AWS::EFS::FileSystem): what it holds is gone",
        "  replace Odd (AWS::EC2::Volume), perhaps: what it holds is gone",
        "DataStack:",
        "  remove  Files (AWS::EFS::FileSystem): what it holds is gone",
        "  remove  Kept (AWS::S3::Bucket): what it was stays, outside the stack",
        "  remove  Topic (AWS::SNS::Topic): gone",
        "  replace Db (AWS::RDS::DBInstance): a snapshot stays",
        "  replace Spared (AWS::EFS::FileSystem): what it was stays, outside the stack, and the new one is empty",
        "  replace Group (AWS::EC2::SecurityGroup), perhaps",
        "  replace Odd (AWS::EC2::Volume), perhaps: what it holds is gone",
        "  change  Web (instances.web, site.yaml:7)",
        "root:",
        "  add     NewStack (AWS::CloudFormation::Stack)",
        "1 to add, 1 to change, 4 to replace, 3 to remove.",
    ]


def test_a_nested_stack_that_is_removed_takes_with_it_what_it_holds() -> None:
    found = {
        "root": [
            change("Remove", "OldStack", STACK, PhysicalResourceId="arn:old", PolicyAction="Delete"),
            change("Remove", "KeptStack", STACK, PhysicalResourceId="arn:kept", PolicyAction="Retain"),
            change("Add", "Db", DATABASE),
        ],
        "arn:old": [
            held("Db", DATABASE),
            held("Gone", DATABASE, "DELETE_COMPLETE"),
            held("Deeper", STACK, PhysicalResourceId="arn:deeper"),
        ],
        "arn:deeper": [held("Kept", "AWS::S3::Bucket")],
    }
    all_ = changes(Aws(found=found), "root")
    assert [(each.path, each.id, each.loses_data) for each in all_ if each.type != STACK] == [
        (("OldStack",), "Db", True),
        (("OldStack", "Deeper"), "Kept", False),
        ((), "Db", False),
    ]
    with pytest.raises(Refused) as caught:
        refuse(moves(all_), lost(all_, [], {}), {})
    assert caught.value.message.endswith("made anew: `Db` from `OldStack` to the root.")
    assert caught.value.help == "If that is meant, add --allow-data-loss Db --allow-moves."


@pytest.mark.parametrize(
    ("name", "allows"),
    [
        ("MainDatabase", True),
        ("DataStack/MainDatabase", True),
        ("databases.main", True),
        ("only", True),
        ("main", False),  # a bucket is called so as well
        ("DataStack", False),
        ("", False),
    ],
)
def test_data_is_given_up_by_any_name_that_means_one_member(name: str, allows: bool) -> None:
    members = {"MainDatabase": "databases.main", "MainBucket": "buckets.main", "OnlyTable": "tables.only"}
    risky = [
        Change("replace", "MainDatabase", DATABASE, ("DataStack",)),
        Change("remove", "MainBucket", "AWS::S3::Bucket"),
        Change("remove", "OnlyTable", "AWS::DynamoDB::Table"),
        Change("remove", "Unknown", "AWS::DynamoDB::Table"),
    ]
    assert (len(lost(risky, [name], members)) < len(risky)) is allows


@pytest.mark.parametrize(("additions", "lines"), [(40, 44), (41, 4)])
def test_many_additions_are_counted_unless_all_are_asked_for(additions: int, lines: int) -> None:
    found = [Change("add", f"New{number}", "T", ("NewStack",)) for number in range(additions)]
    found += [Change("change", "Old", "T", ("OldStack",))]
    shown = list(told(found, {}, whole=False))
    assert len(shown) == lines
    assert shown[-3:-1] == ["OldStack:", "  change  Old (T)"]
    assert len(list(told(found, {}))) == additions + 4


@pytest.mark.parametrize(
    ("change", "lost"),
    [
        (Change("remove", "Db", "AWS::RDS::DBInstance", policy="Delete"), True),
        (Change("remove", "Db", "AWS::RDS::DBInstance", policy="Snapshot"), True),
        (Change("remove", "Db", "AWS::RDS::DBInstance"), True),
        (Change("replace", "Db", "AWS::RDS::DBInstance", policy="ReplaceAndRetain"), False),
        (Change("change", "Db", "AWS::RDS::DBInstance"), False),
        (Change("remove", "Web", "AWS::EC2::Instance", policy="Delete"), False),
        (Change("remove", "Web", "AWS::EC2::KeyPair", policy="Delete"), True),
        (Change("remove", "Users", "AWS::Cognito::UserPool", policy="Delete"), True),
        (Change("remove", "Base", "Custom::Image"), True),
        (Change("remove", "WebSetupLog", "AWS::Logs::LogGroup", policy="Delete"), False),
    ],
)
def test_what_is_kept_is_not_lost(change: Change, lost: bool) -> None:
    assert change.loses_data is lost


# ------------------------------------------------------------------ names that changed


def test_what_was_removed_has_the_name_that_its_id_was_made_of() -> None:
    for manifest in Path("out").glob("*/manifest.json"):
        resources = json.loads(manifest.read_text("utf-8"))["resources"]
        found = former([Change("remove", identity, said["type"]) for identity, said in resources.items()])
        theirs = {identity: said["member"] for identity, said in resources.items() if said["type"] in FORMS}
        assert found.keys() == theirs.keys()
        for identity, member in found.items():
            (section, name), (true, _) = member.split("."), theirs[identity].split(".")
            suffix = dict(FORMS[resources[identity]["type"]])[section]
            assert (main_id(name, suffix), section) == (identity, true)


@pytest.mark.parametrize(
    ("changes", "hints"),
    [
        (
            [
                Change("remove", "SharedFileSystem", "AWS::EFS::FileSystem", ("S",)),
                Change("add", "FilesFileSystem", "AWS::EFS::FileSystem", ("S",)),
                Change("remove", "SharedSecurityGroup", "AWS::EC2::SecurityGroup", ("S",)),
                Change("add", "FilesSecurityGroup", "AWS::EC2::SecurityGroup", ("S",)),
                Change("add", "WebInstance", "AWS::EC2::Instance"),
            ],
            ["If `file_systems.shared` is now `file_systems.files`, write `was: shared` there."],
        ),
        (
            [
                Change("remove", "DbReplica", "AWS::RDS::DBInstance"),
                Change("add", "FilesDatabase", "AWS::RDS::DBInstance"),
            ],
            [],  # it was a replica
        ),
        (
            [
                Change("remove", "WebInstance", "AWS::EC2::Instance", ("A",)),
                Change("add", "WebInstance", "AWS::EC2::Instance", ("B",)),
            ],
            [],  # it moves
        ),
        ([Change("remove", "Odd", "AWS::EC2::Instance"), Change("add", "WebInstance", "AWS::EC2::Instance")], []),
    ],
)
def test_where_a_member_appears_as_another_is_gone_it_may_have_been_renamed(
    changes: list[Change], hints: list[str]
) -> None:
    members = {
        "FilesFileSystem": "file_systems.files",
        "FilesDatabase": "databases.files",
        "FilesSecurityGroup": "security_groups.files",
        "WebInstance": "instances.web",
    }
    assert [each.hint for each in renamings(changes, former(changes), members)] == hints
