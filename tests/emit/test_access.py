"""Security groups and their rules, key pairs, shared roles."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from labspec.graph import Graph
from tests.building import NETWORK, build, graph_of, messages

NOBODY = [
    {
        "CidrIp": "255.255.255.255/32",
        "Description": "Nobody: takes the place of the rule that lets everything out",
        "FromPort": 252,
        "IpProtocol": "icmp",
        "ToPort": 86,
    }
]


def properties(graph: Graph, identity: str) -> dict[str, Any]:
    found: dict[str, Any] = graph.nodes[identity].body["Properties"]
    return found


def group(said: str, more: str = "") -> str:
    """A spec with one security group."""
    return f"{NETWORK}{more}\nsecurity_groups:\n  web-sg: {{{said}}}\n"


def rules(graph: Graph) -> dict[str, dict[str, Any]]:
    """Every rule by its id, without the group and the words."""
    return {
        node.id: {key: value for key, value in node.body["Properties"].items() if key not in ("GroupId", "Description")}
        for node in graph.nodes.values()
        if node.type in ("AWS::EC2::SecurityGroupIngress", "AWS::EC2::SecurityGroupEgress")
    }


# ------------------------------------------------------------------ groups


def test_a_group_stands_in_the_only_vpc_and_holds_no_rules(tmp_path: Path) -> None:
    """Rules are resources of their own, so that two groups can name each other."""
    graph = graph_of(tmp_path, group("ingress: {http: {port: 80, from: internet}}"))
    assert properties(graph, "WebSgSecurityGroup") == {
        "GroupDescription": "web-sg",
        "VpcId": {"Ref": "NetVpc"},
        "Tags": [{"Key": "Name", "Value": "web-sg"}],
    }


def test_two_groups_can_name_each_other(tmp_path: Path) -> None:
    spec = group("ingress: {app: {port: 80, from: app-sg}}") + "  app-sg: {ingress: {web: {port: 81, from: web-sg}}}\n"
    graph = graph_of(tmp_path, spec)
    assert rules(graph)["WebSgAppIngress"]["SourceSecurityGroupId"] == {"Fn::GetAtt": ["AppSgSecurityGroup", "GroupId"]}
    assert rules(graph)["AppSgWebIngress"]["SourceSecurityGroupId"] == {"Fn::GetAtt": ["WebSgSecurityGroup", "GroupId"]}
    made = build(tmp_path, spec, layout="nested")
    assert not made.failed


@pytest.mark.parametrize("said", ["egress: {}", "egress: {db: {port: 3306, to: 10.0.0.0/16}}"])
def test_a_group_that_says_whom_it_calls_calls_nobody_else(tmp_path: Path, said: str) -> None:
    """Without an inline rule EC2 would keep its own, which lets everything out."""
    assert properties(graph_of(tmp_path, group(said)), "WebSgSecurityGroup")["SecurityGroupEgress"] == NOBODY


def test_a_member_that_says_whom_it_calls_calls_nobody_else(tmp_path: Path) -> None:
    spec = f"{NETWORK}instances: {{web: {{subnet: data-a, egress: {{}}}}}}\n"
    assert properties(graph_of(tmp_path, spec), "WebSecurityGroup")["SecurityGroupEgress"] == NOBODY


def test_a_group_that_says_nothing_calls_anyone(tmp_path: Path) -> None:
    assert "SecurityGroupEgress" not in properties(graph_of(tmp_path, group("")), "WebSgSecurityGroup")


def test_an_existing_group_gets_rules_and_nothing_else(tmp_path: Path) -> None:
    graph = graph_of(tmp_path, group("existing: sg-0123456789abcdef0, ingress: {http: {port: 80, from: internet}}"))
    assert "WebSgSecurityGroup" not in graph.nodes
    assert properties(graph, "WebSgHttpIngress")["GroupId"] == "sg-0123456789abcdef0"


# ------------------------------------------------------------------ rules

SOURCES = [
    ("internet", {"CidrIp": "0.0.0.0/0"}),
    ("0.0.0.0/0", {"CidrIp": "0.0.0.0/0"}),
    ("192.0.2.0/24", {"CidrIp": "192.0.2.0/24"}),
    ("Office", {"CidrIp": {"Ref": "Office"}}),
    ("self", {"SourceSecurityGroupId": {"Fn::GetAtt": ["WebSgSecurityGroup", "GroupId"]}}),
    ("net", {"CidrIp": {"Fn::GetAtt": ["NetVpc", "CidrBlock"]}}),
    ("pl-0123456789abcdef0", {"SourcePrefixListId": "pl-0123456789abcdef0"}),
    ("box", {"SourceSecurityGroupId": {"Fn::GetAtt": ["BoxSecurityGroup", "GroupId"]}}),
]
AROUND = """
parameters: {Office: {type: cidr}}
instances: {box: {subnet: data-a, ingress: {}}}
"""


@pytest.mark.parametrize(("source", "found"), SOURCES)
def test_where_a_rule_can_let_in_from(tmp_path: Path, source: str, found: dict[str, Any]) -> None:
    graph = graph_of(tmp_path, group(f"ingress: {{http: {{port: 80, from: {source}}}}}", AROUND))
    assert rules(graph) == {"WebSgHttpIngress": {"IpProtocol": "tcp", "FromPort": 80, "ToPort": 80, **found}}


PORTS = [
    ("port: 80", ("tcp", 80, 80)),
    ("port: 3000-3010, protocol: udp", ("udp", 3000, 3010)),
    ("port: all", ("tcp", 0, 65535)),
    ("port: 0-65535", ("tcp", 0, 65535)),
    ("port: all, protocol: udp", ("udp", 0, 65535)),
    ("port: all, protocol: icmp", ("icmp", -1, -1)),
    ("port: all, protocol: icmp", ("icmp", -1, -1)),
    ("port: all, protocol: all", ("-1", None, None)),
]


@pytest.mark.parametrize(("said", "found"), PORTS)
def test_which_ports_a_rule_can_open(tmp_path: Path, said: str, found: tuple[Any, ...]) -> None:
    rule = rules(graph_of(tmp_path, group(f"egress: {{out: {{{said}, to: internet}}}}")))["WebSgOutEgress"]
    assert (rule["IpProtocol"], rule.get("FromPort"), rule.get("ToPort")) == found


def test_a_rule_says_in_words_what_it_does(tmp_path: Path) -> None:
    graph = graph_of(
        tmp_path, group("ingress: {http: {port: 80, from: net}, ssh: {port: 22, from: net, description: Ours}}")
    )
    assert properties(graph, "WebSgHttpIngress")["Description"] == "http: tcp 80 from net"
    assert properties(graph, "WebSgSshIngress")["Description"] == "Ours"


def test_a_source_with_two_groups_is_let_in_from_both(tmp_path: Path) -> None:
    two = "instances: {box: {subnet: data-a, ingress: {}, security_groups: other-sg}}\n"
    spec = group("ingress: {http: {port: 80, from: box}}", f"\n{two}") + "  other-sg: {vpc: net}\n"
    found = rules(graph_of(tmp_path, spec))
    assert {identity: rule["SourceSecurityGroupId"]["Fn::GetAtt"][0] for identity, rule in found.items()} == {
        "WebSgHttpFromBoxIngress": "BoxSecurityGroup",
        "WebSgHttpFromOtherSgIngress": "OtherSgSecurityGroup",
    }


# ------------------------------------------------------------------ one rule, one tuple


def test_several_sources_make_a_rule_each_named_for_its_source(tmp_path: Path) -> None:
    """Not for its place in the list: a source that leaves must not move the others."""
    said = "ingress: {{http: {{port: 80, from: [{}]}}}}"
    three = rules(graph_of(tmp_path, group(said.format("net, box, 192.0.2.0/24"), AROUND)))
    assert set(three) == {"WebSgHttpFromNetIngress", "WebSgHttpFromBoxIngress", "WebSgHttpFrom192x0x2x0x24Ingress"}
    two = rules(graph_of(tmp_path, group(said.format("192.0.2.0/24, net"), AROUND)))
    assert two == {identity: three[identity] for identity in two}


def test_the_internet_is_the_same_source_however_it_is_spelled(tmp_path: Path) -> None:
    said = "ingress: {{http: {{port: 80, from: [{}, net]}}}}"
    one, other = (graph_of(tmp_path, group(said.format(word))) for word in ("internet", "0.0.0.0/0"))
    assert rules(one) == rules(other)


def test_a_renamed_rule_keeps_its_id(tmp_path: Path) -> None:
    """Otherwise the same tuple would be made under the new id and then be deleted under the old one."""
    before = rules(
        graph_of(tmp_path, group("ingress: {http: {port: 80, from: net}}, egress: {out: {port: 1, to: net}}"))
    )
    renamed = "ingress: {web: {was: http, port: 80, from: net}}, egress: {call: {was: out, port: 1, to: net}}"
    assert rules(graph_of(tmp_path, group(renamed))) == before


def test_a_renamed_group_keeps_its_ids(tmp_path: Path) -> None:
    before = graph_of(tmp_path, group("ingress: {http: {port: 80, from: net}}"))
    spec = group("was: web-sg, ingress: {http: {port: 80, from: net}}").replace("  web-sg:", "  front-sg:")
    assert set(graph_of(tmp_path, spec).nodes) == set(before.nodes)


def test_what_is_renamed_keeps_the_ids_of_the_rules_that_name_it_and_what_replaces_a_group(tmp_path: Path) -> None:
    """A rule of several ends is several rules; a group's description cannot be changed without another group."""

    def made(groups: str, ends: str) -> dict[str, Any]:
        text = f"{NETWORK}security_groups:\n  {groups}\n  a-sg: {{ingress: {{all: {{port: all, from: [{ends}]}}}}}}\n"
        return {node.id: node.body["Properties"] for node in graph_of(tmp_path, text).nodes.values()}

    before = made("b-sg: {vpc: net}", "b-sg, net, self")
    after = made("z-sg: {was: b-sg, vpc: net}", "z-sg, net, self")
    assert set(after) == set(before)
    assert after["BSgSecurityGroup"]["GroupDescription"] == before["BSgSecurityGroup"]["GroupDescription"]


@pytest.mark.parametrize("source", ["0.0.0.0/0", "internet"])
def test_two_rules_that_say_the_same_are_refused(tmp_path: Path, source: str) -> None:
    said = f"ingress: {{http: {{port: 80, from: internet}}, web: {{port: 80, from: {source}}}}}"
    (found,) = messages(build(tmp_path, group(said)))
    assert found.startswith("LS373 ")


# ------------------------------------------------------------------ key pairs


@pytest.mark.parametrize("layout", ["nested", "flat"])
def test_a_key_pair_is_named_for_the_root_stack_in_both_layouts(tmp_path: Path, layout: str) -> None:
    """EC2 wants a name, and two copies of a stack must not want the same. Tags are create-only, so it has none."""
    made = build(tmp_path, "tags: {Team: blue}\nkey_pairs: {office: {format: ppk}}\n", layout=layout)
    (template,) = (stack.template for stack in made.stacks if "OfficeKeyPair" in stack.template["Resources"])
    parameter = "RootStackName" if layout == "nested" else "AWS::StackName"
    assert template["Resources"]["OfficeKeyPair"]["Properties"] == {
        "KeyName": {"Fn::Join": ["-", [{"Ref": parameter}, "office"]]},
        "KeyFormat": "ppk",
        "KeyType": "rsa",
    }


def test_a_renamed_key_pair_keeps_its_name(tmp_path: Path) -> None:
    """The name is create-only: another one would be another key."""
    before = graph_of(tmp_path, "key_pairs: {office: }\n")
    after = graph_of(tmp_path, "key_pairs: {desk: {was: office}}\n")
    assert before.nodes["OfficeKeyPair"].body == after.nodes["OfficeKeyPair"].body


def test_an_existing_key_pair_is_only_referred_to(tmp_path: Path) -> None:
    machine = "instances: {web: {subnet: data-a, key_pair: office}}"
    graph = graph_of(tmp_path, f"{NETWORK}key_pairs: {{office: {{existing: my-key}}}}\n{machine}\n")
    assert "OfficeKeyPair" not in graph.nodes
    assert properties(graph, "WebInstance")["KeyName"] == "my-key"


# ------------------------------------------------------------------ shared roles


def test_a_shared_role_for_machines_has_a_profile(tmp_path: Path) -> None:
    graph = graph_of(
        tmp_path, "roles: {worker: {permissions: {managed: ReadOnlyAccess}}, runner: {trust: lambda.amazonaws.com}}\n"
    )
    (statement,) = properties(graph, "WorkerRole")["AssumeRolePolicyDocument"]["Statement"]
    assert statement["Principal"] == {"Service": "ec2.amazonaws.com"}
    assert properties(graph, "WorkerInstanceProfile")["Roles"] == [{"Ref": "WorkerRole"}]
    assert set(graph.nodes) == {"RunnerRole", "WorkerRole", "WorkerInstanceProfile"}


READABLE = """
websites: {docs: {content: site}}
file_systems: {shared: {subnets: data-a, ingress: {}}}
databases: {orders: {engine: mysql, version: 8.4.7, subnets: [data-a, data-c], ingress: {}}}
"""


@pytest.mark.parametrize(
    ("said", "granted"),
    [
        ("read: docs", {"s3:ListBucket", "s3:GetObject"}),
        ("write: docs", {"s3:ListBucket", "s3:GetObject", "s3:PutObject", "s3:DeleteObject"}),
        ("read: shared", {"elasticfilesystem:ClientMount"}),
        ("write: shared", {"elasticfilesystem:ClientMount", "elasticfilesystem:ClientWrite"}),
        ("read: orders", {"secretsmanager:GetSecretValue"}),
    ],
)
def test_what_a_role_may_do_that_reads_or_writes(tmp_path: Path, said: str, granted: set[str]) -> None:
    (tmp_path / "site").mkdir()
    (tmp_path / "site/index.html").write_text("Hello", "utf-8")
    graph = graph_of(tmp_path, f"{NETWORK}{READABLE}roles: {{worker: {{permissions: {{{said}}}}}}}\n")
    (policy,) = properties(graph, "WorkerRole")["Policies"]
    assert {action for each in policy["PolicyDocument"]["Statement"] for action in each["Action"]} == granted


@pytest.mark.parametrize(
    ("said", "identity"),
    [
        ("roles: {worker: {permissions: {managed: [ReadOnlyAccess, AmazonSSMManagedInstanceCore]}}}", "WorkerRole"),
        ("instances: {web: {subnet: data-a}}", "WebRole"),
        (
            "instances: {web: {subnet: data-a, access: none, permissions: {managed: AmazonSSMManagedInstanceCore}}}",
            "WebRole",
        ),
    ],
)
def test_who_has_session_managers_policy_reads_no_private_keys(tmp_path: Path, said: str, identity: str) -> None:
    (policy,) = properties(graph_of(tmp_path, f"{NETWORK}{said}\n"), identity)["Policies"]
    denied = policy["PolicyDocument"]["Statement"][0]
    assert (denied["Effect"], "ssm:GetParameters" in denied["Action"]) == ("Deny", True)
    assert denied["Resource"][0]["Fn::Sub"].endswith(":parameter/ec2/keypair/*")


@pytest.mark.parametrize(
    ("region", "name"),
    [("cn-north-1", "ec2.amazonaws.com.cn"), ("eusc-de-east-1", "ec2.amazonaws.com"), ("", "ec2.amazonaws.com")],
)
def test_ec2_has_its_own_name_in_china_only(tmp_path: Path, region: str, name: str) -> None:
    head = f"region: {region}\n" if region else ""
    graph = graph_of(tmp_path, head + "roles: {worker: {}, runner: {trust: lambda.amazonaws.com}}\n")
    trusted = {
        identity: properties(graph, identity)["AssumeRolePolicyDocument"]["Statement"][0]["Principal"]["Service"]
        for identity in ("WorkerRole", "RunnerRole")
    }
    assert trusted == {"WorkerRole": name, "RunnerRole": "lambda.amazonaws.com"}
    assert "WorkerInstanceProfile" in graph.nodes


def test_no_role_has_a_fixed_name(tmp_path: Path) -> None:
    """A name needs a capability of its own, and stands in the way of a second copy."""
    graph = graph_of(tmp_path, "roles: {worker: {permissions: {managed: ReadOnlyAccess}}}\n")
    assert "RoleName" not in properties(graph, "WorkerRole")
