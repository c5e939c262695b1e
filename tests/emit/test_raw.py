"""CloudFormation of the user's own means the same in both layouts, and what leads nowhere is shown at its line."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from labspec.compiler import Build
from labspec.emit.raw import visible
from tests.building import build, messages

SPEC = """\
parameters: {Title: {type: text, default: a}}
vpcs:
  net:
    cidr: 10.0.0.0/16
resources:
  Topic:
    Type: AWS::SNS::Topic
    Properties: {DisplayName: VALUE}
"""

both = pytest.mark.parametrize("layout", ["nested", "flat"])


def resources(made: Build) -> dict[str, Any]:
    """Every resource of every template, and the template's name with it."""
    assert not made.failed, messages(made)
    return {
        name: {**body, "in": stack.name} for stack in made.stacks for name, body in stack.template["Resources"].items()
    }


# ------------------------------------------------------------------ references


@both
@pytest.mark.parametrize(
    ("written", "flat", "nested"),
    [
        ("!Ref Title", {"Ref": "Title"}, {"Ref": "Title"}),
        ("{Ref: NetVpc}", {"Ref": "NetVpc"}, {"Ref": "NetVpcId"}),
        ("!GetAtt NetVpc.CidrBlock", {"Fn::GetAtt": ["NetVpc", "CidrBlock"]}, {"Ref": "NetVpcCidrBlock"}),
        ("{'Fn::GetAtt': NetVpc.CidrBlock}", {"Fn::GetAtt": ["NetVpc", "CidrBlock"]}, {"Ref": "NetVpcCidrBlock"}),
        ("!Ref AWS::Region", {"Ref": "AWS::Region"}, {"Ref": "AWS::Region"}),
        (
            "!Join ['-', [!Ref NetVpc, !Ref Title]]",
            {"Fn::Join": ["-", [{"Ref": "NetVpc"}, {"Ref": "Title"}]]},
            {"Fn::Join": ["-", [{"Ref": "NetVpcId"}, {"Ref": "Title"}]]},
        ),
        (
            "!Sub 'a ${NetVpc} ${AWS::Region} ${!HOME}'",
            {"Fn::Sub": ["a ${NetVpc} ${AWS::Region} ${!HOME}", {"NetVpc": {"Ref": "NetVpc"}}]},
            {"Fn::Sub": ["a ${NetVpc} ${AWS::Region} ${!HOME}", {"NetVpc": {"Ref": "NetVpcId"}}]},
        ),
        (
            "!Sub ['${A} ${NetVpc.CidrBlock}', {A: !Ref NetVpc}]",
            {
                "Fn::Sub": [
                    "${A} ${NetVpcCidrBlock}",
                    {"A": {"Ref": "NetVpc"}, "NetVpcCidrBlock": {"Fn::GetAtt": ["NetVpc", "CidrBlock"]}},
                ]
            },
            {
                "Fn::Sub": [
                    "${A} ${NetVpcCidrBlock}",
                    {"A": {"Ref": "NetVpcId"}, "NetVpcCidrBlock": {"Ref": "NetVpcCidrBlock"}},
                ]
            },
        ),
        (
            "!Sub ['${NetVpcCidrBlock} ${NetVpc.CidrBlock}', {NetVpcCidrBlock: mine}]",
            {
                "Fn::Sub": [
                    "${NetVpcCidrBlock} ${NetVpcCidrBlock2}",
                    {"NetVpcCidrBlock": "mine", "NetVpcCidrBlock2": {"Fn::GetAtt": ["NetVpc", "CidrBlock"]}},
                ]
            },
            {
                "Fn::Sub": [
                    "${NetVpcCidrBlock} ${NetVpcCidrBlock2}",
                    {"NetVpcCidrBlock": "mine", "NetVpcCidrBlock2": {"Ref": "NetVpcCidrBlock"}},
                ]
            },
        ),
    ],
)
def test_references_lead_where_they_led(written: str, flat: Any, nested: Any, layout: str, tmp_path: Path) -> None:
    made = build(tmp_path, SPEC.replace("VALUE", written), layout=layout)
    topic = resources(made)["Topic"]
    assert topic["Properties"]["DisplayName"] == (flat if layout == "flat" else nested)
    assert topic["in"] == ("flat" if layout == "flat" else "watching")


def test_references_of_one_name_stay_apart() -> None:
    assert visible({"Fn::Sub": "${Queue.Arn} ${QueueArn} ${Queue.Arn}"}) == {
        "Fn::Sub": [
            "${QueueArn} ${QueueArn2} ${QueueArn}",
            {"QueueArn": {"Fn::GetAtt": ["Queue", "Arn"]}, "QueueArn2": {"Ref": "QueueArn"}},
        ]
    }


@both
def test_an_override_refers_as_a_resource_does(layout: str, tmp_path: Path) -> None:
    patch = "{DependsOn: Topic, Properties: {GroupName: !Sub '${Topic}'}}"
    text = f"security_groups: {{g: {{override: {{security_group: {patch}}}}}}}\n"
    made = resources(build(tmp_path, SPEC.replace("VALUE", "a") + text, layout=layout))
    group = made["GSecurityGroup"]["Properties"]["GroupName"]["Fn::Sub"]
    assert group == ["${Topic}", {"Topic": {"Ref": "Topic" if layout == "flat" else "TopicArn"}}]
    assert "DependsOn" not in made["GSecurityGroup"]  # the reference says so already


@both
@pytest.mark.parametrize(
    ("written", "finding"),
    [
        ("!Ref Titel", "LS405 10:31 Titel"),
        ("!GetAtt NetVcp.CidrBlock", "LS405 10:31 NetVcp"),
        ("!Sub 'a ${NetVcp}'", "LS405 10:31 NetVcp"),
        ("!Sub ['${A} ${Nope}', {A: b}]", "LS405 10:53 Nope"),
        ("!Ref AWS::Regoin", "LS405 10:31 AWS::Regoin"),
        ("!Join ['', [a, !Ref Nope]]", "LS405 10:46 Nope"),
    ],
)
def test_what_leads_nowhere_is_shown_where_it_stands(written: str, finding: str, layout: str, tmp_path: Path) -> None:
    made = build(tmp_path, SPEC.replace("VALUE", written), layout=layout)
    (found,) = messages(made)
    place, name = finding.rsplit(" ", 1)
    assert found == f"{place} There is no parameter and no resource `{name}`."


@pytest.mark.parametrize(("name", "meant"), [("Titel", "Title"), ("NetVcp", "NetVpc"), ("AWS::Regoin", "AWS::Region")])
def test_the_nearest_name_is_meant(name: str, meant: str, tmp_path: Path) -> None:
    (found,) = build(tmp_path, SPEC.replace("VALUE", f"!Ref {name}")).diagnostics
    assert found.help == f"Did you mean `{meant}`?"


def test_a_statement_of_a_policy_is_shown_at_its_line(tmp_path: Path) -> None:
    text = """\
    databases: {}
    roles:
      worker:
        permissions:
          statements:
            - {Effect: Allow, Action: "s3:GetObject", Resource: "*"}
            - Effect: Allow
              Action: "s3:PutObject"
              Resource: !Sub "arn:aws:s3:::${Nope}"
        silence: {unused-member: only its policy matters here}
    """
    assert [line.split(" ")[:2] for line in messages(build(tmp_path, text))] == [["LS405", "11:21"]]


# ------------------------------------------------------------------ order


def waiting(**depends: str) -> str:
    topics = "".join(
        f"  {name}: {{Type: {'AWS::SQS::Queue' if name == 'Queue' else 'AWS::SNS::Topic'}, DependsOn: {of}}}\n"
        for name, of in depends.items()
    )
    return f"vpcs: {{net: {{cidr: 10.0.0.0/16}}}}\nresources:\n{topics}"


def test_in_one_stack_order_is_written(tmp_path: Path) -> None:
    text = waiting(One="NetVpc", Two="[One, NetVpc]", Queue="Two")
    made = resources(build(tmp_path, text, layout="flat"))
    assert {name: made[name].get("DependsOn") for name in ("One", "Two", "Queue")} == {
        "One": ["NetVpc"],
        "Two": ["NetVpc", "One"],
        "Queue": ["Two"],
    }


def test_between_stacks_the_stacks_wait(tmp_path: Path) -> None:
    text = waiting(One="NetVpc", Two="[One, NetVpc]", Queue="Two")
    made = resources(build(tmp_path, text, layout="nested"))
    assert made["Two"]["DependsOn"] == ["One"]
    assert "DependsOn" not in made["Queue"]
    assert made["WatchingStack"]["DependsOn"] == ["NetworkStack"]
    assert made["ResourcesStack"]["DependsOn"] == ["WatchingStack"]


@both
def test_who_waits_for_nothing_that_there_is_is_told(layout: str, tmp_path: Path) -> None:
    made = build(tmp_path, waiting(One="[NetVpc, Nope]", Two="Too"), layout=layout)
    assert [line.split(" ")[:2] for line in messages(made)] == [["LS405", "5:52"], ["LS405", "6:43"]]


def test_stacks_that_wait_for_one_another_are_refused(tmp_path: Path) -> None:
    """Where it is said that they wait."""
    text = waiting(One="Queue", Queue="[NetVpc, Two]", Two="NetVpc")
    (found,) = build(tmp_path, text, layout="nested").diagnostics
    assert found.rule.code == "LS502"
    places = {label.text: label.span and (label.span.line, label.span.column) for label in found.related}
    assert places == {
        "watching needs resources: `One` waits for `Queue`: it says so.": (5, 43),
        "resources needs watching: `Queue` waits for `Two`: it says so.": (6, 54),
    }


PATCHED = """\
vpcs:
  net:
    cidr: 10.0.0.0/16
    subnets: {public-a: {zone: a, cidr: 10.0.1.0/24, access: public}}
instances:
  web: {subnet: public-a, override: {instance: {DependsOn: WAITS}}}
resources:
  Topic: {Type: AWS::SNS::Topic}
  Other: {Type: AWS::SNS::Topic}
"""
STATED = ["NetIgwAttachment", "PublicARouteTableAssociation", "PublicAToInternet"]


def test_an_override_adds_to_the_order_that_is_stated_or_takes_it_away(tmp_path: Path) -> None:
    text = PATCHED.replace("access: public", "access: public, auto_public_ip: true")
    for waits, depends in {"Topic": ["Topic", *STATED], "[Topic, Other]": ["Other", "Topic", *STATED]}.items():
        made = resources(build(tmp_path, text.replace("WAITS", waits), layout="flat"))
        assert made["WebInstance"]["DependsOn"] == sorted(depends)
    free = build(tmp_path, text.replace("WAITS", "null"), layout="flat")
    assert "DependsOn" not in resources(free)["WebInstance"]


def test_an_override_makes_stacks_wait_or_not_wait(tmp_path: Path) -> None:
    stacks = "layout: {stacks: {network: [resources.Other], away: [resources.Topic]}}\n"
    for waits, depends in {"[Topic, Other]": ["AwayStack"], "Topic": ["AwayStack"], "null": None}.items():
        made = resources(build(tmp_path, (PATCHED + stacks).replace("WAITS", waits), layout="nested"))
        assert made["ComputeStack"].get("DependsOn") == depends  # a reference shows that it needs the network
        assert "DependsOn" not in made["WebInstance"]


def test_an_item_that_names_nothing_is_shown_where_it_stands(tmp_path: Path) -> None:
    (found,) = messages(build(tmp_path, PATCHED.replace("WAITS", "[Topic, Nope]")))
    assert found == "LS405 8:68 There is no resource `Nope`."


# ------------------------------------------------------------------ whatever is written

ODD = """\
!Sub [] | !Sub [a] | !Sub [a, b] | !Sub {} | !Sub [[], {}] | !Sub [a, {A: 1}, 3] | !Sub ""
{"Fn::Sub": [a, {A: !Sub []}]} | !Sub [s, {"": 1}] | !GetAtt [] | !GetAtt [a] | !GetAtt [a, b, c] | !GetAtt ""
!GetAtt . | !GetAtt T. | !GetAtt .T | {"Fn::GetAtt": 5} | {"Fn::GetAtt": } | !Ref [] | !Ref {} | {Ref: }
{Ref: a, "Fn::Sub": b} | !If [] | !If [a] | !If [a, b, c, d] | !If [[], a, b] | {"Fn::If": x}
{"Fn::If": [], a: b} | !Join [] | !Select [] | !FindInMap [] | !Split [] | !GetAZs [] | !Base64 []
!Equals [] | !Transform [] | !ImportValue [] | !Cidr [] | !Condition []
"""
PLACES = [
    "resources: {T: {Type: AWS::SNS::Topic, Properties: {DisplayName: ODD}}}",
    "resources: {T: {Type: AWS::SNS::Topic, Properties: ODD}}",
    "resources: {T: {Type: AWS::SNS::Topic, Condition: ODD, Metadata: ODD}}",
    "resources: {T: {Type: AWS::SNS::Topic, DependsOn: ODD}}",
    "resources: {T: ODD}",
    "vpcs: {n: {cidr: 10.0.0.0/16, override: {vpc: {Properties: {Tags: ODD}}}}}",
    "vpcs: {n: {cidr: 10.0.0.0/16, override: {vpc: ODD}}}",
    "vpcs: {n: {cidr: 10.0.0.0/16}}\noutputs: {O: ODD}",
]


@both
@pytest.mark.parametrize("place", PLACES)
def test_whatever_is_written_is_built_or_refused_where_it_stands(place: str, layout: str, tmp_path: Path) -> None:
    for odd in re.split(r" \| |\n", ODD.strip()):
        made = build(tmp_path, place.replace("ODD", odd) + "\n", layout=layout)
        assert all(diagnostic.span for diagnostic in made.diagnostics), odd
