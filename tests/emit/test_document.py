"""Parameters as the console asks for them, raw resources, outputs."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from labspec.graph import Body
from tests.building import NETWORK, build, graph_of, messages


def parameter(folder: Path, said: str) -> dict[str, Any]:
    body: dict[str, Any] = graph_of(folder, f"{NETWORK}parameters: {{Wanted: {{{said}}}}}\n").parameters["Wanted"].body
    return body


TYPES = [
    ("type: text", "String"),
    ("type: secret", "String"),
    ("type: integer", "Number"),
    ("type: percent", "Number"),
    ("type: boolean", "String"),
    ("type: cidr", "String"),
    ("type: zone", "String"),
    ("type: key_pair", "AWS::EC2::KeyPair::KeyName"),
    ('type: key_pair, default: ""', "String"),
    ("type: key_pair, default: office", "String"),
]


@pytest.mark.parametrize(("said", "kind"), TYPES)
def test_a_type_of_aws_is_used_only_where_a_value_must_be_given(tmp_path: Path, said: str, kind: str) -> None:
    """CloudFormation looks for what an AWS type names, and refuses the empty text that stands for nothing."""
    assert parameter(tmp_path, said)["Type"] == kind


VALUES = [
    ("cidr", "203.0.113.7/32", "203.0.113.7"),
    ("cidr", "10.0.0.0/8", "300.0.0.0/8"),
    ("email", "ops@example.com", "ops"),
    ("bucket_name", "my-bucket.eu", "My_Bucket"),
    ("instance_type", "t3.micro", "micro"),
    ("certificate", "arn:aws:acm:us-east-1:123456789012:certificate/0a1b", "0a1b"),
    ("key_pair", "office", "x" * 256),
]


@pytest.mark.parametrize(("type", "right", "wrong"), VALUES)
@pytest.mark.parametrize("optional", [False, True])
def test_a_value_is_refused_before_anything_is_created(
    tmp_path: Path, type: str, right: str, wrong: str, optional: bool
) -> None:
    """Where empty means unset, the pattern takes the empty text, too; elsewhere the console asks."""
    made = parameter(tmp_path, f"type: {type}" + (', default: ""' if optional else ""))
    if made["Type"] != "String":
        assert not optional
        return
    assert re.fullmatch(made["AllowedPattern"], right)
    assert not re.fullmatch(made["AllowedPattern"], wrong)
    assert bool(re.fullmatch(made["AllowedPattern"], "")) is optional
    assert made.get("Default") == ("" if optional else None)
    assert made["ConstraintDescription"].endswith(", or nothing." if optional else ".")


def test_numbers_have_bounds_and_texts_have_lengths(tmp_path: Path) -> None:
    assert parameter(tmp_path, "type: integer, default: 2, min: 1, max: 4") == {
        "Type": "Number",
        "Default": 2,
        "MinValue": 1,
        "MaxValue": 4,
    }
    assert parameter(tmp_path, "type: percent, default: 50%, min: 10%")["MinValue"] == 10
    assert parameter(tmp_path, "type: text, min: 3, max: 8") == {"Type": "String", "MinLength": 3, "MaxLength": 8}


def test_a_secret_is_never_shown_and_has_no_default(tmp_path: Path) -> None:
    assert parameter(tmp_path, "type: secret") == {"Type": "String", "NoEcho": True}


def test_a_password_that_rds_refuses_is_refused_in_the_console(tmp_path: Path) -> None:
    """Rather than after the network has been made; another secret, or a pattern of the spec's own, is as it was."""
    spec = """\
parameters: {Plain: {type: secret}, Own: {type: secret, pattern: "[a-z]{20}"}, Other: {type: secret}}
databases:
  db: {engine: mysql, version: 8.4.7, subnets: [data-a, data-c], password: Plain}
  own: {engine: mysql, version: 8.4.7, subnets: [data-a, data-c], password: Own}
"""
    parameters = graph_of(tmp_path, NETWORK + spec).parameters
    pattern = parameters["Plain"].body["AllowedPattern"]
    assert re.fullmatch(pattern, "Correct~Horse#7!")
    wrong = ("short12", "x" * 42, "with/slash1", "with@sign12", 'with"quote1', "passwörter")
    assert [password for password in wrong if re.fullmatch(pattern, password)] == []
    assert parameters["Own"].body["AllowedPattern"] == "[a-z]{20}"
    assert "AllowedPattern" not in parameters["Other"].body


def test_a_boolean_is_one_of_two_words(tmp_path: Path) -> None:
    made = parameter(tmp_path, "type: boolean, default: true")
    assert (made["AllowedValues"], made["Default"]) == (["true", "false"], "true")


def test_a_zone_is_one_of_those_that_it_must_fit(tmp_path: Path) -> None:
    """The letters of the subnets that its database stands in, not of all that there are."""
    spec = (
        NETWORK.replace("data-c: {zone: c", "data-c: {zone: d")
        + """\
parameters: {Near: {type: zone, default: d}, Any: {type: zone}}
databases:
  db: {engine: mysql, version: 8.4.7, subnets: [data-a, data-c], replicas: {reader: {zone: Near}}}
"""
    )
    graph = graph_of(tmp_path, spec)
    assert graph.parameters["Near"].body["AllowedValues"] == ["a", "d"]
    assert graph.parameters["Any"].body["AllowedValues"] == ["a", "c", "d"]


def test_the_console_shows_groups_and_labels_as_they_are_written(tmp_path: Path) -> None:
    spec = """\
    vpcs: {net: {cidr: 10.0.0.0/16}}
    parameters:
      Zeta: {type: text, label: Last letter, group: Letters}
      Alone: {type: text}
      Alpha: {type: text, group: Letters}
    """
    metadata = build(tmp_path, spec).stacks[0].template["Metadata"]["AWS::CloudFormation::Interface"]
    assert metadata == {
        "ParameterGroups": [
            {"Label": {"default": "Letters"}, "Parameters": ["Zeta", "Alpha"]},
            {"Label": {"default": "Parameters"}, "Parameters": ["Alone"]},
        ],
        "ParameterLabels": {
            "Zeta": {"default": "Last letter"},
            "Alone": {"default": "Alone"},
            "Alpha": {"default": "Alpha"},
        },
    }


def test_a_raw_resource_is_as_it_is_written_with_its_expressions_filled_in(tmp_path: Path) -> None:
    properties = "Properties: {QueueName: 'net-${{ vpcs.net.id }}', Tags: [{Value: b, Key: a}], DelaySeconds: 5}"
    graph = graph_of(tmp_path, f"{NETWORK}resources: {{Queue: {{Type: AWS::SQS::Queue, {properties}}}}}\n")
    assert graph.nodes["Queue"].body == {
        "Type": "AWS::SQS::Queue",
        "Properties": {
            "QueueName": {"Fn::Sub": ["net-${NetId}", {"NetId": {"Ref": "NetVpc"}}]},
            "Tags": [{"Key": "a", "Value": "b"}],
            "DelaySeconds": 5,
        },
    }
    assert list(graph.nodes["Queue"].body["Properties"]) == ["DelaySeconds", "QueueName", "Tags"]


@pytest.mark.parametrize("layout", ["nested", "flat"])
def test_a_raw_resource_may_name_a_condition_that_there_is_not(tmp_path: Path, layout: str) -> None:
    """It is the linters' to say so, at the line where it stands; nothing breaks on the way to them."""
    made = build(tmp_path, "resources: {Queue: {Type: AWS::SQS::Queue, Condition: Never}}\n", layout=layout)
    assert not made.diagnostics
    assert made.stacks[-1].template["Resources"]["Queue"]["Condition"] == "Never"


def test_an_output_of_what_may_be_absent_is_absent_with_it(tmp_path: Path) -> None:
    spec = """\
    parameters: {Email: {type: email, default: ""}}
    notifications: {alerts: {email: Email, when: Email}}
    outputs: {Topic: "${{ alerts.arn }}"}
    """
    body = graph_of(tmp_path, spec).outputs["Topic"].body
    assert body == {"Condition": "EmailSet", "Value": {"Ref": "AlertsNotification"}}


@pytest.mark.parametrize("layout", ["nested", "flat"])
def test_an_output_of_two_things_is_there_while_both_are(tmp_path: Path, layout: str) -> None:
    spec = """\
    parameters: {Email: {type: email, default: ""}, Busy: {type: boolean, default: true}}
    notifications: {alerts: {email: Email, when: Email}, calls: {email: ops@example.com, when: Busy}}
    outputs: {Topics: "${{ alerts.arn }} ${{ calls.arn }}"}
    """
    template = build(tmp_path, spec, layout=layout).stacks[0].template
    assert template["Outputs"]["Topics"]["Condition"] == "BusyTrueAndEmailSet"
    assert template["Conditions"]["BusyTrueAndEmailSet"] == {
        "Fn::And": [
            {"Fn::Equals": [{"Ref": "Busy"}, "true"]},
            {"Fn::Not": [{"Fn::Equals": [{"Ref": "Email"}, ""]}]},
        ]
    }


def test_a_parameter_cannot_decide_shape(tmp_path: Path) -> None:
    """CloudFormation fills parameters in when the shape is settled: a variable of the build can decide it."""
    spec = NETWORK.replace("cidr: 10.0.0.0/16", "cidr: Wide") + "parameters: {Wide: {type: cidr}}\n"
    (found,) = messages(build(tmp_path, spec))
    assert found.startswith("LS1")


@pytest.mark.parametrize("layout", ["nested", "flat"])
def test_raw_resources_refer_to_anything_in_both_layouts(tmp_path: Path, layout: str) -> None:
    """A name inside a substitution's text, and one that is depended on, would be lost between stacks."""
    text = """\
    labspec: 1
    name: test
    vpcs: {web: {cidr: 10.0.0.0/16}}
    resources:
      Topic:
        Type: AWS::SNS::Topic
        DependsOn: WebVpc
        Properties: {DisplayName: !Sub "${WebVpc}-${WebVpc.CidrBlock}-${AWS::Region}"}
    """
    made = build(tmp_path, text, layout=layout)
    assert not made.failed
    stacks = {stack.name: stack.template for stack in made.stacks}
    topic = stacks["flat" if layout == "flat" else "watching"]["Resources"]["Topic"]
    template, variables = topic["Properties"]["DisplayName"]["Fn::Sub"]
    assert template == "${WebVpc}-${WebVpcCidrBlock}-${AWS::Region}"
    if layout == "flat":
        assert variables == {"WebVpc": {"Ref": "WebVpc"}, "WebVpcCidrBlock": {"Fn::GetAtt": ["WebVpc", "CidrBlock"]}}
    else:
        assert variables == {"WebVpc": {"Ref": "WebVpcId"}, "WebVpcCidrBlock": {"Ref": "WebVpcCidrBlock"}}
        assert "DependsOn" not in topic


def test_two_members_of_one_name_in_a_text_stay_apart(tmp_path: Path) -> None:
    text = """\
    vpcs: {web: {cidr: 10.0.0.0/16}}
    security_groups: {web: {ingress: {all: {port: all, from: self}}}}
    outputs: {Both: "${{ vpcs.web.id }} ${{ security_groups.web.id }}"}
    """
    template, variables = graph_of(tmp_path, text).outputs["Both"].body["Value"]["Fn::Sub"]
    assert template == "${WebId} ${SecurityGroupsWebId}"
    assert variables["WebId"] == {"Ref": "WebVpc"}
    assert variables["SecurityGroupsWebId"] == {"Fn::GetAtt": ["WebSecurityGroup", "GroupId"]}


@pytest.mark.parametrize(
    ("text", "template", "variables"),
    [
        (
            "${{ vpcs.web.id }} ${{ WebId }} ${{ vpcs.web.id }}",
            "${WebId} ${WebId2} ${WebId}",
            {"WebId": {"Ref": "WebVpc"}, "WebId2": {"Ref": "WebId"}},
        ),
        (
            "${{ resources.QueueArn }} ${{ resources.Queue.Arn }}",
            "${ResourcesQueueArn} ${ResourcesQueueArn2}",
            {"ResourcesQueueArn": {"Ref": "QueueArn"}, "ResourcesQueueArn2": {"Fn::GetAtt": ["Queue", "Arn"]}},
        ),
    ],
)
def test_a_variable_of_a_text_has_one_value(text: str, template: str, variables: Body, tmp_path: Path) -> None:
    spec = f"""\
    parameters: {{WebId: {{type: text}}}}
    vpcs: {{web: {{cidr: 10.0.0.0/16}}}}
    resources: {{Queue: {{Type: AWS::SQS::Queue}}, QueueArn: {{Type: AWS::SQS::Queue}}}}
    outputs: {{Out: "{text}", Web: "${{{{ WebId }}}}"}}
    """
    assert graph_of(tmp_path, spec).outputs["Out"].body["Value"]["Fn::Sub"] == [template, variables]


@pytest.mark.parametrize(
    ("when", "name", "holds"),
    [
        ("Busy", "BusyTrue", {"Fn::Equals": [{"Ref": "Busy"}, "true"]}),
        ("{not: Busy}", "BusyFalse", {"Fn::Not": [{"Fn::Equals": [{"Ref": "Busy"}, "true"]}]}),
        ("Email", "EmailSet", {"Fn::Not": [{"Fn::Equals": [{"Ref": "Email"}, ""]}]}),
        ("{not: Email}", "EmailUnset", {"Fn::Equals": [{"Ref": "Email"}, ""]}),
    ],
)
def test_a_member_is_there_when_its_parameter_says_so(when: str, name: str, holds: Body, tmp_path: Path) -> None:
    spec = f"""\
    parameters: {{Busy: {{type: boolean, default: true}}, Email: {{type: email, default: ""}}}}
    vpcs: {{net: {{cidr: 10.0.0.0/16, when: {when}}}}}
    """
    graph = graph_of(tmp_path, spec)
    assert graph.nodes["NetVpc"].body["Condition"] == name
    assert {key: declared.body for key, declared in graph.conditions.items()} == {name: holds}


@pytest.mark.parametrize("name", ["WebVpc", "TemplateBucket"])
def test_a_parameter_cannot_have_a_name_that_templates_need(tmp_path: Path, name: str) -> None:
    text = f"vpcs: {{web: {{cidr: 10.0.0.0/16}}}}\nparameters: {{{name}: {{type: text, default: a}}}}\n"
    assert messages(build(tmp_path, text))[0].startswith("LS401 4:14")


def test_a_name_that_yaml_takes_for_a_boolean_stays_a_name(tmp_path: Path) -> None:
    made = build(tmp_path, "parameters: {On: {type: text, default: a}}\noutputs: {Out: '${{ On }}'}\n" + NETWORK)
    text = next(iter(made.files.values()))
    assert "Value: !Ref 'On'" in text
    assert "  'On':" in text
