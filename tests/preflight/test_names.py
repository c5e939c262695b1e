"""Names that may be taken, and what a region lacks."""

from __future__ import annotations

import pytest

from labspec import schema
from labspec.given_names import ACCOUNT, WORLD
from labspec.preflight.names import doubles, names
from labspec.preflight.places import is_region, lacks
from tests.preflight.stacks import NETWORK, joined

CONDITIONS = "  IsProd: !Equals [!Ref Env, prod]\n  IsTest: !Not [!Condition IsProd]\n"
PARAMETERS = "  Env: {Type: String}\n  Bucket: {Type: String}\n"


def test_names_of_the_whole_world_come_first_and_parameters_are_told() -> None:
    found = names(
        joined(
            """
  Role: {Type: AWS::IAM::Role, Properties: {RoleName: deployer}}
  Made: {Type: AWS::IAM::Role, Properties: {}}
  Ours: {Type: AWS::S3::Bucket, Properties: {BucketName: !Ref Bucket}}
  Site: {Type: AWS::CloudFront::Distribution, Properties: {DistributionConfig: {Aliases: [a.example.com, !Ref Bucket]}}}
  Topic: {Type: AWS::SNS::Topic, Properties: {TopicName: !Sub '${AWS::StackName}-alerts'}}
""",
            PARAMETERS,
        )
    )
    told = [(name.address, name.text, name.parameter, name.world) for name in found]
    assert told == [
        ("Ours", None, "Bucket", True),
        ("Site", "a.example.com", "", True),
        ("Site", None, "Bucket", True),
        ("Role", "deployer", "", False),
    ]
    assert found[1].path == ("DistributionConfig", "Aliases", 0)


@pytest.mark.parametrize(
    ("first", "second", "doubled"),
    [
        ("", "", True),
        (", Condition: IsProd", "", True),
        (", Condition: IsProd", ", Condition: IsTest", False),
    ],
)
def test_two_of_one_name_that_can_both_be_there(first: str, second: str, doubled: bool) -> None:
    roles = f"""
  One: {{Type: AWS::IAM::Role, Properties: {{RoleName: Deployer}}{first}}}
  Two: {{Type: AWS::IAM::Role, Properties: {{RoleName: deployer}}{second}}}
  Topic: {{Type: AWS::SNS::Topic, Properties: {{TopicName: deployer}}}}
"""
    found = list(doubles(joined(roles, PARAMETERS, CONDITIONS)))
    assert [(each.first.address, each.second.address) for each in found] == ([("One", "Two")] if doubled else [])


DATABASE = "AWS::RDS::DBInstance, Properties: {DBInstanceIdentifier: "
TOPIC = "AWS::SNS::Topic, Properties: {TopicName: !Sub '${AWS::StackName}"
GROUP = "AWS::EC2::SecurityGroup, Properties: {GroupDescription: g, GroupName: web, VpcId: "


@pytest.mark.parametrize(
    ("first", "second", "doubled"),
    [
        (f"{DATABASE}Shop}}", f"{DATABASE}shop}}", True),
        (f"{TOPIC}-q'}}", f"{TOPIC}-q'}}", True),
        (f"{TOPIC}-q'}}", f"{TOPIC}-Q'}}", False),
        (f"{GROUP}vpc-1}}", f"{GROUP}vpc-1}}", True),
        (f"{GROUP}vpc-1}}", f"{GROUP}vpc-2}}", False),
        ("AWS::SNS::Topic", "AWS::SNS::Topic", False),
    ],
)
def test_names_are_compared_as_their_services_do(first: str, second: str, doubled: bool) -> None:
    found = joined(f"  One: {{Type: {first}}}\n  Two: {{Type: {second}}}\n")
    assert len(list(doubles(found))) == int(doubled)
    assert not [each for each in names(found) if each.text == "web"]


@pytest.mark.parametrize("kind", sorted({*WORLD, *ACCOUNT}))
def test_a_name_stands_where_the_schema_has_it(kind: str) -> None:
    *place, property = WORLD.get(kind) or ACCOUNT[kind]
    assert property in schema.properties_at(kind, tuple(place))


KIND = "  Kind: {Type: String, AllowedValues: [t3.micro, a1.large]}\n"


def lacking(resources: str, region: str) -> list[tuple[str, str]]:
    never = "  Never: !Equals [a, b]\n"
    found = joined(NETWORK + resources, KIND, never, parameters={"AWS::Region": region})
    return [(each.address, each.what) for each in lacks(found, region)]


@pytest.mark.parametrize(
    ("resource", "region", "expected"),
    [
        ("{Type: AWS::EC2::Instance, Properties: {InstanceType: t3.micro}}", "ap-northeast-2", ""),
        ("{Type: AWS::EC2::Instance, Properties: {InstanceType: a1.large}}", "ap-northeast-2", "the type a1.large"),
        ("{Type: AWS::EC2::Instance, Properties: {InstanceType: a1.large}}", "us-east-1", ""),
        (
            "{Type: AWS::EC2::Instance, Condition: Never, Properties: {InstanceType: a1.large}}",
            "ap-northeast-2",
            "",
        ),
        ("{Type: AWS::EC2::Instance, Properties: {InstanceType: new9.large}}", "us-east-1", ""),
        ("{Type: AWS::EC2::Instance, Properties: {InstanceType: !Ref Kind}}", "ap-northeast-2", "the type a1.large"),
        ("{Type: AWS::RDS::DBInstance, Properties: {DBInstanceClass: db.t3.micro}}", "ap-northeast-2", ""),
        ("{Type: AWS::RDS::DBInstance, Properties: {DBInstanceClass: db.t2.micro}}", "ap-southeast-7", "db.t2.micro"),
        ("{Type: AWS::Kendra::Index}", "ap-northeast-2", "the type AWS::Kendra::Index"),
        ("{Type: AWS::Kendra::Index}", "us-east-1", ""),
        ("{Type: Custom::Kendra}", "ap-northeast-2", ""),
        ("{Type: AWS::EC2::Subnet, Properties: {AvailabilityZone: !Sub '${AWS::Region}e'}}", "us-east-1", ""),
        (
            "{Type: AWS::EC2::Subnet, Properties: {AvailabilityZone: !Sub '${AWS::Region}e'}}",
            "eu-west-1",
            "zone eu-west-1e",
        ),
        ("{Type: AWS::EC2::Subnet, Properties: {AvailabilityZone: us-east-1a}}", "eu-west-1", "a zone us-east-1a"),
        ("{Type: AWS::EC2::Subnet, Properties: {AvailabilityZone: us-west-2-lax-1a}}", "us-west-2", ""),
        (
            "{Type: AWS::AutoScaling::AutoScalingGroup, Properties: {AvailabilityZones: [us-east-1a, eu-west-1a]}}",
            "eu-west-1",
            "a zone us-east-1a",
        ),
        ("{Type: AWS::EC2::Subnet, Properties: {AvailabilityZone: !Select [0, !GetAZs '']}}", "eu-west-1", ""),
    ],
)
def test_a_region_lacks_what_only_others_have(resource: str, region: str, expected: str) -> None:
    found = lacking(f"  It: {resource}\n", region)
    assert [address for address, _ in found] == (["It"] if expected else [])
    assert all(what.endswith(expected) for _, what in found)


def test_regions_are_known_by_their_schemas() -> None:
    assert is_region("ap-northeast-2")
    assert not is_region("seoul")
