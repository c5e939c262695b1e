"""What pydantic says of a document, in the user's words; and what of it is better left unsaid."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from pydantic_core import ErrorDetails

from labspec.diagnostic import At, Diagnostic, Fix, Path, Rule
from labspec.model.misplaced import misplaced, value_at
from labspec.model.other_words import likely
from labspec.model.places import can_be_left_out, choices_of, noun_of, part_at, vocabulary
from labspec.model.refusal import KEY
from labspec.model.unknown_keys import UNKNOWN_KEY, inner_homes, names_inside, unknown_keys, words_at
from labspec.nearest import slip
from labspec.scalar import Scalar
from labspec.wording import series

MISSING = Rule(
    "LS102",
    "missing-key",
    "A key that must be said is not there.",
    "It has no default, because none would be right for everybody.",
    "load_balancers:\n  front: {subnets: public, listeners: {80: web}}",
    "load_balancers:\n  front: {scheme: internal, subnets: public, listeners: {80: web}}",
)
MISTYPED_MEMBER = Rule(
    "LS108",
    "mistyped-member",
    "A member that is to change another document's has a name that there is not.",
    "In a document that extends another, a member of a new name is a new member, and must be complete.",
    "extends: base.yaml     # has instances.web\ninstances: {wbe: {type: t3.small}}",
    "extends: base.yaml\ninstances: {web: {type: t3.small}}",
)
WRONG_VALUE = Rule(
    "LS103",
    "wrong-value",
    "A value that its field cannot take.",
    "Each field has a type with a notation of its own; units are always written.",
    "storage: 20",
    "storage: 20GiB",
)


MANY = 200
"""Unknown keys in one mapping, each of which is still explained."""


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of a document's mistakes before it is validated, and need not be said twice."""

    told: frozenset[Path] = frozenset()
    """Where something is wrong and told, there and below."""
    incomplete: frozenset[Path] = frozenset()
    """What lacks something because of a mistake that is told; the empty path stands for everything."""
    hint: Callable[[Path], str] = lambda _: ""
    """What to say of a member that lacks something, or of a key that is not known."""
    twin: Callable[[Path], str] = lambda _: ""
    """The member of another document that one may be a mistyped name for."""
    model: Callable[[Path], str] = lambda _: ""
    """The member that one began with (`like`)."""
    absent: frozenset[tuple[str, str]] = frozenset()
    """Members (section, name) that there are not, of which that is told."""
    slip: Callable[[Path, bool, bool], Diagnostic | None] = lambda *_: None
    """What is likely wrong with how a value is typed, or a key that leads to it, if a mapping should stand there, and
    if the whole of it is wrong."""
    moved: Mapping[Path, Path] = field(default_factory=dict)
    """Members that were written elsewhere than their path says: where."""
    parameters: frozenset[str] = frozenset()
    """The parameters that are declared: their names are words of the user's."""
    twice: frozenset[Path] = frozenset()
    """Mappings that were written twice, and hold what both say."""

    def is_told(self, path: Path) -> bool:
        """Whether a place, or what it stands in, is told of already."""
        return any(place in self.told for place in self._around(path))

    def may_lack(self, path: Path) -> bool:
        """Whether what stands at a path may lack something for a reason that is told."""
        return not self.incomplete.isdisjoint({(), path, *self._around(path)})

    def _around(self, path: Path) -> list[Path]:
        """A place, and all that it stands in, as they were written."""
        path = (*self.moved[path[:2]], *path[2:]) if path[:2] in self.moved else path
        return [path[:end] for end in range(1, len(path) + 1)]


@dataclass(slots=True)
class Complaints:
    """What is worth saying of a document; every place at fault; and where the names of misplaced members belong."""

    said: list[Diagnostic] = field(default_factory=list)
    places: set[Path] = field(default_factory=set)
    belongs: dict[Path, tuple[str, ...]] = field(default_factory=dict)
    lacking: set[tuple[str, str]] = field(default_factory=set)
    """Members (section, name) that lack something which stands elsewhere by mistake."""
    unknown: set[Path] = field(default_factory=set)
    """Keys that there are not."""
    misnamed: set[tuple[str, str]] = field(default_factory=set)
    """Members whose names have not the form of one."""


def complaints(errors: Sequence[ErrorDetails], document: Mapping[str, Any], known: Known) -> Complaints:
    """What is worth saying of pydantic's errors about a document."""
    result = Complaints()
    errors = _heard(errors, result)
    known = replace(known, incomplete=known.incomplete | set(_begun_wrong(errors)))
    missing, meant = _mistyped(errors)
    apart = [error for error in errors if error["type"] != "missing" or error["loc"][-1] in missing[error["loc"][:-1]]]
    known = replace(known, told=known.told | _say_misplaced(apart, document, known, result))
    known = replace(known, told=known.told | _say_mistyped(apart, document, known, result))
    known = replace(known, incomplete=known.incomplete | set(_strange(errors, document)))
    unknown: dict[Path, dict[str, str]] = {}
    lacking: dict[Path, list[str]] = {}
    for error in errors:
        path, at = _place(error["loc"])
        result.places.add(path[:-1] if error["type"] == "missing" else path)
        if at == "key" and len(path) > 1:
            result.misnamed.add((str(path[-2]), str(path[-1])))
        if known.is_told(path):
            continue
        if error["type"] == "missing":
            if (
                path[-1] in missing[path[:-1]]
                and not known.may_lack(path[:-1])
                and not _inherited(path, missing, known)
            ):
                lacking.setdefault(path[:-1], []).append(str(path[-1]))
        elif (slip := _slip(error, path, known)) is not None:
            result.said += [slip] if slip not in result.said else []
        elif error["type"] == "extra_forbidden":
            unknown.setdefault(path[:-1], {})[str(path[-1])] = meant.get(path, "")
            result.belongs |= names_inside(path, document)
            result.unknown.add(path)
        else:
            result.said.append(_wrong(error, path, at, known))
    result.said += [_missing(owner, keys, known) for owner, keys in lacking.items()]
    for owner, keys in unknown.items():
        result.said += unknown_keys(owner, keys, known.hint)
    return result


def _heard(errors: Sequence[ErrorDetails], result: Complaints) -> list[ErrorDetails]:
    """The errors without most of very many unknown keys in one mapping, which are only counted."""
    heard: list[ErrorDetails] = []
    unknown: dict[Path, list[Path]] = {}
    for error in errors:
        keys = unknown.setdefault(error["loc"][:-1], []) if error["type"] == "extra_forbidden" else []
        keys.append(error["loc"])
        if len(keys) <= MANY:
            heard.append(error)
    for owner, keys in unknown.items():
        result.places.update(keys[MANY:])
        result.unknown.update(keys[MANY:])
        if keys[MANY:]:
            where = noun_of(owner) if owner else "the document"
            message = f"There is no such key in {where}, and {len(keys) - MANY - 1:,} more are unknown."
            result.said.append(Diagnostic(UNKNOWN_KEY, message, keys[MANY], "key"))
    return heard


def _begun_wrong(errors: Sequence[ErrorDetails]) -> Iterator[Path]:
    """The members whose `like` is mistyped, which would have brought more: that this is not there is no mistake."""
    for error in errors:
        owner = error["loc"][:-1]
        if error["type"] == "extra_forbidden" and likely(str(error["loc"][-1]), words_at(owner))[:1] == ["like"]:
            yield owner


def _strange(errors: Sequence[ErrorDetails], document: Mapping[str, Any]) -> Iterator[Path]:
    """The mappings of which nothing is understood: that it says nothing else is no second mistake."""
    for error in errors:
        if error["type"] == "extra_forbidden" and len(value_at(document, error["loc"][:-1])) == 1:
            yield error["loc"][:-1]


def _say_mistyped(
    errors: Sequence[ErrorDetails], document: Mapping[str, Any], known: Known, result: Complaints
) -> set[Path]:
    """What lacks something, or removes something, as only a change of another document's member could, told."""
    told: set[Path] = set()
    for error in errors:
        value = value_at(document, error["loc"])
        if error["type"] != "missing" and not (isinstance(value, Scalar) and value.style == "null"):
            continue
        if known.is_told(error["loc"]):
            continue
        around = (error["loc"][:end] for end in range(len(error["loc"]), 1, -1))
        path = next((path for path in around if known.twin(path)), ())
        if path and not known.may_lack(path) and not {path[:end] for end in range(1, len(path) + 1)} & told:
            message = f"There is no `{path[-1]}` to change, and what stands here is not complete by itself."
            result.said.append(Diagnostic(MISTYPED_MEMBER, message, path, "key", help=known.hint(path)))
            result.places.add(path)
            result.lacking.add((str(path[-2]), known.twin(path)))
            told.add(path)
    return told


def _say_misplaced(
    errors: Sequence[ErrorDetails], document: Mapping[str, Any], known: Known, result: Complaints
) -> set[Path]:
    """What stands in a wrong place, told; and where that is."""
    told: set[Path] = set()
    for found in misplaced(errors, document):
        if not any(known.is_told(place) or known.may_lack(place) for place in found.places):
            result.said.append(found.diagnostic)
            result.places.update(found.places)
            result.belongs |= found.belongs
            result.lacking |= {(str(member[-2]), str(member[-1])) for member in found.lacking}
            told.update(found.places)
    return told


def _slip(error: ErrorDetails, path: Path, known: Known) -> Diagnostic | None:
    """How something is typed, where that is the likely reason of an error."""
    mapping = part_at(path) is not None or part_at((*path, "*")) is not None
    return known.slip(path, mapping, not error.get("ctx", {}).get("chars"))


def _mistyped(errors: Sequence[ErrorDetails]) -> tuple[dict[Path, set[str]], dict[Path, str]]:
    """The keys that are missing, by what lacks them, and those of the unknown keys that are meant to be one of them.

    Such a key is one mistake, not two: it is taken out of the missing ones.
    """
    missing: dict[Path, set[str]] = {}
    for error in errors:
        if error["type"] == "missing":
            missing.setdefault(tuple(error["loc"][:-1]), set()).add(str(error["loc"][-1]))
    meant: dict[Path, str] = {}
    for error in errors:
        path = tuple(error["loc"])
        lacking = missing.get(path[:-1], set())
        if error["type"] == "extra_forbidden" and path[-1] == "existing":
            lacking.clear()  # what exists needs nothing else
        elif error["type"] == "extra_forbidden" and (near := _one_of(str(path[-1]), lacking)):
            meant[path] = near
            lacking.remove(near)
        elif error["type"] == "extra_forbidden":
            lacking.difference_update(inner_homes(str(path[-1]), path[:-1]))  # it says something of what is missing
            _take_elsewhere(path, missing)
    return missing, meant


def _take_elsewhere(path: Path, missing: Mapping[Path, set[str]]) -> None:
    """Miss nothing that stands around, or inside, the mapping in which it is missing."""
    for owner, lacking in missing.items():
        short, long = sorted((owner, path[:-1]), key=len)
        if short and long[: len(short)] == short:
            lacking.discard(str(path[-1]))


def _inherited(path: Path, missing: Mapping[Path, set[str]], known: Known) -> bool:
    """Whether a member lacks what the one that it began with lacks."""
    models = ((end, known.model(path[:end])) for end in range(2, len(path)))
    return any(path[-1] in missing.get((*path[: end - 1], model, *path[end:-1]), ()) for end, model in models if model)


def _one_of(key: str, names: Collection[str]) -> str | None:
    """The name that a key is meant to be, also where its colon is none to YAML."""
    typed = next((name for name in names if re.match(rf"{name}[^\w-]", key)), None)
    return typed or next(iter(likely(key, names)), None)


def _place(loc: tuple[int | str, ...]) -> tuple[Path, At]:
    if loc and loc[-1] == KEY:
        return tuple(loc[:-1]), "key"
    return tuple(loc), "value"


def _missing(owner: Path, keys: Sequence[str], known: Known) -> Diagnostic:
    are, them = ("are", "them") if keys[1:] else ("is", "it")
    message = f"{series([f'`{key}`' for key in keys], 'and')} {are} missing: {noun_of(owner)} needs {them}."
    choices = " ".join(words for key in keys if (words := choices_of((*owner, key))))
    help_ = known.hint(owner) or (choices if owner or {"labspec", "name"} - {*keys} else OVERLAY)
    return Diagnostic(MISSING, message, owner, "key", help=help_)


OVERLAY = "What is laid over a spec, or is part of one, is not given alone: write `SPEC --overlay FILE`, or `include`."


FORMS = {"dict_type": "a mapping", "tuple_type": "a list", "list_type": "a list", "model_type": "a mapping"}
"""pydantic's own complaints about the form of a value."""


def _wrong(error: ErrorDetails, path: Path, at: At, known: Known) -> Diagnostic:
    context: dict[str, Any] = error.get("ctx", {})
    if error["type"] != "labspec":
        needed = FORMS.get(error["type"], "")
        message = f"Here {needed} is needed." if needed else f"This cannot stand here: {error['msg']}."
        return Diagnostic(WRONG_VALUE, message, path, at)
    typed, message = str(error["input"]), context["message"]
    help_ = context["optional"] if context["optional"] and can_be_left_out(path) else context["help"]
    fix = _fix(context, typed, known) if context.get("fix") else None
    if context.get("parameters") and (parameter := slip(typed, known.parameters)):
        fix, help_ = Fix(f"Write `{parameter}`.", parameter, typed), f"Did you mean the parameter `{parameter}`?"
    return Diagnostic(WRONG_VALUE, message, path, at, context.get("chars"), help=help_, fix=fix)


def _fix(context: Mapping[str, Any], old: str, known: Known) -> Fix:
    """The text that a value should be. A word that means something, here or elsewhere, is no slip of the pen."""
    safe = bool(context["safe"]) and old not in known.parameters and old not in vocabulary()
    return Fix(f"Write `{context['fix']}`.", context["fix"], old, safe)
