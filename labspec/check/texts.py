"""Every text of a spec, as it was typed, with its path and with what it is given to."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from labspec.diagnostic import Path
from labspec.model.kind import Part
from labspec.model.text import Expression, Text

NAMES = ("Name", "Key", "ParameterKey", "OptionName")
VALUES = ("Value", "ParameterValue", "Default")


class Said(NamedTuple):
    """A text, the key that names it, and where its characters were typed, as far as that can be told."""

    path: Path
    name: str
    text: str
    exact: bool = True

    def typed(self, chars: tuple[int, int]) -> tuple[int, int] | None:
        """Characters of the text as a diagnostic takes them; None for the whole of it."""
        return chars if self.exact and chars != (0, len(self.text)) else None


def texts(value: Any, path: Path = (), name: str = "") -> Iterator[Said]:
    """The texts that a spec says inside a value of the model. An item of a list has no name."""
    if isinstance(value, Text):
        yield _typed(value, path, name)
    elif isinstance(value, str):
        yield Said(path, name, value)
    elif isinstance(value, Part):
        for field, info in type(value).model_fields.items():
            if field in value.model_fields_set:
                key = info.alias or field
                yield from texts(getattr(value, field), (*path, key), key)
    elif isinstance(value, dict):
        named = next((said for key in NAMES if isinstance(said := value.get(key), str)), "")
        for key, inner in value.items():
            yield from texts(inner, (*path, key), named if named and key in VALUES else str(key))
    elif isinstance(value, (list, tuple)):
        for index, inner in enumerate(value):
            yield from texts(inner, (*path, index))


def _typed(text: Text, path: Path, name: str) -> Said:
    """A text with its expressions where they stood; where a variable was filled in before one, that is not known."""
    typed, exact = "", True
    for part in text.parts:
        if isinstance(part, Expression):
            exact = exact and part.chars[0] == len(typed)
            typed += f"${{{{{part}}}}}".ljust(part.chars[1] - part.chars[0])
        else:
            typed += part.replace("${{", "$${{")
    return Said(path, name, typed, exact)
