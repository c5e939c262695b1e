"""`labspec preflight`: what is wrong comes first, then what is needed, waited for and paid."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from labspec.cli import main
from tests.preflight.offers import machine, offer

ROOT = Path(__file__).parents[2]
SPEC = """\
labspec: 1
name: test
parameters:
  AdminCidr: {type: cidr}
vpcs:
  net:
    cidr: 10.0.0.0/16
    internet_gateway: net-igw
    subnets: {public-a: {zone: a, cidr: 10.0.1.0/24, access: public}}
security_groups:
  web: {vpc: net, ingress: {ssh: {port: 22, from: AdminCidr}}}
instances:
"""
MACHINE = "  web-{}: {{type: t3.micro, subnet: public-a, elastic_ip: true, security_groups: [web]}}\n"

pytestmark = pytest.mark.usefixtures("folder")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("AWS_REGION", "AWS_DEFAULT_REGION"):
        monkeypatch.delenv(name, raising=False)


def spec(machines: int) -> str:
    Path("spec.yaml").write_text(SPEC + "".join(MACHINE.format(number) for number in range(machines)), "utf-8")
    return "spec.yaml"


def template(resources: str) -> str:
    Path("t.yaml").write_text(f"Resources:\n{resources}", "utf-8")
    return "t.yaml"


def told(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[str, str]:
    """What was said, and what was found, of a command without errors."""
    assert main(["preflight", *arguments]) == 0
    said = capsys.readouterr()
    return said.out, said.err


def test_a_quota_that_is_exceeded_is_shown_where_it_is_and_once(capsys: pytest.CaptureFixture[str]) -> None:
    """LS740 takes the place of the law's LS394, which counts less."""
    out, err = told(capsys, spec(6))
    assert "warning[LS740]: The stacks need 6 elastic addresses; an account has 5 in a region unless AWS has" in err
    assert "spec.yaml:18:3" in err
    assert "warning[LS740]: The stacks need 12 vCPUs of standard instances; an account has 5 in a region" in err
    assert "help: They are for `web-0`, `web-1`, `web-2`, `web-3`, `web-4` and 1 more. Ask for more in Service" in err
    assert "LS394" not in err
    assert "  6   of 5  elastic addresses in the region            Amazon VPC quotas\n" in out


def test_a_quota_that_is_used_wholly_is_a_hint(capsys: pytest.CaptureFixture[str]) -> None:
    _, err = told(capsys, spec(5))
    assert "hint[LS741]: The stacks need all 5 elastic addresses that an account has by default." in err


def test_what_has_to_be_given_and_acknowledged(capsys: pytest.CaptureFixture[str]) -> None:
    out, _ = told(capsys, spec(1))
    assert "To acknowledge: CAPABILITY_IAM." in out
    assert "To give: AdminCidr and TemplateBucket." in out
    out, _ = told(capsys, spec(1), "--parameter", "AdminCidr=203.0.113.7/32")
    assert "To give: TemplateBucket." in out


def test_the_same_of_a_directory_that_was_built(capsys: pytest.CaptureFixture[str]) -> None:
    spec(6)
    assert main(["build", "spec.yaml", "--out", "built", "--no-validate"]) == 0
    capsys.readouterr()
    out, err = told(capsys, "built")
    assert "spec.yaml:18:3" in err
    assert (out, err.count("LS740")) == (told(capsys, "spec.yaml")[0], 2)


ROLES = """\
  One: {Type: AWS::IAM::Role, Properties: {RoleName: deployer, AssumeRolePolicyDocument: {}}}
  Two:
    Type: AWS::IAM::Role
    Properties:
      RoleName: deployer
      AssumeRolePolicyDocument: {}
"""


def test_two_of_one_name_are_an_error_and_the_rest_is_told_all_the_same(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["preflight", template(ROLES)]) == 1
    said = capsys.readouterr()
    assert "error[LS742]: `One` and `Two` would both be named `deployer`." in said.err
    assert "t.yaml:6:7" in said.err
    assert "RoleName: deployer" in said.err
    assert "Must be free in the account: deployer (One) and deployer (Two)." in said.out


def test_a_region_that_lacks_something_is_a_warning(capsys: pytest.CaptureFixture[str]) -> None:
    machine = "  It{}: {{Type: AWS::EC2::Instance, Properties: {{InstanceType: a1.large}}}}\n"
    target = template(machine.format(1) + machine.format(2))
    assert "LS743" not in told(capsys, target)[1]
    assert "LS743" not in told(capsys, target, "--region", "us-east-1")[1]
    _, err = told(capsys, target, "--region", "ap-northeast-2")
    assert (
        "warning[LS743]: `ap-northeast-2` is not known to have machines of the type a1.large. It is asked for 2 times."
        in err
    )
    assert err.count("LS743") == 1
    assert "t.yaml:2:" in err
    assert "warning[LS743]: No region `seoul` is known." in told(capsys, target, "--region", "seoul")[1]


def test_a_fixed_limit_is_an_error(capsys: pytest.CaptureFixture[str]) -> None:
    resources = "".join(f"  T{number}: {{Type: AWS::SNS::Topic}}\n" for number in range(501))
    assert main(["preflight", template(resources)]) == 1
    assert "error[LS740]: `t.yaml` has 501 resources; a template has 500." in capsys.readouterr().err


def test_groups_that_may_grow_over_a_quota_are_a_hint(capsys: pytest.CaptureFixture[str]) -> None:
    target = template("""\
  Template: {Type: AWS::EC2::LaunchTemplate, Properties: {LaunchTemplateData: {InstanceType: t3.micro}}}
  Group:
    Type: AWS::AutoScaling::AutoScalingGroup
    Properties: {LaunchTemplate: {LaunchTemplateId: !Ref Template, Version: '1'}, MinSize: 1, MaxSize: 9}
""")
    message = "hint[LS740]: The stacks may come to have 2 to 18 vCPUs of standard instances; an account has 5"
    assert message in told(capsys, target)[1]


def test_an_interface_with_all_its_groups_is_no_news(capsys: pytest.CaptureFixture[str]) -> None:
    groups = "".join(
        f"  G{i}: {{Type: AWS::EC2::SecurityGroup, Properties: {{GroupDescription: g}}}}\n" for i in range(5)
    )
    around = "[!Ref G0, !Ref G1, !Ref G2, !Ref G3, !Ref G4]"
    balancer = "  It: {Type: AWS::ElasticLoadBalancingV2::LoadBalancer, Properties: {SecurityGroups: GROUPS}}\n"
    target = template(groups + balancer.replace("GROUPS", around))
    out, err = told(capsys, target)
    assert "  5  of 5  security groups of It  Amazon VPC quotas\n" in out
    assert err == ""
    target = template(groups + balancer.replace("GROUPS", around.replace("]", ", sg-1]")))
    assert "warning[LS740]: `It` has 6 security groups; a network interface has 5 unless AWS" in told(capsys, target)[1]


def test_one_of_one_and_what_takes_seconds_is_shown_to_nobody(capsys: pytest.CaptureFixture[str]) -> None:
    target = template("""\
  Subnet: {Type: AWS::EC2::Subnet, Properties: {AvailabilityZone: us-east-1a}}
  Files: {Type: AWS::EFS::FileSystem}
  Target: {Type: AWS::EFS::MountTarget, Properties: {FileSystemId: !Ref Files, SubnetId: !Ref Subnet}}
""")
    out, _ = told(capsys, target)
    assert "(MountTarget)" in out
    assert "(FileSystem)" not in out
    out, _ = told(capsys, target, "-v")
    assert "(FileSystem)" in out
    assert "in a zone" not in out


def test_parameters_have_their_defaults_unless_they_are_left_open(capsys: pytest.CaptureFixture[str]) -> None:
    Path("t.yaml").write_text(
        """\
Parameters: {Wanted: {Type: String, Default: 'no'}}
Conditions: {IsWanted: !Equals [!Ref Wanted, 'yes']}
Resources:
  It: {Type: AWS::EC2::VPC, Condition: IsWanted}
""",
        "utf-8",
    )
    assert "VPCs" not in told(capsys, "t.yaml", "-v")[0]
    assert "  0 to 1  of 5      VPCs in the region" in told(capsys, "t.yaml", "-v", "--no-defaults")[0]
    assert "  1  of 5      VPCs in the region" in told(capsys, "t.yaml", "-v", "--parameter", "Wanted=yes")[0]


def test_prices_are_those_of_the_files_that_are_given(capsys: pytest.CaptureFixture[str]) -> None:
    """By member, and with -v charge by charge."""
    machines = "".join(
        f"  {name}: {{Type: AWS::EC2::Instance, Properties: {{InstanceType: {kind}}}}}\n"
        for name, kind in (("Small", "t3.micro"), ("Large", "m5.large"))
    )
    target = template(machines + "  Address: {Type: AWS::EC2::EIP, Properties: {InstanceId: !Ref Large}}\n")
    assert "Cost: no prices are built in." in told(capsys, target)[0]
    prices = ["--region", "ap-northeast-2", "--prices", "ec2.json"]
    both = offer("AmazonEC2", machine("t3.micro", "0.0130"), machine("m5.large", "0.118"))
    Path("ec2.json").write_text(json.dumps(both), "utf-8")
    out, _ = told(capsys, target, *prices)
    month = "Cost: 95.63 USD a month of 730 hours (ec2.json of 2026-11-20):\n"
    assert f"{month}  86.14 USD  Large  m5.large, Linux, on demand\n  9.49 USD   Small " in out
    assert "    Address  public IPv4 address       no price was given\n" in out
    assert (
        "  9.49 USD   Small  t3.micro, Linux, on demand  730 x 0.0130 per Hrs\n"
        in told(capsys, target, *prices, "-v")[0]
    )
    found = json.loads(told(capsys, target, *prices, "--format", "json")[0])
    assert found["cost"]["month"] == [{"currency": "USD", "least": "95.6300", "most": "95.6300"}]


@pytest.mark.parametrize(
    ("text", "problem"),
    [("{", "is no JSON"), ("{}", "is no offer file of AWS's price list"), (None, "cannot be used")],
)
def test_what_is_no_offer_file_is_misuse(text: str | None, problem: str, capsys: pytest.CaptureFixture[str]) -> None:
    if text is not None:
        Path("ec2.json").write_text(text, "utf-8")
    assert main(["preflight", template("  It: {Type: AWS::SNS::Topic}\n"), "--prices", "ec2.json"]) == 2
    assert problem in capsys.readouterr().err


def test_prices_of_another_region_are_told_and_those_of_none(capsys: pytest.CaptureFixture[str]) -> None:
    Path("ec2.json").write_text(json.dumps(offer("AmazonEC2", machine("t3.micro", "0.0130"))), "utf-8")
    target = template("  Small: {Type: AWS::EC2::Instance, Properties: {InstanceType: t3.micro}}\n")
    out, _ = told(capsys, target, "--prices", "ec2.json", "--region", "us-east-1")
    assert "Cost: not known. The stacks are for us-east-1, and the prices are of ap-northeast-2 only.\n" in out
    target = template("  Large: {Type: AWS::EC2::Instance, Properties: {InstanceType: m5.large}}\n")
    out, _ = told(capsys, target, "--prices", "ec2.json")
    assert "Cost: not known. Of the prices that were given none fits.\n  Without a price:\n" in out


def test_the_region_is_given_or_that_of_the_environment_or_what_the_spec_is_meant_for(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    target = spec(1)
    Path(target).write_text(f"region: eu-west-1\n{Path(target).read_text('utf-8')}", "utf-8")

    def region(*arguments: str) -> Any:
        return json.loads(told(capsys, target, "--format", "json", *arguments)[0])["region"]

    assert region() == "eu-west-1"
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    assert region() == "us-east-1"
    assert region("--parameter", "AWS::Region=us-west-2") == "us-west-2"
    assert region("--region", "ap-northeast-2") == "ap-northeast-2"


def test_everything_is_there_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    out, err = told(capsys, spec(6), "--format", "json", "-q")
    found: Any = json.loads(out)
    assert "LS740" in err
    assert [each["rule"] for each in found["findings"]] == ["LS740", "LS740"]
    assert found["findings"][0]["at"]["line"] == 18
    (addresses,) = [each for each in found["quotas"] if each["what"] == "elastic addresses"]
    assert addresses["ever"] == {"least": 6, "most": 6}
    assert (addresses["default"], addresses["source"], addresses["code"]) == (5, "Amazon VPC quotas", "ec2/L-0263D0A3")
    assert addresses["by"][0]["called"] == "web-0"
    assert [each["name"] for each in found["parameters"]] == ["AdminCidr", "TemplateBucket"]
    assert found["time"]["usual"]["seconds"] > 0
    assert {each["price"] for each in found["cost"]["lines"]} == {None}
    assert found["unresolved"] == []


def test_what_waits_for_each_other_is_an_error(capsys: pytest.CaptureFixture[str]) -> None:
    target = template("  A: {Type: AWS::SNS::Topic, DependsOn: B}\n  B: {Type: AWS::SNS::Topic, DependsOn: A}\n")
    assert main(["preflight", target]) == 1
    err = capsys.readouterr().err
    assert "error[LS746]: `A` and `B` wait for each other." in err or "`B` and `A` wait for each other." in err


def test_what_could_not_be_followed_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    target = template("  It: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Nowhere}}\n")
    out, _ = told(capsys, target)
    assert "Not followed: 1 place in the templates; what depends on them is not known. Add -v to see them.\n" in out
    assert "Nowhere is neither a parameter nor a resource of this template." in told(capsys, target, "-v")[0]


@pytest.mark.parametrize("text", ["Resources: [", "- nothing\n"])
def test_a_template_that_cannot_be_read_is_a_finding(text: str, capsys: pytest.CaptureFixture[str]) -> None:
    Path("out").mkdir()
    Path("out/t.yaml").write_text(text, "utf-8")
    assert main(["preflight", "out", "--root", "t.yaml"]) == 1
    assert "error[LS520]" in capsys.readouterr().err


def test_nothing_of_aws_is_imported_without_ask() -> None:
    spec(1)
    code = (
        "import sys; from labspec.cli import main; main(['preflight', 'spec.yaml', '-q']);"
        " print([name for name in sys.modules if name.startswith(('boto', 'labspec.cloud', 'cfnlint'))])"
    )
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=environment, check=True)
    assert done.stdout.strip() == "[]"
