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
from labspec.reach.matrix import matrix
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
