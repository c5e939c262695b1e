"""Members, and fields of members, that stand where others belong: one mistake, however many fields do not fit there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from pydantic_core import ErrorDetails

from labspec.diagnostic import Diagnostic, Label, Path, Rule
from labspec.model.grammar import NESTED, SECTIONS
from labspec.model.places import fields_of, noun_of, part_at, required_of
from labspec.model.remains import could_take
from labspec.model.spec import Spec
from labspec.model.variables import NAME as SNAKE
from labspec.model.word import KEBAB, PASCAL
from labspec.nearest import slip
from labspec.scalar import Scalar
from labspec.wording import series

WRONG_SECTION = Rule(
    "LS106",
    "wrong-section",
    "A member stands in a section of other members.",
    "What a member is follows from the section that it stands in.",
    "load_balancers:\n  web: {subnet: public-1, type: t3.micro}",
    "instances:\n  web: {subnet: public-1, type: t3.micro}",
)
NOT_INDENTED = Rule(
    "LS107",
    "not-indented",
    "What belongs to a name stands beside it.",
    "Fields stand under the name of what they describe, and members under their section: indented deeper than it.",
    "instances:\n  web:\n  subnet: public-1",
    "instances:\n  web:\n    subnet: public-1",
)

PLACES: Mapping[str, Path] = {
    **{section: (section, "*") for section in (*SECTIONS, "parameters", "variables", "outputs")},
    **{section: (owner, "*", section, "*") for section, owner in NESTED.items()},
}
"""Where the members of each section stand."""
TOP = frozenset(section for section, place in PLACES.items() if len(place) == 2)
"""The sections that begin at the margin."""
SHAPES = {"parameters": PASCAL, "outputs": PASCAL, "variables": SNAKE}
"""The shape of names where it is not a member's."""
MOST = 3
"""Kinds that a member may be taken for."""
FAR = 30
"""Lines of one mapping, over which what stands beside a name may be strewn."""


@dataclass(frozen=True, slots=True)
class Misplaced:
    """What stands in a wrong place: what is said of it, all the places that it is said of, and where names belong.

    `belongs` leads from members to the sections that others look for them in.
    """

    diagnostic: Diagnostic
    places: tuple[Path, ...]
    belongs: Mapping[Path, tuple[str, ...]] = field(default_factory=dict)
    lacking: tuple[Path, ...] = ()
    """Members that lack what stands in the wrong place."""


def misplaced(errors: Sequence[ErrorDetails], document: Mapping[str, Any]) -> Iterator[Misplaced]:
    """What of a document stands where it does not belong, judged by what is wrong there."""
    sections = list(_indented_sections(document))
    yield from sections
    apart = {place for section in sections for place in section.places}
    errors = [error for error in errors if error["loc"][:2] not in apart]
    members: dict[Path, list[ErrorDetails]] = {}
    strays: dict[Path, dict[Path, None]] = {}
    for error in errors:
        loc = error["loc"][:-1] if error["loc"][-1:] == ("[key]",) else error["loc"]
        members.setdefault(_member_of(loc), []).append(error)
        for place in (loc[:end] for end in range(1, len(loc) + 1)):
            if name := _bare_name_above(place, document):
                strays.setdefault(name, {})[place] = None
    for path, found in members.items():
        if path and not _is_field_among_names(path, document) and (wrong := _in_wrong_section(path, found, document)):
            yield wrong
    for name, places in strays.items():
        yield _not_indented(name, list(places))
    indented = {place for places in strays.values() for place in places}
    for place in dict.fromkeys(
        error["loc"][:-1] if error["loc"][-1:] == ("[key]",) else error["loc"] for error in errors
    ):
        if place and place not in indented and _is_field_among_names(place, document):
            yield _among_names(place, document)


# ------------------------------------------------------------------ a member in a section of others


def _member_of(loc: tuple[int | str, ...]) -> Path:
    """The member in which, or at which, something is wrong; the innermost one."""
    deep = len(loc) >= 4 and NESTED.get(str(loc[2])) == loc[0]
    return loc[:4] if deep else loc[:2] if len(loc) > 1 and loc[0] in PLACES else ()


def _in_wrong_section(path: Path, errors: Sequence[ErrorDetails], document: Mapping[str, Any]) -> Misplaced | None:
    unfit = [error["type"] for error in errors if _is_of_the_whole(error, path)]
    body = value_at(document, path)
    if len(unfit) < 2 or ("extra_forbidden" not in unfit and isinstance(body, dict)):
        return None
    sections = [section for section in PLACES if section != path[-2] and _fits(section, str(path[-1]), body)]
    beside = [section for section in sections if len(PLACES[section]) == len(path)]
    sections = beside or sections
    if not 0 < len(sections) <= MOST:
        return None
    kinds = " or ".join(noun_of(PLACES[section]) for section in sections)
    among = str(path[-2]).replace("_", " ")
    where = " or ".join(f"`{spelled(PLACES[section][:-1])}`" for section in sections)
    message = f"`{path[-1]}` reads like {kinds}, and stands among the {among}."
    diagnostic = Diagnostic(WRONG_SECTION, message, path, "key", help=f"It belongs under {where}.")
    return Misplaced(diagnostic, (path,), {path: tuple(sections)})


def _is_of_the_whole(error: ErrorDetails, path: Path) -> bool:
    """Whether an error is about a member's name or form, or about the fields that it has or lacks."""
    inner = error["loc"][len(path) :]
    return inner in ((), ("[key]",)) or (len(inner) == 1 and error["type"] in ("missing", "extra_forbidden"))


def spelled(place: Path) -> str:
    """A place where members stand, as it is written in messages."""
    return ".".join(str(step) for step in place).replace("*", "<name>")


def _fits(section: str, name: str, body: Any) -> bool:
    """Whether a member's name and its fields could be those of a section's."""
    part = part_at(PLACES[section])
    if part is None or not SHAPES.get(section, KEBAB).match(name):
        return False
    if isinstance(body, Scalar):
        return section == "variables" and body.style in ("plain", "quoted")
    return (
        isinstance(body, dict)
        and bool(body)
        and body.keys() <= fields_of(part).keys()
        and required_of(part) <= body.keys()
    )


def value_at(document: Any, path: Path) -> Any:
    """What a document says at a path."""
    for step in path:
        document = document.get(step) if isinstance(document, dict) else None
    return document


# ------------------------------------------------------------------ a section among the members of another


def _indented_sections(document: Mapping[str, Any]) -> Iterator[Misplaced]:
    """The sections that stand among members, each with those that follow it, which are its own."""
    for around, members in document.items():
        names = list(members) if isinstance(members, dict) else []
        heads = [at for at, name in enumerate(names) if name in TOP and name not in document]
        for at, end in pairwise([*heads, len(names)]):
            section = names[at]
            where: Path = (around,) if _is_bare(members[section]) else (around, section)
            own = members[section] if where[1:] else {name: members[name] for name in names[at + 1 : end]}
            if isinstance(own, dict) and _are_of(section, around, own):
                yield _indented_section((around, section), [(*where, name) for name in own])


def _are_of(section: str, around: str, entries: Mapping[str, Any]) -> bool:
    """Whether one of some entries could be a section's, and could not be one of those around it."""
    return any(
        _could_be(section, name, body) and not (around in PLACES and _could_be(around, name, body))
        for name, body in entries.items()
    )


def _could_be(section: str, name: str, body: Any) -> bool:
    """Whether the name and the form of an entry, and the fields that it has, are those of a section's members."""
    part = part_at(PLACES[section])
    if part is None or not SHAPES.get(section, KEBAB).match(name):
        return False
    if isinstance(body, dict):
        return bool(body) and body.keys() <= {*fields_of(part), "like"}
    return bool(part.short) and not _is_bare(body)


def _indented_section(path: Path, own: Sequence[Path]) -> Misplaced:
    section = str(path[-1])
    message = f"`{section}` is a section, and stands among the {str(path[0]).replace('_', ' ')}."
    diagnostic = Diagnostic(WRONG_SECTION, message, path, "key", help="Begin it at the left margin.")
    return Misplaced(diagnostic, (path, *own), dict.fromkeys(own, (section,)))


# ------------------------------------------------------------------ what stands beside the name that it belongs under


def _bare_name_above(place: Path, document: Mapping[str, Any]) -> Path:
    """The name above a place under which nothing stands, but what stands at the place could."""
    around = value_at(document, place[:-1])
    if not isinstance(around, dict) or place[-1] not in around:
        return ()
    names = list(around)
    at = names.index(place[-1])
    for name in reversed(names[max(at - FAR, 0) : at]):
        above = (*place[:-1], str(name))
        if _is_bare(around[name]):
            return above if _could_stand_under(above, place, {names[at]: around[place[-1]]}) else ()
        if not (_is_stray(above) or _is_unknown(above)):
            return ()
    return ()


def _is_bare(value: Any) -> bool:
    """Whether nothing stands under a name."""
    return isinstance(value, Scalar) and value.style == "empty"


def _could_stand_under(above: Path, place: Path, entry: Mapping[Any, Any]) -> bool:
    """Whether a key that has no meaning at a place would have one under the name above: as a field, or as a member."""
    if _is_unknown(place):
        return could_take(above, entry)
    part = part_at(above if len(above) > 1 else (*above, "*"))
    if part is None or not _is_stray(place):
        return False
    if len(place) > 1:
        return place[-1] in (*fields_of(part), "like")
    (value,) = entry.values()
    return isinstance(value, dict) and value.keys() <= fields_of(part).keys()


def _is_stray(place: Path) -> bool:
    """Whether a key reads like a field among names, or is none of the document's."""
    if len(place) == 1:
        return place[0] not in Spec.model_fields
    part = part_at(place)
    return part is not None and part_at(place[:-1]) is None and place[-1] in (*fields_of(part), "like")


def _is_unknown(place: Path) -> bool:
    """Whether a key stands among fields, and is none of them, nor one that is mistyped."""
    part = part_at(place[:-1]) if len(place) > 1 else None
    return part is not None and slip(str(place[-1]), fields_of(part)) is None


def _not_indented(name: Path, places: list[Path]) -> Misplaced:
    names = [f"`{place[-1]}`" for place in places]
    message = f"{series(names, 'and')} {'stand' if names[1:] else 'stands'} beside `{name[-1]}`, not under it."
    label = Label("Nothing stands under this.", name, "key")
    help_ = f"Indent {'these lines' if names[1:] else 'the line'} deeper than `{name[-1]}`."
    diagnostic = Diagnostic(NOT_INDENTED, message, places[0], "key", related=(label,), help=help_)
    return Misplaced(diagnostic, (name, *places), {place: (str(name[0]),) for place in places if len(name) == 1})


# ------------------------------------------------------------------ a field among the names of what has it


def _is_field_among_names(place: Path, document: Mapping[str, Any]) -> bool:
    return len(place) > 1 and isinstance(value_at(document, place), Scalar) and _is_stray(place)


def _among_names(place: Path, document: Mapping[str, Any]) -> Misplaced:
    names = value_at(document, place[:-1])
    lacking = [
        (*place[:-1], str(name))
        for name, body in names.items()
        if _is_bare(body) or (isinstance(body, dict) and place[-1] not in body)
    ]
    message = f"`{place[-1]}` is a field of {noun_of(place)}, and stands among names."
    under = series([f"`{member[-1]}`" for member in lacking], "or") if len(lacking) <= MOST else ""
    help_ = f"Write it under {under}." if under else f"Write it under the name of {noun_of(place)}."
    diagnostic = Diagnostic(NOT_INDENTED, message, place, "key", help=help_)
    # Without `like`, or anything at all, a member may lack anything.
    missed = [
        member if place[-1] == "like" or _is_bare(names[member[-1]]) else (*member, place[-1]) for member in lacking
    ]
    return Misplaced(diagnostic, (place, *missed), lacking=tuple(lacking))
