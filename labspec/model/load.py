"""Data to a `Spec`: variables filled in, everything validated, every independent mistake reported in one run.

The whole document is validated at once. Where that fails, what is at fault is taken out, as little as can be, and the
rest is validated again. The names that were lost stay known as *poisoned*, so that later rooms say nothing about what
speaks of them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from pydantic import ValidationError

from labspec.diagnostic import Diagnostic, Path
from labspec.model.bodies import move_bodies, named_by_owner
from labspec.model.complaints import Complaints, Known, complaints
from labspec.model.grammar import NESTED, SECTIONS
from labspec.model.instance_types import unknown_types
from labspec.model.other_words import likely
from labspec.model.places import part_at
from labspec.model.remains import remains
from labspec.model.spec import Spec
from labspec.model.variables import Variables
from labspec.model.word import kebab
from labspec.model.words import ZONES
from labspec.scalar import Scalar

ANY = "*"
"""In place of a name: every name of the section."""
SINGLE = ("variables", "parameters", "outputs", "resources", "checks")
"""Sections, beside those of members, whose entries can be taken out one by one."""
ALL = (*SECTIONS, *NESTED, "internet_gateways", "parameters", "outputs", "resources")
ROUNDS = 20


@dataclass(frozen=True, slots=True)
class Loaded:
    """What could be understood of a document, and what was wrong with the rest."""

    spec: Spec
    poisoned: frozenset[tuple[str, str]]
    """Members (section, name) that are declared and wrong; the name `*` stands for any."""
    diagnostics: tuple[Diagnostic, ...]
    moved: Mapping[Path, Path]
    """Members that stood as bodies in the place of their names: where each one was written."""
    torn: frozenset[Path] = frozenset()
    """Members that lost something that stands inside them."""
    misnamed: frozenset[tuple[str, str]] = frozenset()
    """Members whose names have not the form of one, which others may name as they should be called."""
    unknown: frozenset[Path] = frozenset()
    """Keys that there are not: nothing need be said of what stands under them."""
    remains: tuple[tuple[Path, Any], ...] = ()
    """The names, parameters, texts and file names that could be read of what was taken out, each with its path."""
    variables: Variables = field(default_factory=lambda: Variables({}))
    """The variables, which the texts of mentioned files use, too."""


def load(document: Mapping[str, Any], settings: Mapping[str, str], known: Known | None = None) -> Loaded:
    """Validate a document. `settings` are the variables given on the command line, `known` what is wrong already."""
    variables = Variables(settings)
    known = known or Known()
    bodies = move_bodies(variables.filled(document))
    loss = _Loss(bodies.document, set(known.absent))
    loss.take(Complaints(places=set(_mixtures(known.twice, bodies.places))))
    parameters = frozenset(map(str, _value(document, ("parameters",)) or ()))
    known = replace(known, told=known.told | variables.told, moved=bodies.places, parameters=parameters)
    found = [*variables.found, *bodies.diagnostics, *unknown_types(bodies.document)]
    for _ in range(ROUNDS):
        try:
            spec = Spec.model_validate(loss.data)
        except ValidationError as error:
            wrong = complaints(error.errors(include_url=False), loss.data, known)
            found += wrong.said
            loss.take(wrong)
            loss.data = {**NOTHING, **loss.data}
        else:
            return replace(loss.loaded(spec, found, bodies.places), variables=variables)
    anything = frozenset((section, ANY) for section in ALL)
    return Loaded(Spec.model_validate(NOTHING), anything, tuple(found), bodies.places)


def _mixtures(twice: Iterable[Path], moved: Mapping[Path, Path]) -> Iterator[Path]:
    """Where fields of two mappings stand mixed, which nobody meant. Names of two may stand side by side."""
    for path in twice:
        inside = [(*body, *path[len(place) :]) for body, place in moved.items() if path[: len(place)] == place]
        if any(part_at(each) is not None for each in (path, *inside)):
            yield from (path, *inside)
            yield from (body for body, place in moved.items() if place[: len(path)] == path)


NOTHING = {"labspec": Scalar("1"), "name": Scalar("spec")}
"""What stands for the head of a document that has none, once that is told."""


class _Loss:
    """A document that loses what is wrong with it."""

    def __init__(self, data: dict[str, Any], poisoned: set[tuple[str, str]]) -> None:
        self.data = data
        self.poisoned = poisoned
        self.misnamed: set[tuple[str, str]] = set()
        self.unknown: set[Path] = set()
        self.torn: set[Path] = set()
        self.taken: set[Path] = set()
        self.lost: list[tuple[Path, Any, set[Path]]] = []

    def loaded(self, spec: Spec, found: Iterable[Diagnostic], moved: Mapping[Path, Path]) -> Loaded:
        """What was understood, with what was lost."""
        left = tuple(leaf for entry, value, faults in self.lost for leaf in remains(value, entry, faults))
        return Loaded(
            spec,
            frozenset(self.poisoned),
            tuple(found),
            moved,
            frozenset(self.torn),
            frozenset(self.misnamed),
            frozenset((*moved[key[:2]], *key[2:]) if key[:2] in moved else key for key in self.unknown),
            left,
        )

    def take(self, wrong: Complaints) -> None:
        """Take out the smallest entry that holds each place; where that was done, and did not help, its section."""
        entries = _grouped(wrong.places, _entry)
        if entries.keys() <= self.taken:
            entries = _grouped(wrong.places, lambda place: place[:1])
        self.poisoned |= wrong.lacking
        self.misnamed |= wrong.misnamed
        self.unknown |= wrong.unknown
        for member, sections in wrong.belongs.items():
            for section in sections:
                self.poisoned |= _member_names(section, str(member[-1]), _value(self.data, member))
        new = entries.keys() - self.taken
        self.taken |= new
        self.torn |= {entry[:2] for entry in new if len(entry) == 4}
        for entry in new:
            value = _value(self.data, entry)
            self.poisoned |= _names(entry, value)
            self.lost.append((entry, value, entries[entry]))
        self.data = _without(self.data, new)


def _grouped(places: Iterable[Path], entry_of: Callable[[Path], Path]) -> dict[Path, set[Path]]:
    """Places by the entry that each is in."""
    groups: dict[Path, set[Path]] = {}
    for place in places:
        groups.setdefault(entry_of(place), set()).add(place)
    return groups


def _entry(place: Path) -> Path:
    """The smallest entry around a place that the rest can do without."""
    section = str(place[0]) if place else ""
    if section in SECTIONS:
        return place[:4] if len(place) >= 4 and NESTED.get(str(place[2])) == section else place[:2]
    if section in SINGLE:
        return place[:2]
    return place[:3] if section == "expect" and len(place) >= 3 else place[:1]


def _value(data: Any, path: Path) -> Any:
    for step in path:
        if not isinstance(data, dict):
            return None
        data = data.get(step)
    return data


def _without(data: dict[str, Any], entries: set[Path]) -> dict[str, Any]:
    """A document without some of its entries."""
    inner: dict[str, set[Path]] = {}
    for entry in entries:
        if entry:
            inner.setdefault(str(entry[0]), set()).add(entry[1:])
    return {
        key: _less(value, inner[key]) if key in inner else value
        for key, value in data.items()
        if () not in inner.get(key, ())
    }


def _less(value: Any, entries: set[Path]) -> Any:
    return _without(value, entries) if isinstance(value, dict) else value


# ------------------------------------------------------------------ the names that are lost with what is taken out


def _names(entry: Path, value: Any) -> set[tuple[str, str]]:
    """What nothing must be said of that names it, since an entry is taken out."""
    if len(entry) == 4:
        return set(_family(str(entry[2]), str(entry[3])))
    if len(entry) == 2:
        return _member_names(str(entry[0]), str(entry[1]), value)
    if len(entry) == 1:
        return set(_section_names(str(entry[0]), value))
    return set()


def _member_names(section: str, name: str, value: Any) -> set[tuple[str, str]]:
    return {*_family(section, name), *_inner_names(section, name, value), *_names_of_bodies(name, value)}


def _names_of_bodies(name: str, value: Any) -> Iterator[tuple[str, str]]:
    """The name of an owner, for bodies in it that may stand in the place of names."""
    if isinstance(value, dict) and any(isinstance(inner, dict) for inner in value.values()):
        yield from ((section, name) for section in named_by_owner())


def _section_names(section: str, value: Any) -> Iterator[tuple[str, str]]:
    """The names of a section that is wrong as a whole: mistyped, or no mapping."""
    if section in ALL:
        yield section, ANY
        yield from ((nested, ANY) for nested, owner in NESTED.items() if owner == section)
        return
    near = next(iter(likely(section, ALL)), None)
    for name, body in value.items() if isinstance(value, dict) else ():
        yield from ((meant, str(name)) for meant in ([near] if near else ALL))
        yield from _inner_names(near or "", str(name), body)
        yield from _names_of_bodies(str(name), body)
    if near and not isinstance(value, dict):
        yield near, ANY


def _inner_names(section: str, name: str, value: Any) -> Iterator[tuple[str, str]]:
    """The names inside a member, also under a key that is mistyped; and those that it brings along."""
    inside = [nested for nested, owner in NESTED.items() if owner == section]
    if inside and not isinstance(value, dict):
        yield from ((nested, ANY) for nested in inside)
        return
    for key, inner in value.items() if inside else ():
        for nested in [key] if key in inside else inside:
            if isinstance(inner, dict):
                yield from (member for each in inner for member in _family(nested, str(each)))
            elif key in inside:
                yield nested, ANY
    if section == "vpcs":
        gateway = value.get("internet_gateway", f"{name}-igw")
        yield from _family("internet_gateways", str(gateway) if isinstance(gateway, str) else ANY)
        yield from (("nat_gateways", f"{name}-nat{zone}") for zone in ("", *(f"-{zone}" for zone in ZONES)))


def _family(section: str, name: str) -> Iterator[tuple[str, str]]:
    """A name, also as it should have been written, and those of its zones."""
    for each in dict.fromkeys((name, kebab(name))):
        yield section, each
        if section == "subnets":
            yield from ((section, f"{each}-{zone}") for zone in ZONES)
