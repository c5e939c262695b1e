"""What no file in tests/diagnostics can show: silence where nothing is sure, the words of findings, what is emitted."""

from __future__ import annotations

from pathlib import Path

import pytest
from cfnlint.helpers import AVAILABILITY_ZONES

from labspec.compiler import Build
from labspec.lint import lint, validate
from labspec.linters import VALIDATOR
from labspec.model.words import REGIONS
from labspec.zones import MORE, USUAL
from tests.building import NETWORK, build, graph_of, messages

TWO = """\
vpcs:
  shop: {cidr: 10.0.0.0/16, subnets: {shop-a: {zone: a, cidr: 10.0.1.0/24, access: isolated}}}
  tools: {cidr: 10.1.0.0/16, subnets: {tools-a: {zone: a, cidr: 10.1.1.0/24, access: isolated}}}
"""
REACHING = f"""{TWO}
security_groups:
  shop-sg: {{ingress: {{http: {{port: 80, from: tools-sg}}}}}}
  tools-sg: {{}}
instances:
  web: {{subnet: shop-a, security_groups: shop-sg}}
  builder: {{subnet: tools-a, security_groups: tools-sg}}
"""


def codes(made: Build) -> set[str]:
    return {diagnostic.rule.code for diagnostic in made.diagnostics}


# ------------------------------------------------------------------ VPCs


def test_a_group_is_made_where_its_users_stand(tmp_path: Path) -> None:
    """Its own word, or its users: never the account's default VPC, for want of either."""
    text = f"""{TWO}
security_groups: {{followed: {{}}, through: {{}}, said: {{vpc: shop}}}}
instances: {{builder: {{subnet: tools-a, security_groups: followed}}, web: {{subnet: shop-a, security_groups: said}}}}
launch_templates: {{worker: {{security_groups: through}}}}
auto_scaling_groups: {{workers: {{launch_template: worker, subnets: tools-a, size: {{min: 1, max: 2}}}}}}
"""
    nodes = graph_of(tmp_path, text).nodes
    for name, vpc in (("Followed", "ToolsVpc"), ("Through", "ToolsVpc"), ("Said", "ShopVpc")):
        assert nodes[f"{name}SecurityGroup"].body["Properties"]["VpcId"] == {"Ref": vpc}


def test_a_group_in_a_spec_without_networks_is_for_the_default_vpc(tmp_path: Path) -> None:
    assert "VpcId" not in graph_of(tmp_path, "security_groups: {web: {}}").nodes["WebSecurityGroup"].body["Properties"]


@pytest.mark.parametrize(
    ("rest", "found"),
    [
        ("", {"LS380"}),
        ("resources: {Peering: {Type: AWS::EC2::VPCPeeringConnection, Properties: {}}}", set()),
        ("resources: {Joined: {Type: AWS::EC2::TransitGatewayAttachment, Properties: {}}}", set()),
        ("resources: {Topic: {Type: AWS::SNS::Topic, Properties: {}}}", {"LS380"}),
    ],
)
def test_a_rule_reaches_into_another_vpc_where_something_joins_the_two(
    tmp_path: Path, rest: str, found: set[str]
) -> None:
    assert codes(build(tmp_path, REACHING + rest)) == found


def test_vpcs_that_exist_may_have_been_joined_long_ago(tmp_path: Path) -> None:
    text = REACHING.replace("cidr: 10.0.0.0/16", "existing: vpc-0123456789abcdef0")
    assert codes(build(tmp_path, text)) == {"LS380"}
    text = text.replace("cidr: 10.1.0.0/16", "existing: vpc-0123456789abcdef1")
    assert codes(build(tmp_path, text)) == set()


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("subnet: shop-a", "subnet: shop-b"),
        ("cidr: 10.0.1.0/24", "cidr: 10.0.1.0/99"),
        ("cidr: 10.0.0.0/16", "cidr: ten"),
        ("instances:", "instnces:"),
    ],
)
def test_nothing_is_said_of_where_groups_are_whose_users_are_wrong(tmp_path: Path, right: str, wrong: str) -> None:
    """What they would be used in is told; what follows from its loss is not."""
    text = REACHING.replace("from: tools-sg", "from: shop-sg")
    assert codes(build(tmp_path, text)) == set()
    found = codes(build(tmp_path, text.replace(right, wrong)))
    assert found
    assert not {code for code in found if code.startswith("LS3")}


# ------------------------------------------------------------------ rules


def opened(tmp_path: Path, port: str, place: str = "public_ip: true") -> str:
    text = f"""{NETWORK}instances:
  web: {{subnet: public-a, {place}, ingress: {{rule: {{port: {port}, from: internet}}}}}}
"""
    (found,) = build(tmp_path, text).diagnostics
    return f"{found.level}: {found.message}"


@pytest.mark.parametrize(
    ("port", "deed"),
    [
        ("22", "try to log in to `web`: port 22 is SSH"),
        ("3306", "reach port 3306 of `web`: it is MySQL"),
        ("8080", "reach port 8080 of `web`"),
        ("3000-4000", "reach ports 3000-4000 of `web`, RDP on 3389 among them"),
        ("9000-9100", "reach ports 9000-9100 of `web`"),
        ("all", "reach every port of `web`"),
    ],
)
def test_a_warning_says_what_anybody_could_do(tmp_path: Path, port: str, deed: str) -> None:
    assert opened(tmp_path, port) == f"warning: Anybody on the internet could {deed}."


def test_what_the_internet_does_not_reach_is_only_a_hint(tmp_path: Path) -> None:
    said = "hint: `rule` is open to the internet, which reaches nothing with the group `web` today."
    assert opened(tmp_path, "22", "public_ip: false") == said


def test_open_ports_and_public_databases_are_told_once(tmp_path: Path) -> None:
    """By a law, with names; of CloudFormation of the user's own no law speaks, and the linter's word stays."""
    text = f"""{NETWORK}instances:
  web: {{subnet: public-a, public_ip: true, ingress: {{ssh: {{port: 22, from: internet}}}}}}
  raw:
    subnet: public-a
    ingress: {{ssh: {{port: 22, from: 10.0.0.0/8}}}}
    override: {{ssh_ingress: {{Properties: {{CidrIp: 0.0.0.0/0}}}}}}
databases:
  orders: {{ingress: {{}}, engine: mysql, version: 8.4.7, subnets: [public-a, public-c], public: true, password: Login}}
parameters: {{Login: {{type: secret}}}}
resources:
  Open:
    Type: AWS::EC2::SecurityGroupIngress
    Properties: {{GroupId: sg-0123456789abcdef0, IpProtocol: tcp, FromPort: 22, ToPort: 22, CidrIp: 0.0.0.0/0}}
"""
    made = build(tmp_path, text)
    assert codes(made) == {"LS383", "LS384"}
    (stack,) = made.stacks
    templates = {name: content for name, content in made.files.items() if name.endswith(".yaml")}
    engines = {VALIDATOR: lambda: validate.findings}
    found = lint(templates, lambda _, place: stack.origin_of(place), engines=engines)
    assert {diagnostic.path[:2] for diagnostic in found} == {("resources", "Open"), ("instances", "raw")}
    assert {diagnostic.note[:29] for diagnostic in found} == {"cloudformation-validate W2508"}


# ------------------------------------------------------------------ hints


def test_hints_wait_until_nothing_is_wrong(tmp_path: Path) -> None:
    """A key pair may seem unused because the line that names it is wrong."""
    text = f"{NETWORK}key_pairs: {{admin: {{}}}}\ninstances: {{web: {{subnet: public-a, key_pair: admin}}}}\n"
    assert codes(build(tmp_path, text)) == set()
    assert codes(build(tmp_path, text.replace(", key_pair: admin", ""))) == {"LS386"}
    assert codes(build(tmp_path, text.replace("key_pair: admin", "key_pair: amdin"))) == {"LS201"}
    assert codes(build(tmp_path, text.replace("public-a, key_pair: admin", "data-a, public_ip: true"))) == {"LS374"}


def test_a_variable_set_in_vain_is_told_at_its_name(tmp_path: Path) -> None:
    made = build(tmp_path, "variables: {size: t3.small}\n" + NETWORK, settings={"size": "t3.large"})
    assert messages(made) == ["LS387 3:13 Nothing is made of the variable `size`."]


def test_every_zone_that_cfn_lint_knows_is_known() -> None:
    """But `us-west-1`, of which each account has two letters of the three."""
    known = {region: list(MORE.get(region, USUAL)) for region in REGIONS}
    theirs = {region: [zone[-1] for zone in AVAILABILITY_ZONES[region]] for region in REGIONS}
    assert theirs.pop("us-west-1") == ["a", "c"]
    assert known.pop("us-west-1") == ["a", "b", "c"]
    assert known == theirs


# ------------------------------------------------------------------ ways out


@pytest.mark.parametrize(
    ("script", "machine", "said"),
    [
        ("#!/bin/sh\n".ljust(20_000, "#"), "subnet: data-a", ["`web` fetches its script in `data-a`"]),
        ("#!/bin/sh\n".ljust(20_000, "#"), "subnet: public-a, public_ip: true", []),
        (
            "#!/bin/sh\n".ljust(20_000, "#"),
            "subnet: public-a, public_ip: true, egress: {}",
            ["`web` fetches its script, "],
        ),
        ("#!/bin/sh\n", "subnet: data-a", []),
    ],
)
def test_a_script_that_is_fetched_needs_a_way_out(tmp_path: Path, script: str, machine: str, said: list[str]) -> None:
    (tmp_path / "script.sh").write_text(script, "utf-8")
    made = build(tmp_path, f"{NETWORK}instances: {{web: {{{machine}, user_data: {{source: script.sh}}}}}}")
    found = [diagnostic.message for diagnostic in made.diagnostics if diagnostic.rule.code == "LS375"]
    assert [message[: len(start)] for message, start in zip(found, said, strict=True)] == said
