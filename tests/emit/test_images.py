from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from labspec.graph import Graph
from labspec.lambdas import IMAGE_MAKER
from labspec.lambdas.inline import inline, source_of
from tests.building import NETWORK, build, graph_of, messages

MAKER = ["ImageMakerLogGroup", "ImageMakerRole", "ImageMakerFunction"]
NAME = {"Fn::Join": ["-", ["image-maker", {"Fn::Select": [2, {"Fn::Split": ["/", {"Ref": "AWS::StackId"}]}]}]]}


def imaged(images: str = "golden: {from: server}", more: str = "") -> str:
    """A spec with a machine and images."""
    machine = "instances:\n  server: {subnet: public-a, public_ip: true, setup: {packages: [httpd]}}\n"
    return f"{NETWORK}{machine}images: {{{images}}}\n{more}"


def properties(graph: Graph, identity: str) -> dict[str, Any]:
    made: dict[str, Any] = graph.nodes[identity].body["Properties"]
    return made


def image_of(graph: Graph, template: str) -> Any:
    return properties(graph, template)["LaunchTemplateData"]["ImageId"]


# ------------------------------------------------------------------ the image


def test_an_image_is_made_of_an_instance_that_is_ready(tmp_path: Path) -> None:
    """The reference makes it wait for the instance, and so for the instance's signal."""
    graph = graph_of(tmp_path, imaged("golden: {from: server, tags: {Stage: test}}"))
    assert graph.nodes["GoldenImage"].body == {
        "Type": "Custom::Image",
        "Properties": {
            "ServiceToken": {"Fn::GetAtt": ["ImageMakerFunction", "Arn"]},
            "ServiceTimeout": 3600,
            "InstanceId": {"Ref": "ServerInstance"},
            "Tags": [{"Key": "Name", "Value": "golden"}, {"Key": "Stage", "Value": "test"}],
        },
    }
    assert "CreationPolicy" in graph.nodes["ServerInstance"].body


def test_machines_are_made_from_it(tmp_path: Path) -> None:
    more = "launch_templates: {copies: {image: golden}}\noutputs: {Image: '${{ images.golden.id }}'}\n"
    graph = graph_of(tmp_path, imaged(more=more))
    made = {"Fn::GetAtt": ["GoldenImage", "ImageId"]}
    assert image_of(graph, "CopiesLaunchTemplate") == made
    assert graph.outputs["Image"].body == {"Value": made}


def test_a_copy_does_not_open_to_the_keys_of_its_original(tmp_path: Path) -> None:
    more = "launch_templates: {copies: {image: golden, setup: {packages: [php]}}}\n"
    graph = graph_of(tmp_path, imaged(more=more))
    assert "authorized_keys" in json.dumps(properties(graph, "CopiesLaunchTemplate"))
    assert "authorized_keys" not in json.dumps(properties(graph, "ServerLaunchTemplate"))


def test_an_image_waits_for_the_scripts_that_run_on_its_instance(tmp_path: Path) -> None:
    """Making the image restarts the instance."""
    (tmp_path / "rows.sql").write_text("SELECT 1;\n", "utf-8")
    database = """\
databases:
  rows:
    engine: mysql
    version: 8.4.7
    class: db.t3.micro
    subnets: [data-a, data-c]
    database: store
    username: admin
    schema: {source: rows.sql, through: server}
"""
    text = imaged("golden: {from: server}, other: {from: apart}", database).replace(
        "httpd]}}\n",
        "httpd]}, secrets: {/run/rows.json: rows}}\n  apart: {subnet: public-c, public_ip: true}\n",
    )
    graph = graph_of(tmp_path, text)
    waits = {(edge.source, edge.target) for edge in graph.edges if "Image" in edge.source}
    assert waits == {("GoldenImage", "RowsSchemaAssociation")}
    assert "RowsSchemaAssociation" in graph.nodes


@pytest.mark.parametrize(
    ("said", "launched", "shown"),
    [
        ("id: ami-0123456789abcdef0", "ami-0123456789abcdef0", "ami-0123456789abcdef0"),
        ("public: /images/web", "resolve:ssm:/images/web", "{{resolve:ssm:/images/web}}"),
        ("public: /images/web, pinned: ami-01234567", "ami-01234567", "ami-01234567"),
    ],
)
def test_an_image_that_is_given_is_not_made(tmp_path: Path, said: str, launched: str, shown: str) -> None:
    """EC2 resolves a public one as it launches a machine; anywhere else CloudFormation does, as it deploys."""
    more = "launch_templates: {copies: {image: golden}}\noutputs: {Image: '${{ golden.id }}'}\n"
    graph = graph_of(tmp_path, imaged(f"golden: {{{said}}}", more))
    assert image_of(graph, "CopiesLaunchTemplate") == launched
    assert graph.outputs["Image"].body == {"Value": shown}
    assert not {"GoldenImage", *MAKER} & set(graph.nodes)


def test_an_image_may_be_absent(tmp_path: Path) -> None:
    text = "parameters: {Baked: {type: boolean, default: 'true'}}\n" + imaged("golden: {from: server, when: Baked}")
    graph = graph_of(tmp_path, text)
    assert {graph.nodes[name].body["Condition"] for name in ("GoldenImage", *MAKER)} == {"BakedTrue"}


def test_the_function_stays_while_any_image_may(tmp_path: Path) -> None:
    images = "golden: {from: server, when: Baked}, other: {from: server}"
    text = "parameters: {Baked: {type: boolean, default: 'true'}}\n" + imaged(images)
    graph = graph_of(tmp_path, text)
    assert [name for name, node in graph.nodes.items() if "Condition" in node.body] == ["GoldenImage"]


# ------------------------------------------------------------------ the function


def test_one_function_serves_all_images_and_is_always_the_same(tmp_path: Path) -> None:
    """`ServiceToken` can never change."""
    one, two = (
        graph_of(tmp_path, imaged(images))
        for images in ("golden: {from: server}", "a: {from: server}, b: {from: server}")
    )
    assert {name: two.nodes[name] for name in MAKER} == {name: one.nodes[name] for name in MAKER}
    tokens = [properties(two, name)["ServiceToken"] for name in ("AImage", "BImage")]
    assert tokens == [{"Fn::GetAtt": ["ImageMakerFunction", "Arn"]}] * 2


def test_the_function_is_the_tested_module(tmp_path: Path) -> None:
    made = properties(graph_of(tmp_path, imaged()), "ImageMakerFunction")
    assert made["Code"] == {"ZipFile": inline(source_of("image_maker"))}
    assert (made["Handler"], made["Runtime"]) == ("index.handler", IMAGE_MAKER.runtime)
    assert (made["Timeout"], made["MemorySize"]) == (900, IMAGE_MAKER.memory)


def test_the_function_follows_its_role_and_writes_to_a_log_that_goes_with_the_stack(tmp_path: Path) -> None:
    graph = graph_of(tmp_path, imaged())
    made = properties(graph, "ImageMakerFunction")
    assert made["Role"] == {"Fn::GetAtt": ["ImageMakerRole", "Arn"]}
    assert made["LoggingConfig"] == {"LogGroup": {"Ref": "ImageMakerLogGroup"}}
    assert properties(graph, "ImageMakerLogGroup")["RetentionInDays"] == 30
    assert "LogGroupName" not in properties(graph, "ImageMakerLogGroup")


def statements(graph: Graph) -> list[dict[str, Any]]:
    (policy,) = properties(graph, "ImageMakerRole")["Policies"]
    made: list[dict[str, Any]] = policy["PolicyDocument"]["Statement"]
    return made


def test_the_function_may_do_what_it_needs_and_no_more(tmp_path: Path) -> None:
    made = statements(graph_of(tmp_path, imaged()))
    assert [tuple(said["Action"]) for said in made] == [grant.actions for grant in IMAGE_MAKER.grants]
    anywhere = [action for said in made if "*" in said["Resource"] for action in said["Action"]]
    assert anywhere == ["ec2:DescribeImages", "ec2:DescribeSnapshots"]
    allowed = {action for said in made for action in said["Action"]}
    assert "logs:CreateLogGroup" not in allowed
    assert not any("*" in action for action in allowed)


def test_the_function_removes_only_what_it_made(tmp_path: Path) -> None:
    made = {tuple(said["Action"]): said for said in statements(graph_of(tmp_path, imaged()))}
    for action in ("ec2:DeregisterImage", "ec2:DeleteSnapshot"):
        assert made[action,]["Condition"] == {"StringEquals": {"aws:ResourceTag/labspec:image-maker": NAME}}


def test_the_function_may_call_itself_by_a_name_that_no_other_stack_has(tmp_path: Path) -> None:
    graph = graph_of(tmp_path, imaged())
    assert properties(graph, "ImageMakerFunction")["FunctionName"] == NAME
    (said,) = (said for said in statements(graph) if said["Action"] == ["lambda:InvokeFunction"])
    text, values = said["Resource"][0]["Fn::Sub"]
    assert text.endswith(":function:${FunctionName}")
    assert values == {"FunctionName": NAME}


def test_the_function_stands_with_the_images(tmp_path: Path) -> None:
    made = build(tmp_path, imaged(more="layout: {stacks: {golden: [images]}}\n"), layout="nested")
    assert not made.failed, messages(made)
    (stack,) = (stack for stack in made.stacks if stack.name == "golden")
    assert sorted(stack.template["Resources"]) == ["GoldenImage", *sorted(MAKER)]


def test_a_member_that_would_take_its_id_is_refused(tmp_path: Path) -> None:
    made = build(tmp_path, imaged().replace("  server:", "  image-maker: {subnet: public-c}\n  server:"))
    (found,) = (message for message in messages(made) if message.startswith("LS401"))
    assert "ImageMakerRole" in found
