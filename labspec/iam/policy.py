"""Needs merged into statements, and statements shared out among policies that are small enough.

A managed policy has at most 6,144 characters, white space not counted, and a role has at most 10 of them, 20 where its
quota was raised (`IAM and AWS STS quotas`, IAM User Guide).
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from fnmatch import fnmatchcase
from typing import Any, NamedTuple

from labspec.iam.authority import Authority
from labspec.iam.need import ANYTHING, Condition, Need
from labspec.iam.scope import least

LONGEST = 6_144
MOST, MOST_RAISED = 10, 20
VERSION = "2012-10-17"
GLOBAL = frozenset(("s3",))
"""Services that answer in each region, but some of whose requests are of none."""


VARIABLES = ("${Partition}", "${Region}", "${Account}")


class Place(NamedTuple):
    """What stands in ARNs for where the stacks are; `*` for anywhere."""

    partition: str = "aws"
    region: str = "*"
    account: str = "*"


LONGEST_PLACE = Place("aws-us-gov", account="111122223333")
"""What a place that CloudFormation fills in may take."""


class Statement(NamedTuple):
    """Actions on the same resources, under the same conditions."""

    sid: str
    actions: tuple[str, ...]
    resources: tuple[str, ...]
    condition: Condition
    effect: str = "Allow"

    def document(self) -> dict[str, Any]:
        """As IAM takes it."""
        operators: dict[str, dict[str, Any]] = {}
        for operator, key, values in self.condition:
            operators.setdefault(operator, {})[key] = _few(values)
        said = {"Sid": self.sid, "Effect": self.effect, "Action": _few(self.actions), "Resource": _few(self.resources)}
        return {**said, **({"Condition": operators} if operators else {})}


class _Group(NamedTuple):
    service: str
    resources: tuple[str, ...]
    condition: Condition
    looks: bool


def statements(needs: Iterable[Need], known: Authority, region: str = "") -> tuple[Statement, ...]:
    """The least of statements that allow these needs, in an order that depends on nothing else."""
    groups: dict[_Group, set[str]] = {}
    for (action, condition), resources in _merged(needs).items():
        group = _group(action, resources, condition, known, region)
        groups.setdefault(group, set()).add(action)
    return _named(_without_repeats({group: _without_covered(actions) for group, actions in groups.items()}))


def _merged(needs: Iterable[Need]) -> dict[tuple[str, Condition], tuple[str, ...]]:
    """Where each action is needed; values that a condition allows on the same resources are taken together."""
    keyed: dict[tuple[str, tuple[str, ...], tuple[tuple[str, str], ...]], list[set[str]]] = {}
    for need in needs:
        shape = tuple((operator, key) for operator, key, _ in need.condition)
        values = keyed.setdefault((need.action, need.resources, shape), [set() for _ in shape])
        for kept, (_, _, more) in zip(values, need.condition, strict=True):
            kept.update(more)
    found: dict[tuple[str, Condition], set[str]] = {}
    for (action, resources, shape), values in keyed.items():
        condition = tuple((*key, tuple(sorted(kept))) for key, kept in zip(shape, values, strict=True))
        found.setdefault((action, condition), set()).update(resources)
    return {key: ANYTHING if "*" in resources else least(resources) for key, resources in found.items()}


def _group(action: str, resources: tuple[str, ...], condition: Condition, known: Authority, region: str) -> _Group:
    service = action.partition(":")[0]
    looks = all(each.looks for each in known.matching(action)) if "*" in action else _looks(known, action)
    if resources == ANYTHING and region and service not in GLOBAL and known.is_regional(service):
        condition = (*condition, ("StringEquals", "aws:RequestedRegion", (region,)))
    alone = resources != ANYTHING or not looks
    return _Group(service if alone else "", resources, condition, looks if resources == ANYTHING else False)


def _looks(known: Authority, action: str) -> bool:
    found = known.action(action)
    return found is not None and found.looks


def _without_covered(actions: set[str]) -> set[str]:
    wide = [each for each in actions if "*" in each]
    return {each for each in actions if each in wide or not any(fnmatchcase(each, pattern) for pattern in wide)}


def _without_repeats(groups: Mapping[_Group, set[str]]) -> dict[_Group, set[str]]:
    """Without what is allowed elsewhere on everything, unconditionally or under no more conditions."""
    anywhere = [(group.condition, actions) for group, actions in groups.items() if group.resources == ANYTHING]
    left: dict[_Group, set[str]] = {}
    for group, actions in groups.items():
        wide = [
            each
            for condition, others in anywhere
            if group.resources != ANYTHING and set(condition) <= set(group.condition)
            for each in others
        ]
        kept = {action for action in actions if not any(fnmatchcase(action, pattern) for pattern in wide)}
        if kept:
            left[group] = kept
    return left


def _named(groups: Mapping[_Group, set[str]]) -> tuple[Statement, ...]:
    made: list[Statement] = []
    taken: dict[str, int] = {}
    for group in sorted(groups, key=lambda each: (each.service, each.resources != ANYTHING, each)):
        title = _title(group, groups[group])
        taken[title] = taken.get(title, 0) + 1
        sid = f"{title}{taken[title]}" if taken[title] > 1 else title
        made.append(Statement(sid, tuple(sorted(groups[group])), group.resources, group.condition))
    return tuple(made)


def _title(group: _Group, actions: set[str]) -> str:
    """What a statement is for, in the letters and digits that a Sid may have."""
    if actions == {"iam:PassRole"}:
        services = [value for _, key, values in group.condition if key == "iam:PassedToService" for value in values]
        return "PassRoles" + "".join(f"To{_camel(each.partition('.')[0])}" for each in services[:2])
    if actions == {"iam:CreateServiceLinkedRole"}:
        return "LetServicesMakeTheirRoles"
    if group.looks:
        return "LookAround"
    where = "Anywhere" if group.resources == ANYTHING else _kinds(group.resources)
    if len(actions) == 1:
        return _camel(next(iter(actions)).replace(":", "-"))
    return f"Manage{_camel(group.service)}{where}"


def _kinds(resources: tuple[str, ...]) -> str:
    """What the resources are, by the word that their ARNs name them with, where that is one; of S3 by the slash."""
    if all(":s3:::" in arn for arn in resources):
        objects = {"/" in arn for arn in resources}
        return "" if len(objects) > 1 else "Objects" if objects == {True} else "Buckets"
    kinds = {re.split(r"[:/]", arn.split(":", 5)[-1])[0] for arn in resources}
    (kind,) = kinds if len(kinds) == 1 else ("",)
    return _camel(kind) if re.fullmatch(r"[a-zA-Z-]+", kind) else ""


def _camel(text: str) -> str:
    return "".join(word[:1].upper() + word[1:] for word in re.split(r"[^a-zA-Z0-9]+", text))


def _few(values: Sequence[str]) -> str | list[str]:
    return values[0] if len(values) == 1 else list(values)


def size(document: Mapping[str, Any]) -> int:
    """The characters of a policy as IAM counts them."""
    return len(json.dumps(document, separators=(",", ":"), ensure_ascii=False))


def policies(wanted: Sequence[Statement], place: Place) -> list[list[Statement]]:
    """These statements shared out, none of the policies longer than IAM takes, in as few as first fit finds."""
    bins: list[list[Statement]] = []
    sizes: list[int] = []
    for piece in (part for statement in wanted for part in _pieces(statement, place)):
        length = size(placed(piece.document(), place)) + 1
        number = next((n for n, taken in enumerate(sizes) if taken + length <= LONGEST), None)
        if number is None:
            bins.append([piece])
            sizes.append(size(document([])) + length)
        else:
            bins[number].append(piece)
            sizes[number] += length
    return bins


def document(wanted: Sequence[Statement]) -> dict[str, Any]:
    """A policy of statements."""
    return {"Version": VERSION, "Statement": [each.document() for each in wanted]}


def placed(value: Any, place: Place) -> Any:
    """A policy with what is known of its place in its ARNs."""
    if isinstance(value, dict):
        return {key: placed(inner, place) for key, inner in value.items()}
    if isinstance(value, list):
        return [placed(inner, place) for inner in value]
    for variable, text in zip(VARIABLES, place, strict=True):
        value = value.replace(variable, text)
    return value


def _pieces(statement: Statement, place: Place) -> list[Statement]:
    """A statement that no policy could hold, in halves."""
    if size(placed(document([statement]), place)) <= LONGEST:
        return [statement]
    one, other = _halves(statement)
    named = one._replace(sid=f"{statement.sid}A"), other._replace(sid=f"{statement.sid}B")
    return [piece for half in named for piece in _pieces(half, place)]


def _halves(statement: Statement) -> tuple[Statement, Statement]:
    if len(statement.actions) > 1:
        middle = len(statement.actions) // 2
        one, other = statement.actions[:middle], statement.actions[middle:]
        return statement._replace(actions=one), statement._replace(actions=other)
    middle = len(statement.resources) // 2
    one, other = statement.resources[:middle], statement.resources[middle:]
    return statement._replace(resources=one), statement._replace(resources=other)
