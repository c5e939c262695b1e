"""What templates of all kinds need, beyond what the small stack shows."""

from __future__ import annotations

from typing import Any

import pytest

from labspec import schema
from labspec.iam import CALLS, Need, Needs, Setting
from labspec.iam.handlers import ONLY_WHERE
from labspec.template import read_directory
from tests.iam.evaluation import AUTHORITY, Request, allows, joined, made, needed

EVERYTHING = Setting("lab", bucket="templates", prefix="labspec/", commands=tuple(CALLS))


def needs(resources: str, head: str = "", setting: Setting | None = None) -> Needs:
    return needed(joined(f"{head}\nResources:\n{resources}"), setting)


def on(found: Needs, action: str) -> list[str]:
    return sorted({arn for need in found.of(action) for arn in need.resources})


def conditions(found: Needs, action: str) -> set[Any]:
    return {need.condition for need in found.of(action)}


ROLE = "  Role: {Type: AWS::IAM::Role, Properties: {RoleName: web, AssumeRolePolicyDocument: {Statement: [%s]}}}\n"
MACHINES = "{Effect: Allow, Principal: {Service: ec2.amazonaws.com}, Action: sts:AssumeRole}"
ROLES = "arn:${Partition}:iam::${Account}:role/"


@pytest.mark.parametrize(
    ("resources", "wanted"),
    [
        ("  F: {Type: AWS::Lambda::Function, Properties: {Role: !GetAtt Role.Arn}}", "web"),
        ("  F: {Type: AWS::Lambda::Function, Properties: {Role: 'arn:aws:iam::111122223333:role/a/b'}}", "a/b"),
        ("  F: {Type: AWS::Lambda::Function, Properties: {Role: !Ref Given}}", "*"),
        ("  P: {Type: AWS::IAM::InstanceProfile, Properties: {Roles: [guest]}}", "guest"),
        ("  F: {Type: AWS::EC2::Instance, Properties: {IamInstanceProfile: theirs}}", "*"),
        ("  F: {Type: AWS::Lambda::Function, Properties: {Environment: {Variables: {ROLE: !GetAtt Role.Arn}}}}", None),
        ("  V: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16}}", None),
    ],
)
def test_a_role_that_is_handed_on_and_no_other_may_be(resources: str, wanted: str | None) -> None:
    found = needs(ROLE % MACHINES + resources, "Parameters: {Given: {Type: String}}")
    assert on(found, "iam:PassRole") == ([f"{ROLES}{wanted}"] if wanted else [])
    assert {need.who for need in found.of("iam:PassRole")} <= {"F", "G", "P"}


def test_a_group_hands_on_the_role_of_its_launch_template() -> None:
    found = needs(ROLE % MACHINES + GROUP)
    assert {need.who for need in found.of("iam:PassRole")} == {"P", "G"}
    assert on(found, "iam:PassRole") == [f"{ROLES}web"]


GROUP = """
  P: {Type: AWS::IAM::InstanceProfile, Properties: {Roles: [!Ref Role]}}
  T:
    Type: AWS::EC2::LaunchTemplate
    Properties: {LaunchTemplateData: {IamInstanceProfile: {Arn: !GetAtt P.Arn}}}
  G:
    Type: AWS::AutoScaling::AutoScalingGroup
    Properties: {MinSize: '1', MaxSize: '1', LaunchTemplate: {LaunchTemplateId: !Ref T, Version: '1'}}
"""


@pytest.mark.parametrize(
    ("trusts", "wanted"),
    [
        (MACHINES, ("ec2.amazonaws.com",)),
        (
            "{Effect: Allow, Principal: {Service: [b.amazonaws.com, a.amazonaws.com]}}",
            ("a.amazonaws.com", "b.amazonaws.com"),
        ),
        ("{Effect: Allow, Principal: {Service: !Sub 'ec2.${AWS::URLSuffix}'}}", None),
        ("{Effect: Allow, Principal: {Service: [ec2.amazonaws.com, !Sub 'a.${AWS::URLSuffix}']}}", None),
        ("{Effect: Allow, Principal: {AWS: '111122223333'}}", None),
    ],
)
def test_a_role_may_be_handed_to_the_services_that_it_trusts(trusts: str, wanted: tuple[str, ...] | None) -> None:
    found = needs(f"{ROLE % trusts}  P: {{Type: AWS::IAM::InstanceProfile, Properties: {{Roles: [!Ref Role]}}}}")
    said = (("StringEquals", "iam:PassedToService", wanted),) if wanted else ()
    assert conditions(found, "iam:PassRole") == {said}


@pytest.mark.parametrize(
    ("head", "resources", "action", "wanted"),
    [
        ("Parameters: {K: {Type: 'AWS::EC2::KeyPair::KeyName'}}", "", "ec2:DescribeKeyPairs", ["*"]),
        ("Parameters: {K: {Type: 'List<AWS::EC2::Subnet::Id>'}}", "", "ec2:DescribeSubnets", ["*"]),
        (
            "Parameters: {K: {Type: 'AWS::SSM::Parameter::Value<String>', Default: /my/one}}",
            "",
            "ssm:GetParameters",
            ["arn:${Partition}:ssm:${Region}:*:parameter/my/one"],
        ),
        (
            "",
            "{Type: AWS::EC2::LaunchTemplate, Properties: {LaunchTemplateData: {ImageId: 'resolve:ssm:/aws/x'}}}",
            "ssm:GetParameters",
            ["arn:${Partition}:ssm:${Region}::parameter/aws/x"],
        ),
        (
            "",
            "{Type: AWS::SNS::Topic, Properties: {DisplayName: '{{resolve:ssm:/my/one:1}}'}}",
            "ssm:GetParameters",
            ["arn:${Partition}:ssm:${Region}:*:parameter/my/one"],
        ),
        (
            "",
            "{Type: AWS::SNS::Topic, Properties: {DisplayName: '{{resolve:secretsmanager:login:SecretString:a}}'}}",
            "secretsmanager:GetSecretValue",
            ["arn:${Partition}:secretsmanager:${Region}:${Account}:secret:login-*"],
        ),
        (
            "",
            "{Type: AWS::SNS::Topic, Properties: {DisplayName: '{{resolve:secretsmanager:arn:aws:x}}'}}",
            "secretsmanager:GetSecretValue",
            ["arn:${Partition}:secretsmanager:${Region}:${Account}:secret:*"],
        ),
        (
            "",
            "{Type: 'Custom::It', Properties: {ServiceToken: 'arn:aws:lambda:eu-west-1:111122223333:function:f'}}",
            "lambda:InvokeFunction",
            ["arn:aws:lambda:eu-west-1:111122223333:function:f"],
        ),
        (
            "",
            "{Type: 'Custom::It', Properties: {ServiceToken: 'arn:aws:sns:eu-west-1:111122223333:t'}}",
            "sns:Publish",
            ["arn:aws:sns:eu-west-1:111122223333:t"],
        ),
        (
            "",
            "{Type: 'AWS::CloudFormation::CustomResource', Properties: {ServiceToken: !ImportValue f}}",
            "lambda:InvokeFunction",
            ["arn:${Partition}:lambda:${Region}:${Account}:function:*"],
        ),
        (
            "",
            "{Type: AWS::ElasticLoadBalancingV2::LoadBalancer, Properties: {}}",
            "iam:CreateServiceLinkedRole",
            ["arn:${Partition}:iam::${Account}:role/aws-service-role/*"],
        ),
        (
            "",
            "{Type: AWS::CloudFront::Distribution, Properties: {DistributionConfig: {Logging: {Bucket: logs}}}}",
            "s3:PutBucketAcl",
            ["arn:${Partition}:s3:::*"],
        ),
        ("", "{Type: AWS::CloudFront::Distribution, Properties: {DistributionConfig: {}}}", "s3:PutBucketAcl", []),
        *(
            ("", "{Type: AWS::EFS::MountTarget}", f"ec2:{action}", ["arn:${Partition}:ec2:${Region}:${Account}:*"])
            for action in ("CreateNetworkInterface", "DeleteNetworkInterface", "ModifyNetworkInterfaceAttribute")
        ),
    ],
)
def test_what_the_schemas_leave_out_is_added(head: str, resources: str, action: str, wanted: list[str]) -> None:
    found = needs(f"  It: {resources or '{Type: AWS::SNS::Topic}'}", head)
    assert on(found, action) == wanted


@pytest.mark.parametrize(
    ("kind", "properties", "action", "wanted"),
    [
        ("AWS::Lambda::Function", "{Code: {ZipFile: ''}}", "s3:GetObject", []),
        ("AWS::Lambda::Function", "{Code: {S3Bucket: b}}", "s3:GetObject", ["arn:${Partition}:s3:::b/*"]),
        ("AWS::RDS::DBInstance", "{StorageEncrypted: true}", "kms:CreateGrant", []),
        ("AWS::RDS::DBInstance", "{KmsKeyId: k}", "kms:CreateGrant", ["arn:${Partition}:kms:${Region}:${Account}:*"]),
        ("AWS::RDS::DBInstance", "{ManageMasterUserPassword: false}", "secretsmanager:CreateSecret", []),
    ],
)
def test_what_a_property_brings_is_needed_only_with_it(
    kind: str, properties: str, action: str, wanted: list[str]
) -> None:
    assert on(needs(f"  It: {{Type: {kind}, Properties: {properties}}}"), action) == wanted


def test_a_policy_of_the_stacks_own_is_attached_by_its_name() -> None:
    found = needs(
        "  P: {Type: AWS::IAM::ManagedPolicy}\n  R: {Type: AWS::IAM::Role, Properties: {ManagedPolicyArns: [!Ref P]}}"
    )
    policy = "arn:${Partition}:iam::${Account}:policy/lab-*"
    assert conditions(found, "iam:AttachRolePolicy") == {(("ArnLike", "iam:PolicyARN", (policy,)),)}
    theirs = needs("  P: {Type: AWS::IAM::ManagedPolicy, Properties: {Roles: [web]}}")
    assert conditions(theirs, "iam:AttachRolePolicy") == {(("ArnLike", "iam:PolicyARN", (policy,)),)}


def test_a_policy_of_roles_touches_no_user() -> None:
    found = needs("  P: {Type: AWS::IAM::Policy, Properties: {Roles: [web], PolicyName: p}}")
    assert on(found, "iam:PutRolePolicy") == [f"{ROLES}web"]
    assert {need.action for need in found.all if "User" in need.action or "Group" in need.action} == set()
    assert all(need.resources for need in found.all)


def test_an_association_is_of_its_document_and_of_no_other() -> None:
    found = needs("  D: {Type: AWS::SSM::Document}\n  A: {Type: AWS::SSM::Association, Properties: {Name: !Ref D}}")
    documents = {arn.rpartition("/")[2] for arn in on(found, "ssm:CreateAssociation") if ":document/" in arn}
    assert documents == {"lab-*"}


@pytest.mark.parametrize(
    ("more", "wanted"),
    [
        ("", {(("StringEquals", "ssm:resourceTag/course", ("one",)),), ()}),
        ("  G: {Type: AWS::AutoScaling::AutoScalingGroup}", {()}),
    ],
)
def test_sessions_are_of_machines_with_the_tag_where_all_have_it(more: str, wanted: set[Any]) -> None:
    setting = Setting("lab", commands=("connect",), tag=("course", "one"))
    found = needs(f"  M: {{Type: AWS::EC2::Instance}}\n{more}", setting=setting)
    assert conditions(found, "ssm:StartSession") == wanted


def test_a_rollback_that_failed_can_be_gone_on_with() -> None:
    found = needs("  T: {Type: AWS::SNS::Topic}", setting=EVERYTHING)
    assert on(found, "cloudformation:ContinueUpdateRollback") == on(found, "cloudformation:ExecuteChangeSet")


def test_tables_speak_of_types_and_actions_that_there_are() -> None:
    for row in ONLY_WHERE:
        kind = row.types.removesuffix("*")
        assert not kind or any(each.startswith(kind) for each in schema.resource_types())
        assert AUTHORITY.matching(row.actions)


def test_what_is_not_known_is_told() -> None:
    template = """
  Mine: {Type: 'Mine::Own::Type'}
  Module: {Type: 'Mine::Own::Thing::MODULE'}
  Wait: {Type: AWS::CloudFormation::WaitConditionHandle}
  Nested: {Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: !Ref Given}}
  Bucket: {Type: AWS::S3::Bucket, Properties: {BucketName: !Ref Given}}
  Role: {Type: AWS::IAM::Role, Properties: {RoleName: !Sub 'a-${Given}'}}
"""
    found = needs(template, "Parameters: {Given: {Type: String}}")
    assert sorted(found.unknown_types) == ["Mine", "Module", "Nested"]
    assert "s3:DeleteBucketCors" in found.unknown_actions
    assert found.wide == (("Bucket", "BucketName"),)


def test_a_parameter_has_the_value_that_is_given_to_it() -> None:
    head = "Parameters: {K: {Type: 'AWS::SSM::Parameter::Value<String>', Default: /my/one}}"
    for value, wanted in (
        ("/my/two", "arn:${Partition}:ssm:${Region}:*:parameter/my/two"),
        ("arn:aws:ssm:x", "arn:aws:ssm:x"),
    ):
        found = needs("  T: {Type: AWS::SNS::Topic}", head, Setting(given={"K": value}))
        assert on(found, "ssm:GetParameters") == [wanted]


def test_what_certainly_does_not_exist_needs_nothing() -> None:
    head = "Conditions: {Never: !Equals [a, b]}"
    assert needs("  It: {Type: AWS::SNS::Topic, Condition: Never}", head) == Needs((), (), (), ())


NESTED = {
    "root.yaml": "Resources: {Net: {Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: net.yaml}}}",
    "net.yaml": "Resources: {Role: {Type: AWS::IAM::Role, Properties: {}}}",
}


def test_nested_stacks_are_made_of_published_templates_only() -> None:
    found = needed(read_directory(NESTED, "root.yaml"), EVERYTHING)
    assert on(found, "iam:CreateRole") == ["arn:${Partition}:iam::${Account}:role/lab-*"]
    assert on(found, "cloudformation:CreateStack") == [
        "arn:${Partition}:cloudformation:${Region}:${Account}:stack/lab-*/*"
    ]
    ((_, key, urls),) = next(iter(conditions(found, "cloudformation:CreateStack")))
    assert (key, urls) == (
        "cloudformation:TemplateUrl",
        tuple(
            f"https://templates.s3.${{aws:RequestedRegion}}.{end}/labspec/*"
            for end in ("amazonaws.com", "amazonaws.com.cn", "amazonaws.eu")
        ),
    )
    assert conditions(found, "cloudformation:CreateStack") == conditions(found, "cloudformation:CreateChangeSet")


SEOUL, PEKING = "ap-northeast-2", "cn-north-1"


@pytest.mark.parametrize(
    ("bucket", "at", "region", "url", "wanted"),
    [
        ("lab", SEOUL, SEOUL, "lab.s3.ap-northeast-2.amazonaws.com/labspec/x.yaml", True),
        ("lab", "", SEOUL, "lab.s3.ap-northeast-2.amazonaws.com/labspec/x.yaml", True),
        ("lab", PEKING, PEKING, "lab.s3.cn-north-1.amazonaws.com.cn/labspec/x.yaml", True),
        ("my.lab", SEOUL, SEOUL, "s3.ap-northeast-2.amazonaws.com/my.lab/labspec/x.yaml", True),
        ("my.lab", SEOUL, SEOUL, "my.lab.s3.ap-northeast-2.amazonaws.com/labspec/x.yaml", True),
        ("lab", SEOUL, SEOUL, "s3.ap-northeast-2.amazonaws.com/evil/lab/labspec/x.yaml", False),
        ("my.lab", SEOUL, SEOUL, "s3.ap-northeast-2.amazonaws.com/evil/my.lab/labspec/x.yaml", False),
        ("my.lab", "", SEOUL, "s3.x/evil/.amazonaws.com/my.lab/labspec/x.yaml", False),
        ("lab", "", SEOUL, "lab.s3.evil.s3.ap-northeast-2.amazonaws.com/labspec/x.yaml", False),
        ("lab", SEOUL, SEOUL, "lab.s3.ap-northeast-2.amazonaws.com/mine/labspec/x.yaml", False),
        ("lab", SEOUL, SEOUL, "lab.s3.ap-northeast-2.amazonaws.com.evil.com/labspec/x.yaml", False),
    ],
)
def test_a_template_comes_from_the_bucket_and_from_no_other(
    bucket: str, at: str, region: str, url: str, wanted: bool
) -> None:
    found = needs("  T: {Type: AWS::SNS::Topic}", setting=Setting("lab", bucket, "labspec/", True, ("deploy",), at))
    context = {"cloudformation:TemplateUrl": f"https://{url}", "aws:RequestedRegion": region}
    asked = Request("cloudformation:CreateChangeSet", f"arn:aws:cloudformation:{region}:1:stack/lab/1", context)
    assert allows(made(found.all), asked) is wanted


def test_commands_need_what_they_call_where_there_is_something_to_call_it_on() -> None:
    nothing = needs("  T: {Type: AWS::SNS::Topic}", setting=EVERYTHING)
    assert on(nothing, "s3:PutObject") == ["arn:${Partition}:s3:::templates/labspec/*"]
    assert [*nothing.of("ssm:StartSession"), *nothing.of("cloudfront:CreateInvalidation")] == []
    machine = "  M: {Type: AWS::EC2::Instance}\n  B: {Type: AWS::S3::Bucket, Properties: {BucketName: pages}}"
    found = needs(machine, setting=EVERYTHING)
    assert len(on(found, "ssm:StartSession")) == 2
    assert on(found, "s3:DeleteObjectVersion") == ["arn:${Partition}:s3:::pages/*"]
    assert [*needs(machine, setting=Setting("lab", commands=("status",))).of("ssm:StartSession")] == []
    assert [*needs(machine, setting=Setting("lab", commands=("deploy",))).of("s3:PutObject")] == []


def test_what_is_destroyed_must_have_the_tag_where_that_is_sure_to_be_there() -> None:
    template = """
  V: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16}}
  R: {Type: AWS::EC2::Route}
  C: {Type: AWS::AppConfig::Environment}
  B: {Type: AWS::S3::Bucket}
"""
    found = needs(template, setting=Setting("lab", tag=("course", "one")))
    assert conditions(found, "ec2:DeleteVpc") == {(("StringEquals", "aws:ResourceTag/course", ("one",)),)}
    assert conditions(found, "appconfig:DeleteEnvironment") == {
        ()
    }  # it also takes an application, which may be another's
    assert conditions(found, "s3:DeleteBucket") == {()}  # S3 heeds tags only where a bucket says so
    assert conditions(found, "ec2:DeleteRoute") == conditions(found, "ec2:CreateVpc") == {()}


def test_a_need_says_who_needs_it_and_what_for() -> None:
    (need,) = needs("  T: {Type: AWS::SNS::Topic}").of("SNS:deletetopic")
    assert need == Need("sns:DeleteTopic", ("arn:${Partition}:sns:${Region}:${Account}:lab-*",), "T", "delete")
