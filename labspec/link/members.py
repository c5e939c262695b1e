"""The members of a spec, those that stand inside others and those of zoned forms included."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from labspec.diagnostic import Diagnostic, Label, Path, Rule
from labspec.link.declared import Key
from labspec.model.architecture import Member
from labspec.model.expand import expand
from labspec.model.kind import Kind
from labspec.model.spec import Spec

DECLARED_TWICE = Rule(
    "LS204",
    "nested-name-twice",
    "Two members inside different owners share a name.",
    "Members inside a VPC or a database are referred to by their bare names, so these are unique over all owners.",
    "vpcs:\n  a: {subnets: {app: ...}}\n  b: {subnets: {app: ...}}",
    "vpcs:\n  a: {subnets: {a-app: ...}}\n  b: {subnets: {b-app: ...}}",
)


class Members(NamedTuple):
    """Every member and every family by section and name; those that are too wrong to be there; what is wrong."""

    members: dict[Key, Member]
    families: dict[Key, tuple[str, ...]]
    broken: set[Key]
    diagnostics: list[Diagnostic]


def members_of(spec: Spec, torn: frozenset[Path]) -> Members:
    """The members of a spec. Nothing is said of the form of those that are torn."""
    members: dict[Key, Member] = {}
    families: dict[Key, tuple[str, ...]] = {}
    broken: set[Key] = set()
    found: list[Diagnostic] = []
    grouped: list[tuple[Key, tuple[str, ...], Member]] = []
    for section, name, body in _sections(spec):
        owner = Member(section, name, body, (section, name))
        expansion = expand(owner)
        found += expansion.diagnostics if owner.path not in torn else []
        grouped += [(*family, owner) for family in expansion.families.items()]
        broken |= expansion.broken
        for member in (owner, *expansion.members):
            told = any(other.rule is DECLARED_TWICE and other.path == member.path for other in found)
            found += [] if told else _declare(member, members)  # A subnet's route table is told of with the subnet.
    for key, family, owner in grouped:
        path = (*owner.path, *key)
        other = members.get(key) or next((members.get((key[0], each)) for each in families.get(key, ())), None)
        if other is None:
            families[key] = family
        elif not any(each.rule is DECLARED_TWICE and each.path == path for each in found):
            found.append(_twice(key, path, other.path))
    return Members(members, families, broken, found)


def _sections(spec: Spec) -> Iterator[tuple[str, str, Kind]]:
    for section in type(spec).model_fields:
        value = getattr(spec, section)
        if isinstance(value, dict):
            for name, body in value.items():
                if isinstance(body, Kind):
                    yield section, name, body


def _declare(member: Member, members: dict[Key, Member]) -> Iterator[Diagnostic]:
    key = (member.section, member.name)
    if (other := members.get(key)) is not None:
        yield _twice(key, member.path, other.path)
        return
    members[key] = member


def _twice(key: Key, path: Path, other: Path) -> Diagnostic:
    message = f"`{key[1]}` is declared twice among the {key[0].replace('_', ' ')}."
    label = Label("It is declared here, too.", other, "key")
    return Diagnostic(DECLARED_TWICE, message, path, "key", related=(label,), help="Give one of them another name.")
