"""The classes that the language is made of, and the pages they stand on."""

from __future__ import annotations

import re
from collections.abc import Iterator

from labspec.model.kind import Part
from labspec.model.places import parts_in
from labspec.model.spec import Spec

SHARED_BY = 4
"""A part that so many pages speak of stands on the page of what members share."""

ABBREVIATIONS = frozenset({"CDN", "CPU", "NAT", "VPC"})

DOCUMENT, MEMBERS = "document", "members"
"""Pages that are no section: the document itself, and what all its members can say."""


def parts() -> tuple[type[Part], ...]:
    """Every class of the language, the document first, each before what stands inside it."""
    return tuple(_reached(Spec, {}))


def sections() -> dict[str, type[Part] | None]:
    """The keys of a document that hold mappings, and the class of their entries (of themselves, for a single part)."""
    found: dict[str, type[Part] | None] = {}
    for name, info in Spec.model_fields.items():
        inner = next(parts_in(info.annotation), None)
        if inner is not None or name == "resources":
            found[name] = inner
    return found


def pages() -> dict[type[Part], str]:
    """The page of each class: its section's, the first that speaks of it, or that of what members share."""
    users: dict[type[Part], list[str]] = {}
    for name, part in sections().items():
        for reached in _reached(part, {}) if part else ():
            users.setdefault(reached, []).append(name)
    page = {part: names[0] if len(names) < SHARED_BY else MEMBERS for part, names in users.items()}
    return {Spec: DOCUMENT, **page}


def title(part: type[Part]) -> str:
    """What a class is called: `HealthCheck` is a health check, `ImageMade` an image."""
    name = part.__name__.removesuffix("Made").removesuffix("Declared")
    words = re.sub("(?<!^)(?=[A-Z])", " ", name).split()
    return " ".join(word.upper() if word.upper() in ABBREVIATIONS else word.lower() for word in words)


def inside(part: type[Part]) -> Iterator[type[Part]]:
    """The classes that a class's own fields hold."""
    for info in part.model_fields.values():
        yield from parts_in(info.annotation)


def _reached(part: type[Part], seen: dict[type[Part], None]) -> dict[type[Part], None]:
    if part not in seen:
        seen[part] = None
        for inner in inside(part):
            _reached(inner, seen)
    return seen
