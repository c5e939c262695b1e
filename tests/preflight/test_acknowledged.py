"""What has to be acknowledged of templates: what CloudFormation asks for, and no more."""

from __future__ import annotations

import pytest

from labspec.preflight.acknowledged import acknowledged
from labspec.template import read_directory

ROLE = """
Conditions: {Never: !Equals [a, b]}
Resources: {It: {Type: AWS::IAM::Role, Condition: Never, Properties: {PROPERTIES}}}
"""
SAM = """
Transform: AWS::Serverless-2016-10-31
Resources: {It: {Type: AWS::Serverless::Function, Properties: {PROPERTIES}}}
"""
TOPIC = "Resources: {It: {Type: AWS::SNS::Topic}}\n"
NESTED = "Resources: {It: {Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: inner.yaml}}}\n"


@pytest.mark.parametrize(
    ("root", "inner", "expected"),
    [
        (TOPIC, TOPIC, []),
        (ROLE.replace("PROPERTIES", "Path: /"), TOPIC, ["IAM"]),
        (ROLE.replace("PROPERTIES", "RoleName: me"), TOPIC, ["NAMED_IAM"]),
        (NESTED, TOPIC, []),
        (NESTED, ROLE.replace("PROPERTIES", "RoleName: me"), ["NAMED_IAM"]),
        (NESTED, f"Transform: MyMacro\n{TOPIC}", ["AUTO_EXPAND"]),
        (SAM.replace("PROPERTIES", ""), TOPIC, ["IAM", "AUTO_EXPAND"]),
        (SAM.replace("PROPERTIES", "Role: me"), TOPIC, ["AUTO_EXPAND"]),
        (TOPIC.replace("Topic}", "Topic, Properties: {'Fn::Transform': {Name: Mine}}}"), TOPIC, ["AUTO_EXPAND"]),
    ],
)
def test_iam_is_acknowledged_by_name_only_where_it_has_names_and_macros_where_there_are_any(
    root: str, inner: str, expected: list[str]
) -> None:
    texts = {"root.yaml": root, "inner.yaml": inner} if root == NESTED else {"root.yaml": root}
    found = read_directory(texts, "root.yaml")
    assert list(acknowledged(found)) == [f"CAPABILITY_{each}" for each in expected]
