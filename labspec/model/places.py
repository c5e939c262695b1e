"""What of the language stands at a path: the class whose fields a mapping there has."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Annotated, Any, get_args, get_origin

from labspec.diagnostic import Path
from labspec.model.kind import Kind, Part
from labspec.model.spec import Spec
from labspec.model.word import literals
from labspec.wording import an, series

NOUNS = {
    "image made": "image",
    "parameter declared": "parameter",
    "output declared": "output",
    "setup file": "file",
    "vpc": "VPC",
    "nat gateway": "NAT gateway",
}


def part_at(path: Path) -> type[Part] | None:
    """The class of what stands at a path, where it is a part of the language."""
    annotation: Any = Spec
    for step in path:
        annotation = _inside(annotation, step)
        if annotation is None:
            return None
    annotation = _plain(annotation)
    return annotation if isinstance(annotation, type) and issubclass(annotation, Part) else None


def short_field(path: Path) -> str:
    """The field that a single value at a path stands for; empty where it has no short form."""
    part = part_at(path)
    return part.short if part else ""


@cache
def fields_of(part: type[Part]) -> Mapping[str, Any]:
    """The fields of a part by the names that users write, with their types."""
    return {info.alias or name: info.annotation for name, info in part.model_fields.items()}


@cache
def required_of(part: type[Part]) -> frozenset[str]:
    """The fields that a part cannot do without."""
    return frozenset(info.alias or name for name, info in part.model_fields.items() if info.is_required())


def can_be_left_out(path: Path) -> bool:
    """Whether a field stands at a path that need not be said."""
    part = part_at(path[:-1])
    return part is not None and path[-1] in fields_of(part).keys() - required_of(part)


def choices_of(path: Path) -> str:
    """What a field can be, as a sentence; empty where that is no choice of some words."""
    part = part_at(path[:-1])
    words = [f"`{word}`" for word in literals(fields_of(part).get(str(path[-1])))] if part else []
    return f"`{path[-1]}` can be {series(words, 'or')}." if words else ""


def noun_of(path: Path) -> str:
    """What stands at a path, for people: `a subnet`."""
    part = part_at(path)
    if part is None or part is Spec:
        return "the spec"
    words = "".join(f" {char.lower()}" if char.isupper() else char for char in part.__name__).strip()
    words = NOUNS.get(words, words)
    return an(words)


@cache
def vocabulary() -> frozenset[str]:
    """Every key and every choice of the language: who wrote one of them meant that, and not what is near it."""
    words: set[str] = set()
    parts: set[type[Part]] = set()
    pending: list[Any] = [Spec]
    while pending:
        annotation = pending.pop()
        if isinstance(annotation, type) and issubclass(annotation, Part):
            if annotation not in parts:
                parts.add(annotation)
                words.update(fields_of(annotation))
                pending.extend(fields_of(annotation).values())
        else:
            arguments = get_args(annotation)
            words.update(word for word in arguments if isinstance(word, str))
            pending.extend(arguments)
    return frozenset(words)


def homes_of(key: str, path: Path) -> list[str]:
    """Where a key belongs that does not belong at a path: in one of the mappings inside, or in the one around."""
    part = part_at(path)
    return [home for home, fields in _homes(part) if key in fields] if part else []


@cache
def _homes(part: type[Part]) -> list[tuple[str, frozenset[str]]]:
    """The mappings inside a part, each with the fields that are its own."""
    return [
        (f"{name}.<name>" if _is_mapping(annotation) else name, frozenset(fields_of(inner)) - set(Kind.model_fields))
        for name, annotation in fields_of(part).items()
        if (inner := next(parts_in(annotation), None)) is not None
    ]


def is_around(key: str, path: Path) -> bool:
    """Whether what stands around a path has a field of this name."""
    return any(
        (part := part_at(path[:end])) is not None and part is not Spec and key in fields_of(part)
        for end in range(len(path) - 1, 1, -1)
    )


def _inside(annotation: Any, step: str | int) -> Any:
    """The type of what stands one step below."""
    annotation = _plain(annotation)
    if isinstance(annotation, type) and issubclass(annotation, Part):
        return fields_of(annotation).get(str(step))
    arguments = get_args(annotation)
    if get_origin(annotation) is dict:
        return arguments[1]
    return arguments[0] if get_origin(annotation) is tuple else None


def _plain(annotation: Any) -> Any:
    """A type without its notes, and without the `None` beside it."""
    if get_origin(annotation) is Annotated:
        return _plain(get_args(annotation)[0])
    if get_origin(annotation) in (dict, tuple) or isinstance(annotation, type):
        return annotation
    return next((_plain(inner) for inner in get_args(annotation) if inner is not type(None)), annotation)


def _is_mapping(annotation: Any) -> bool:
    return get_origin(_plain(annotation)) is dict


def parts_in(annotation: Any) -> Iterator[type[Part]]:
    """The parts of the language inside a type."""
    if isinstance(annotation, type) and issubclass(annotation, Part):
        yield annotation
        return
    for argument in get_args(annotation):
        yield from parts_in(argument)
