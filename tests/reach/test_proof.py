"""What is expected of the project's own specs is proved, and says something; so does each mistake in a network."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from labspec.compiler import Options, compile_spec
from labspec.compiler.foresight import joined_of
from labspec.reach import proofs, site_of
from labspec.reach.matrix import matrix, websites
from labspec.template import Template, join

ROOT = Path(__file__).parents[2]
SPECS = sorted((ROOT / "specs").glob("*.yaml"))


@pytest.mark.parametrize("form", ["nested", "flat"])
@pytest.mark.parametrize("path", SPECS, ids=lambda path: path.stem)
def test_every_expectation_of_the_specs_is_proved(path: Path, form: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(path.parent)
    build = compile_spec(path.name, Options(layout=form))
    assert not [found for found in build.diagnostics if found.rule.code.startswith("LS71")]
    assert build.spec
    assert build.graph
    joined = joined_of(build)
    found = list(proofs(site_of(joined), joined, _expected(build)))
    assert {proof.verdict for proof in found} <= {"proved"}


def _expected(build: Any) -> dict[str, Any]:
    return dict(json.loads(build.files["manifest.json"])["expect"])


PUBLIC: dict[str, Any] = {
    "V": ("VPC", {"CidrBlock": "10.0.0.0/16"}),
    "G": ("InternetGateway", {}),
    "GA": ("VPCGatewayAttachment", {"VpcId": {"Ref": "V"}, "InternetGatewayId": {"Ref": "G"}}),
    "S": ("Subnet", {"VpcId": {"Ref": "V"}, "CidrBlock": "10.0.1.0/24", "MapPublicIpOnLaunch": True}),
    "T": ("RouteTable", {"VpcId": {"Ref": "V"}}),
    "TA": ("SubnetRouteTableAssociation", {"SubnetId": {"Ref": "S"}, "RouteTableId": {"Ref": "T"}}),
    "R": ("Route", {"RouteTableId": {"Ref": "T"}, "DestinationCidrBlock": "0.0.0.0/0", "GatewayId": {"Ref": "G"}}),
    "D": ("SecurityGroup", {"VpcId": {"Ref": "V"}, "GroupDescription": "d"}),
    "DI": (
        "SecurityGroupIngress",
        {
            "GroupId": {"Fn::GetAtt": ["D", "GroupId"]},
            "IpProtocol": "tcp",
            "FromPort": 80,
            "ToPort": 80,
            "CidrIp": "0.0.0.0/0",
        },
    ),
    "M": ("Instance", {"SubnetId": {"Ref": "S"}, "SecurityGroupIds": [{"Ref": "D"}]}),
}
ASKED = {"from": ["internet"], "to": [{"id": "M"}], "port": "80", "protocol": "tcp"}
Edit = Callable[[dict[str, Any]], Any]
EDITS: dict[str, tuple[str, Edit]] = {
    "as it is": ("proved", lambda body: None),
    "no attachment": ("refuted", lambda body: body.pop("GA")),
    "no route": ("refuted", lambda body: body.pop("R")),
    "no association": ("refuted", lambda body: body.pop("TA")),
    "no rule": ("refuted", lambda body: body.pop("DI")),
    "another port": ("refuted", lambda body: body["DI"]["Properties"].update(FromPort=81, ToPort=81)),
    "half of the internet": ("refuted", lambda body: body["DI"]["Properties"].update(CidrIp="0.0.0.0/1")),
    "no address": ("refuted", lambda body: body["S"]["Properties"].update(MapPublicIpOnLaunch=False)),
    "an address by parameter": (
        "unknown",
        lambda body: body["S"]["Properties"].update(MapPublicIpOnLaunch={"Ref": "P"}),
    ),
    "a rule by parameter": ("unknown", lambda body: body["DI"]["Properties"].update(CidrIp={"Ref": "P"})),
    "a rule under a condition": ("unknown", lambda body: body["DI"].update(Condition="C")),
    "a route under a condition": ("unknown", lambda body: body["R"].update(Condition="C")),
    "both under one condition": ("proved", lambda body: [body[name].update(Condition="C") for name in ("DI", "M")]),
    "a group that is not ours": ("unknown", lambda body: body["M"]["Properties"].update(SecurityGroupIds=["sg-1"])),
    "a longer prefix elsewhere": (
        "unknown",
        lambda body: body.update(
            X={
                "Type": "AWS::EC2::Route",
                "Properties": {
                    "RouteTableId": {"Ref": "T"},
                    "DestinationCidrBlock": "8.0.0.0/8",
                    "TransitGatewayId": "tgw-1",
                },
            }
        ),
    ),
    "an appliance before it": (
        "unknown",
        lambda body: body.update(
            X={
                "Type": "AWS::EC2::GatewayRouteTableAssociation",
                "Properties": {"GatewayId": {"Ref": "G"}, "RouteTableId": "rtb-1"},
            }
        ),
    ),
}


@pytest.mark.parametrize("edit", EDITS)
def test_each_gate_is_asked_and_what_is_not_known_is_not_proved(edit: str) -> None:
    body = {name: {"Type": f"AWS::EC2::{kind}", "Properties": dict(said)} for name, (kind, said) in PUBLIC.items()}
    verdict, change = EDITS[edit]
    change(body)
    data = {
        "Parameters": {"P": {"Type": "String"}},
        "Conditions": {"C": {"Fn::Equals": [{"Ref": "P"}, "x"]}},
        "Resources": body,
    }
    joined = join({"t": Template("t", data)}, "t")
    site = site_of(joined)
    (proof,) = proofs(site, joined, {"reachable": {"it": ASKED}})
    assert proof.verdict == verdict
    (shut,) = proofs(site, joined, {"blocked": {"it": ASKED}})
    opposite = {"proved": "refuted", "unknown": "unknown", "refuted": "proved"}[verdict]
    assert shut.verdict == ("refuted" if edit in ("half of the internet", "a longer prefix elsewhere") else opposite)


def test_machines_that_no_rule_tells_apart_are_one_class() -> None:
    body = {
        name: {"Type": f"AWS::EC2::{kind}", "Properties": said} for name, (kind, said) in PUBLIC.items() if name != "M"
    }
    body |= {f"M{n}": {"Type": "AWS::EC2::Instance", "Properties": PUBLIC["M"][1]} for n in range(300)}
    cells = list(matrix(site_of(join({"t": Template("t", {"Resources": body})}, "t"))))
    assert {(len(cell.sources), len(cell.targets)) for cell in cells} == {(1, 300), (300, 1), (300, 300)}


def _network(**more: tuple[str, dict[str, Any]]) -> dict[str, Any]:
    """The network with a machine `N` that those let in who are in the group `D`, and nobody else."""
    own: dict[str, tuple[str, dict[str, Any]]] = {
        **PUBLIC,
        "F": (
            "SecurityGroup",
            {
                "VpcId": {"Ref": "V"},
                "GroupDescription": "f",
                "SecurityGroupIngress": [
                    {"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, "SourceSecurityGroupId": {"Ref": "D"}}
                ],
            },
        ),
        "P": ("Subnet", {"VpcId": {"Ref": "V"}, "CidrBlock": "10.0.2.0/24"}),
        "N": ("Instance", {"SubnetId": {"Ref": "P"}, "SecurityGroupIds": [{"Ref": "F"}]}),
        **more,
    }
    return {
        "Parameters": {"Office": {"Type": "String"}},
        "Resources": {
            name: {"Type": f"AWS::EC2::{kind}", "Properties": dict(said)} for name, (kind, said) in own.items()
        },
    }


BLOCKED = {
    "a subnet": {"id": "S"},
    "a VPC": {"id": "V"},
    "its block": {"cidr": "10.0.1.0/24"},
    "all": {"cidr": "0.0.0.0/0"},
}


@pytest.mark.parametrize("who", BLOCKED)
def test_who_stands_in_a_network_is_part_of_it(who: str) -> None:
    assert _blocked(_network(), BLOCKED[who], "N") == "refuted"
    without = _network()
    del without["Resources"]["M"]
    assert _blocked(without, BLOCKED[who], "N") == "proved"


def test_who_may_have_another_address_than_one_that_is_said_is_not_judged() -> None:
    assert _blocked(_network(), {"cidr": "10.0.1.16/28"}, "N") == "unknown"
    assert _blocked(_network(), {"cidr": "10.0.2.0/24"}, "N") == "proved"


def test_who_is_called_in_a_network_is_part_of_it() -> None:
    stacks = _network()
    assert _blocked(stacks, "internet", "P") == "proved"
    stacks["Resources"]["M2"] = {
        "Type": "AWS::EC2::Instance",
        "Properties": {
            "NetworkInterfaces": [
                {
                    "DeviceIndex": "0",
                    "SubnetId": {"Ref": "S"},
                    "AssociatePublicIpAddress": True,
                    "GroupSet": [{"Ref": "D"}],
                }
            ]
        },
    }
    stacks["Resources"]["S"]["Properties"]["MapPublicIpOnLaunch"] = False
    assert _blocked(stacks, "internet", "S", port="80") == "refuted"


def test_a_parameter_may_be_inside_until_it_is_given() -> None:
    office = {"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, "CidrIp": {"Ref": "Office"}}
    stacks = _network(O=("SecurityGroupIngress", {"GroupId": {"Ref": "F"}, **office}))
    who = {"parameter": "Office"}
    assert _blocked(stacks, who, "N") == "unknown"
    assert _blocked(stacks, who, "N", Office="10.0.1.0/24") == "refuted"
    assert _blocked(stacks, who, "N", Office="8.8.8.0/24") == "proved"
    assert _blocked(_network(), who, "N") == "proved"


def test_where_nobody_is_left_nothing_is_proved() -> None:
    but = {"but_from": [{"parameter": "Office"}], "to": [{"id": "M"}], "port": "80", "protocol": "tcp"}
    for office, verdict in (("8.8.8.0/24", "refuted"), ("0.0.0.0/0", "unknown")):
        joined = join({"t": Template("t", _network())}, "t", parameters={"Office": office})
        (proof,) = proofs(site_of(joined), joined, {"blocked": {"it": but}})
        assert proof.verdict == verdict


def _blocked(stacks: dict[str, Any], source: Any, target: str, port: str = "22", **given: str) -> str:
    joined = join({"t": Template("t", stacks)}, "t", parameters=given)
    said = {"from": [source], "to": [{"id": target}], "port": port, "protocol": "tcp"}
    (proof,) = proofs(site_of(joined), joined, {"blocked": {"it": said}})
    return proof.verdict


def test_of_two_ways_only_what_both_let_pass_is_certain() -> None:
    stacks = _network(
        E=("VPCEndpoint", {"VpcId": {"Ref": "V"}, "ServiceName": "s3", "RouteTableIds": [{"Ref": "PT"}]}),
        PT=("RouteTable", {"VpcId": {"Ref": "V"}}),
        PA=("SubnetRouteTableAssociation", {"SubnetId": {"Ref": "P"}, "RouteTableId": {"Ref": "PT"}}),
        I=("EIP", {}),
        NAT=("NatGateway", {"SubnetId": {"Ref": "S"}, "AllocationId": {"Fn::GetAtt": ["I", "AllocationId"]}}),
        PR=(
            "Route",
            {"RouteTableId": {"Ref": "PT"}, "DestinationCidrBlock": "0.0.0.0/0", "NatGatewayId": {"Ref": "NAT"}},
        ),
        A=("NetworkAcl", {"VpcId": {"Ref": "V"}}),
        AA=("SubnetNetworkAclAssociation", {"SubnetId": {"Ref": "S"}, "NetworkAclId": {"Ref": "A"}}),
        **{
            f"A{number}{'o' if out else 'i'}": ("NetworkAclEntry", _entry(number, out, block, first, last))
            for number, out, block, first, last in (
                (1, True, "0.0.0.0/0", 443, 443),
                (2, True, "10.0.0.0/16", 0, 65535),
                (1, False, "0.0.0.0/0", 1024, 65535),
                (2, False, "10.0.0.0/16", 0, 65535),
            )
        },
    )
    joined = join({"t": Template("t", stacks)}, "t")
    for port, verdict in (("443", "proved"), ("80", "unknown")):
        said = {"from": [{"id": "N"}], "to": ["internet"], "port": port, "protocol": "tcp"}
        (proof,) = proofs(site_of(joined), joined, {"reachable": {"it": said}})
        assert proof.verdict == verdict, port


def _entry(number: int, out: bool, block: str, first: int, last: int) -> dict[str, Any]:
    said = {"NetworkAclId": {"Ref": "A"}, "RuleNumber": number, "Egress": out, "CidrBlock": block}
    return {**said, "Protocol": 6, "RuleAction": "allow", "PortRange": {"From": first, "To": last}}


def test_a_website_is_read_by_its_own_ports() -> None:
    policy = {"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "*"}
    off = {"BlockPublicPolicy": False, "RestrictPublicBuckets": False}
    stacks = {
        "Resources": {
            "B": {"Type": "AWS::S3::Bucket", "Properties": {"PublicAccessBlockConfiguration": off}},
            "BP": {
                "Type": "AWS::S3::BucketPolicy",
                "Properties": {"Bucket": {"Ref": "B"}, "PolicyDocument": {"Statement": [policy]}},
            },
        }
    }
    verdicts = [_blocked(stacks, "internet", "B", port=port) for port in ("80", "443", "22")]
    assert verdicts == ["refuted", "refuted", "proved"]
    assert [each.targets for each in websites(join({"t": Template("t", stacks)}, "t"))] == [("B",)]


@pytest.mark.parametrize(
    ("said", "verdict"),
    [
        ({"Action": "s3:getObject"}, "refuted"),
        ({"Action": "S3:Ge?Object"}, "refuted"),
        ({"Condition": {"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}}}, "unknown"),
        ({"Principal": None, "NotPrincipal": {"AWS": "arn:aws:iam::111122223333:root"}}, "unknown"),
        ({"Resource": "arn:aws:s3:::b/public/*"}, "unknown"),
        ({"Action": "s3:PutObject"}, "proved"),
    ],
)
def test_a_policy_is_read_as_iam_does(said: dict[str, Any], verdict: str) -> None:
    every = {"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/*"} | said
    statement = {name: value for name, value in every.items() if value is not None}
    off = {"BlockPublicPolicy": False, "RestrictPublicBuckets": False}
    bucket = {"Type": "AWS::S3::Bucket", "Properties": {"PublicAccessBlockConfiguration": off}}
    policy = {"Bucket": {"Ref": "B"}, "PolicyDocument": {"Statement": [statement]}}
    stacks = {"Resources": {"B": bucket, "P": {"Type": "AWS::S3::BucketPolicy", "Properties": policy}}}
    assert _blocked(stacks, "internet", "B", port="80") == verdict
