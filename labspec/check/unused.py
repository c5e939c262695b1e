"""What nothing uses: members that only others give a sense, and variables that nothing is made of.

A use is any mention: by name, in an expression, in a file of a machine, in an expectation, or of the logical id in
CloudFormation of the user's own. Unused parameters are the linters' to tell (their rule W2001).
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from typing import Any

from labspec.diagnostic import Diagnostic, Pattern, Rule, Severity, matches
from labspec.model.architecture import Architecture, Member
from labspec.model.attributes import ATTRIBUTES, split
from labspec.model.network import RouteTable
from labspec.model.text import Text, expressions
from labspec.model.word import Name

UNUSED = Rule(
    "LS386",
    "unused-member",
    "Nothing uses a member that does nothing by itself.",
    "It may be a leftover, or a line may be missing where it should be named. A NAT gateway costs money by the hour,"
    " used or not (`Pricing for NAT gateways`, Amazon VPC User Guide).",
    "key_pairs: {admin: {}}\ninstances: {web: {subnet: public-a}}",
    "key_pairs: {admin: {}}\ninstances: {web: {subnet: public-a, key_pair: admin}}",
    Severity.HINT,
)
VARIABLE = Rule(
    "LS387",
    "unused-variable",
    "A variable is declared, and nothing is made of it.",
    "To set it changes nothing. It may be a leftover, or its value may still stand where the variable should.",
    "variables: {size: t3.small}\ninstances: {web: {type: t3.small, ...}}",
    "variables: {size: t3.small}\ninstances: {web: {type: '${{ variables.size }}', ...}}",
    Severity.HINT,
)

IDLE = {
    "security_groups": "Nothing has the security group `{}`, and no rule names it.",
    "key_pairs": "No machine has the key pair `{}`.",
    "roles": "Nothing takes the role `{}`.",
    "images": "No machine starts from the image `{}`.",
    "launch_templates": "No auto scaling group is made from `{}`.",
    "file_systems": "No machine mounts `{}`.",
    "target_groups": "No load balancer forwards to `{}`.",
    "nat_gateways": "No route leads through the NAT gateway `{}`.",
    "notifications": "Nothing notifies `{}`.",
}
"""What is said of a member without a use. Members of other sections do something by themselves."""
REGISTERS: Pattern = ("auto_scaling_groups", "*", "target_groups")
"""Where a group puts its machines into target groups: that brings nobody to these."""
Key = tuple[str, str]


def check_unused(architecture: Architecture) -> Iterator[Diagnostic]:
    """Members and variables without a use."""
    copied = list(_in_files(architecture))
    used = {*_named(architecture), *_asked(copied)}
    written = sorted({word for body in _raw(architecture) for word in _words(body)})
    for section, message in IDLE.items():
        for member in architecture.of(section):
            if (section, member.name) not in used and not _is_written(member, written):
                help_ = f"Remove it, or accept it with `silence: {{{UNUSED.name}: the reason}}`."
                yield Diagnostic(UNUSED, message.format(member.name), member.path, "key", help=help_)
    filled_in = {*architecture.variables, *(".".join(words[1:]) for words in copied if words[0] == "variables")}
    for name in architecture.spec.variables:
        if name in filled_in:
            continue
        message = f"Nothing is made of the variable `{name}`."
        help_ = "Write it where it belongs, or remove it. One that only an overlay makes use of is declared there."
        yield Diagnostic(VARIABLE, message, ("variables", name), "key", help=help_)


def _named(architecture: Architecture) -> Iterator[Key]:
    """Every member that something else speaks of."""
    for path, leaf in architecture.leaves:
        if isinstance(leaf, Name) and not matches(REGISTERS, path):
            yield from ((m.section, m.name) for m in architecture.meant(leaf) if path[: len(m.path)] != m.path)
        elif isinstance(leaf, Text):
            yield from _asked(expression.words for expression in leaf.expressions)
    for table in architecture.of("route_tables"):  # also those that follow from `access`
        assert isinstance(table.body, RouteTable)
        yield from ((gateway.section, gateway.name) for gateway in architecture.many(table.body.routes.values()))


def _in_files(architecture: Architecture) -> Iterator[tuple[str, ...]]:
    """The expressions in files. Where one is copied, so that they mean nothing, that is what is told."""
    for content in architecture.contents.files.values():
        yield from (words for words, _ in expressions(content.decode("utf-8", "ignore")))


def _asked(expressions_: Iterable[tuple[str, ...]]) -> Iterator[Key]:
    """The members that expressions may speak of."""
    for words in expressions_:
        section, name, _ = split(words)
        yield from ((each, name) for each in ([section] if section else ATTRIBUTES))


def _raw(architecture: Architecture) -> Iterator[Any]:
    """Every body in CloudFormation's own notation."""
    yield architecture.spec.resources
    for member in architecture.members.values():
        yield member.body.override
        permissions = getattr(member.body, "permissions", None)
        yield permissions.statements if permissions else ()


def _words(value: Any) -> Iterator[str]:
    """The words inside a body, one of which may be a logical id."""
    if isinstance(value, str):
        yield from re.findall(r"[A-Za-z0-9]+", value)
    elif isinstance(value, Text):
        yield from (word for part in value.parts if isinstance(part, str) for word in _words(part))
    else:
        inner = value.values() if isinstance(value, dict) else value if isinstance(value, (list, tuple)) else ()
        yield from (word for each in inner for word in _words(each))


def _is_written(member: Member, words: list[str]) -> bool:
    """Whether a word in raw CloudFormation begins as the member's logical ids do."""
    stem = "".join(part[:1].upper() + part[1:] for part in member.key.split("-"))
    at = bisect_left(words, stem)
    return at < len(words) and words[at].startswith(stem)
