"""What resources will be called, as far as templates tell."""

from __future__ import annotations

import pytest

from labspec.iam.names import NAMED, known_names
from labspec.template import Joined, NestedStack, Resource
from tests.iam.evaluation import joined

HEAD = "Parameters: {Name: {Type: String}, Use: {Type: String}}\nConditions: {Used: !Equals [!Ref Use, 'yes']}\n"


def names(kind: str, properties: str, stack: str = "lab", row: int = 0) -> list[str]:
    stacks = joined(f"{HEAD}Resources:\n  It:\n    Type: {kind}\n    Properties: {properties}\n{OTHERS}")
    return known_names(stacks, stacks.resources["It"], NAMED[kind][row], stack)


OTHERS = """
  Role: {Type: AWS::IAM::Role, Properties: {RoleName: web, Path: /lab/}}
  Bucket: {Type: AWS::S3::Bucket, Properties: {BucketName: pages}}
"""


@pytest.mark.parametrize(
    ("kind", "properties", "wanted"),
    [
        ("AWS::IAM::Role", "{RoleName: web}", ["web"]),
        ("AWS::IAM::Role", "{RoleName: web, Path: /lab/}", ["lab/web"]),
        ("AWS::IAM::Role", "{RoleName: web, Path: !Ref Name}", ["*web"]),
        ("AWS::IAM::Role", "{}", ["lab-*"]),
        ("AWS::IAM::Role", "{RoleName: !Ref Name}", ["*"]),
        ("AWS::IAM::Role", "{RoleName: !If [Used, !Ref Name, !Ref 'AWS::NoValue']}", ["*", "lab-*"]),
        ("AWS::IAM::Role", "{RoleName: !If [Used, one, two]}", ["one", "two"]),
        ("AWS::IAM::Role", "{RoleName: !Sub '${AWS::StackName}-web-${AWS::Region}'}", ["lab-web-${Region}"]),
        ("AWS::IAM::Role", "{RoleName: !Sub 'web-${Name}-${!x}'}", ["web-*-${x}"]),
        ("AWS::IAM::Role", "{RoleName: !Join ['-', [!Ref 'AWS::StackName', web, !Ref Name]]}", ["lab-web-*"]),
        ("AWS::IAM::Role", "{RoleName: !Select [0, !Split ['-', !Ref Name]]}", ["*"]),
        ("AWS::RDS::DBInstance", "{}", ["lab-*"]),
        ("AWS::SecretsManager::Secret", "{}", ["It-*"]),
        ("AWS::SecretsManager::Secret", "{Name: login}", ["login-*"]),
        ("AWS::Logs::LogGroup", "{LogGroupName: /web/log}", ["/web/log*"]),
        ("AWS::CloudWatch::Dashboard", "{}", ["*"]),
        ("AWS::S3::BucketPolicy", "{Bucket: !Ref Bucket}", ["pages"]),
        ("AWS::S3::BucketPolicy", "{Bucket: others}", ["others"]),
        ("AWS::IAM::Policy", "{Roles: [!Ref Role, guest, !Ref Name]}", ["*", "guest", "lab/web"]),
    ],
)
def test_a_name_is_as_the_template_gives_it_or_as_cloudformation_makes_it(
    kind: str, properties: str, wanted: list[str]
) -> None:
    assert names(kind, properties) == wanted


@pytest.mark.parametrize(
    ("stack", "wanted"),
    [
        ("Lab", "Lab-*"),
        ("a-name-of-twenty-let", "a-name-of-twenty-let-*"),
        ("a-name-of-twenty-lett", "a-name-of-twenty-let*"),
    ],
)
def test_long_names_of_stacks_are_shortened_as_cloudformation_does(stack: str, wanted: str) -> None:
    assert names("AWS::IAM::Role", "{}", stack) == [wanted]
    assert names("AWS::S3::Bucket", "{}", stack) == [wanted.lower()]


def test_what_is_called_as_its_stack_is_called_so_in_nested_stacks_too() -> None:
    role = Resource("Net.Role", "Role", "Net", "net.yaml", "AWS::IAM::Role", {"RoleName": NESTED}, {}, True, ())
    nested = NestedStack("Net", "Net", "", "net.yaml", {}, {}, True, ())
    stacks = Joined("r", {}, {role.address: role}, {"Net": nested}, {}, {}, {}, {}, {}, {}, ())
    assert known_names(stacks, role, NAMED["AWS::IAM::Role"][0], "lab") == ["lab-*-web"]


def test_names_in_a_circle_are_any() -> None:
    circle = "  A: {Type: AWS::S3::Bucket, Properties: {BucketName: !Ref B}}\n"
    stacks = joined(f"Resources:\n{circle}{circle.replace('A:', 'B:', 1).replace('!Ref B', '!Ref A')}")
    assert known_names(stacks, stacks.resources["A"], NAMED["AWS::S3::Bucket"][0], "lab") == ["*"]


NESTED = {"Fn::Join": ["-", [{"Labspec::StackName": "Net"}, "web"]]}
