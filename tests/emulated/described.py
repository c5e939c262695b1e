"""What templates describe, in the words in which an emulated account tells what stands there."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

from tests.emulated.account import REGION
from tests.joining import Thing


def described(things: dict[str, Thing]) -> Counter[str]:
    """Everything that is there where its condition holds."""
    found = (thing for thing in things.values() if thing.condition is not False)
    return Counter(word for thing in found for word in _words(things, thing))


def _words(things: dict[str, Thing], thing: Thing) -> Iterator[str]:
    said = thing.properties
    match thing.type.removeprefix("AWS::"):
        case "EC2::VPC":
            yield f"vpc {said['CidrBlock']}"
        case "EC2::Subnet":
            yield f"subnet {said['CidrBlock']} in {_zone(said['AvailabilityZone'])}"
        case "EC2::Route":
            yield f"route to {said['DestinationCidrBlock']} by {'internet' if 'GatewayId' in said else 'nat'}"
        case "EC2::SecurityGroupIngress":
            ports = f"{said.get('FromPort', 'all')}-{said.get('ToPort', 'all')}"
            yield f"rule {said['IpProtocol']} {ports} from {_peer(things, said)}"
        case "EC2::Instance":
            data = things[said["LaunchTemplate"]["LaunchTemplateId"]["Ref"]].properties["LaunchTemplateData"]
            yield f"instance {data['InstanceType']}"
        case "AutoScaling::AutoScalingGroup":
            yield f"group of {said['MinSize']} to {said['MaxSize']}"
        case "ElasticLoadBalancingV2::LoadBalancer":
            yield f"load balancer {said['Scheme']} in {len(said['Subnets'])} zones"
        case "ElasticLoadBalancingV2::Listener":
            yield f"listener {said['Protocol']} {said['Port']}"
        case "ElasticLoadBalancingV2::TargetGroup":
            yield f"targets {said['Protocol']} {said['Port']} asked for {said['HealthCheckPath']}"
        case "EFS::FileSystem":
            yield f"file system, encrypted: {said['Encrypted']}"
        case "RDS::DBInstance":
            yield _database(things, said)
        case "CloudFront::Distribution":
            yield f"distribution, enabled: {said['DistributionConfig']['Enabled']}"
        case kind if kind in PLAIN:
            yield PLAIN[kind]


PLAIN = {
    "EC2::SubnetRouteTableAssociation": "association",
    "EC2::NatGateway": "nat gateway",
    "EC2::EIP": "address",
    "EC2::SecurityGroup": "security group",
    "EC2::LaunchTemplate": "launch template",
    "Custom::Image": "image",
    "EFS::MountTarget": "mount target",
    "S3::Bucket": "bucket",
    "SecretsManager::Secret": "secret",
    "SNS::Topic": "topic",
}
"""What is told by its kind alone."""


def _zone(value: Any) -> str:
    match value:
        case {"Fn::Select": [index, {"Fn::GetAZs": _}]}:
            return f"{REGION}{'abc'[int(index)]}"
        case {"Fn::Sub": [*pieces]}:
            return "".join(REGION if piece == {"Ref": "AWS::Region"} else str(piece) for piece in pieces)
    return str(value)


def _peer(things: dict[str, Thing], said: dict[str, Any]) -> str:
    match said.get("CidrIp"):
        case {"Fn::GetAtt": [str(vpc), "CidrBlock"]}:
            return str(things[vpc].properties["CidrBlock"])
        case str(cidr):
            return cidr
    return "a group"


def _database(things: dict[str, Thing], said: dict[str, Any]) -> str:
    source = said.get("SourceDBInstanceIdentifier")
    whole: Callable[[str], Any] = said.get
    if source is not None:
        (name,) = source.values()
        whole = things[name if isinstance(name, str) else name[0]].properties.get
    return (
        f"database {whole('Engine')} {said.get('DBInstanceClass') or whole('DBInstanceClass')}, a copy: {bool(source)}"
    )
