"""Defaults as a user would write them: a field's own reader decides which text means its default."""

from __future__ import annotations

from collections.abc import Iterator
from operator import getitem
from typing import Annotated, Any

from pydantic import TypeAdapter, ValidationError
from pydantic.fields import FieldInfo

from labspec.model.compute import PUBLIC_IMAGES, PublicImage
from labspec.model.kind import Part
from labspec.model.text import Text
from labspec.scalar import Scalar

SECONDS = {"d": 86400, "h": 3600, "m": 60, "s": 1}


def default_text(info: FieldInfo) -> str:
    """The text that means the default; empty where nothing is the default, or where there is none."""
    default = info.get_default()
    if info.is_required() or default is None or default in ({}, ()):
        return ""
    if isinstance(default, Part):
        return ""  # its fields have defaults of their own, and tell them
    wanted = default[0] if isinstance(default, tuple) else default
    # pydantic keeps the words of an annotation apart from its type.
    annotation: Any = getitem(Annotated, (info.annotation, *info.metadata, "a default"))
    reader: TypeAdapter[Any] = TypeAdapter(annotation)
    return next((text for text in _texts(wanted) if _reads(reader, text, default)), "")


def _texts(value: Any) -> Iterator[str]:
    """Texts that could mean a value, the plainest first."""
    if isinstance(value, bool):
        yield str(value).lower()
    elif isinstance(value, Text):
        yield value.literal or ""
    elif isinstance(value, PublicImage):
        yield from (alias for alias, path in PUBLIC_IMAGES.items() if path == value.parameter)
    elif isinstance(value, int):
        yield from (str(value), f"{value}GiB", f"{value}%", f"{value}d")
        yield from (f"{value // seconds}{unit}" for unit, seconds in SECONDS.items() if value % seconds == 0)
    else:
        yield str(value)


def _reads(reader: TypeAdapter[Any], text: str, default: Any) -> bool:
    try:
        return bool(reader.validate_python(Scalar(text)) == default)
    except ValidationError:
        return False
