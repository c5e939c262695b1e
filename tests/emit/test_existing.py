"""What is there already is found in each of four ways, and no resource is made of it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from labspec.compiler import Build
from labspec.graph import Graph
from tests.building import build, graph_of, messages

IDS = {
    "vpcs": "vpc-0123456789abcdef0",
    "subnets": "subnet-0123456789abcdef0",
    "security_groups": "sg-0123456789abcdef0",
    "key_pairs": "my key",
    "file_systems": "fs-0123456789abcdef0",
    "roles": "worker",
}
WAYS: dict[str, tuple[str, Any]] = {
    "short": ("{id}", "{id}"),
    "id": ("{{id: {id}}}", "{id}"),
    "parameter": ("{{parameter: Found}}", {"Ref": "Found"}),
    "ssm": ("{{ssm: /path/to:3}}", "{{resolve:ssm:/path/to:3}}"),
    "export": ("{{export: other:thing}}", {"Fn::ImportValue": "other:thing"}),
}

SPEC = """\
parameters: {{Found: {{type: text}}}}
vpcs:
  net:
    existing: {vpcs}
    cidr: 10.0.0.0/16
    subnets: {{a: {{existing: {subnets}, zone: a, access: private}}}}
security_groups:
  theirs: {{existing: {security_groups}, vpc: net}}
  ours: {{vpc: net, ingress: {{http: {{port: 80, from: theirs}}}}}}
key_pairs: {{key: {{existing: {key_pairs}}}}}
file_systems: {{disk: {{existing: {file_systems}}}}}
roles: {{worker: {{existing: {roles}}}}}
instances: {{i: {{subnet: a, key_pair: key, role: worker, security_groups: [theirs, ours]{mounts}}}}}
"""
MOUNTS = ", mounts: {/mnt: disk}"


def spec(way: str, mounts: bool = True) -> str:
    written, _ = WAYS[way]
    return SPEC.format(
        **{kind: written.format(id=f"'{found}'") for kind, found in IDS.items()}, mounts=MOUNTS if mounts else ""
    )


def found(kind: str, way: str) -> Any:
    """What a template says of a member that exists."""
    _, reference = WAYS[way]
    return IDS[kind] if way in ("short", "id") else reference


def properties(graph: Graph, identity: str) -> Any:
    return graph.nodes[identity].body["Properties"]


@pytest.mark.parametrize("way", WAYS)
def test_each_kind_is_found_in_each_way(way: str, tmp_path: Path) -> None:
    graph = graph_of(tmp_path, spec(way, mounts=way != "ssm"))
    ids = {"IInstance", "ILaunchTemplate", "OursHttpIngress", "OursSecurityGroup", "WorkerInstanceProfile"}
    assert graph.nodes.keys() - {"ISetupLog"} == ids
    (interface,) = properties(graph, "ILaunchTemplate")["LaunchTemplateData"]["NetworkInterfaces"]
    assert interface["SubnetId"] == found("subnets", way)
    assert interface["Groups"][0] == found("security_groups", way)
    assert properties(graph, "OursSecurityGroup")["VpcId"] == found("vpcs", way)
    assert properties(graph, "OursHttpIngress")["SourceSecurityGroupId"] == found("security_groups", way)
    assert properties(graph, "IInstance")["KeyName"] == found("key_pairs", way)
    assert properties(graph, "WorkerInstanceProfile")["Roles"] == [found("roles", way)]
    if way != "ssm":
        user_data = properties(graph, "ILaunchTemplate")["LaunchTemplateData"]["UserData"]["Fn::Base64"]["Fn::Sub"]
        assert found("file_systems", way) in user_data[1].values()


def template(made: Build, name: str) -> Any:
    return next(stack.template for stack in made.stacks if stack.name == name)


@pytest.mark.parametrize("way", WAYS)
def test_both_layouts_find_it_where_it_is_needed(way: str, tmp_path: Path) -> None:
    made = build(tmp_path, spec(way, mounts=False), layout="nested")
    assert not made.failed, messages(made)
    group = template(made, "security")["Resources"]["OursSecurityGroup"]["Properties"]
    assert group["VpcId"] == found("vpcs", way)
    assert ("Found" in template(made, "security").get("Parameters", {})) == (way == "parameter")


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize(
    ("expression", "kind"),
    [
        ("vpcs.net.id", "vpcs"),
        ("a.id", "subnets"),
        ("theirs.id", "security_groups"),
        ("key.name", "key_pairs"),
        ("disk.id", "file_systems"),
        ("roles.worker.name", "roles"),
    ],
)
def test_an_expression_finds_it_too(expression: str, kind: str, way: str, tmp_path: Path) -> None:
    graph = graph_of(tmp_path, spec(way, mounts=False) + f"outputs: {{O: '${{{{ {expression} }}}}'}}\n")
    assert graph.outputs["O"].body["Value"] == found(kind, way)


def test_facts_are_believed(tmp_path: Path) -> None:
    text = spec("short") + "outputs: {O: '${{ vpcs.net.cidr }}', R: '${{ roles.worker.arn }}'}\n"
    graph = graph_of(tmp_path, text)
    assert graph.outputs["O"].body["Value"] == "10.0.0.0/16"
    assert graph.outputs["R"].body["Value"] == {
        "Fn::Sub": ["arn:${AWS::Partition}:iam::${AWS::AccountId}:role/${Role}", {"Role": "worker"}]
    }


@pytest.mark.parametrize(
    ("expression", "words"),
    [
        ("key.id", "`key` is there already: its `id` is not known."),
        ("vpcs.net.CidrBlock", "`net` is there already: its `CidrBlock` is not known."),
        ("roles.worker.RoleId", "`worker` is there already: its `RoleId` is not known."),
    ],
)
def test_what_only_a_made_one_tells_is_refused(expression: str, words: str, tmp_path: Path) -> None:
    (line,) = messages(build(tmp_path, spec("short") + f"outputs: {{O: '${{{{ {expression} }}}}'}}\n"))
    assert line.startswith("LS206 ")
    assert line.endswith(words)


def test_the_addresses_of_a_network_are_not_known_unless_said(tmp_path: Path) -> None:
    text = spec("short").replace("    cidr: 10.0.0.0/16\n", "") + "outputs: {O: '${{ vpcs.net.cidr }}'}\n"
    assert [line.split(" ", 2)[::2] for line in messages(build(tmp_path, text))] == [
        ["LS206", "The addresses of `net` are not known."]
    ]


# ------------------------------------------------------------------ one in each zone

ZONED = """\
vpcs:
  net:
    existing: {ssm: /net}
    zones: [a, 2]
    subnets: {app: SUBNET}
load_balancers: {l: {scheme: internal, subnets: app, listeners: {80: {redirect: https}}}}
"""


def test_a_subnet_without_a_zone_is_one_in_each(tmp_path: Path) -> None:
    graph = graph_of(tmp_path, ZONED.replace("SUBNET", "{existing: {ssm: '/app-${{each.key}}'}, access: public}"))
    assert properties(graph, "LLoadBalancer")["Subnets"] == ["{{resolve:ssm:/app-a}}", "{{resolve:ssm:/app-2}}"]
    assert not [node for node in graph.nodes.values() if node.type.startswith("AWS::EC2::InternetGateway")]


@pytest.mark.parametrize(
    ("subnet", "finding"),
    [
        ("{existing: {ssm: '/app-${{ each.key }}'}, cidr: 10.0.0.0/20}", "LS210"),
        ("{existing: {ssm: '/app-${{ each.zone }}'}}", "LS103"),
        ("{existing: '${{ Found }}'}", "LS103"),
        ("{existing: '/app-${{ each.key'}", "LS379"),
    ],
)
def test_a_zoned_subnet_that_cannot_be_found_is_refused(subnet: str, finding: str, tmp_path: Path) -> None:
    lines = messages(build(tmp_path, ZONED.replace("SUBNET", subnet)))
    assert lines[0].startswith(f"{finding} 7:")


def test_the_manifest_says_what_is_believed(tmp_path: Path) -> None:
    made = build(tmp_path, spec("short"))
    assert '"vpcs.net": {\n   "cidr": "10.0.0.0/16"' in made.files["manifest.json"]
