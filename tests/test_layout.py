from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from labspec.diagnostic import Rejected
from labspec.graph import ROOT_STACK_NAME, Body, Declaration, Edge, Graph, Node, Stack
from labspec.layout import Form, layout, too_large, with_urls
from labspec.layout.wiring import IMAGE
from tests.building import NETWORK, build, messages


def graph(*nodes: Node, edges: list[Edge] | None = None) -> Graph:
    return Graph("test", "A test", {node.id: node for node in nodes}, edges or [])


def node(id: str, section: str, properties: Body | None = None, type: str = "AWS::EC2::VPC", **more: Any) -> Node:
    member = id.lower()
    body = {"Type": type, "Properties": properties or {}, **more}
    return Node(id, body, section, member, "role", (section, member), {("Properties",): (section, member, "field")})


def nested(made: Graph, **wanted: list[str]) -> dict[str, Stack]:
    stacks, found = layout(made, "nested", wanted)
    assert not found
    return {stack.name: stack for stack in stacks}


def test_a_reference_that_crosses_becomes_an_output_and_a_parameter_of_one_name() -> None:
    stacks = nested(graph(node("Web", "vpcs"), node("Sg", "security_groups", {"VpcId": {"Ref": "Web"}})))
    assert stacks["network"].template["Outputs"] == {"WebId": {"Value": {"Ref": "Web"}}}
    assert list(stacks["security"].template["Parameters"]) == ["WebId"]
    assert stacks["security"].template["Resources"]["Sg"]["Properties"] == {"VpcId": {"Ref": "WebId"}}
    passed = stacks["root"].template["Resources"]["SecurityStack"]["Properties"]["Parameters"]
    assert passed == {"WebId": {"Fn::GetAtt": ["NetworkStack", "Outputs.WebId"]}}


def test_names_that_are_taken_are_not_given_to_what_is_carried() -> None:
    """By a resource, by a parameter of the spec, and by another value that is carried."""
    made = graph(
        node("Web", "vpcs"),
        node("WebId", "vpcs"),
        node("WebName", "key_pairs", type="AWS::EC2::KeyPair"),
        node("Web2", "key_pairs", type="AWS::S3::Bucket"),
        node(
            "Sg",
            "security_groups",
            {
                "VpcId": {"Ref": "Web"},
                "Other": {"Ref": "WebId"},
                "Cidr": {"Fn::GetAtt": ["Web", "CidrBlock"]},
                "Name": {"Ref": "Web2"},
            },
        ),
    )
    made.parameters["WebCidrBlock"] = Declaration({"Type": "String"}, ("parameters", "WebCidrBlock"))
    security = nested(made)["security"].template
    assert security["Resources"]["Sg"]["Properties"] == {
        "VpcId": {"Ref": "WebIdValue"},
        "Other": {"Ref": "WebIdId"},
        "Cidr": {"Ref": "WebCidrBlockValue"},
        "Name": {"Ref": "Web2Name"},
    }


def test_what_is_carried_knows_where_it_is_asked_for() -> None:
    made = graph(node("Web", "vpcs"), node("Sg", "security_groups", {"VpcId": {"Ref": "Web"}, "Cidr": {"Ref": "Cidr"}}))
    made.parameters["Cidr"] = Declaration({"Type": "String"}, ("parameters", "Cidr"))
    made.outputs["Id"] = Declaration({"Value": {"Ref": "Web"}}, ("outputs", "Id"))
    stacks = nested(made)
    asked = ("security_groups", "sg", "field")
    assert stacks["network"].origins == {("Outputs", "WebId"): asked}
    assert stacks["security"].origins == {
        ("Parameters", "WebId"): asked,
        ("Parameters", "Cidr"): ("parameters", "Cidr"),
    }
    root = {("Parameters", "Cidr"): ("parameters", "Cidr"), ("Outputs", "Id"): ("outputs", "Id")}
    assert stacks["root"].origins == root
    (flat,), _ = layout(made, "flat", {})
    assert flat.origins == root


def test_flat_leaves_references_alone() -> None:
    made = graph(node("Web", "vpcs"), node("Sg", "security_groups", {"VpcId": {"Ref": "Web"}}))
    (stack,), _ = layout(made, "flat", {})
    assert stack.template["Resources"]["Sg"]["Properties"] == {"VpcId": {"Ref": "Web"}}


def test_an_output_may_name_the_root_stack_and_what_stands_in_another() -> None:
    made = graph(node("Web", "vpcs"))
    made.outputs["Root"] = Declaration({"Value": {"Ref": ROOT_STACK_NAME}}, ("outputs", "Root"))
    made.outputs["Cidr"] = Declaration({"Value": {"Fn::GetAtt": ["Web", "CidrBlock"]}}, ("outputs", "Cidr"))
    stacks = nested(made)
    assert stacks["root"].template["Outputs"] == {
        "Root": {"Value": {"Ref": "AWS::StackName"}},
        "Cidr": {"Value": {"Fn::GetAtt": ["NetworkStack", "Outputs.WebCidrBlock"]}},
    }
    assert stacks["network"].template["Outputs"] == {"WebCidrBlock": {"Value": {"Fn::GetAtt": ["Web", "CidrBlock"]}}}
    assert stacks["network"].origins == {("Outputs", "WebCidrBlock"): ("outputs", "Cidr")}


@pytest.mark.parametrize("form", ["nested", "flat"])
def test_the_root_stacks_name_is_the_same_in_both_layouts(form: Any) -> None:
    stacks, _ = layout(graph(node("Key", "key_pairs", {"KeyName": {"Ref": ROOT_STACK_NAME}})), form, {})
    last = stacks[-1].template
    name = last["Resources"]["Key"]["Properties"]["KeyName"]
    if form == "flat":
        assert name == {"Ref": "AWS::StackName"}
    else:
        assert name == {"Ref": "RootStackName"}
        passed = stacks[0].template["Resources"]["ComputeStack"]["Properties"]["Parameters"]
        assert passed == {"RootStackName": {"Ref": "AWS::StackName"}}


def test_a_secret_parameter_stays_hidden_on_its_way_down() -> None:
    made = graph(node("Db", "databases", {"Password": {"Ref": "Secret"}}))
    made.parameters["Secret"] = Declaration({"Type": "String", "NoEcho": True, "MinLength": 8})
    stacks = nested(made)
    assert stacks["database"].template["Parameters"] == {"Secret": {"Type": "String", "NoEcho": True}}


def test_an_order_between_stacks_is_said_only_where_no_reference_says_it() -> None:
    edges = [Edge("Box", "Web", "it calls out"), Edge("Box", "Disk", "it mounts it")]
    made = graph(
        node("Web", "vpcs"),
        node("Disk", "file_systems"),
        node("Box", "instances", {"Vpc": {"Ref": "Web"}}),
        edges=edges,
    )
    compute = nested(made)["root"].template["Resources"]["ComputeStack"]
    assert compute["DependsOn"] == ["StorageStack"]


def test_an_order_within_a_stack_is_said_only_where_no_reference_says_it() -> None:
    edges = [Edge("Route", "Web", "a"), Edge("Route", "Attachment", "b")]
    made = graph(
        node("Web", "vpcs"),
        node("Attachment", "vpcs"),
        node("Route", "route_tables", {"Vpc": {"Ref": "Web"}}),
        edges=edges,
    )
    assert nested(made)["network"].template["Resources"]["Route"]["DependsOn"] == ["Attachment"]


def test_the_output_of_what_may_be_absent_is_passed_on_while_it_is_there() -> None:
    made = graph(
        node("Topic", "notifications", type="AWS::SNS::Topic", Condition="Wanted"),
        node("Other", "notifications", type="AWS::SNS::Topic"),
        node(
            "Group",
            "auto_scaling_groups",
            {"Notify": {"Fn::If": ["Wanted", {"Ref": "Topic"}, {"Ref": "AWS::NoValue"}]}},
        ),
    )
    made.parameters["Email"] = Declaration({"Type": "String"})
    made.conditions["Wanted"] = Declaration({"Fn::Not": [{"Fn::Equals": [{"Ref": "Email"}, ""]}]})
    stacks = nested(made)
    watching, scaling = stacks["watching"].template, stacks["scaling"].template
    assert watching["Outputs"]["TopicArn"] == {"Condition": "Wanted", "Value": {"Ref": "Topic"}}
    passed = stacks["root"].template["Resources"]["ScalingStack"]["Properties"]["Parameters"]["TopicArn"]
    assert passed == {"Fn::If": ["Wanted", {"Fn::GetAtt": ["WatchingStack", "Outputs.TopicArn"]}, ""]}
    assert watching["Conditions"] == scaling["Conditions"] == {"Wanted": made.conditions["Wanted"].body}
    assert scaling["Parameters"].keys() == {"Email", "TopicArn"}


def test_an_image_that_may_be_absent_is_passed_as_text_which_may_be_empty() -> None:
    image = node("Golden", "images", type="Custom::Image")
    user = node("Group", "auto_scaling_groups", {"ImageId": {"Fn::GetAtt": ["Golden", "ImageId"]}})
    assert nested(graph(image, user))["scaling"].template["Parameters"]["GoldenImageId"]["Type"] == IMAGE
    image.body["Condition"] = "Wanted"
    made = graph(image, user)
    made.parameters["Email"] = Declaration({"Type": "String"})
    made.conditions["Wanted"] = Declaration({"Fn::Equals": [{"Ref": "Email"}, ""]})
    assert nested(made)["scaling"].template["Parameters"]["GoldenImageId"]["Type"] == "String"


def test_a_stack_whose_every_resource_is_conditional_is_so_itself() -> None:
    made = graph(
        node("Topic", "notifications", type="AWS::SNS::Topic", Condition="Wanted"),
        node(
            "Group",
            "auto_scaling_groups",
            {"Notify": {"Fn::If": ["Wanted", {"Ref": "Topic"}, {"Ref": "AWS::NoValue"}]}},
        ),
    )
    made.parameters["On"] = Declaration({"Type": "String"})
    made.conditions["Wanted"] = Declaration({"Fn::Equals": [{"Ref": "On"}, "true"]})
    root = nested(made)["root"].template
    assert root["Resources"]["WatchingStack"]["Condition"] == "Wanted"
    passed = root["Resources"]["ScalingStack"]["Properties"]["Parameters"]["TopicArn"]
    assert passed == {"Fn::If": ["Wanted", {"Fn::GetAtt": ["WatchingStack", "Outputs.TopicArn"]}, ""]}
    assert root["Conditions"].keys() == {"Wanted"}


def test_nothing_is_asked_twice_where_two_stacks_come_and_go_together() -> None:
    """A branch that is never reached is a warning of the linters, about which nobody could do anything."""
    made = graph(
        node("Topic", "notifications", type="AWS::SNS::Topic", Condition="Wanted"),
        node("Group", "auto_scaling_groups", {"Notify": {"Ref": "Topic"}}, Condition="Wanted"),
    )
    made.parameters["On"] = Declaration({"Type": "String"})
    made.conditions["Wanted"] = Declaration({"Fn::Equals": [{"Ref": "On"}, "true"]})
    scaling = nested(made)["root"].template["Resources"]["ScalingStack"]
    assert scaling["Condition"] == "Wanted"
    assert scaling["Properties"]["Parameters"]["TopicArn"] == {"Fn::GetAtt": ["WatchingStack", "Outputs.TopicArn"]}


def test_a_list_travels_as_one_text() -> None:
    made = graph(node("Web", "vpcs"), node("Box", "instances", {"Blocks": {"Fn::GetAtt": ["Web", "Ipv6CidrBlocks"]}}))
    stacks = nested(made)
    value = stacks["network"].template["Outputs"]["WebIpv6CidrBlocks"]["Value"]
    assert value == {"Fn::Join": [",", {"Fn::GetAtt": ["Web", "Ipv6CidrBlocks"]}]}
    assert stacks["compute"].template["Parameters"]["WebIpv6CidrBlocks"]["Type"] == "CommaDelimitedList"


def test_a_circle_of_stacks_is_shown_edge_by_edge() -> None:
    made = graph(node("A", "vpcs", {"X": {"Ref": "B"}}), node("B", "instances", {"X": {"Ref": "A"}}))
    with pytest.raises(Rejected) as caught:
        layout(made, "nested", {})
    (found,) = caught.value.diagnostics
    assert found.rule.code == "LS502"
    assert {label.path for label in found.related} == {("vpcs", "a", "field"), ("instances", "b", "field")}
    assert found.help == (
        "Put one of the two in the other's stack: `layout: {stacks: {network: [instances.b, vpcs.a]}}`."
    )


def test_the_spec_places_sections_and_single_members() -> None:
    made = graph(node("A", "instances"), node("B", "instances"), node("N", "subnets"))
    places = {
        name: set(stack.template["Resources"])
        for name, stack in nested(made, special=["instances.a"], net=["vpcs"]).items()
    }
    assert places == {
        "root": {"SpecialStack", "ComputeStack", "NetStack"},
        "special": {"A"},
        "compute": {"B"},
        "net": {"N"},
    }


def test_a_role_may_permit_what_has_a_security_group(tmp_path: Path) -> None:
    """The database waits for its group, the role for the database: no stack waits for itself."""
    text = "databases:\n  db: {engine: mysql, version: 8.4.7, subnets: [data-a, data-c], ingress: {}}\n"
    text += "roles: {reader: {permissions: {read: [db]}}}\n"
    text += "instances: {web: {subnet: public-a, public_ip: true, role: reader, secrets: {/run/db.json: db}}}\n"
    assert messages(build(tmp_path, NETWORK + text, layout="nested")) == []


PARTS = (
    "instances: {box: {subnet: public-a, public_ip: true, setup: {commands: [make]}}}\n"
    "launch_templates: {node: {setup: {commands: [make]}}}\n"
    "auto_scaling_groups:\n"
    "  fleet: {launch_template: node, subnets: [data-a], size: {min: 1, max: 2}}\n"
    "  other: {launch_template: node, subnets: [data-a], size: {min: 1, max: 2}}\n"
)


@pytest.mark.parametrize(
    "selector", ["instances", "instances.box", "launch_templates", "launch_templates.node", "auto_scaling_groups.other"]
)
def test_a_machine_and_its_template_cannot_be_parted(selector: str, tmp_path: Path) -> None:
    """User data signals the stack that its machine, or its group, stands in. Selectors name members, never roles."""
    stacks = build(tmp_path, f"{NETWORK}{PARTS}layout: {{stacks: {{own: [{selector}]}}}}\n", layout="nested").stacks
    signalled = [
        (set(stack.template["Resources"]), name)
        for stack in stacks
        for name, body in stack.template["Resources"].items()
        if body["Type"] in ("AWS::EC2::Instance", "AWS::AutoScaling::AutoScalingGroup")
    ]
    assert len(signalled) == 3
    for beside, name in signalled:
        assert name.removesuffix("Instance").removesuffix("AutoScalingGroup") + "LaunchTemplate" in beside


def test_a_member_follows_its_owner_unless_it_is_placed_itself() -> None:
    """A VPC takes its subnets along, a database its replicas; their own section and name come before that."""

    def inside(id: str, section: str, owner: tuple[str, str]) -> Node:
        return replace(node(id, section), origin=(*owner, section, id.lower()))

    made = graph(
        node("Web", "vpcs"),
        inside("Front", "subnets", ("vpcs", "web")),
        inside("Back", "subnets", ("vpcs", "web")),
        inside("Other", "subnets", ("vpcs", "old")),
        node("Db", "databases"),
        inside("Reader", "replicas", ("databases", "db")),
        inside("Copy", "replicas", ("databases", "more")),
    )
    stacks = nested(made, net=["vpcs.web"], away=["subnets.back"], data=["databases.db"], copies=["replicas"])
    assert {name: set(stack.template["Resources"]) for name, stack in stacks.items() if name != "root"} == {
        "net": {"Web", "Front"},
        "away": {"Back"},
        "network": {"Other"},
        "data": {"Db", "Reader"},
        "copies": {"Copy"},
    }


def test_a_stack_may_hold_more_than_labspec_puts_there() -> None:
    made = graph(node("Web", "vpcs"), node("Sg", "security_groups"))
    stacks = nested(made, network=["security_groups"])
    assert set(stacks["network"].template["Resources"]) == {"Web", "Sg"}


def test_a_selector_in_two_stacks_is_told_at_the_second(tmp_path: Path) -> None:
    stacks = "layout:\n  stacks:\n    one: [vpcs, nets]\n    two: [subnets, vpcs, nets, subnets]\n"
    assert messages(build(tmp_path, NETWORK + stacks, layout="nested")) == [
        "LS501 14:17 `nets` selects nothing.",
        "LS501 15:20 `vpcs` is placed in two stacks.",
        "LS501 15:26 `nets` is placed in two stacks.",
        "LS501 15:32 `subnets` is listed twice.",
    ]


def test_a_selector_that_selects_nothing_is_refused(tmp_path: Path) -> None:
    made = build(tmp_path, NETWORK + "layout: {stacks: {data: [vpsc]}}\n", layout="nested")
    assert messages(made) == ["LS501 12:26 `vpsc` selects nothing."]
    assert "vpcs" in made.diagnostics[0].help


def test_the_address_of_a_template_holds_the_builds_digest_as_text() -> None:
    (root, _), _ = layout(graph(node("Web", "vpcs")), "nested", {})
    url = with_urls(root, "abc", "parameters", ".yaml").template["Resources"]["NetworkStack"]["Properties"][
        "TemplateURL"
    ]
    assert url["Fn::Sub"].endswith("${TemplateFolder}/abc/network.yaml")
    relative = with_urls(root, "abc", "relative", ".yaml").template
    assert relative["Resources"]["NetworkStack"]["Properties"]["TemplateURL"] == "./network.yaml"
    assert "Parameters" not in relative


def over(made: Graph, form: Form = "flat") -> list[str]:
    """What is said of limits: where, what and what helps."""
    _, told = layout(made, form, {})
    assert {diagnostic.rule.code for diagnostic in told} <= {"LS504"}
    return [" ".join((*map(str, found.path), found.message, found.help)).strip() for found in told]


MOVE = "Move sections to stacks of their own, by `layout`."


def test_a_template_holds_as_many_resources_as_cloudformation_takes() -> None:
    made = graph(*(node(f"Vpc{number}", "vpcs") for number in range(500)))
    assert over(made) == []
    made.nodes["More"] = node("More", "vpcs")
    assert over(made) == [f"layout The flat template has 501 resources; 500 is the most. {MOVE}"]


def test_all_templates_hold_as_many_resources_as_one_operation_takes() -> None:
    sections = ("vpcs", "security_groups", "instances", "databases", "websites")
    made = graph(*(node(f"N{number}", sections[number % 5]) for number in range(2500)))
    assert over(made, "nested") == []
    made.nodes["More"] = node("More", "file_systems")
    assert over(made, "nested") == ["The spec has 2501 resources; one nested operation takes 2500."]


def test_a_template_takes_as_many_parameters_and_outputs_as_cloudformation_does() -> None:
    made = graph(node("Web", "vpcs"))
    for number in range(200):
        made.parameters[f"P{number}"] = Declaration({"Type": "String"})
        made.outputs[f"O{number}"] = Declaration({"Value": {"Ref": "Web"}})
    assert over(made) == []
    made.parameters["More"] = Declaration({"Type": "String"})
    made.outputs["More"] = Declaration({"Value": {"Ref": "Web"}})
    assert over(made) == [
        "layout The flat template has 201 parameters; 200 is the most.",
        "layout The flat template has 201 outputs; 200 is the most.",
    ]


def test_a_template_has_as_many_dynamic_references_as_cloudformation_takes() -> None:
    """Each one counts, also where several stand in one text."""
    made = graph(node("Web", "vpcs", {"Tags": ["{{resolve:ssm:/a}}{{resolve:ssm:/b}}"] * 30}))
    assert over(made) == []
    made.nodes["More"] = node("More", "vpcs", {"Name": "{{resolve:secretsmanager:c}}"})
    assert over(made) == ["The flat template has 61 dynamic references; 60 is the most."]


def test_a_template_has_a_megabyte_at_most() -> None:
    assert list(too_large("a.yaml", "x" * 1_048_576)) == []
    (found,) = too_large("a.yaml", "x" * 1_048_577)
    assert (found.rule.code, found.message) == ("LS504", "a.yaml has 1,048,577 bytes; 1,048,576 is the most.")
    assert (found.path, found.help) == (("layout",), MOVE)


def test_text_that_cloudformation_would_garble_is_refused_where_it_stands() -> None:
    made = graph(node("Web", "vpcs", {"Name": "Caf\u00e9"}))
    _, (found,) = layout(made, "flat", {})
    assert (found.rule.code, found.path) == ("LS505", ("vpcs", "web", "field"))
    assert (found.message, found.help) == ("CloudFormation would show `\u00e9` as `?`.", "Write it in ASCII.")
