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
    kind, said = thing.type.removeprefix("AWS::"), thing.properties
    if kind in WORDS:
        yield WORDS[kind].format_map(said)
    elif kind in TOLD:
        yield TOLD[kind](things, said)


WORDS = {
    "AutoScaling::AutoScalingGroup": "group of {MinSize} to {MaxSize}",
    "CloudFront::Distribution": "distribution, enabled: {DistributionConfig[Enabled]}",
    "Custom::Image": "image",
    "EC2::EIP": "address",
    "EC2::Instance": "instance {InstanceType}",
    "EC2::LaunchTemplate": "launch template",
    "EC2::NatGateway": "nat gateway",
    "EC2::SecurityGroup": "security group",
    "EC2::SubnetRouteTableAssociation": "association",
    "EC2::VPC": "vpc {CidrBlock}",
    "EFS::FileSystem": "file system, encrypted: {Encrypted}",
    "EFS::MountTarget": "mount target",
    "ElasticLoadBalancingV2::Listener": "listener {Protocol} {Port}",
    "ElasticLoadBalancingV2::TargetGroup": "targets {Protocol} {Port} asked for {HealthCheckPath}",
    "S3::Bucket": "bucket",
    "SNS::Topic": "topic",
    "SecretsManager::Secret": "secret",
}
"""Of each type what is told of it, with its properties."""


def _subnet(_: dict[str, Thing], said: dict[str, Any]) -> str:
    return f"subnet {said['CidrBlock']} in {_zone(said['AvailabilityZone'])}"


def _route(_: dict[str, Thing], said: dict[str, Any]) -> str:
    return f"route to {said['DestinationCidrBlock']} by {'internet' if 'GatewayId' in said else 'nat'}"


def _rule(things: dict[str, Thing], said: dict[str, Any]) -> str:
    ports = f"{said.get('FromPort', 'all')}-{said.get('ToPort', 'all')}"
    return f"rule {said['IpProtocol']} {ports} from {_peer(things, said)}"


def _balancer(_: dict[str, Thing], said: dict[str, Any]) -> str:
    return f"load balancer {said['Scheme']} in {len(said['Subnets'])} zones"


def _database(things: dict[str, Thing], said: dict[str, Any]) -> str:
    source = said.get("SourceDBInstanceIdentifier")
    name = next(iter(source.values())) if source else None
    whole = things[name if isinstance(name, str) else name[0]].properties if name else said
    return f"database {whole['Engine']} {said['DBInstanceClass']}, a copy: {bool(source)}"


TOLD: dict[str, Callable[[dict[str, Thing], dict[str, Any]], str]] = {
    "EC2::Route": _route,
    "EC2::SecurityGroupIngress": _rule,
    "EC2::Subnet": _subnet,
    "ElasticLoadBalancingV2::LoadBalancer": _balancer,
    "RDS::DBInstance": _database,
}
"""The same where it takes more than to fill in properties."""


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
