"""Permissions: nobody may do everything, and not everybody may take a role."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from labspec.check.own_bodies import OwnBody, items, own_bodies, values_at, written
from labspec.diagnostic import Diagnostic, Path, Rule, Severity
from labspec.model.architecture import Architecture
from labspec.model.parts import Permissions

TOO_WIDE = Rule(
    "LS314",
    "wide-permissions",
    "A role may do everything, or everything in a service.",
    "Whoever gets into the machine, or makes a program on it do something else, may do the same. Least privilege names"
    " the actions and what they are for (`Security best practices in IAM`). The right to pass every role is the right"
    " to all that any role may do (`Grant a user permissions to pass a role to an AWS service`, IAM User Guide).",
    'permissions: {statements: [{Effect: Allow, Action: "s3:*", Resource: "*"}]}',
    "permissions: {read: [docs]}",
    Severity.WARNING,
)
FOR_EVERYBODY = Rule(
    "LS315",
    "role-for-everybody",
    "Everybody in the world may take a role.",
    '`Principal: "*"` in a trust policy means every account of AWS, not only one\'s own (`AWS JSON policy elements:'
    " Principal`, IAM User Guide).",
    'Statement: [{Effect: Allow, Principal: "*", Action: "sts:AssumeRole"}]',
    'Statement: [{Effect: Allow, Principal: {Service: ec2.amazonaws.com}, Action: "sts:AssumeRole"}]',
    Severity.WARNING,
)
ALL = "may do everything in this account"
MANAGED = {
    "AdministratorAccess": ALL,
    "PowerUserAccess": "may do everything in this account but manage users and roles",
    "IAMFullAccess": "may give itself every right in this account",
}
"""AWS's own policies that are as wide (`AWS Managed Policy Reference Guide`)."""
NARROW = "Name the actions that are needed, and their resources."

HOLDERS = ("AWS::IAM::Role", "AWS::IAM::User", "AWS::IAM::Group")
POLICIES = tuple(f"AWS::IAM::{kind}" for kind in ("Policy", "ManagedPolicy", "RolePolicy", "UserPolicy", "GroupPolicy"))


def check_wide_permissions(architecture: Architecture) -> Iterator[Diagnostic]:
    """What members say of themselves, and IAM of the user's own."""
    for member in architecture.members.values():
        permissions = getattr(member.body, "permissions", None)
        if isinstance(permissions, Permissions):
            path = (*member.path, "permissions")
            for index, managed in enumerate(permissions.managed):
                yield from _managed(member.name, managed, (*path, "managed", index))
            for index, statement in enumerate(permissions.statements):
                yield from _statement(member.name, statement, (*path, "statements", index))
    for own in own_bodies(architecture):
        yield from _own(own)


def _own(own: OwnBody) -> Iterator[Diagnostic]:
    documents: list[tuple[Path, Any]] = []
    if own.may_be(*HOLDERS):
        for path, arn in own.at("ManagedPolicyArns"):
            yield from _managed(own.name, written(arn), path)
        for path, statement in own.at("AssumeRolePolicyDocument", "Statement"):
            yield from _trust(own.name, statement, path)
        documents += own.at("Policies", "PolicyDocument")
    if own.may_be(*POLICIES):
        documents += own.at("PolicyDocument")
    for place, document in documents:
        for path, statement in values_at(document, place, "Statement"):
            yield from _statement(own.name, statement, path)


def _managed(name: str, policy: str, path: Path) -> Iterator[Diagnostic]:
    """A policy of AWS's own, by its name or its ARN."""
    may = MANAGED.get(policy.rpartition("/")[2])
    if may is not None and (":policy/" not in policy or ":aws:policy/" in policy):
        yield Diagnostic(TOO_WIDE, f"`{name}` {may}.", path, help=NARROW)


def _statement(name: str, statement: Any, path: Path) -> Iterator[Diagnostic]:
    """A statement that allows without bounds. What has a condition has bounds, whichever they are."""
    if not _allows(statement) or "*" not in _texts(statement.get("Resource"), path):
        return
    for place, action in items(statement.get("Action"), (*path, "Action")):
        if may := _may(action):
            yield Diagnostic(TOO_WIDE, f"`{name}` {may}.", place, help=NARROW)
    if "NotAction" in statement:
        message = f"`{name}` may do everything in this account but what is named here, also what AWS adds later."
        yield Diagnostic(TOO_WIDE, message, (*path, "NotAction"), "key", help=NARROW)


def _may(action: Any) -> str:
    """What an action on everything means where it is too much."""
    if action in ("*", "*:*"):
        return ALL
    if not isinstance(action, str):
        return ""
    if action.lower() == "iam:passrole":
        return "may pass every role of this account to a service, and so do what that role may"
    service, _, verb = action.partition(":")
    return f"may do everything with everything in `{service}`" if verb == "*" else ""


def _trust(name: str, statement: Any, path: Path) -> Iterator[Diagnostic]:
    if not _allows(statement):
        return
    for place, principal in (
        *values_at(statement, path, "Principal"),
        *values_at(statement, path, "Principal", "AWS"),
    ):
        if principal == "*":
            message = f"Everybody in the world may take `{name}`."
            yield Diagnostic(FOR_EVERYBODY, message, place, help="Name the service or the account that may.")


def _allows(statement: Any) -> bool:
    return isinstance(statement, dict) and statement.get("Effect") == "Allow" and "Condition" not in statement


def _texts(value: Any, path: Path) -> list[Any]:
    return [item for _, item in items(value, path)]
