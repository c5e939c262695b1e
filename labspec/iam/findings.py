"""What is told of permissions: what is not known of them, and where they are more than they look."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from labspec.diagnostic import Path, Rule, Severity
from labspec.iam.boundaries import boundary
from labspec.iam.need import Needs
from labspec.iam.policy import MOST, MOST_RAISED
from labspec.template import Joined
from labspec.template.intrinsics import call
from labspec.wording import series

ROLE, STACK = "AWS::IAM::Role", "AWS::CloudFormation::Stack"
SHOWN = 4
"""Roles that a sentence names."""

UNKNOWN = Rule(
    "LS730",
    "permissions-unknown",
    "It is not known which permissions a resource takes.",
    why="What CloudFormation calls for a resource is read from the schema of its type. Types of others, of macros, and"
    " of the old form have none. Deploying takes more than the policy that is printed.",
    wrong='resources:\n  Search: {Type: "Mine::Search::Domain", Properties: {Size: 2}}\n',
    right="resources:\n  Search: {Type: AWS::OpenSearchService::Domain, Properties: {...}}\n",
    severity=Severity.WARNING,
)
ANY_NAME = Rule(
    "LS731",
    "any-name-allowed",
    "What a resource is called is not known, so the policy allows any name.",
    why="A policy is as narrow as the names in it. A name that is given as the stack is made can be any.",
    wrong="resources:\n  Jobs: {Type: AWS::SQS::Queue, Properties: {QueueName: {Ref: JobsName}}}\n",
    right="resources:\n  Jobs: {Type: AWS::SQS::Queue, Properties: {QueueName: jobs}}\n",
    severity=Severity.HINT,
)
UNBOUNDED = Rule(
    "LS732",
    "roles-without-boundary",
    "Whoever deploys these stacks can give themselves any permission.",
    why="To make a role, to say what it may do, and to hand it to a machine is to be able to do what the role may."
    " Only a permissions boundary that every new role must have, or templates of others, keeps that within limits.",
    wrong="roles:\n  worker: {permissions: {read: orders}}\n",
    right="roles:\n  worker: {permissions: {read: orders, boundary: 'arn:aws:iam::111122223333:policy/Learners'}}\n",
    severity=Severity.WARNING,
)
TOO_MANY = Rule(
    "LS733",
    "too-many-policies",
    "The permissions fill more policies than a role can have.",
    why="A role has at most 10 managed policies of 6,144 characters, and 20 where the account's quota was raised.",
    severity=Severity.WARNING,
)


class Found(NamedTuple):
    """A finding about a resource, by its address, and a place in its body; about all of it, where that is empty."""

    rule: Rule
    message: str
    help: str
    address: str = ""
    path: Path = ()
    severity: Severity | None = None
    file: str = ""
    """The template that the path is in, where what is found is no resource."""


def findings(
    joined: Joined,
    wanted: Needs,
    policies: Sequence[object],
    is_bound: bool = False,
    called: Callable[[str], str] = str,
) -> Iterator[Found]:
    """What is to be told of needs, and of the policies that they fill.

    `is_bound` says that nobody deploys anything but these very templates, and `called` what the user calls a resource.
    """
    yield from _unfollowed(joined)
    for address in wanted.unknown_types:
        kind = joined.resources[address].type
        message, help_ = (
            f"What {kind} takes is not known.",
            "Look up what its handlers call, and add a policy of your own.",
        )
        if kind == STACK:
            message, help_ = "What the nested stack takes is not known.", "Put its template beside the root's."
        yield Found(UNKNOWN, message, help_, address)
    for address, name in wanted.wide:
        yield _any_name(joined, address, name)
    if not is_bound:
        yield from _unbounded(joined, called)
    yield from _too_many(len(policies))


def _unfollowed(joined: Joined) -> Iterator[Found]:
    """Where resources may be that nobody sees before CloudFormation does: loops, and what macros make."""
    for place in joined.unresolved:
        if place.path == ("Transform",) or (place.path[:1] == ("Resources",) and len(place.path) == 2):
            help_ = "Look up what the resources take that it makes, and add a policy of your own."
            yield Found(UNKNOWN, place.reason, help_, path=place.path, file=place.file)


def _any_name(joined: Joined, address: str, name: str) -> Found:
    """That a name is not known, and by which parameters it would be."""
    declared = joined.templates[joined.root].section("Parameters")
    asked = dict.fromkeys(_referred(joined.resources[address].properties.get(name)))
    names = [each for each in asked if each in declared]
    message, help_ = f"The {name} is not known, so any is allowed.", "Write it out where it can be."
    if names:
        message = f"The {name} depends on {series([f'`{each}`' for each in names], 'and')}, so any is allowed."
        options = [f"`--parameter {each}=VALUE`" for each in names]
        if any("Default" in declared[each] for each in names):
            options.append("`--defaults`")
        help_ = f"Say what it will be: {series(options, 'or')}."
    return Found(ANY_NAME, message, help_, address, ("Properties", name))


def _referred(value: Any) -> Iterator[str]:
    name, argument = call(value)
    if name == "Ref":
        yield str(argument)
    for inner in value.values() if isinstance(value, Mapping) else value if isinstance(value, list) else ():
        yield from _referred(inner)


def _unbounded(joined: Joined, called: Callable[[str], str]) -> Iterator[Found]:
    there = (each for each in joined.resources.values() if each.type == ROLE and each.condition is not False)
    open_ = [each.address for each in there if boundary(each) in ("", "*")]
    if open_:
        names = [f"`{each}`" for each in dict.fromkeys(map(called, open_))]
        shown = [*names[:SHOWN], *([f"{len(names) - SHOWN} more roles"] if len(names) > SHOWN else [])]
        verb = "has" if len(names) == 1 else "have"
        message = f"Who deploys this can give themselves any permission: {series(shown, 'and')} {verb} no boundary."
        help_ = (
            "Give roles a permissions boundary, or let people deploy only what others published:"
            " `--published` with `--format cloudformation` (docs/iam.md)."
        )
        yield Found(UNBOUNDED, message, help_, open_[0])


def _too_many(number: int) -> Iterator[Found]:
    if number > MOST:
        severity = Severity.ERROR if number > MOST_RAISED else Severity.WARNING
        message = f"The permissions fill {number} policies, and a role has at most {MOST}."
        help_ = f"Deploy in parts, or have the quota raised, to {MOST_RAISED} at most."
        yield Found(TOO_MANY, message, help_, severity=severity)
