"""`labspec reach`: of a spec, of what was built, and of anybody's templates."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from labspec.cli import main

SPEC = """\
labspec: 1
name: site
parameters: {Office: {type: cidr}}
vpcs:
  net:
    cidr: 10.0.0.0/16
    zones: [a]
    subnets:
      pub: {cidr: 10.0.0.0/24, zone: a, access: public}
instances:
  web: {subnet: pub, elastic_ip: true, ingress: {http: {port: 80, from: internet}, ssh: {port: 22, from: Office}}}
  back: {subnet: pub, ingress: {http: {port: 8080, from: web}}}
expect:
  reachable:
    anybody opens it: {from: internet, to: web, port: 80}
"""
THEIRS = """\
Parameters: {Vpc: {Type: 'AWS::EC2::VPC::Id'}, Subnet: {Type: String}}
Resources:
  Net: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16}}
  App: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Net, CidrBlock: 10.0.1.0/24}}
  Door:
    Type: AWS::EC2::SecurityGroup
    Properties:
      VpcId: !Ref Net
      GroupDescription: The door
      SecurityGroupIngress: [{IpProtocol: tcp, FromPort: 80, ToPort: 90, CidrIp: !GetAtt Net.CidrBlock}]
  One: {Type: AWS::EC2::Instance, Properties: {SubnetId: !Ref App, SecurityGroupIds: [!Ref Door]}}
  Two: {Type: AWS::EC2::Instance, Properties: {SubnetId: !Ref App, SecurityGroupIds: [!GetAtt Door.GroupId]}}
  Far: {Type: AWS::EC2::Instance, Properties: {SubnetId: !Ref Subnet, SecurityGroupIds: [!Ref Door]}}
"""


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("site.yaml").write_text(SPEC, "utf-8")
    Path("theirs").mkdir()
    Path("theirs/main.yaml").write_text(THEIRS, "utf-8")


def told(capsys: pytest.CaptureFixture[str], *command: str, status: int = 0) -> str:
    capsys.readouterr()
    assert main(["reach", *command]) == status
    said = capsys.readouterr()
    return said.out or said.err


def test_a_path_is_shown_hop_by_hop_at_the_lines_of_the_spec(capsys: pytest.CaptureFixture[str]) -> None:
    assert told(capsys, "site.yaml", "internet", "web", "--port", "80") == (
        "The internet reaches `web` by tcp 80.\n"
        "  `pub` routes it  (site.yaml:9)\n"
        "  through `net-igw`  (site.yaml:8)\n"
        "  `web` has a public address  (site.yaml:11)\n"
        "  `web` lets it in  (site.yaml:11)\n"
    )


def test_what_stops_it_is_shown_with_what_would_open_it(capsys: pytest.CaptureFixture[str]) -> None:
    assert told(capsys, "site.yaml", "back", "instances.web", "--port", "443") == (
        "`back` does not reach `web` by tcp 443.\n"
        "  No rule of `web` lets tcp 443 in from `back`.  (site.yaml:11)\n"
        "  Let it in by a rule of its `ingress`.\n"
    )
    assert "`Office` reaches `web` by tcp 22." in told(capsys, "site.yaml", "Office", "web", "--port", "22")
    assert "speaks of `Office`, which is not known" in told(capsys, "site.yaml", "8.8.8.8/32", "web", "--port", "22")
    given = ("--parameter", "Office=8.8.0.0/16")
    assert "`8.8.8.8/32` reaches `web`" in told(capsys, "site.yaml", "8.8.8.8/32", "web", "--port", "22", *given)


def test_a_build_is_asked_as_its_spec_is(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["build", "site.yaml", "--no-validate"]) == 0
    for one in (("internet", "web", "--port", "80"), ("--matrix",), ()):
        assert told(capsys, "out/site", *one) == told(capsys, "site.yaml", *one)
    assert "proved: reachable: anybody opens it\n1 expectation, 1 proved." in told(capsys, "out/site")


def test_the_matrix_has_everybody(capsys: pytest.CaptureFixture[str]) -> None:
    assert told(capsys, "site.yaml", "--matrix").splitlines() == [
        "To web:",
        "  tcp 80; perhaps tcp 22 from internet and back",
        "To back:",
        "  tcp 8080 from web",
        "To internet:",
        "  everything from web",
    ]
    cells = json.loads(told(capsys, "site.yaml", "--matrix", "--format", "json"))
    assert {"sources": ["internet"], "targets": ["ComputeStack.WebInstance"], "protocol": "tcp"}.items() <= cells[
        0
    ].items()


def test_templates_of_anybody_are_asked_and_what_is_not_known_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    for target in ("theirs", "theirs/main.yaml"):
        assert "`One` reaches `Two` by tcp 85." in told(capsys, target, "One", "Two", "--port", "85")
    assert "`One` may reach `Far`" in told(capsys, "theirs", "One", "Far", "--port", "85")
    assert "`One` reaches any host in `App`" in told(capsys, "theirs", "One", "Net", "--port", "85")
    assert "no `Tow`" in (said := told(capsys, "theirs", "One", "Tow", status=2))
    assert said.endswith("Did you mean `Two`?\n")
    found = json.loads(told(capsys, "theirs", "One", "Two", "--port", "85", "--format", "json"))
    assert (found["verdict"], found["ports"]) == ("reaches", [[85, 85]])


def test_what_cannot_be_read_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    Path("theirs/other.yaml").write_text("Resources: {T: {Type: 'AWS::SNS::Topic'}}\n", "utf-8")
    said = told(capsys, "theirs", "One", "Two", status=1)
    assert said.startswith("error[LS520]: No other template includes main.yaml, other.yaml: say by `--root`")
    assert "`One` reaches" in told(capsys, "theirs", "One", "Two", "--port", "85", "--root", "main.yaml")
    Path("theirs/main.yaml").write_text("Resources: {A: {Type: x}, A: {Type: y}}\n", "utf-8")
    assert "theirs/main.yaml:1" in told(capsys, "theirs", "One", "Two", "--root", "main.yaml", status=1)
    assert told(capsys, "site.yaml", "internet", status=2)


def test_values_that_refute_an_expectation_of_a_build_are_an_error(capsys: pytest.CaptureFixture[str]) -> None:
    Path("live.yaml").write_text(SPEC.replace("port: 80, from: internet", "port: 80, from: Office"), "utf-8")
    main(["build", "live.yaml", "--no-validate", "--out", "out/live"])
    assert "LS710" in told(capsys, "out/live", "--parameter", "Office=8.8.8.8/32", status=1)
