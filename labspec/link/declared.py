"""What a spec declares, by section: members, and beside them parameters and raw resources."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from labspec.diagnostic import At, Path
from labspec.model.architecture import Architecture, Member
from labspec.nearest import alike

Key = tuple[str, str]
"""A section, and a name in it."""


class Declaration(NamedTuple):
    """A name that somebody wrote, and the half of an entry that it stands in."""

    name: str
    path: Path
    at: At


class Declared(NamedTuple):
    """The names of an architecture; those that are poisoned may be anything (the name `*`: all of a section)."""

    architecture: Architecture
    poisoned: frozenset[Key]
    misnamed: frozenset[Key]

    def is_poisoned(self, name: str, *sections: str) -> bool:
        """Whether a name may be one of a member that is wrong, of which all is said."""
        return any((section, each) in self.poisoned for section in sections for each in (name, "*"))

    def may_be_misnamed(self, name: str, sections: Iterable[str]) -> bool:
        """Whether a name may be what a member should be called whose own name is wrong, which is said there."""
        return bool(alike(name, [wrong for section, wrong in self.misnamed if section in sections]))

    def names(self, sections: Iterable[str]) -> list[str]:
        """The names that sections declare, those of families included."""
        wanted = set(sections)
        names = [member.name for section in sorted(wanted) for member in self.architecture.of(section)]
        names += [name for section, name in self.architecture.families if section in wanted]
        for section in wanted & {"parameters", "resources"}:
            names += getattr(self.architecture.spec, section)
        return names

    def has(self, section: str, name: str) -> bool:
        """Whether a section declares a name."""
        if section in ("parameters", "resources"):
            return name in getattr(self.architecture.spec, section)
        return (section, name) in self.architecture.members or (section, name) in self.architecture.families

    def where(self, key: Key) -> Path:
        """Where a name is declared. The members of a family are declared by one line."""
        member = self._member(key)
        return member.path if member else key

    def declaration(self, key: Key) -> Declaration | None:
        """What declares a name as it is written; None where the name follows from another."""
        member = self._member(key)
        if member is None:
            return Declaration(key[1], key, "key")
        name = str(member.path[-1]) if member.named == "key" else member.name
        return Declaration(name, member.path, member.named) if member.named else None

    def _member(self, key: Key) -> Member | None:
        family = self.architecture.families.get(key)
        return self.architecture.members.get((key[0], family[0]) if family else key)
