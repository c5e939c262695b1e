"""Lambda functions that custom resources call: the function, its role and its log group."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from awacs.aws import Action, Allow, Condition, ConditionElement, Statement, StringEquals, StringLike
from troposphere import Ref, Sub, Tags, awslambda, iam, logs

from labspec.emit.emitter import Emitter, given
from labspec.emit.roles import policy, trust
from labspec.lambdas import Function, Grant
from labspec.lambdas.inline import inline, source_of
from labspec.model.architecture import Member

RETENTION = 30
"""The days for which logs are kept."""


def emit_function(
    e: Emitter,
    member: Member,
    function: Function,
    description: str,
    known: Mapping[str, Any],
    more: Iterable[Grant] = (),
    prefix: str = "",
) -> str:
    """A function of a member, and its logical id. `known` are the values of the names in its grants, and in `more`.

    The log group is the template's, so that it goes with the stack. The role comes before the function, so that nothing
    is begun without permission. The roles of all three begin with `prefix`.
    """
    group = e.add(member, logs.LogGroup, f"{prefix}log_group", RetentionInDays=RETENTION, Tags=e.tags(member))
    values = {**known, "LogGroupName": Ref(group)}
    statements = granted((*function.grants, *more), values)
    e.add(
        member,
        iam.Role,
        f"{prefix}role",
        AssumeRolePolicyDocument=trust("lambda.amazonaws.com"),
        Policies=[iam.Policy(PolicyName="permissions", PolicyDocument=policy(*statements))],
        Tags=e.tags(member),
    )
    return e.add(
        member,
        awslambda.Function,
        f"{prefix}function",
        Description=description,
        Code=awslambda.Code(ZipFile=inline(source_of(function.module))),
        Handler=function.handler,
        Runtime=function.runtime,
        MemorySize=function.memory,
        Timeout=function.timeout,
        Role=e.attr(member, "Arn", f"{prefix}role"),
        LoggingConfig=awslambda.LoggingConfig(LogGroup=Ref(group)),
        Tags=Tags(e.tag_values(member)),
        **given(FunctionName=known.get("FunctionName")),
    )


def granted(grants: Iterable[Grant], known: Mapping[str, Any]) -> list[Statement]:
    """What grants allow. `known` are the values of the names in them."""
    return [_statement(grant, known) for grant in grants]


def _statement(grant: Grant, known: Mapping[str, Any]) -> Statement:
    actions = [Action(*action.split(":")) for action in grant.actions]
    resources = [_filled(text, known) for text in grant.resources]
    tests: list[ConditionElement] = [
        test({key: _filled(value, known) for key, value in pairs})
        for test, pairs in ((StringEquals, grant.equals), (StringLike, grant.like))
        if pairs
    ]
    conditions = {"Condition": Condition(tests)} if tests else {}
    return Statement(Effect=Allow, Action=actions, Resource=resources, **conditions)


def _filled(text: str, known: Mapping[str, Any]) -> Any:
    """A text of a grant, its names filled in."""
    for name, value in known.items():
        text = text.replace(f"${{{name}}}", value) if isinstance(value, str) else text
    values = {name: value for name, value in known.items() if f"${{{name}}}" in text}
    if list(values) == [text[2:-1]]:
        return values[text[2:-1]]
    return Sub(text, **values) if "${" in text else text
