"""Facts of AWS's that one word of the code says each: a port, a number, a way that does not lead in."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import yaml

from labspec.cli import main
from labspec.reach import Proof, proofs, site_of
from labspec.reach.words import stopped
from labspec.template import Template, join

NETWORK = """
V: {Type: EC2::VPC, CidrBlock: 10.0.0.0/16}
V6: {Type: EC2::VPCCidrBlock, VpcId: {Ref: V}, Ipv6CidrBlock: '2600:1f00::/56'}
G: {Type: EC2::InternetGateway}
GA: {Type: EC2::VPCGatewayAttachment, VpcId: {Ref: V}, InternetGatewayId: {Ref: G}}
S: {Type: EC2::Subnet, VpcId: {Ref: V}, CidrBlock: 10.0.1.0/24, MapPublicIpOnLaunch: true,
    Ipv6CidrBlock: '2600:1f00::/64', AssignIpv6AddressOnCreation: true}
T: {Type: EC2::RouteTable, VpcId: {Ref: V}}
TA: {Type: EC2::SubnetRouteTableAssociation, SubnetId: {Ref: S}, RouteTableId: {Ref: T}}
R: {Type: EC2::Route, RouteTableId: {Ref: T}, DestinationCidrBlock: 0.0.0.0/0, GatewayId: {Ref: G}}
P: {Type: EC2::Subnet, VpcId: {Ref: V}, CidrBlock: 10.0.2.0/24}
PT: {Type: EC2::RouteTable, VpcId: {Ref: V}}
PA: {Type: EC2::SubnetRouteTableAssociation, SubnetId: {Ref: P}, RouteTableId: {Ref: PT}}
Web: {Type: EC2::SecurityGroup, VpcId: {Ref: V}, SecurityGroupIngress: [
    {IpProtocol: tcp, FromPort: 80, ToPort: 80, CidrIp: 0.0.0.0/0},
    {IpProtocol: tcp, FromPort: 80, ToPort: 80, CidrIpv6: '::/0'}]}
Sql: {Type: EC2::SecurityGroup, VpcId: {Ref: V}, SecurityGroupIngress: [
    {IpProtocol: tcp, FromPort: 5432, ToPort: 5432, CidrIp: 10.0.0.0/16}]}
Shut: {Type: EC2::SecurityGroup, VpcId: {Ref: V}, SecurityGroupEgress: [
    {IpProtocol: tcp, FromPort: 443, ToPort: 443, CidrIp: 0.0.0.0/0}]}
M: {Type: EC2::Instance, SubnetId: {Ref: S}, SecurityGroupIds: [{Ref: Web}]}
N: {Type: EC2::Instance, SubnetId: {Ref: P}, SecurityGroupIds: [{Ref: Web}]}
Mute: {Type: EC2::Instance, SubnetId: {Ref: P}, SecurityGroupIds: [{Ref: Shut}]}
"""
"""A public machine `M`, one with private addresses, `N`, and one that nobody may reach, `Mute`."""
SIX_IN = "R6: {Type: EC2::Route, RouteTableId: {Ref: T}, DestinationIpv6CidrBlock: '::/0', GatewayId: {Ref: G}}\n"
PING = """
Ping: {Type: EC2::SecurityGroupIngress, GroupId: {Ref: Web}, IpProtocol: '58', FromPort: -1, ToPort: -1,
       CidrIpv6: '::/0'}
"""
SIX_OUT = """
E: {Type: EC2::EgressOnlyInternetGateway, VpcId: {Ref: V}}
ER: {Type: EC2::Route, RouteTableId: {Ref: T}, DestinationIpv6CidrBlock: '::/0', EgressOnlyInternetGatewayId: {Ref: E}}
"""
DATABASE = """
DG: {Type: RDS::DBSubnetGroup, SubnetIds: [{Ref: P}]}
D: {Type: RDS::DBInstance, Engine: postgres, DBSubnetGroupName: {Ref: DG}, VPCSecurityGroups: [{Ref: GROUP}]}
"""
BALANCER = """
B: {Type: ElasticLoadBalancingV2::LoadBalancer, Scheme: internet-facing, IpAddressType: dualstack, Subnets: [{Ref: S}],
    SecurityGroups: [{Ref: Web}]}
BT: {Type: ElasticLoadBalancingV2::TargetGroup, Protocol: HTTP, Port: 80, HealthCheckPort: traffic-port,
     Targets: [{Id: {Ref: N}}]}
BL: {Type: ElasticLoadBalancingV2::Listener, LoadBalancerArn: {Ref: B}, Protocol: HTTP, Port: 80,
     DefaultActions: [{Type: forward, TargetGroupArn: {Ref: BT}}]}
"""
OPTIONAL = """
BC: {Type: ElasticLoadBalancingV2::Listener, Condition: C, LoadBalancerArn: {Ref: B}, Protocol: HTTP, Port: 443}
"""
CARDS = """
I: {Type: EC2::Instance, NetworkInterfaces: [
    {DeviceIndex: '0', SubnetId: {Ref: P}, GroupSet: [{Ref: FIRST}]},
    {DeviceIndex: '1', SubnetId: {Ref: P}, GroupSet: [{Ref: SECOND}]}]}
"""
PEERED = """
W: {Type: EC2::VPC, CidrBlock: 10.1.0.0/16}
WS: {Type: EC2::Subnet, VpcId: {Ref: W}, CidrBlock: 10.1.0.0/24}
WT: {Type: EC2::RouteTable, VpcId: {Ref: W}}
WA: {Type: EC2::SubnetRouteTableAssociation, SubnetId: {Ref: WS}, RouteTableId: {Ref: WT}}
WG: {Type: EC2::SecurityGroup, VpcId: {Ref: W}, SecurityGroupIngress: [{IpProtocol: '-1', CidrIp: 10.0.0.0/8}]}
O: {Type: EC2::Instance, SubnetId: {Ref: WS}, SecurityGroupIds: [{Ref: WG}]}
Ours: {Type: EC2::VPCPeeringConnection, VpcId: {Ref: V}, PeerVpcId: {Ref: W}}
Third: {Type: EC2::VPCPeeringConnection, VpcId: {Ref: V}, PeerVpcId: vpc-3}
Back: {Type: EC2::Route, RouteTableId: {Ref: WT}, DestinationCidrBlock: 10.0.0.0/16,
       VpcPeeringConnectionId: {Ref: Ours}}
There: {Type: EC2::Route, RouteTableId: {Ref: PT}, DestinationCidrBlock: 10.1.0.0/16,
        VpcPeeringConnectionId: {Ref: BY}}
"""
ACL = """
A: {Type: EC2::NetworkAcl, VpcId: {Ref: V}}
AA: {Type: EC2::SubnetNetworkAclAssociation, SubnetId: {Ref: S}, NetworkAclId: {Ref: A}}
AI: {Type: EC2::NetworkAclEntry, NetworkAclId: {Ref: A}, RuleNumber: 1, CidrBlock: 0.0.0.0/0, Protocol: 6,
     RuleAction: allow, PortRange: {From: 80, To: 80}}
AO: {Type: EC2::NetworkAclEntry, NetworkAclId: {Ref: A}, RuleNumber: 1, CidrBlock: 0.0.0.0/0, Protocol: 6,
     RuleAction: allow, Egress: true, PortRange: {From: FIRST, To: 65535}}
"""
BUCKET = """
F: {Type: S3::Bucket, PublicAccessBlockConfiguration: {BlockPublicPolicy: false, RestrictPublicBuckets: SHUT}}
FP: {Type: S3::BucketPolicy, Bucket: {Ref: F}, PolicyDocument: {Statement: [
    {Effect: Allow, Principal: WHO, Action: 's3:GetObject', Resource: '*'}]}}
"""
DISTRIBUTION = """
CD: {Type: CloudFront::Distribution, DistributionConfig: {Enabled: true, Origins: [
    {Id: files, DomainName: {'Fn::GetAtt': [F, RegionalDomainName]}}]}}
"""


class Case(NamedTuple):
    """What is added to the network, who is to reach whom, and what becomes of that."""

    more: str
    source: str
    target: str
    verdict: str
    port: str = ""
    protocol: str = "tcp"


def filled(text: str, words: dict[str, str]) -> str:
    """A text with each of the words in its place."""
    for name, word in words.items():
        text = text.replace(name, word)
    return text


CASES = {
    "Postgres listens on 5432": Case(filled(DATABASE, {"GROUP": "Sql"}), "M", "D", "proved"),
    "a replica that is shut is a part of the database": Case(
        filled(DATABASE, {"GROUP": "Sql"}) + "DR: {Type: RDS::DBInstance, SourceDBInstanceIdentifier: {Ref: D}}",
        *("M", "D", "refuted"),
    ),
    "targets take requests and health checks": Case(BALANCER, "internet", "B", "proved"),
    "targets do not take health checks, which have a port of their own": Case(
        filled(BALANCER, {"traffic-port": "'8080'"}), "internet", "B", "refuted"
    ),
    "a listener under a condition is perhaps not there": Case(
        filled(BALANCER, {"Listener,": "Listener, Condition: C,"}), *("internet", "B", "unknown", "80")
    ),
    "its port is not all ports": Case(
        filled(BALANCER, {"Listener,": "Listener, Condition: C,"}), *("internet", "B", "unknown")
    ),
    "nor need its port be open": Case(BALANCER + OPTIONAL, "internet", "B", "unknown"),
    "an internal load balancer has no public IPv6 address": Case(
        SIX_IN + filled(BALANCER, {"internet-facing": "internal"}),
        *("internet", "B", "refuted"),
    ),
    "a first interface is enough": Case(filled(CARDS, {"FIRST": "Web", "SECOND": "Shut"}), *("M", "I", "proved", "80")),
    "a second interface may let in what the first does not": Case(
        filled(CARDS, {"FIRST": "Shut", "SECOND": "Web"}), *("M", "I", "unknown", "80")
    ),
    "a VPN gateway enters routes that nobody knows": Case(
        "VR: {Type: EC2::VPNGatewayRoutePropagation, RouteTableIds: [{Ref: T}], VpnGatewayId: vgw-1}",
        *("internet", "M", "unknown", "80"),
    ),
    "by IPv6 from the internet": Case(SIX_IN, "internet6", "M", "proved", "80"),
    "an egress-only gateway lets nobody in": Case(SIX_OUT, "internet6", "M", "refuted", "80"),
    "an egress-only gateway lets out": Case(SIX_OUT, "M", "internet6", "proved", "80"),
    "peers are reached by the peering of the two": Case(filled(PEERED, {"BY": "Ours"}), "N", "O", "proved", "80"),
    "peers are not reached by a peering with a third": Case(filled(PEERED, {"BY": "Third"}), "N", "O", "refuted", "80"),
    "answers go to 1024-65535": Case(filled(ACL, {"FIRST": "1024"}), "internet", "M", "proved", "80"),
    "answers go to less than 32768 too": Case(filled(ACL, {"FIRST": "32768"}), "internet", "M", "unknown", "80"),
    "58 is ICMP by IPv6": Case(SIX_IN + PING, "internet6", "M", "proved", protocol="icmp"),
    "a public bucket": Case(filled(BUCKET, {"SHUT": "false", "WHO": "'*'"}), "internet", "F", "proved"),
    "RestrictPublicBuckets alone shuts a bucket": Case(
        filled(BUCKET, {"SHUT": "true", "WHO": "'*'"}), "internet", "F", "refuted"
    ),
    "CloudFront reads as a service": Case(
        filled(BUCKET, {"SHUT": "true", "WHO": "{Service: cloudfront.amazonaws.com}"}) + DISTRIBUTION,
        *("internet", "F", "proved"),
    ),
}
ENDS = {"internet": "internet", "internet6": {"cidr": "2a00::/16"}}


def stacks(more: str = "") -> dict[str, Any]:
    """A template with the network, and more."""
    own = {**yaml.safe_load(NETWORK), **(yaml.safe_load(more) or {})}
    resources = {}
    for name, body in own.items():
        condition = {"Condition": body.pop("Condition")} if "Condition" in body else {}
        resources[name] = {"Type": f"AWS::{body.pop('Type')}", **condition, "Properties": body}
    return {
        "Parameters": {"Way": {"Type": "String"}},
        "Conditions": {"C": {"Fn::Equals": [{"Ref": "Way"}, "x"]}},
        "Resources": resources,
    }


def proof_of(case: Case) -> Proof:
    joined = join({"t": Template("t", stacks(case.more))}, "t")
    source, target = (ENDS.get(name, {"id": name}) for name in (case.source, case.target))
    port = {"port": case.port} if case.port else {}
    said = {"from": [source], "to": [target], "protocol": case.protocol, **port}
    (proof,) = proofs(site_of(joined), joined, {"reachable": {"it": said}})
    return proof


@pytest.mark.parametrize("name", CASES)
def test_a_fact_decides(name: str) -> None:
    assert proof_of(CASES[name]).verdict == CASES[name].verdict


def test_what_is_not_let_out_is_helped_by_egress() -> None:
    proof = proof_of(Case("", "Mute", "N", "refuted", "80"))
    assert proof.pair
    why, help_, gate = stopped(proof.pair, str)
    assert (why, gate.of.address) == ("No rule of `Shut` lets tcp 80 out to `N`.", "Shut")
    assert help_ == "Let it out by a rule of its `egress`."


def test_of_more_ports_than_are_open_it_is_said_that_they_are_reached_in_part(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "t.json").write_text(json.dumps(stacks()), "utf-8")
    for port, verdict in (("80", "reaches"), ("80-81", "reaches in part"), ("81", "does not reach")):
        assert main(["reach", str(tmp_path), "M", "N", "--port", port]) == 0
        assert capsys.readouterr().out.startswith(f"`M` {verdict} `N` by tcp {port}.")
