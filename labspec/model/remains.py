"""What is left to read of a member that is wrong: the fields at fault are not its only ones.

A member that is wrong is no part of the spec, but the names and files that its other fields speak of are looked up all
the same: so a second mistake in it is told in the same run.
"""

from __future__ import annotations

from collections.abc import Iterator, Set
from operator import getitem
from typing import Annotated, Any

from pydantic import TypeAdapter, ValidationError
from pydantic.fields import FieldInfo

from labspec.diagnostic import Path
from labspec.model.kind import Part, leaves
from labspec.model.places import part_at

Leaf = tuple[Path, Any]


def remains(value: Any, path: Path, wrong: Set[Path]) -> Iterator[Leaf]:
    """What the fields of a piece of a document speak of that nothing is wrong with, each with its path."""
    if not isinstance(value, dict):
        return
    part = part_at(path)
    for key, inner in value.items():
        place = (*path, str(key))
        if any(fault[: len(place)] == place for fault in wrong):
            yield from remains(inner, place, wrong)
        elif part is not None and (info := _field(part, str(key))) is not None:
            yield from _read(info, inner, place)


def could_take(path: Path, value: Any) -> bool:
    """Whether the field at a path could have a value."""
    part = part_at(path[:-1])
    info = _field(part, str(path[-1])) if part is not None else None
    if info is None:
        return False
    try:
        _reader(info).validate_python(value)
    except ValidationError:
        return False
    return True


def _field(part: type[Part], key: str) -> FieldInfo | None:
    return next((info for name, info in part.model_fields.items() if key == (info.alias or name)), None)


def _read(info: FieldInfo, value: Any, path: Path) -> Iterator[Leaf]:
    try:
        yield from leaves(_reader(info).validate_python(value), path)
    except ValidationError:
        return  # it is told of as a whole


def _reader(info: FieldInfo) -> TypeAdapter[Any]:
    # pydantic keeps the words of an annotation apart from its type.
    annotation: Any = getitem(Annotated, (info.annotation, *info.metadata, "field"))
    return TypeAdapter(annotation)
