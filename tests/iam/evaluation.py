"""Whether policies allow a request: IAM's rules for identity-based policies, written once more and independently.

`Policy evaluation logic` and `IAM JSON policy elements: Condition operators`, IAM User Guide.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from labspec import iam
from labspec.template import Joined, read_directory

KNOWN = iam.read_authority()
assert KNOWN is not None, "the extra `iam` is part of the tests"
AUTHORITY = KNOWN
Document = dict[str, Any]


class Request(NamedTuple):
    """A request as AWS checks it: one of the resources that it is about, and its context."""

    action: str
    arn: str = "*"
    context: Mapping[str, str] = {}


def allows(policies: Sequence[Document], request: Request) -> bool:
    """Whether some statement allows it, and none denies it."""
    said = {
        statement["Effect"] for policy in policies for statement in policy["Statement"] if _applies(statement, request)
    }
    return said == {"Allow"}


def _applies(statement: Document, request: Request) -> bool:
    actions = any(_like(each.lower(), request.action.lower()) for each in _list(statement["Action"]))
    resources = any(_like(each, request.arn) for each in _list(statement["Resource"]))
    return actions and resources and _holds(statement.get("Condition", {}), request.context)


def _holds(condition: Document, context: Mapping[str, str]) -> bool:
    return all(
        any(_compared(operator, _filled(value, context), context.get(key)) for value in _list(values))
        for operator, keys in condition.items()
        for key, values in keys.items()
    )


def _compared(operator: str, value: str, have: str | None) -> bool:
    if have is None:
        return False
    if operator == "StringEquals":
        return value == have
    assert operator in ("StringLike", "ArnLike"), operator
    return _like(value, have)


def _filled(value: str, context: Mapping[str, str]) -> str:
    """A value with the variables that IAM fills in (`IAM policy elements: Variables and tags`)."""
    return re.sub(r"\$\{([^}]*)\}", lambda found: context.get(found[1], found[0]), value)


def _like(pattern: str, text: str) -> bool:
    return re.fullmatch(".*".join(re.escape(piece) for piece in pattern.split("*")), text) is not None


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def joined(template: str) -> Joined:
    return read_directory({"root.yaml": template}, "root.yaml")


def needed(stacks: Joined, setting: iam.Setting | None = None) -> iam.Needs:
    return iam.needs(stacks, AUTHORITY, setting or iam.Setting("lab"))


def made(needs: Sequence[iam.Need], region: str = "", place: iam.Place | None = None) -> list[Document]:
    """The policies of needs, as IAM takes them."""
    where = place or iam.Place(region=region or "*")
    shared = iam.policies(iam.statements(needs, AUTHORITY, region), where)
    documents = [iam.placed(iam.document(each), where) for each in shared]
    return [dict(json.loads(json.dumps(each))) for each in documents]
