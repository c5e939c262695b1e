from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from labspec.emit.balance import TLS_POLICY
from labspec.graph import Graph
from tests.building import NETWORK, build, graph_of, messages

MACHINES = """
instances:
  web-a: {subnet: public-a}
  web-c: {subnet: public-c}
"""
GROUP = "target_groups:\n  web: {port: 8080, targets: [web-a, web-c]}\n"
FRONT = """
load_balancers:
  front:
    scheme: internet-facing
    subnets: [public-a, public-c]
    ingress: {http: {port: 80, from: internet}}
    listeners: {80: web}
"""
TWO_VPCS = """
  away:
    cidr: 10.1.0.0/16
    subnets:
      away-a: {zone: a, cidr: 10.1.1.0/24, access: isolated}
      away-c: {zone: c, cidr: 10.1.2.0/24, access: isolated}
"""


def properties(graph: Graph, identity: str) -> dict[str, Any]:
    return graph.nodes[identity].body["Properties"]


def waits(graph: Graph, identity: str) -> list[str]:
    return sorted(edge.target for edge in graph.edges if edge.source == identity)


def listeners(said: str) -> str:
    """A spec with a load balancer and these listeners."""
    certificate = "parameters:\n  Certificate: {type: certificate}\n"
    return certificate + NETWORK + MACHINES + GROUP + FRONT.replace("{80: web}", said)


# ------------------------------------------------------------------ target groups


def test_a_target_group_says_all_of_its_health_check(tmp_path: Path) -> None:
    graph = graph_of(tmp_path, NETWORK + MACHINES + GROUP)
    assert properties(graph, "WebTargetGroup") == {
        "HealthCheckIntervalSeconds": 30,
        "HealthCheckPath": "/",
        "HealthCheckProtocol": "HTTP",
        "HealthCheckTimeoutSeconds": 5,
        "HealthyThresholdCount": 5,
        "Matcher": {"HttpCode": "200"},
        "Port": 8080,
        "Protocol": "HTTP",
        "Tags": [{"Key": "Name", "Value": "web"}],
        "TargetGroupAttributes": [{"Key": "deregistration_delay.timeout_seconds", "Value": "300"}],
        "TargetType": "instance",
        "Targets": [{"Id": {"Ref": "WebAInstance"}, "Port": 8080}, {"Id": {"Ref": "WebCInstance"}, "Port": 8080}],
        "UnhealthyThresholdCount": 2,
        "VpcId": {"Ref": "NetVpc"},
    }


def test_a_target_group_takes_what_the_spec_says(tmp_path: Path) -> None:
    check = "{path: /health, codes: 200-299, interval: 10s, timeout: 2s, healthy: 3, unhealthy: 4}"
    spec = f"target_groups:\n  web: {{port: 8443, protocol: https, drain: 30s, health_check: {check}}}\n"
    made = properties(graph_of(tmp_path, NETWORK + spec), "WebTargetGroup")
    assert made["Protocol"] == made["HealthCheckProtocol"] == "HTTPS"
    assert made["HealthCheckPath"] == "/health"
    assert made["Matcher"] == {"HttpCode": "200-299"}
    assert (made["HealthCheckIntervalSeconds"], made["HealthCheckTimeoutSeconds"]) == (10, 2)
    assert (made["HealthyThresholdCount"], made["UnhealthyThresholdCount"]) == (3, 4)
    assert made["TargetGroupAttributes"] == [{"Key": "deregistration_delay.timeout_seconds", "Value": "30"}]


def test_a_target_group_has_no_fixed_name(tmp_path: Path) -> None:
    """A name would be taken when a change of port replaces the group, and in a second copy of the stack."""
    assert "Name" not in properties(graph_of(tmp_path, NETWORK + MACHINES + GROUP), "WebTargetGroup")


def test_without_targets_somebody_else_registers_them(tmp_path: Path) -> None:
    made = properties(graph_of(tmp_path, f"{NETWORK}target_groups:\n  web: {{port: 80}}\n"), "WebTargetGroup")
    assert "Targets" not in made
    assert made["VpcId"] == {"Ref": "NetVpc"}


AWAY_BALANCER = """
load_balancers:
  front: {scheme: internal, subnets: [away-a, away-c], listeners: {80: web}}
"""
AWAY_GROUP = """
launch_templates:
  web: {}
auto_scaling_groups:
  web: {launch_template: web, subnets: [away-a, away-c], target_groups: web, size: {min: 1, max: 2}}
"""


@pytest.mark.parametrize(
    ("group", "more", "vpc"),
    [
        ("{port: 80, vpc: away}", "", "AwayVpc"),
        ("{port: 80, targets: web-a}", MACHINES, "NetVpc"),
        ("{port: 80}", AWAY_BALANCER, "AwayVpc"),
        ("{port: 80}", AWAY_GROUP, "AwayVpc"),
    ],
)
def test_a_target_group_is_in_the_vpc_of_what_uses_it(tmp_path: Path, group: str, more: str, vpc: str) -> None:
    spec = f"{NETWORK}{TWO_VPCS}{more}target_groups:\n  web: {group}\n"
    assert properties(graph_of(tmp_path, spec), "WebTargetGroup")["VpcId"] == {"Ref": vpc}


def test_the_vpc_of_an_existing_network_is_its_id(tmp_path: Path) -> None:
    network = "vpcs:\n  there: {existing: vpc-0123456789abcdef0}\n"
    graph = graph_of(tmp_path, f"{network}target_groups:\n  web: {{port: 80}}\n")
    assert properties(graph, "WebTargetGroup")["VpcId"] == "vpc-0123456789abcdef0"


# ------------------------------------------------------------------ load balancers


def test_a_load_balancer(tmp_path: Path) -> None:
    graph = graph_of(tmp_path, NETWORK + MACHINES + GROUP + FRONT)
    assert properties(graph, "FrontLoadBalancer") == {
        "IpAddressType": "ipv4",
        "Scheme": "internet-facing",
        "SecurityGroups": [{"Fn::GetAtt": ["FrontSecurityGroup", "GroupId"]}],
        "Subnets": [{"Ref": "PublicASubnet"}, {"Ref": "PublicCSubnet"}],
        "Tags": [{"Key": "Name", "Value": "front"}],
        "Type": "application",
    }


def test_named_groups_stand_beside_its_own(tmp_path: Path) -> None:
    groups = "security_groups:\n  front-sg: {}\n"
    front = FRONT.replace("ingress:", "security_groups: front-sg\n    ingress:")
    made = properties(graph_of(tmp_path, NETWORK + MACHINES + GROUP + groups + front), "FrontLoadBalancer")
    assert made["SecurityGroups"] == [
        {"Fn::GetAtt": ["FrontSecurityGroup", "GroupId"]},
        {"Fn::GetAtt": ["FrontSgSecurityGroup", "GroupId"]},
    ]


def test_a_fixed_name_is_taken_and_warned_of(tmp_path: Path) -> None:
    made = build(tmp_path, NETWORK + MACHINES + GROUP + FRONT + "    aws_name: shop\n")
    assert made.graph
    assert properties(made.graph, "FrontLoadBalancer")["Name"] == "shop"
    assert "LS308" in [finding.rule.code for finding in made.diagnostics]


def test_one_that_faces_the_internet_waits_until_the_internet_reaches_it(tmp_path: Path) -> None:
    """For the gateway's attachment, and for each subnet's default route and its association; each once."""
    graph = graph_of(tmp_path, NETWORK + MACHINES + GROUP + FRONT)
    assert waits(graph, "FrontLoadBalancer") == [
        "NetIgwAttachment",
        "PublicARouteTableAssociation",
        "PublicAToInternet",
        "PublicCRouteTableAssociation",
        "PublicCToInternet",
    ]


SHARED_TABLE = """\
vpcs:
  net:
    cidr: 10.0.0.0/16
    internet_gateway: net-igw
    subnets: {public-a: {zone: a, cidr: 10.0.1.0/24}, public-c: {zone: c, cidr: 10.0.2.0/24}}
    route_tables:
      public-rt: {subnets: [public-a, public-c], routes: {internet: net-igw}}
"""


def test_a_route_that_its_subnets_share_is_waited_for_once(tmp_path: Path) -> None:
    graph = graph_of(tmp_path, SHARED_TABLE + MACHINES + GROUP + FRONT)
    assert waits(graph, "FrontLoadBalancer").count("PublicRtToInternet") == 1


def test_an_internal_one_waits_for_nothing(tmp_path: Path) -> None:
    front = FRONT.replace("internet-facing", "internal").replace("from: internet", "from: net")
    graph = graph_of(tmp_path, NETWORK + MACHINES + GROUP + front)
    assert properties(graph, "FrontLoadBalancer")["Scheme"] == "internal"
    assert waits(graph, "FrontLoadBalancer") == []


# ------------------------------------------------------------------ listeners


def test_a_port_forwards_to_a_target_group(tmp_path: Path) -> None:
    assert properties(graph_of(tmp_path, listeners("{80: web}")), "FrontListener80") == {
        "DefaultActions": [{"Type": "forward", "TargetGroupArn": {"Ref": "WebTargetGroup"}}],
        "LoadBalancerArn": {"Ref": "FrontLoadBalancer"},
        "Port": 80,
        "Protocol": "HTTP",
        "Tags": [{"Key": "Name", "Value": "front"}],
    }


def test_a_certificate_makes_it_https_with_a_pinned_policy(tmp_path: Path) -> None:
    """CloudFormation's own default still speaks TLS 1.0."""
    graph = graph_of(tmp_path, listeners("{443: {forward: web, certificate: Certificate}}"))
    made = properties(graph, "FrontListener443")
    assert made["Protocol"] == "HTTPS"
    assert made["Certificates"] == [{"CertificateArn": {"Ref": "Certificate"}}]
    assert made["SslPolicy"] == TLS_POLICY
    assert "-TLS13-1-2-" in TLS_POLICY


def test_a_redirect_leads_to_https_for_good(tmp_path: Path) -> None:
    graph = graph_of(tmp_path, listeners("{80: {redirect: https}, 443: {forward: web, certificate: Certificate}}"))
    redirect = {"Port": "443", "Protocol": "HTTPS", "StatusCode": "HTTP_301"}
    assert properties(graph, "FrontListener80")["DefaultActions"] == [{"Type": "redirect", "RedirectConfig": redirect}]


def test_a_listener_keeps_its_id_when_its_port_changes(tmp_path: Path) -> None:
    graph = graph_of(tmp_path, listeners("{8080: {forward: web, was: 80}}"))
    assert properties(graph, "FrontListener80")["Port"] == 8080
    assert "FrontListener8080" not in graph.nodes


def test_the_order_of_ports_is_not_the_order_written(tmp_path: Path) -> None:
    one = graph_of(tmp_path, listeners("{443: web, 80: web, 8080: web}"))
    other = graph_of(tmp_path, listeners("{8080: web, 443: web, 80: web}"))
    assert list(one.nodes) == list(other.nodes)


# ------------------------------------------------------------------ attributes


@pytest.mark.parametrize(
    ("said", "url"),
    [
        ("{80: web}", "http://${Domain}"),
        ("{8080: web}", "http://${Domain}:8080"),
        ("{443: {forward: web, certificate: Certificate}, 80: {redirect: https}}", "https://${Domain}"),
        ("{8443: {forward: web, certificate: Certificate}, 80: web}", "https://${Domain}:8443"),
        ("{8080: web, 80: web, 79: web}", "http://${Domain}"),
        ("{443: web}", "http://${Domain}:443"),
    ],
)
def test_url_is_what_a_browser_takes(tmp_path: Path, said: str, url: str) -> None:
    graph = graph_of(tmp_path, listeners(said) + "outputs: {Url: '${{ load_balancers.front.url }}'}\n")
    domain = {"Domain": {"Fn::GetAtt": ["FrontLoadBalancer", "DNSName"]}}
    assert graph.outputs["Url"].body["Value"] == {"Fn::Sub": [url, domain]}


@pytest.mark.parametrize(
    ("attribute", "value"),
    [
        ("load_balancers.front.domain", {"Fn::GetAtt": ["FrontLoadBalancer", "DNSName"]}),
        ("load_balancers.front.arn", {"Ref": "FrontLoadBalancer"}),
        ("target_groups.web.arn", {"Ref": "WebTargetGroup"}),
        ("target_groups.web.name", {"Fn::GetAtt": ["WebTargetGroup", "TargetGroupName"]}),
    ],
)
def test_attributes(tmp_path: Path, attribute: str, value: Any) -> None:
    graph = graph_of(tmp_path, listeners("{80: web}") + f"outputs: {{It: '${{{{ {attribute} }}}}'}}\n")
    assert graph.outputs["It"].body["Value"] == value


# ------------------------------------------------------------------ what AWS would refuse


@pytest.mark.parametrize(
    ("group", "message"),
    [
        ("{port: 70000}", "`70000` is not a port."),
        ("{port: 80, drain: 2h}", "`2h` is too long."),
        ("{port: 80, health_check: {codes: 200-599}}", "`200-599` is not a set of HTTP status codes from 200 to 499."),
    ],
)
def test_a_target_group_that_aws_would_refuse(tmp_path: Path, group: str, message: str) -> None:
    (found,) = messages(build(tmp_path, f"{NETWORK}target_groups:\n  web: {group}\n"))
    assert found.endswith(message)


@pytest.mark.parametrize(
    ("said", "message"),
    [
        ("{}", "A load balancer without listeners answers nobody."),
        ("{70000: web}", "`70000` is not a port."),
        ("{80: {redirect: https, forward: web}}", "A listener has either `forward` or `redirect`."),
    ],
)
def test_listeners_that_make_no_sense(tmp_path: Path, said: str, message: str) -> None:
    (found,) = messages(build(tmp_path, listeners(said)))
    assert found.endswith(message)
