"""What names what: a value of the right form may be of the wrong thing."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from tests.mutants.site import MACHINES, Site

NAMES = {
    "AllocationId": "EC2::EIP",
    "DBParameterGroupName": "RDS::DBParameterGroup",
    "DBSubnetGroupName": "RDS::DBSubnetGroup",
    "FileSystemId": "EFS::FileSystem",
    "GatewayId": "EC2::InternetGateway",
    "GroupId": "EC2::SecurityGroup",
    "Groups": "EC2::SecurityGroup",
    "IamInstanceProfile": "IAM::InstanceProfile",
    "InternetGatewayId": "EC2::InternetGateway",
    "KeyName": "EC2::KeyPair",
    "LaunchTemplateId": "EC2::LaunchTemplate",
    "LoadBalancerArn": "ElasticLoadBalancingV2::LoadBalancer",
    "NatGatewayId": "EC2::NatGateway",
    "RouteTableId": "EC2::RouteTable",
    "SecurityGroupIds": "EC2::SecurityGroup",
    "SecurityGroups": "EC2::SecurityGroup",
    "SourceSecurityGroupId": "EC2::SecurityGroup",
    "SubnetId": "EC2::Subnet",
    "SubnetIds": "EC2::Subnet",
    "Subnets": "EC2::Subnet",
    "TargetGroupARNs": "ElasticLoadBalancingV2::TargetGroup",
    "TargetGroupArn": "ElasticLoadBalancingV2::TargetGroup",
    "VPCSecurityGroups": "EC2::SecurityGroup",
    "VPCZoneIdentifier": "EC2::Subnet",
    "VpcId": "EC2::VPC",
}
"""The type of what a property names, where it names what the templates make."""


def typed(site: Site) -> Iterator[str]:
    """A property that names a subnet names a subnet."""
    for thing in site.things.values():
        for name, value in _properties(thing.properties):
            for wrong in site.inside(value) if name in NAMES else ():
                if site.things[wrong].type != f"AWS::{NAMES[name]}":
                    yield f"{name} of {thing.id} is {wrong}, a {site.things[wrong].type}"


def _properties(value: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(value, dict):
        yield from value.items()
    for inner in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from _properties(inner)


def signals(site: Site) -> Iterator[str]:
    """A machine's user data signals the machine itself, in its own stack, where that is waited for."""
    for machine in site.of(*MACHINES):
        script = _text(site.template(machine).get("UserData"))
        told = set(re.findall(r"--resource (\w+)", script))
        if told - {machine.id}:
            yield f"{machine.id} signals {', '.join(sorted(told - {machine.id}))}"
        if "ResourceSignal" in machine.attributes.get("CreationPolicy", {}) and machine.id not in told:
            yield f"{machine.id} is waited for, and does not signal"
        if told and "--stack '<AWS::StackName>'" not in script:
            yield f"{machine.id} signals another stack"


def _text(value: Any) -> str:
    """A text with `<Name>` in the place of what it refers to."""
    match value:
        case str():
            return value
        case {"Ref": str(name)}:
            return f"<{name}>"
        case {"Fn::Base64": inner} | {"Fn::Sub": inner}:
            return _text(inner)
        case list():
            return "".join(map(_text, value))
    return ""


def newest(site: Site) -> Iterator[str]:
    """Who starts by a launch template starts by its newest version, or a change reaches nobody."""
    for thing in site.of(*MACHINES):
        used = thing.properties.get("LaunchTemplate", {})
        made = site.inside(used.get("LaunchTemplateId"))
        if made and used["Version"] != {"Fn::GetAtt": [made[0], "LatestVersionNumber"]}:
            yield f"{thing.id} starts by version {used['Version']} of {made[0]}"
