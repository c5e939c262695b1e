"""What pydantic says of a document, in the user's words; and what of it is better left unsaid."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from pydantic_core import ErrorDetails

from labspec.diagnostic import At, Diagnostic, Fix, Path, Rule
from labspec.model.grammar import NESTED
from labspec.model.kind import Kind
from labspec.model.places import fields_of, homes_of, is_around, noun_of, part_at, vocabulary
from labspec.model.word import KEY
from labspec.nearest import did_you_mean, nearest, slip

UNKNOWN_KEY = Rule(
    "LS101",
    "unknown-key",
    "A key that the language does not have here.",
    "A key that is not understood would be ignored, and what it says would be lost.",
    "vpcs:\n  web: {cird: 10.0.0.0/16}",
    "vpcs:\n  web: {cidr: 10.0.0.0/16}",
)
MISSING = Rule(
    "LS102",
    "missing-key",
    "A key that must be said is not there.",
    "It has no default, because none would be right for everybody.",
    "load_balancers:\n  front: {subnets: public, listeners: {80: web}}",
    "load_balancers:\n  front: {scheme: internal, subnets: public, listeners: {80: web}}",
)
WRONG_VALUE = Rule(
    "LS103",
    "wrong-value",
    "A value that its field cannot take.",
    "Each field has a type with a notation of its own; units are always written.",
    "storage: 20",
    "storage: 20GiB",
)

EXISTING = ("vpcs", "subnets", "security_groups", "key_pairs", "file_systems", "roles")
"""Sections whose members can be there already."""
ELSEWHERE = {("load_balancers", "port"): "listeners", ("load_balancers", "forward"): "listeners"}
"""Where keys belong that people put into a kind, and that a search would not find."""


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of a document's mistakes before it is validated, and need not be said twice."""

    told: frozenset[Path] = frozenset()
    """Where something is wrong and told, there and below."""
    incomplete: frozenset[Path] = frozenset()
    """What lacks something because of a mistake that is told; the empty path stands for everything."""
    hint: Callable[[Path], str] = lambda _: ""
    """What to say of a member that lacks something, or of a key that is not known."""
    moved: Mapping[Path, Path] = field(default_factory=dict)
    """Members that were written elsewhere than their path says: where."""
    parameters: frozenset[str] = frozenset()
    """The parameters that are declared: their names are words of the user's."""

    def is_told(self, path: Path) -> bool:
        """Whether a place, or what it stands in, is told of already."""
        return any(place in self.told for place in self._around(path))

    def may_lack(self, path: Path) -> bool:
        """Whether what stands at a path may lack something for a reason that is told."""
        return () in self.incomplete or any(place in self.incomplete for place in self._around(path))

    def _around(self, path: Path) -> list[Path]:
        """A place, and all that it stands in, as they were written."""
        path = (*self.moved[path[:2]], *path[2:]) if path[:2] in self.moved else path
        return [path[:end] for end in range(1, len(path) + 1)]


def complaints(errors: Sequence[ErrorDetails], known: Known) -> tuple[list[Diagnostic], set[Path]]:
    """What is worth saying of pydantic's errors, and every place at fault."""
    missing, meant = _mistyped(errors)
    said: list[Diagnostic] = []
    places: set[Path] = set()
    for error in errors:
        path, at = _place(error["loc"])
        places.add(path[:-1] if error["type"] == "missing" else path)
        if known.is_told(path):
            continue
        if error["type"] == "missing":
            if path[-1] in missing[path[:-1]] and not known.may_lack(path[:-1]):
                said.append(_missing(path, known))
        elif error["type"] == "extra_forbidden":
            said.append(_unknown(path, meant.get(path, ""), known))
        else:
            said.append(_wrong(error, path, at, known))
    return said, places


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
        elif error["type"] == "extra_forbidden" and (near := nearest(str(path[-1]), lacking)):
            meant[path] = near
            lacking.remove(near)
    return missing, meant


def _place(loc: tuple[int | str, ...]) -> tuple[Path, At]:
    if loc and loc[-1] == KEY:
        return tuple(loc[:-1]), "key"
    return tuple(loc), "value"


def _missing(path: Path, known: Known) -> Diagnostic:
    message = f"`{path[-1]}` is missing: {noun_of(path[:-1])} needs it."
    return Diagnostic(MISSING, message, path[:-1], "key", help=known.hint(path[:-1]))


def _unknown(path: Path, meant: str, known: Known) -> Diagnostic:
    key, owner = str(path[-1]), path[:-1]
    part = part_at(owner)
    fields = list(fields_of(part)) if part else []
    where = "the document" if not owner else noun_of(owner)
    if key == "existing" and part and issubclass(part, Kind):
        message = f"{where[0].upper()}{where[1:]} cannot be `existing` yet."
        return Diagnostic(UNKNOWN_KEY, message, path, "key", help=f"These can: {', '.join(EXISTING)}.")
    sure = slip(key, fields)
    near = meant or sure or nearest(key, fields)
    help_ = f"Did you mean `{near}`?" if near else known.hint(path) or _elsewhere(key, owner)
    help_ = help_ or did_you_mean(key, fields) or "It has " + ", ".join(f"`{name}`" for name in sorted(fields)) + "."
    fix = Fix(f"Write `{near}`.", near, key, near == sure and key not in vocabulary()) if near else None
    return Diagnostic(UNKNOWN_KEY, f"There is no `{key}` in {where}.", path, "key", help=help_, fix=fix)


def _elsewhere(key: str, owner: Path) -> str:
    """Where a key belongs that stands in the wrong place."""
    if owner and (str(owner[0]), key) in ELSEWHERE:
        return f"It belongs under `{ELSEWHERE[str(owner[0]), key]}`."
    if not owner and key in NESTED:
        return f"It belongs under `{NESTED[key]}.<name>`."
    homes = homes_of(key, owner)
    if 0 < len(homes) <= 3:
        return "It belongs under " + " or ".join(f"`{home}`" for home in homes) + "."
    return "It belongs to what stands around this: is it indented too far?" if is_around(key, owner) else ""


FORMS = {"dict_type": "a mapping", "tuple_type": "a list", "list_type": "a list", "model_type": "a mapping"}
"""pydantic's own complaints about the form of a value."""


def _wrong(error: ErrorDetails, path: Path, at: At, known: Known) -> Diagnostic:
    context: dict[str, Any] = error.get("ctx", {})
    if error["type"] != "labspec":
        needed = FORMS.get(error["type"], "")
        message = f"Here {needed} is needed." if needed else f"This cannot stand here: {error['msg']}."
        return Diagnostic(WRONG_VALUE, message, path, at)
    fix = _fix(context, str(error["input"]), known) if context.get("fix") else None
    return Diagnostic(WRONG_VALUE, context["message"], path, at, context.get("chars"), help=context["help"], fix=fix)


def _fix(context: Mapping[str, Any], old: str, known: Known) -> Fix:
    """The text that a value should be. A word that means something, here or elsewhere, is no slip of the pen."""
    safe = bool(context["safe"]) and old not in known.parameters and old not in vocabulary()
    return Fix(f"Write `{context['fix']}`.", context["fix"], old, safe)
