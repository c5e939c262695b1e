"""Templates of any kind, however wrong, are read without a crash, and what is allowed is never nothing or unsaid."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from labspec.iam import CALLS, Setting, deployer, findings
from labspec.iam.names import NAMED
from labspec.template import TemplateError
from tests.iam.evaluation import AUTHORITY, joined, made, needed

OTHERS = (
    "AWS::EC2::Instance",
    "AWS::EC2::LaunchTemplate",
    "AWS::CloudFormation::Stack",
    "AWS::ECS::Service",
    "Custom::X",
)
PROPERTIES = (
    *("Role", "Roles", "RoleName", "Path", "IamInstanceProfile", "LaunchTemplate", "LaunchTemplateData", "UserData"),
    *(
        "BucketName",
        "Bucket",
        "Code",
        "ServiceToken",
        "PermissionsBoundary",
        "ManagedPolicyArns",
        "TopicArn",
        "SecretId",
    ),
    *("AssumeRolePolicyDocument", "Statement", "Principal", "Service", "Name", "KmsKeyId", "TemplateURL"),
)
TEXTS = (
    "",
    "a",
    "arn:aws:iam::1:role/x",
    "{{resolve:ssm:/a:1}}",
    "{{resolve:secretsmanager:x}}",
    "resolve:ssm:/a",
    "*",
)
REFERENCES = ("R0", "R1", "R2", "P", "AWS::StackName", "AWS::NoValue", "AWS::Region")
PLAIN = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(0, 9),
    st.sampled_from(TEXTS),
    st.sampled_from(REFERENCES).map(lambda name: {"Ref": name}),
    st.sampled_from(("R0", "R1", "R2")).map(lambda name: {"Fn::GetAtt": [name, "Arn"]}),
    st.sampled_from(("${AWS::StackName}-x", "${R0}-${R1.Arn}", "{{resolve:secretsmanager:${R2}:SecretString}}")).map(
        lambda text: {"Fn::Sub": text}
    ),
)
VALUES = st.recursive(
    PLAIN,
    lambda inner: st.one_of(
        st.lists(inner, max_size=2),
        st.dictionaries(st.sampled_from(PROPERTIES), inner, max_size=3),
        st.tuples(inner, inner).map(lambda both: {"Fn::If": ["C", *both]}),
        st.lists(inner, max_size=2).map(lambda parts: {"Fn::Join": ["-", parts]}),
        inner.map(lambda value: {"Fn::Base64": value}),
    ),
    max_leaves=6,
)
RESOURCES = st.builds(
    lambda kind, properties, value: {"Type": kind, "Properties": {**properties, **dict.fromkeys(_named(kind), value)}},
    st.sampled_from((*NAMED, *OTHERS)),
    st.dictionaries(st.sampled_from(PROPERTIES), VALUES, max_size=4),
    VALUES,
)


def _named(kind: str) -> list[str]:
    return [owned.property.partition(".")[0] for owned in NAMED.get(kind, ()) if owned.property]


@given(st.lists(RESOURCES, min_size=3, max_size=3))
def test_whatever_stands_in_a_template_something_is_said_of_it(resources: list[Any]) -> None:
    template = {
        "Parameters": {"P": {"Type": "String"}},
        "Conditions": {"C": {"Fn::Equals": [{"Ref": "P"}, "x"]}},
        "Resources": {f"R{number}": body for number, body in enumerate(resources)},
    }
    try:
        stacks = joined(json.dumps(template))
    except TemplateError:
        return
    found = needed(stacks, Setting("lab", "b", "p/", commands=tuple(CALLS), tag=("a", "b")))
    assert all(need.resources and all(need.resources) for need in found.all)
    assert all(statement["Resource"] for policy in made(found.all) for statement in policy["Statement"])
    assert {*found.unknown_types} <= {*stacks.resources}
    assert [*findings(stacks, found, []), deployer(found.all, AUTHORITY, "", "people")]
