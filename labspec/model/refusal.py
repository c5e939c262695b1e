"""How a value is refused: in words of the user's, at the place at fault."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NoReturn

from pydantic import ValidationError
from pydantic_core import InitErrorDetails, PydanticCustomError

KEY = "[key]"
"""What pydantic adds to the place of a mistake that is in a key."""


def wrong(
    message: str,
    help: str = "",
    fix: str = "",
    chars: tuple[int, int] | None = None,
    safe: bool = False,
    place: tuple[str | int, ...] = (),
    optional: str = "",
) -> NoReturn:
    """Refuse a value: what is wrong with it, what to do, and the text that would be right.

    That text is `safe` where nothing else can have been meant, as by `True`; not by `20`, whatever the field. Where
    only the whole of a mapping shows what is wrong in it, `place` leads to the value at fault; for a key it ends in
    `KEY`. `optional` is what to do, instead, in a field that can be left out.
    """
    context = {"message": message, "help": help, "fix": fix, "chars": chars, "safe": safe, "optional": optional}
    error = PydanticCustomError("labspec", "{message}", context)
    if not place:
        raise error
    details: InitErrorDetails = {"type": error, "loc": place, "input": None}
    raise ValidationError.from_exception_data("spec", [details])


def refuse_but_one(message: str, fields: Mapping[str, object]) -> None:
    """Refuse a mapping of whose fields, by the names that users write, not just one is said: the last is too many."""
    said = [name for name, value in fields.items() if value is not None]
    if len(said) != 1:
        wrong(message, place=(said[-1], KEY) if said else ())


def read_in(place: tuple[str | int, ...], read: Callable[[str], object], text: str) -> None:
    """Read what stands at a place in a mapping, where only the whole of the mapping says how it is read."""
    try:
        read(text)
    except PydanticCustomError as error:
        details: InitErrorDetails = {"type": error, "loc": place, "input": text}
        raise ValidationError.from_exception_data("spec", [details]) from error
