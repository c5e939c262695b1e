"""Tags that AWS refuses: signs that not every service takes, names that are AWS's own, and what is too long."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from labspec.diagnostic import At, Diagnostic, Path, Rule
from labspec.model.architecture import Architecture, Member
from labspec.model.compute import Machine
from labspec.model.parts import existing_of
from labspec.model.text import Text

REFUSED_TAG = Rule(
    "LS365",
    "refused-tag",
    "A tag is none that the services take which get it.",
    "A tag's name has 1 to 128 characters and does not begin with `aws:`, its value has 256 at most. EC2 takes any"
    " signs; the other services take letters, digits, blanks and `_ . : / = + - @` (`Tag naming limits and"
    " requirements`, Tagging AWS Resources). A machine has a role of its own, whose tags are IAM's.",
    'load_balancers:\n  front: {tags: {Owner: "web & data"}, ...}',
    'load_balancers:\n  front: {tags: {Owner: "web + data"}, ...}',
)
OF_EC2 = ("vpcs", "subnets", "nat_gateways", "route_tables", "internet_gateways", "security_groups", "key_pairs")
"""Sections whose members are EC2's alone."""
OTHER_SIGN = re.compile(r"[^\w\s.:/=+\-@]")
MOST = 50


def check_tag_values(architecture: Architecture) -> Iterator[Diagnostic]:
    """The document's tags, by what gets them; and each member's own."""
    shared = architecture.spec.tags
    made = [member for member in architecture.members.values() if existing_of(member.body) is None]
    if made:
        yield from _refused(shared, ("tags",), plain=not all(map(_is_of_ec2, made)))
    for member in made:
        yield from _refused(member.body.tags, (*member.path, "tags"), plain=not _is_of_ec2(member))
        if (count := len({"Name", *shared, *member.body.tags})) > MOST:
            message = f"`{member.name}` has {count} tags with its `Name` and the document's; AWS takes {MOST}."
            path = (*member.path, "tags") if member.body.tags else ("tags",)
            yield Diagnostic(REFUSED_TAG, message, path, "key")


def _is_of_ec2(member: Member) -> bool:
    """Whether all that a member becomes is EC2's. A machine without a role of its own is."""
    body = member.body
    if not isinstance(body, Machine):
        return member.section in OF_EC2
    has_own = body.role is None and (body.access == "ssm" or body.permissions is not None or bool(body.secrets))
    return not has_own


def _refused(tags: Mapping[str, Text], path: Path, *, plain: bool) -> Iterator[Diagnostic]:
    for name, value in tags.items():
        written = "".join(part for part in value.parts if isinstance(part, str))
        yield from _fault(name, name, (*path, name), "key", plain=plain)
        if not value.near:  # what may be half an expression is told of as one
            yield from _fault(name, written, (*path, name), "value", plain=plain)


def _fault(name: str, text: str, path: Path, at: At, *, plain: bool) -> Iterator[Diagnostic]:
    what, most = ("name of the tag", 128) if at == "key" else ("value of the tag", 256)
    if plain and (sign := OTHER_SIGN.search(text)):
        message = f"The {what} `{name}` has a `{sign[0]}` in it, which not every service takes."
        help_ = "Letters, digits, blanks and `_ . : / = + - @` are taken by all."
        yield Diagnostic(REFUSED_TAG, message, path, at, help=help_)
    elif len(text) > most:
        yield Diagnostic(
            REFUSED_TAG, f"The {what} `{name[:40]}` has {len(text)} characters; AWS takes {most}.", path, at
        )
    elif at == "key" and not text:
        yield Diagnostic(REFUSED_TAG, "A tag without a name is refused.", path, at)
    elif at == "key" and text.lower().startswith("aws:"):
        message = f"The {what} `{name}` begins with `aws:`, which is AWS's own."
        yield Diagnostic(REFUSED_TAG, message, path, at, help="Choose another name.")
