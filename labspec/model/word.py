"""Words: how a typed field reads its scalar, as it was typed.

A word whose type includes `Parameter` can also be filled in at deploy time; one whose type does not decides the shape
of what is built. Words that name other members carry the sections they may name: linking needs no code per kind.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Literal, NoReturn, get_args

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

from labspec.model.notation import NAME, PARAMETER, choice_schema, names_schema, scalar_schema
from labspec.nearest import did_you_mean, nearest
from labspec.scalar import Scalar

PASCAL = re.compile(PARAMETER + r"\Z")
KEBAB = re.compile(NAME + r"\Z")


def wrong(message: str, help: str = "", fix: str = "", chars: tuple[int, int] | None = None) -> NoReturn:
    """Refuse a value: what is wrong with it, what to do, and the text that would be right."""
    raise PydanticCustomError("labspec", "{message}", {"message": message, "help": help, "fix": fix, "chars": chars})


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter of the spec, named in a typed field: its value comes at deploy time."""

    name: str


@dataclass(frozen=True, slots=True)
class Name:
    """A reference to a member by its bare name or as `section.name`; `sections` are the kinds it may name."""

    text: str
    sections: tuple[str, ...]

    def __str__(self) -> str:
        return self.text


Use = Literal["copied", "text", "rendered", "folder"]
"""What of a mentioned file is used: its bytes, its text, its text with expressions filled in; or a folder's files."""


@dataclass(frozen=True, slots=True)
class FileName:
    """A file or folder that the spec mentions, the folder of the document that mentions it, and what of it is used."""

    name: str
    folder: str
    use: Use = "copied"


def scalar_of(value: Any, notation: str, null_help: str = "") -> Scalar:
    """The scalar itself; anything else is refused with the notation that was expected."""
    if not isinstance(value, Scalar):
        form = "a mapping" if isinstance(value, dict) else "a list" if isinstance(value, list) else "a value"
        wrong(f"Here stands {form}; this field takes {notation}.")
    if value.style == "empty":
        wrong(f"This value is empty; the field takes {notation}.", null_help or "Leave the line out for the default.")
    if value.style == "null":
        wrong(
            f"`{value}` is a null; this field takes {notation}.",
            null_help or "A null only removes something in a document that `extends` another.",
        )
    return value


@dataclass(frozen=True, slots=True)
class Word:
    """How a typed field reads its scalar. `read` gets the text as typed and returns the value, or calls `wrong`.

    `notation` says in words what it takes, `pattern` as a regular expression that matches at least that.
    """

    read: Callable[[str], Any]
    notation: str
    pattern: str = ""

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        deploy_time = Parameter in get_args(source) or source is Parameter
        return core_schema.no_info_plain_validator_function(
            lambda value: self._value(value, deploy_time), metadata={"parameter": deploy_time}
        )

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        return scalar_schema(self.notation, self.pattern, parameter=schema["metadata"]["parameter"])

    def _value(self, value: Any, deploy_time: bool) -> Any:
        text = scalar_of(value, self.notation)
        if PASCAL.match(text):
            self._refuse_capitals(text)
            if deploy_time:
                return Parameter(str(text))
            wrong(
                f"`{text}` reads like a parameter, and a parameter cannot stand here: this is decided when the spec is"
                " built.",
                f"Write {self.notation}, or make it a variable.",
            )
        if "${{" in text:
            wrong("An expression cannot stand here.", f"This field takes {self.notation}.")
        return self.read(text)

    def _refuse_capitals(self, text: str) -> None:
        """`True` and `Http` are no parameters: somebody meant `true` and `http`."""
        try:
            self.read(text)
        except PydanticCustomError as error:
            meant = str((error.context or {})["fix"])
            if meant and (meant == text.lower() or meant in ("true", "false")):
                raise


@dataclass(frozen=True, slots=True)
class Choice:
    """A word from a closed list: the `Literal` of the annotated type."""

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        options = tuple(_literals(source))
        deploy_time = Parameter in get_args(source)
        word = Word(lambda text: _one_of(text, options), "one of " + ", ".join(options))
        return core_schema.no_info_plain_validator_function(
            lambda value: word._value(value, deploy_time), metadata={"options": options, "parameter": deploy_time}
        )

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        return choice_schema(schema["metadata"]["options"], parameter=schema["metadata"]["parameter"])


def _literals(source: Any) -> Iterator[str]:
    for argument in get_args(source):
        if isinstance(argument, str):
            yield argument
        else:
            yield from _literals(argument)


def _one_of(text: str, options: tuple[str, ...]) -> str:
    if text not in options:
        near = nearest(text, options) or ""
        wrong(f"`{text}` is not a choice here.", did_you_mean(text, options), near)
    return str(text)


@dataclass(frozen=True, slots=True)
class Names:
    """A field that names a member of one of these sections. `reserved` are words that stand for themselves."""

    sections: tuple[str, ...]
    reserved: tuple[str, ...] = ()

    def __init__(self, *sections: str, reserved: tuple[str, ...] = ()) -> None:
        object.__setattr__(self, "sections", sections)
        object.__setattr__(self, "reserved", reserved)

    @property
    def notation(self) -> str:
        """What may stand here, for people."""
        return "the name of " + " or ".join(_noun(section) for section in self.sections)

    def read(self, text: str) -> Name | str:
        """A bare name or `section.name`."""
        if text in self.reserved:
            return str(text)
        section, dot, bare = text.rpartition(".")
        if dot and section not in self.sections:
            wrong(f"`{text}` does not name what this field takes.", f"It takes {self.notation}.")
        if not KEBAB.match(bare):
            wrong(
                f"`{text}` is not a name.", f"This field takes {self.notation}; names are kebab-case, such as `web-1`."
            )
        return Name(str(text), self.sections)

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        deploy_time = Parameter in get_args(source)
        word = Word(self.read, self.notation)
        return core_schema.no_info_plain_validator_function(
            lambda value: word._value(value, deploy_time), metadata={"parameter": deploy_time}
        )

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        return names_schema(self.notation, self.sections, self.reserved, parameter=schema["metadata"]["parameter"])


def _noun(section: str) -> str:
    word = section.removesuffix("s").replace("_", " ")
    return ("an " if word[0] in "aeiou" else "a ") + word
