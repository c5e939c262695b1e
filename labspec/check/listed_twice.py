"""Lists that name one thing twice: AWS takes each once."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from labspec.diagnostic import Diagnostic, Label, Rule
from labspec.model.architecture import Architecture, Member
from labspec.model.parts import existing_of
from labspec.model.word import Name

LISTED_TWICE = Rule(
    "LS367",
    "listed-twice",
    "A list names one thing twice.",
    "AWS takes each security group, subnet, target and log of a list once, and refuses the list otherwise"
    " (`uniqueItems` in the schemas of the resources). Two members that say the same `existing` are one thing.",
    "security_groups: [web-sg, web-sg]",
    "security_groups: [web-sg]",
)
ZONED = {("load_balancers", "subnets"), ("file_systems", "subnets")}
"""Lists of one subnet in each zone: another law is about them."""
WORDS = ("logs", "termination")
"""Lists of words of which each is meant once."""


def check_listed_twice(architecture: Architecture) -> Iterator[Diagnostic]:
    """Every list of names of every member, what their names mean, and lists of such words."""
    for member in architecture.members.values():
        for field in sorted(member.body.model_fields_set):
            value = getattr(member.body, field)
            if isinstance(value, tuple) and (member.section, field) not in ZONED:
                yield from _twice(architecture, member, field, value)


def _twice(architecture: Architecture, member: Member, field: str, items: tuple[Any, ...]) -> Iterator[Diagnostic]:
    there: dict[object, int] = {}
    for index, item in enumerate(items):
        for thing, shown in _meant(architecture, field, item):
            first = there.setdefault(thing, index)
            if first == index:
                continue
            path = (*member.path, field)
            label = Label("It stands here, too.", (*path, first))
            message = f"`{member.name}` names `{shown}` twice in its `{field}`."
            yield Diagnostic(LISTED_TWICE, message, (*path, index), related=(label,), help="Remove one of them.")
            break


def _meant(architecture: Architecture, field: str, item: Any) -> Iterator[tuple[object, str]]:
    """What an item of a list stands for, and what it is called."""
    if isinstance(item, Name):
        for found in architecture.meant(item):
            existing = existing_of(found.body)
            yield (found.selector if existing is None else (found.section, existing), found.name)
    elif field in WORDS:
        yield item, str(item)
