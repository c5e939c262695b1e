"""A template of a role that deploys these stacks: for CloudFormation, or for people."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, Literal

from labspec.iam.authority import Authority
from labspec.iam.need import Need
from labspec.iam.policy import LONGEST_PLACE, Statement, document, policies, statements

By = Literal["cloudformation", "people"]
PSEUDO = {"${Partition}": "${AWS::Partition}", "${Account}": "${AWS::AccountId}"}
ROLE = "DeployRole"


def deployer(needs: Sequence[Need], known: Authority, region: str, by: By) -> dict[str, Any]:
    """A template of the role.

    CloudFormation's (`--role-arn`) holds what it does itself, and beside it stands a policy for people, who may do no
    more than ask CloudFormation for these stacks and hand it that role. People's holds everything. What the names of
    the stacks allow may be this very template's stack, role and policies: those are denied.
    """
    mine = [need for need in needs if by == "people" or not need.by_person]
    held = _policies("Permissions", statements(mine, known, region), region, "What deploying the stacks takes.")
    asking = _asking(needs, known, region) if by == "cloudformation" else {}
    role = {
        "Type": "AWS::IAM::Role",
        "Properties": {
            "Description": f"Deploys what labspec built. Taken by {by}.",
            "AssumeRolePolicyDocument": _trust(by),
            "ManagedPolicyArns": [{"Ref": name} for name in held],
        },
    }
    return {
        "AWSTemplateFormatVersion": "2010-09-09",
        "Description": "The permissions that deploy these stacks, and no others",
        **({"Parameters": PRINCIPAL} if by == "people" else {}),
        "Resources": {**held, ROLE: role, **asking, "Limits": _limits([*held, *asking])},
        "Outputs": {
            "DeployRoleArn": {"Value": {"Fn::GetAtt": [ROLE, "Arn"]}},
            **{f"{name}Arn": {"Value": {"Ref": name}} for name in asking},
        },
    }


PRINCIPAL = {
    "Principal": {
        "Type": "String",
        "Description": "The ARN of who may take the role: a user, a role, or the root of an account",
        "AllowedPattern": r"arn:[a-z-]+:(iam|sts)::\d{12}:\S+",
        "ConstraintDescription": "An ARN of IAM.",
    }
}


def _trust(by: By) -> dict[str, Any]:
    principal = {"Service": "cloudformation.amazonaws.com"} if by == "cloudformation" else {"AWS": {"Ref": "Principal"}}
    statement = {"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"}
    return {"Version": "2012-10-17", "Statement": [statement]}


def _asking(needs: Sequence[Need], known: Authority, region: str) -> dict[str, Any]:
    """The policies of people who deploy with the role of CloudFormation."""
    asked = statements([need for need in needs if need.by_person], known, region)
    to_cloudformation = (("StringEquals", "iam:PassedToService", ("cloudformation.amazonaws.com",)),)
    handed = Statement("PassRolesToCloudformation", ("iam:PassRole",), (f"${{{ROLE}.Arn}}",), to_cloudformation)
    return _policies("People", (*asked, handed, OWN_STACK), region, "Ask CloudFormation for the stacks, by its role.")


OWN_STACK = Statement(
    "LeaveTheStackOfTheseLimits",
    ("cloudformation:*",),
    ("arn:${Partition}:cloudformation:*:${Account}:stack/${AWS::StackName}/*",),
    (),
    "Deny",
)


def _limits(names: Sequence[str]) -> dict[str, Any]:
    """What the role may not do, whatever else it may: change itself, its policies, or the stack that all this is of.

    It stands in the role itself, so that it can be named to the letter, and is kept by what it denies.
    """
    own = (f"${{{ROLE}.Arn}}", *(f"${{{name}}}" for name in names))
    denied = (Statement("LeaveTheseLimits", ("iam:*",), own, (), "Deny"), OWN_STACK)
    document_ = _filled_in(document(denied), "*")
    return {
        "Type": "AWS::IAM::RolePolicy",
        "Properties": {"RoleName": {"Ref": ROLE}, "PolicyName": "Limits", "PolicyDocument": document_},
    }


def _policies(name: str, wanted: Sequence[Statement], region: str, about: str) -> dict[str, Any]:
    shared = policies(wanted, LONGEST_PLACE._replace(region=region or "*"))
    return {
        f"{name}{number}": {
            "Type": "AWS::IAM::ManagedPolicy",
            "Properties": {"Description": about, "PolicyDocument": _filled_in(document(each), region or "*")},
        }
        for number, each in enumerate(shared, 1)
    }


def _filled_in(value: Any, region: str) -> Any:
    """A policy whose ARNs CloudFormation fills in."""
    if isinstance(value, dict):
        return {key: _filled_in(inner, region) for key, inner in value.items()}
    if isinstance(value, list):
        return [_filled_in(inner, region) for inner in value]
    text = re.sub(r"\$\{aws:", "${!aws:", value.replace("${Region}", region))
    for variable, pseudo in PSEUDO.items():
        text = text.replace(variable, pseudo)
    return {"Fn::Sub": text} if "${" in text else text
