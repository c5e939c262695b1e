"""What is told of permissions: what is not known of them, and where they are more than they look."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from labspec.diagnostic import Path, Rule, Severity
from labspec.iam.boundaries import boundary
from labspec.iam.need import Needs
from labspec.iam.policy import MOST, MOST_RAISED
from labspec.template import Joined
from labspec.wording import plural

ROLE, STACK = "AWS::IAM::Role", "AWS::CloudFormation::Stack"

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


def findings(joined: Joined, wanted: Needs, policies: Sequence[object], is_bound: bool = False) -> Iterator[Found]:
    """What is to be told of needs, and of the policies that they fill.

    `is_bound` says that nobody deploys anything but these very templates.
    """
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
        help_ = "Say what it will be: `--parameter NAME=VALUE`, or `--defaults`."
        message = f"The {name} is not known, so any is allowed."
        yield Found(ANY_NAME, message, help_, address, ("Properties", name))
    if not is_bound:
        yield from _unbounded(joined)
    yield from _too_many(len(policies))


def _unbounded(joined: Joined) -> Iterator[Found]:
    there = (each for each in joined.resources.values() if each.type == ROLE and each.condition is not False)
    open_ = [each.address for each in there if boundary(each) in ("", "*")]
    if open_:
        message = f"Who deploys this can give themselves any permission: {plural(len(open_), 'role')} have no boundary."
        if len(open_) == 1:
            message = "Who deploys this can give themselves any permission: a role has no boundary."
        help_ = "Give roles a permissions boundary, or let people deploy only what others published (docs/iam.md)."
        yield Found(UNBOUNDED, message, help_, open_[0])


def _too_many(number: int) -> Iterator[Found]:
    if number > MOST:
        severity = Severity.ERROR if number > MOST_RAISED else Severity.WARNING
        message = f"The permissions fill {number} policies, and a role has at most {MOST}."
        help_ = f"Deploy in parts, or have the quota raised, to {MOST_RAISED} at most."
        yield Found(TOO_MANY, message, help_, severity=severity)
