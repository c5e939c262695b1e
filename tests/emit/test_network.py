"""VPCs, subnets, gateways and routes: what stands, and what waits for what."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from labspec.graph import Graph
from tests.building import NETWORK, build, graph_of, messages

SPELLED_OUT = """\
vpcs:
  net:
    cidr: 10.0.0.0/16
    internet_gateway: net-igw
    subnets: {front: {zone: a, cidr: 10.0.1.0/24}, back: {zone: a, cidr: 10.0.2.0/24}}
    nat_gateways: {net-nat: front}
    route_tables:
      front-rt: {subnets: front, routes: {internet: net-igw}}
      back-rt: {subnets: back, routes: {internet: net-nat}}
"""


def properties(graph: Graph, identity: str) -> dict[str, Any]:
    found: dict[str, Any] = graph.nodes[identity].body["Properties"]
    return found


def waits(graph: Graph, identity: str) -> list[str]:
    return sorted(edge.target for edge in graph.edges if edge.source == identity)


def of(graph: Graph, kind: str) -> list[str]:
    return sorted(node.id for node in graph.nodes.values() if node.type == f"AWS::EC2::{kind}")


# ------------------------------------------------------------------ what stands


def test_a_vpc_resolves_names_unless_told_otherwise(tmp_path: Path) -> None:
    assert properties(graph_of(tmp_path, "vpcs: {net: {cidr: 10.0.0.0/16}}\n"), "NetVpc") == {
        "CidrBlock": "10.0.0.0/16",
        "EnableDnsHostnames": True,
        "EnableDnsSupport": True,
        "Tags": [{"Key": "Name", "Value": "net"}],
    }
    spec = "vpcs: {net: {cidr: 10.0.0.0/16, dns_hostnames: false, dns_support: false}}\n"
    made = properties(graph_of(tmp_path, spec), "NetVpc")
    assert (made["EnableDnsHostnames"], made["EnableDnsSupport"]) == (False, False)


def test_a_subnet_in_a_lettered_zone(tmp_path: Path) -> None:
    assert properties(graph_of(tmp_path, NETWORK), "PublicASubnet") == {
        "AvailabilityZone": {"Fn::Sub": "${AWS::Region}a"},
        "CidrBlock": "10.0.1.0/24",
        "MapPublicIpOnLaunch": False,
        "VpcId": {"Ref": "NetVpc"},
        "Tags": [{"Key": "Name", "Value": "public-a"}],
    }


def test_a_subnet_in_a_numbered_zone(tmp_path: Path) -> None:
    """Numbers count the zones that an account has, from one."""
    spec = NETWORK.replace("zone: c, cidr: 10.0.2.0/24", "zone: 2, cidr: 10.0.2.0/24, auto_public_ip: true")
    made = properties(graph_of(tmp_path, spec), "PublicCSubnet")
    assert made["AvailabilityZone"] == {"Fn::Select": [1, {"Fn::GetAZs": {"Ref": "AWS::Region"}}]}
    assert made["MapPublicIpOnLaunch"] is True


def test_a_zone_that_leaves_moves_no_other(tmp_path: Path) -> None:
    """The letter decides which piece of the addresses a zone gets, and the id."""
    app = "{access: public, cidr: 10.0.0.0/20, each: /24}"
    spec = f"vpcs: {{net: {{cidr: 10.0.0.0/16, zones: [a, b, c], subnets: {{app: {app}}}}}}}\n"
    three, two = graph_of(tmp_path, spec), graph_of(tmp_path, spec.replace("[a, b, c]", "[a, c]"))
    assert set(three.nodes) - set(two.nodes) == {
        "AppBSubnet",
        "AppBRouteTable",
        "AppBToInternet",
        "AppBRouteTableAssociation",
    }
    assert {identity: three.nodes[identity].body for identity in two.nodes} == {
        node.id: node.body for node in two.nodes.values()
    }
    assert properties(two, "AppCSubnet")["CidrBlock"] == "10.0.2.0/24"


def test_what_exists_is_only_referred_to(tmp_path: Path) -> None:
    vpc = "{existing: vpc-0123456789abcdef0, subnets: {old: {existing: subnet-0123456789abcdef0, zone: a}}}"
    graph = graph_of(tmp_path, f"vpcs: {{net: {vpc}}}\ninstances: {{web: {{subnet: old}}}}\n")
    assert of(graph, "VPC") == of(graph, "Subnet") == []
    (interface,) = properties(graph, "WebLaunchTemplate")["LaunchTemplateData"]["NetworkInterfaces"]
    assert interface["SubnetId"] == "subnet-0123456789abcdef0"


@pytest.mark.parametrize(("nat", "gateways"), [("single", 1), ("per_zone", 2), ("none", 0)])
def test_nat_is_one_for_all_or_one_for_each_zone(tmp_path: Path, nat: str, gateways: int) -> None:
    access = "isolated" if nat == "none" else "private"
    spec = f"""\
    vpcs:
      net:
        cidr: 10.0.0.0/16
        zones: [a, c]
        nat: {nat}
        subnets:
          front: {{access: public, cidr: 10.0.0.0/20, each: /24}}
          back: {{access: {access}, cidr: 10.0.16.0/20, each: /24}}
    """
    graph = graph_of(tmp_path, spec)
    made = of(graph, "NatGateway")
    assert len(made) == len(of(graph, "EIP")) == gateways
    leads = [
        properties(graph, route)["NatGatewayId"]["Ref"] for route in of(graph, "Route") if route.startswith("Back")
    ]
    assert leads == (made * 2)[:2]
    if nat == "per_zone":
        assert (
            properties(graph, "BackCToInternet")["NatGatewayId"] != properties(graph, "BackAToInternet")["NatGatewayId"]
        )


@pytest.mark.parametrize(("zones", "place"), [("[a, c]", "FrontASubnet"), ("[c, a]", "FrontCSubnet")])
def test_the_only_nat_gateway_stands_in_the_first_zone(tmp_path: Path, zones: str, place: str) -> None:
    """In the order of `zones`: a gateway that moves is replaced."""
    front = "front: {access: public, cidr: 10.0.0.0/20, each: /24}"
    spec = f"vpcs: {{net: {{cidr: 10.0.0.0/16, zones: {zones}, nat: single, subnets: {{{front}}}}}}}\n"
    assert properties(graph_of(tmp_path, spec), "NetNatNatGateway")["SubnetId"] == {"Ref": place}


def test_of_two_nat_gateways_in_a_zone_the_first_is_led_through(tmp_path: Path) -> None:
    """The first by name, so that the order in which they are written moves no route."""
    front, back = "front: {zone: a, cidr: 10.0.1.0/24, access: public}", "{zone: a, cidr: 10.0.2.0/24, access: private}"
    nat = "nat_gateways: {nat-2: front, nat-1: front}"
    spec = f"vpcs: {{net: {{cidr: 10.0.0.0/16, subnets: {{{front}, back: {back}}}, {nat}}}}}\n"
    assert properties(graph_of(tmp_path, spec), "BackToInternet")["NatGatewayId"] == {"Ref": "Nat1NatGateway"}


@pytest.mark.parametrize("access", ["isolated", "public"])
def test_a_route_table_that_nobody_wrote_is_its_subnets(tmp_path: Path, access: str) -> None:
    """It has the subnet's tags, and is there when the subnet is."""
    said = f"{{zone: a, cidr: 10.0.1.0/24, access: {access}, tags: {{Tier: web}}, when: Extra}}"
    spec = (
        f"parameters: {{Extra: {{type: boolean}}}}\nvpcs: {{net: {{cidr: 10.0.0.0/16, subnets: {{front: {said}}}}}}}\n"
    )
    graph = graph_of(tmp_path, spec)
    tags = [{"Key": "Name", "Value": "front"}, {"Key": "Tier", "Value": "web"}]
    assert properties(graph, "FrontRouteTable")["Tags"] == properties(graph, "FrontSubnet")["Tags"] == tags
    assert (
        graph.nodes["FrontRouteTable"].body["Condition"] == graph.nodes["FrontSubnet"].body["Condition"] == "ExtraTrue"
    )


def test_a_route_leads_through_one_gateway(tmp_path: Path) -> None:
    graph = graph_of(tmp_path, SPELLED_OUT)
    assert properties(graph, "FrontRtToInternet") == {
        "DestinationCidrBlock": "0.0.0.0/0",
        "GatewayId": {"Ref": "NetIgwInternetGateway"},
        "RouteTableId": {"Ref": "FrontRtRouteTable"},
    }
    assert properties(graph, "BackRtToInternet") == {
        "DestinationCidrBlock": "0.0.0.0/0",
        "NatGatewayId": {"Ref": "NetNatNatGateway"},
        "RouteTableId": {"Ref": "BackRtRouteTable"},
    }


# ------------------------------------------------------------------ what waits for what


@pytest.mark.parametrize("text", [NETWORK, SPELLED_OUT])
def test_every_route_to_an_internet_gateway_waits_for_its_attachment(tmp_path: Path, text: str) -> None:
    graph = graph_of(tmp_path, text)
    routes = [route for route in of(graph, "Route") if "GatewayId" in properties(graph, route)]
    assert routes
    assert {tuple(waits(graph, route)) for route in routes} == {("NetIgwAttachment",)}


def test_nat_waits_until_the_internet_is_reached_through_its_subnet(tmp_path: Path) -> None:
    """Its address for the gateway's attachment; itself for the default route and for the subnet to follow it."""
    graph = graph_of(tmp_path, SPELLED_OUT)
    assert waits(graph, "NetNatEip") == ["NetIgwAttachment"]
    assert waits(graph, "NetNatNatGateway") == ["FrontRouteTableAssociation", "FrontRtToInternet"]
    assert waits(graph, "FrontRtToInternet") == ["NetIgwAttachment"]


PUBLIC = """
security_groups: {web-sg: {}}
instances:
  lasting: {subnet: public-a, elastic_ip: true}
  passing: {subnet: public-a, public_ip: true}
  hidden: {subnet: data-a}
target_groups: {web: {port: 80, vpc: net}, inside: {port: 80, vpc: net}}
load_balancers:
  front: {scheme: internet-facing, subnets: [public-a, public-c], security_groups: web-sg, listeners: {80: web}}
  inner: {scheme: internal, subnets: [data-a, data-c], security_groups: web-sg, listeners: {80: inside}}
launch_templates: {node: {}}
auto_scaling_groups: {nodes: {launch_template: node, subnets: public-a, size: {min: 1, max: 2}}}
databases:
  open: {engine: mysql, version: 8.4.7, subnets: [public-a, public-c], public: true, security_groups: web-sg}
  closed: {engine: mysql, version: 8.4.7, subnets: [data-a, data-c], security_groups: web-sg}
"""
ADDRESSED = {
    "FrontLoadBalancer",
    "LastingEip",
    "LastingInstance",
    "NodesAutoScalingGroup",
    "OpenDatabase",
    "PassingInstance",
    "PublicAToInternet",
    "PublicCToInternet",
}


def test_whatever_has_a_public_address_waits_for_the_gateways_attachment(tmp_path: Path) -> None:
    """Load balancers, elastic addresses, machines, groups and databases: all of them, and nothing else."""
    graph = graph_of(tmp_path, NETWORK + PUBLIC)
    assert {edge.source for edge in graph.edges if edge.target == "NetIgwAttachment"} == ADDRESSED


def test_a_public_machine_waits_for_its_route_and_for_its_subnet_to_follow_it(tmp_path: Path) -> None:
    graph = graph_of(tmp_path, NETWORK + PUBLIC)
    for machine in ("LastingInstance", "PassingInstance", "NodesAutoScalingGroup"):
        assert waits(graph, machine) == ["NetIgwAttachment", "PublicARouteTableAssociation", "PublicAToInternet"]
    assert waits(graph, "HiddenInstance") == []


def test_a_machine_that_its_subnet_gives_an_address_waits_for_the_gateway(tmp_path: Path) -> None:
    """It says nothing of an address itself; and none is given where the subnet gives none."""
    network = NETWORK.replace("10.0.1.0/24, access: public", "10.0.1.0/24, access: public, auto_public_ip: true")
    graph = graph_of(tmp_path, network + "instances:\n  given: {subnet: public-a}\n  none: {subnet: public-c}\n")
    assert "NetIgwAttachment" in waits(graph, "GivenInstance")
    assert waits(graph, "NoneInstance") == ["PublicCRouteTableAssociation", "PublicCToInternet"]


def test_a_private_machine_waits_for_nat(tmp_path: Path) -> None:
    """Its user data calls out as soon as it starts, and would wait for nothing but its own timeout."""
    graph = graph_of(tmp_path, f"{SPELLED_OUT}instances: {{web: {{subnet: back}}}}\n")
    assert waits(graph, "WebInstance") == ["BackRouteTableAssociation", "BackRtToInternet"]


def test_flat_shows_the_order_that_nested_stacks_have_of_themselves(tmp_path: Path) -> None:
    made = build(tmp_path, NETWORK + PUBLIC, layout="flat")
    resources = made.stacks[0].template["Resources"]
    assert {name for name, body in resources.items() if "NetIgwAttachment" in body.get("DependsOn", [])} == ADDRESSED


# ------------------------------------------------------------------ names that stay


def test_an_association_takes_its_id_from_the_subnet_alone(tmp_path: Path) -> None:
    """Otherwise a subnet that changes its table would lose the new association when the old one is deleted."""
    before = graph_of(tmp_path, SPELLED_OUT)
    after = graph_of(tmp_path, SPELLED_OUT.replace("front-rt:", "other-rt:"))
    assert of(before, "SubnetRouteTableAssociation") == of(after, "SubnetRouteTableAssociation")
    assert properties(after, "FrontRouteTableAssociation")["RouteTableId"] == {"Ref": "OtherRtRouteTable"}


def test_a_renamed_subnet_or_table_keeps_its_ids(tmp_path: Path) -> None:
    renamed = (
        SPELLED_OUT.replace("front: {zone: a", "web: {was: front, zone: a")
        .replace("subnets: front", "subnets: web")
        .replace("net-nat: front", "net-nat: web")
        .replace("front-rt: {", "web-rt: {was: front-rt, ")
    )
    before, after = graph_of(tmp_path, SPELLED_OUT), graph_of(tmp_path, renamed)
    assert set(before.nodes) == set(after.nodes)
    assert properties(after, "FrontSubnet")["Tags"] == [{"Key": "Name", "Value": "web"}]


def test_a_route_that_changes_its_gateway_stays_the_same_route(tmp_path: Path) -> None:
    """Its id is where it leads to, so CloudFormation updates it in place and never deletes what it has just made."""
    before = graph_of(tmp_path, SPELLED_OUT)
    after = graph_of(tmp_path, SPELLED_OUT.replace("{internet: net-nat}", "{internet: net-igw}"))
    assert of(before, "Route") == of(after, "Route")
    assert "GatewayId" in properties(after, "BackRtToInternet")


def test_a_route_is_the_same_however_its_destination_is_spelled(tmp_path: Path) -> None:
    before = graph_of(tmp_path, SPELLED_OUT)
    after = graph_of(tmp_path, SPELLED_OUT.replace("internet: net-", "0.0.0.0/0: net-"))
    assert {node.id: node.body for node in before.nodes.values()} == {n.id: n.body for n in after.nodes.values()}
    assert len(before.edges) == len(after.edges)


def test_two_routes_to_one_destination_are_refused(tmp_path: Path) -> None:
    spec = SPELLED_OUT.replace("{internet: net-igw}", "{internet: net-igw, 0.0.0.0/0: net-igw}")
    assert messages(build(tmp_path, spec)) == [
        "LS103 10:34 `internet` and `0.0.0.0/0` are the same: a table has one route there."
    ]


@pytest.mark.parametrize(
    ("said", "found"),
    [
        ("instances: {web: {subnet: data-a, elastic_ip: true}}", "LS374"),
        ("instances: {web: {subnet: data-a, public_ip: true}}", "LS374"),
    ],
)
def test_a_public_address_where_nothing_leads_out_is_refused(tmp_path: Path, said: str, found: str) -> None:
    assert [message.split(" ")[0] for message in messages(build(tmp_path, f"{NETWORK}{said}\n"))] == [found]
