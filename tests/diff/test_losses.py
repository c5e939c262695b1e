"""What holds data and goes is told first, with what its policies leave of it."""

from __future__ import annotations

import pytest

from tests.diff.templates import Templates, difference

BASE, BUCKET, QUEUE = "AWS::RDS::DBInstance", "AWS::S3::Bucket", "AWS::SQS::Queue"


def lost(old: Templates, new: Templates) -> list[tuple[str, str]]:
    """What is at risk and what is left of it."""
    return [(loss.address, loss.fate) for loss in difference(old, new).losses]


@pytest.mark.parametrize(
    ("kind", "policy", "fate"),
    [
        (BASE, "", "snapshot"),
        (BASE, "DeletionPolicy: Delete", "gone"),
        (BASE, "DeletionPolicy: Retain", "kept"),
        (BASE, "DeletionPolicy: RetainExceptOnCreate", "kept"),
        (BASE, "DeletionPolicy: Delete, Properties: {DeletionProtection: true}", "protected"),
        (BASE, "Properties: {DeletionProtection: 'true'}", "protected"),
        (BASE, "DeletionPolicy: Retain, Properties: {DeletionProtection: true}", "kept"),
        ("AWS::DynamoDB::Table", "Properties: {DeletionProtectionEnabled: false}", "gone"),
        (BUCKET, "", "unless-empty"),
        (QUEUE, "", "gone"),
        (QUEUE, "DeletionPolicy: Snapshot", "gone"),
        (QUEUE, "UpdateReplacePolicy: Retain", "gone"),
        ("AWS::ECR::Repository", "", "unless-empty"),
        ("AWS::ECR::Repository", "Properties: {EmptyOnDelete: true}", "gone"),
        ("AWS::KMS::Key", "", "waits"),
        ("AWS::Logs::LogGroup", "", "gone"),
        ("AWS::SecretsManager::Secret", "DeletionPolicy: Retain", "kept"),
        ("AWS::EC2::Volume", "DeletionPolicy: Snapshot", "snapshot"),
    ],
)
def test_what_is_removed_goes_by_its_deletion_policy(kind: str, policy: str, fate: str) -> None:
    rest = "Stays: {Type: AWS::SNS::Topic}"
    assert lost(f"It: {{Type: {kind}, {policy}}}\n{rest}", rest) == [("It", fate)]


@pytest.mark.parametrize(
    ("before", "after", "fate"),
    [
        ("", "", "gone"),
        ("DeletionPolicy: Retain", "DeletionPolicy: Retain", "gone"),
        ("UpdateReplacePolicy: Retain", "UpdateReplacePolicy: Retain", "kept"),
        ("UpdateReplacePolicy: Snapshot", "UpdateReplacePolicy: Snapshot", "snapshot"),
        ("UpdateReplacePolicy: Retain", "", "gone"),
        ("", "UpdateReplacePolicy: Retain", "gone"),
    ],
)
def test_what_is_replaced_goes_by_its_update_replace_policy(before: str, after: str, fate: str) -> None:
    text = "It: {Type: AWS::RDS::DBInstance, Properties: {DBName: %s}, %s}"
    assert lost(text % ("one", before), text % ("other", after)) == [("It", fate)]


def test_a_member_of_a_cluster_holds_nothing() -> None:
    rest = "Stays: {Type: AWS::SNS::Topic}"
    assert lost(f"It: {{Type: {BASE}, Properties: {{DBClusterIdentifier: x}}}}\n{rest}", rest) == []


def test_a_bucket_that_a_function_may_empty() -> None:
    rest = "Stays: {Type: AWS::SNS::Topic}"
    old = f"It: {{Type: {BUCKET}}}\nMaker: {{Type: Custom::X, Properties: {{ServiceToken: a, Bucket: !Ref It}}}}\n"
    assert lost(old + rest, rest) == [("It", "gone")]


def test_a_policy_that_is_decided_at_deployment() -> None:
    text = "Conditions: {C: !Equals [!Ref P, x]}\nParameters: {P: {Type: String}}\nResources:\n"
    it = f"  It: {{Type: {QUEUE}, DeletionPolicy: !If [C, Retain, Delete]}}\n"
    rest = "  Stays: {Type: AWS::SNS::Topic}\n"
    (loss,) = difference(text + it + rest, text + rest).losses
    assert (loss.fate, loss.policy) == ("unsure", "its DeletionPolicy is decided at deployment")


def test_a_nested_stack_that_is_kept_keeps_what_it_holds() -> None:
    root = """
    Resources:
      Data: {Type: AWS::CloudFormation::Stack, %s Properties: {TemplateURL: a.yaml}}
      Stays: {Type: AWS::SNS::Topic}
    """
    child = "Resources:\n  It: {Type: AWS::SQS::Queue}\n"
    new = "Stays: {Type: AWS::SNS::Topic}"
    assert lost({"root.yaml": root % "", "a.yaml": child}, new) == [("Data.It", "gone")]
    kept = root % "DeletionPolicy: Retain,"
    assert lost({"root.yaml": kept, "a.yaml": child}, new) == [("Data.It", "kept")]


def test_what_changes_in_place_loses_nothing() -> None:
    text = "It: {Type: AWS::RDS::DBInstance, Properties: {AllocatedStorage: %s}}"
    assert lost(text % 20, text % 30) == []


def test_the_worst_comes_first() -> None:
    old = """
    A: {Type: AWS::SQS::Queue, DeletionPolicy: Retain}
    B: {Type: AWS::RDS::DBInstance}
    C: {Type: AWS::SQS::Queue}
    """
    assert [fate for _, fate in lost(old, "Stays: {Type: AWS::SNS::Topic}")] == ["gone", "snapshot", "kept"]
