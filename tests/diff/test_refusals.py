"""Updates that AWS refuses are told before, with the way out."""

from __future__ import annotations

import pytest

from tests.diff.templates import difference

NETWORK = """
Vpc: {Type: AWS::EC2::VPC, Properties: {CidrBlock: %(vpc)s}}
A: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Vpc, CidrBlock: %(a)s, AvailabilityZone: us-east-1a}}
B: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Vpc, CidrBlock: 10.0.2.0/24, AvailabilityZone: us-east-1b}}
"""
STANDS = {"vpc": "10.0.0.0/16", "a": "10.0.1.0/24"}
MOVES = {**STANDS, "vpc": "10.0.0.0/17"}
FILES = "Files: {Type: AWS::EFS::FileSystem}\n"
SUBNETS = "[!Ref A, !Ref B]"
GATEWAYS = """
Eip: {Type: AWS::EC2::EIP}
It: {Type: AWS::EC2::NatGateway, Properties: {SubnetId: !Ref A, AllocationId: !GetAtt Eip.AllocationId}}
Igw: {Type: AWS::EC2::InternetGateway}
Way: {Type: AWS::EC2::VPCGatewayAttachment, Properties: {VpcId: !Ref Vpc, InternetGatewayId: !Ref Igw}}
"""


def refused(old: str, new: str) -> list[str]:
    """What is refused, with `?` where that is not certain."""
    found = difference(old, new).refusals
    assert all(refusal.help.endswith(".") and refusal.page and refusal.message.endswith(".") for refusal in found)
    return sorted(refusal.address + ("" if refusal.sure else "?") for refusal in found)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (f"Group: {{Type: AWS::RDS::DBSubnetGroup, Properties: {{SubnetIds: {SUBNETS}}}}}", ["Group"]),
        (f"It: {{Type: AWS::ElasticLoadBalancingV2::LoadBalancer, Properties: {{Subnets: {SUBNETS}}}}}", ["It"]),
        (FILES + "It: {Type: AWS::EFS::MountTarget, Properties: {FileSystemId: !Ref Files, SubnetId: !Ref A}}", ["It"]),
        ("It: {Type: AWS::EC2::Instance, Properties: {SubnetId: !Ref A, PrivateIpAddress: 10.0.1.5}}", ["It"]),
        ("It: {Type: AWS::EC2::Instance, Properties: {SubnetId: !Ref A}}", []),
        (GATEWAYS, ["It", "Way"]),
        ("It: {Type: AWS::EC2::SecurityGroup, Properties: {VpcId: !Ref Vpc, GroupName: web}}", []),
    ],
)
def test_what_does_not_move_to_another_vpc(text: str, expected: list[str]) -> None:
    """The network becomes another one, and with it all that stands in it; names of groups are free in a new VPC."""
    assert refused(NETWORK % STANDS + text, NETWORK % MOVES + text) == expected
    assert refused(NETWORK % STANDS + text, NETWORK % STANDS + text) == []


def test_a_subnet_that_is_made_anew_needs_addresses_that_are_free() -> None:
    old = NETWORK % STANDS
    assert refused(old, old.replace("us-east-1a", "us-east-1c")) == ["A"]
    assert refused(old, old.replace("us-east-1a", "us-east-1c").replace("10.0.1.0", "10.0.3.0")) == []
    assert refused(old, old.replace("10.0.1.0/24", "10.0.2.128/25")) == ["A"]
    assert refused(old, old.replace("A:", "Renamed:")) == ["Renamed"]


def test_a_mount_target_in_another_subnet_of_its_zone() -> None:
    text = (
        NETWORK % STANDS
        + FILES
        + "It: {Type: AWS::EFS::MountTarget, Properties: {FileSystemId: !Ref Files, SubnetId: !Ref %s}}"
    )
    place = "VpcId: !Ref Vpc, CidrBlock: 10.0.3.0/24, AvailabilityZone: us-east-1%s"
    other = f"C: {{Type: AWS::EC2::Subnet, Properties: {{{place}}}}}\n"
    assert refused(text % "A", other % "a" + text % "C") == ["It"]
    assert refused(text % "A", other % "c" + text % "C") == []


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        (
            "Type: AWS::IAM::Role, Properties: {RoleName: a, Path: /x/}",
            "Type: AWS::IAM::Role, Properties: {RoleName: a, Path: /y/}",
            ["It"],
        ),
        (
            "Type: AWS::IAM::Role, Properties: {RoleName: a, Path: /x/}",
            "Type: AWS::IAM::Role, Properties: {RoleName: b, Path: /y/}",
            [],
        ),
        ("Type: AWS::IAM::Role, Properties: {Path: /x/}", "Type: AWS::IAM::Role, Properties: {Path: /y/}", []),
        (
            "Type: AWS::EC2::KeyPair, Properties: {KeyName: me, KeyType: rsa}",
            "Type: AWS::EC2::KeyPair, Properties: {KeyName: me, KeyType: ed25519}",
            ["It"],
        ),
        (
            "Type: AWS::RDS::DBInstance, Properties: {DBInstanceIdentifier: main, Engine: mysql}",
            "Type: AWS::RDS::DBInstance, Properties: {DBInstanceIdentifier: main, Engine: postgres}",
            ["It"],
        ),
        (
            "Type: AWS::RDS::DBInstance, Properties: {AllocatedStorage: 30}",
            "Type: AWS::RDS::DBInstance, Properties: {AllocatedStorage: 20}",
            ["It"],
        ),
        (
            "Type: AWS::RDS::DBInstance, Properties: {EngineVersion: '8.4.7'}",
            "Type: AWS::RDS::DBInstance, Properties: {EngineVersion: '8.0.40'}",
            ["It"],
        ),
        (
            "Type: AWS::RDS::DBInstance, Properties: {EngineVersion: '8.0.9'}",
            "Type: AWS::RDS::DBInstance, Properties: {EngineVersion: '8.0'}",
            [],
        ),
        (
            "Type: AWS::DynamoDB::Table, Properties: {GlobalSecondaryIndexes: [{IndexName: a}]}",
            "Type: AWS::DynamoDB::Table, Properties: {GlobalSecondaryIndexes: [{IndexName: b}]}",
            ["It"],
        ),
        (
            "Type: AWS::DynamoDB::Table, Properties: {GlobalSecondaryIndexes: [{IndexName: a}]}",
            "Type: AWS::DynamoDB::Table, Properties: {GlobalSecondaryIndexes: [{IndexName: a}, {IndexName: c}]}",
            [],
        ),
        ("Type: AWS::EC2::Volume, Properties: {Size: 9}", "Type: AWS::EC2::Volume, Properties: {Size: 8}", ["It"]),
        (
            "Type: AWS::EC2::Volume, Properties: {Encrypted: false}",
            "Type: AWS::EC2::Volume, Properties: {Encrypted: true}",
            ["It"],
        ),
        ("Type: AWS::EC2::Volume, Properties: {Size: 8}", "Type: AWS::EC2::Volume, Properties: {Size: 9}", []),
        (
            "Type: AWS::RDS::DBInstance, Properties: {DBInstanceIdentifier: main, Engine: mysql}",
            "Type: AWS::RDS::DBInstance, Properties: {DBInstanceIdentifier: Main, Engine: postgres}",
            ["It"],
        ),
        ("Type: AWS::S3::Bucket", "Type: AWS::SQS::Queue", ["It"]),
        ("Type: Custom::X, Properties: {ServiceToken: a}", "Type: Custom::X, Properties: {ServiceToken: b}", ["It"]),
    ],
)
def test_what_is_not_made_beside_itself(before: str, after: str, expected: list[str]) -> None:
    assert refused(f"It: {{{before}}}", f"It: {{{after}}}") == expected


def test_another_logical_id_with_the_same_name_is_made_before_the_old_one_goes() -> None:
    text = "%s: {Type: AWS::S3::Bucket, Properties: {BucketName: pages}}"
    (found,) = difference(text % "Old", text % "New").refusals
    assert (found.address, found.message) == (
        "New",
        "It is made anew, and the name pages still belongs to another resource.",
    )
    assert "remove Old in an update before" in found.help


def test_names_that_may_be_absent_may_be_taken() -> None:
    text = """
    Parameters: {Name: {Type: String}}
    Conditions: {IsNamed: !Not [!Equals [!Ref Name, ""]]}
    Resources:
      It: {Type: AWS::IAM::Role, Properties: {RoleName: !If [IsNamed, !Ref Name, !Ref AWS::NoValue], Path: /%s/}}
    """
    assert refused(text % "x", text % "y") == ["It?"]


def test_a_custom_resource_whose_function_is_made_anew() -> None:
    text = """
    Maker: {Type: AWS::Lambda::Function, Properties: {FunctionName: %s}}
    It: {Type: Custom::X, Properties: {ServiceToken: !GetAtt Maker.Arn}}
    """
    assert refused(text % "one", text % "other") == ["It"]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("EC2::SecurityGroupIngress, Properties: {GroupId: a, IpProtocol: tcp, FromPort: 22, CidrIp: x}", ["New?"]),
        ("EC2::Route, Properties: {RouteTableId: a, DestinationCidrBlock: 0.0.0.0/0}", ["New"]),
        ("EC2::VPCEndpoint, Properties: {VpcId: a, ServiceName: s3, RouteTableIds: [a]}", ["New"]),
        ("EC2::VPCEndpoint, Properties: {VpcId: a, ServiceName: s3, RouteTableIds: []}", []),
        ("ElasticLoadBalancingV2::Listener, Properties: {LoadBalancerArn: a, Port: 80}", ["New"]),
        ("KMS::Alias, Properties: {AliasName: alias/a}", ["New"]),
        ("Route53::RecordSet, Properties: {HostedZoneId: a, Name: b.example., Type: A}", ["New"]),
        ("CloudFront::Distribution, Properties: {DistributionConfig: {Aliases: [a.example]}}", ["New"]),
        ("CloudFront::Distribution, Properties: {DistributionConfig: {}}", []),
        ("SNS::Subscription, Properties: {TopicArn: a, Endpoint: b}", []),
    ],
)
def test_what_there_is_once_has_no_second_logical_id(body: str, expected: list[str]) -> None:
    assert refused(f"Old: {{Type: AWS::{body}}}", f"New: {{Type: AWS::{body}}}") == expected


def test_two_that_swap_what_there_is_once() -> None:
    rule = "%s: {Type: AWS::ElasticLoadBalancingV2::ListenerRule, Properties: {ListenerArn: a, Priority: %s}}\n"
    old = rule % ("A", 1) + rule % ("B", 2)
    assert refused(old, rule % ("A", 2) + rule % ("B", 1)) == ["A", "B"]
    assert refused(old, rule % ("A", 2) + rule % ("B", 3)) == ["A?"]
    assert refused(old, rule % ("A", 3) + rule % ("B", 4)) == []


def test_what_there_is_once_is_there_again_in_what_is_made_anew() -> None:
    text = NETWORK + "%%s: {Type: AWS::EC2::VPCCidrBlock, Properties: {VpcId: !Ref Vpc, CidrBlock: 10.1.0.0/16}}"
    assert refused(text % STANDS % "Old", text % STANDS % "New") == ["New"]
    assert refused(text % STANDS % "Old", text % MOVES % "New") == []


def test_a_volume_that_the_old_machine_still_has() -> None:
    text = """
    Box: {Type: AWS::EC2::Instance, Properties: {ImageId: %s}}
    It: {Type: AWS::EC2::VolumeAttachment, Properties: {InstanceId: !Ref Box, VolumeId: v}}
    """
    assert refused(text % "one", text % "other") == ["It"]


def test_conditions_that_exclude_each_other_have_one_place_for_two() -> None:
    head = "Parameters: {P: {Type: String}}\nConditions: {A: !Equals [!Ref P, a], B: !Not [!Condition A]}\nResources:\n"
    policy = "  %s: {Type: AWS::S3::BucketPolicy, Condition: %s, Properties: {Bucket: a}}\n"
    old = head + policy % ("One", "A")
    assert refused(old, old + policy % ("Other", "B")) == []
    assert refused(old, head + policy % ("Other", "A")) == ["Other?"]


@pytest.mark.parametrize(
    ("before", "after", "multi", "expected"),
    [
        ("!Ref A, !Ref B", "!Ref A, !Ref C", "false", ["Group?"]),
        ("!Ref A, !Ref B", "!Ref A, !Ref C", "true", ["Group"]),
        ("!Ref A, !Ref B", "!Ref C, !Ref D", "false", ["Group"]),
        ("!Ref A, !Ref B", "!Ref A, !Ref B, !Ref C", "true", []),
    ],
)
def test_a_subnet_that_a_database_stands_in(before: str, after: str, multi: str, expected: list[str]) -> None:
    subnet = "%s: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Vpc, CidrBlock: 10.0.%s.0/24}}\n"
    text = NETWORK % STANDS + subnet % ("C", 3) + subnet % ("D", 4)
    group = "Group: {Type: AWS::RDS::DBSubnetGroup, Properties: {SubnetIds: [%s]}}\n"
    base = f"It: {{Type: AWS::RDS::DBInstance, Properties: {{DBSubnetGroupName: !Ref Group, MultiAZ: {multi}}}}}"
    assert refused(text + group % before + base, text + group % after + base) == expected
    assert refused(text + group % before, text + group % after) == []


def test_backups_of_a_source_stay() -> None:
    text = """
    It: {Type: AWS::RDS::DBInstance, Properties: {BackupRetentionPeriod: %s}}
    Copy: {Type: AWS::RDS::DBInstance, Properties: {SourceDBInstanceIdentifier: !Ref It}}
    """
    assert refused(text % 7, text % 0) == ["It"]
    assert refused(text % 7, text % 1) == []


@pytest.mark.parametrize(("most", "expected"), [(2, ["It"]), (3, [])])
def test_a_rolling_update_needs_room(most: int, expected: list[str]) -> None:
    text = f"It: {{Type: AWS::AutoScaling::AutoScalingGroup, Properties: {{MaxSize: {most}, LaunchTemplate: "
    text += "{Version: %s}}, UpdatePolicy: {AutoScalingRollingUpdate: {MinInstancesInService: 2}}}"
    assert refused(text % 1, text % 2) == expected


def test_security_groups_of_a_network_load_balancer() -> None:
    text = "It: {Type: AWS::ElasticLoadBalancingV2::LoadBalancer, Properties: {Type: %s, SecurityGroups: %s}}"
    assert refused(text % ("network", "[]"), text % ("network", "[a]")) == ["It"]
    assert refused(text % ("network", "[b]"), text % ("network", "[a]")) == []
    assert refused(text % ("application", "[]"), text % ("application", "[a]")) == []
