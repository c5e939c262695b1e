"""What laws can judge of a spec that is wrong in places.

A member that names what is not there cannot be judged, nor one that names such a member: they are taken out. And where
something was lost, what stood beside it may seem to lack what it gave: a subnet whose route table is wrong leads
nowhere only because of that, and a target group whose load balancer is wrong is used by nobody. Findings about who
relies on such members are left unsaid.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Set
from dataclasses import replace
from typing import Any, NamedTuple

from labspec.diagnostic import Diagnostic, Path
from labspec.model.architecture import USERS, Architecture, Member
from labspec.model.attributes import ATTRIBUTES, AWS_VALUES, split
from labspec.model.grammar import NESTED
from labspec.model.kind import leaves
from labspec.model.load import ANY, Loaded
from labspec.model.text import Expression, Text
from labspec.model.word import FileName, Name, Parameter

Key = tuple[str, str]
Use = tuple[Path, Any]


class Sound(NamedTuple):
    """The sound part of an architecture, and the paths of the members in it that are in doubt."""

    architecture: Architecture
    doubtful: frozenset[Path]

    def is_sure_of(self, diagnostic: Diagnostic) -> bool:
        """Whether a finding is about nothing that is in doubt."""
        paths = (diagnostic.path, *(label.path for label in diagnostic.related))
        return not any(path[:end] in self.doubtful for path in paths for end in range(1, len(path) + 1))


def sound(architecture: Architecture, loaded: Loaded) -> Sound:
    """What is left of an architecture of which parts are wrong."""
    uses = {key: list(_uses(architecture, member)) for key, member in architecture.members.items()}
    left, lost = _without_unsound(architecture, uses)
    torn = loaded.torn | {owner.path for key in lost if (owner := architecture.members[key].owner)}
    lacking = {key for key, member in left.members.items() if key[0] == "subnets" and _owner(member) in torn}
    doubtful = loaded.poisoned & left.members.keys()
    while more := {
        key
        for key in left.members.keys() - lacking - doubtful
        if any(named in lacking | doubtful for _, leaf in uses[key] for named in _meant(left, leaf))
    }:
        doubtful |= more
    if any(section in PLACING for section, _ in loaded.poisoned | lost):
        doubtful |= {key for key in left.members if key[0] == "target_groups"}
        doubtful |= set(_placed_by_others(left, loaded.poisoned | lost))
    return Sound(left, frozenset(left.members[key].path for key in doubtful))


PLACING = ("vpcs", *USERS)
"""Sections whose members say where a target group, or a security group, stands."""


def _placed_by_others(left: Architecture, lost: Set[Key]) -> Iterator[Key]:
    """Groups and templates that stand where their users do, if there are, or were, several VPCs to stand in."""
    vpcs = {key for key in (*left.members, *lost) if key[0] == "vpcs"}
    if len(vpcs) > 1 or ("vpcs", ANY) in vpcs:
        untold = (*left.of("security_groups"), *left.of("launch_templates"))
        yield from ((each.section, each.name) for each in untold if getattr(each.body, "vpc", None) is None)


def _owner(member: Member) -> Path:
    return member.owner.path if member.owner else ()


def _without_unsound(architecture: Architecture, uses: Mapping[Key, list[Use]]) -> tuple[Architecture, set[Key]]:
    """The architecture without members that name what is not there; and these."""
    lost: set[Key] = set()
    while more := {
        key for key in architecture.members if any(_leads_nowhere(architecture, path, leaf) for path, leaf in uses[key])
    }:
        lost |= more
        members = {key: member for key, member in architecture.members.items() if key not in lost}
        families = {
            (section, name): tuple(inner for inner in names if (section, inner) in members)
            for (section, name), names in architecture.families.items()
        }
        architecture = replace(architecture, members=members, families=families)
    return architecture, lost


def _uses(architecture: Architecture, member: Member) -> Iterator[Use]:
    """The names, parameters, expressions and files that a member itself speaks of; not those of members inside it."""
    for path, leaf in architecture.with_texts(leaves(member.body)):
        if path and NESTED.get(str(path[0])) == member.section:
            continue
        for each in leaf.expressions if isinstance(leaf, Text) else [leaf]:
            yield path, each


def _leads_nowhere(architecture: Architecture, path: Path, leaf: Any) -> bool:
    if isinstance(leaf, Parameter):
        return leaf.name not in architecture.spec.parameters
    if isinstance(leaf, FileName):
        return leaf not in architecture.contents.files and leaf not in architecture.contents.folders
    if isinstance(leaf, Expression):
        return not _means_something(architecture, leaf.words)
    meant = _meant(architecture, leaf)
    return len({section for section, _ in meant}) != 1 or (len(meant) > 1 and not isinstance(path[-1], int))


def _means_something(architecture: Architecture, words: tuple[str, ...]) -> bool:
    if len(words) == 1:
        return words[0] in architecture.spec.parameters
    if words[0] in ("aws", "resources"):
        return words[1] in (AWS_VALUES if words[0] == "aws" else architecture.spec.resources)
    return len(_members_of(architecture, words)) == 1


def _meant(architecture: Architecture, leaf: Any) -> list[Key]:
    """The members that a name or an expression speaks of."""
    if isinstance(leaf, Name):
        return [(member.section, member.name) for member in architecture.meant(leaf)]
    return _members_of(architecture, leaf.words) if isinstance(leaf, Expression) and len(leaf.words) > 1 else []


def _members_of(architecture: Architecture, words: tuple[str, ...]) -> list[Key]:
    section, name, _ = split(words)
    return [(each, name) for each in ([section] if section else ATTRIBUTES) if architecture.get(each, name)]
