"""Small stacks from text, joined."""

from __future__ import annotations

from typing import Any

from labspec.template import Joined, read_directory

NETWORK = """
  Vpc: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16}}
  SubnetA: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Vpc, AvailabilityZone: !Sub '${AWS::Region}a'}}
  SubnetC: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Vpc, AvailabilityZone: !Sub '${AWS::Region}c'}}
"""


def joined(resources: str, declared: str = "", conditions: str = "", **options: Any) -> Joined:
    """One template with these resources; nothing in it is left unfollowed."""
    sections = (("Parameters", declared), ("Conditions", conditions), ("Resources", resources))
    text = "".join(f"{name}:\n{body}\n" for name, body in sections if body)
    found = read_directory({"t.yaml": text}, "t.yaml", **options)
    assert found.unresolved == ()
    return found
