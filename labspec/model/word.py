"""Words: how a typed field reads its scalar, as it was typed.

A word whose type includes `Parameter` can also be filled in at deploy time; one whose type does not decides the shape
of what is built. Words that name other members carry the sections they may name: linking needs no code per kind.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, NoReturn, get_args

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

from labspec.model.notation import NAME, PARAMETER, choice_schema, names_schema, scalar_schema
from labspec.nearest import did_you_mean, meant, nearest, slip
from labspec.scalar import Scalar

PASCAL = re.compile(PARAMETER + r"\Z")
KEBAB = re.compile(NAME + r"\Z")
NAME_OF = "the name of"


def kebab(text: str) -> str:
    """A name of another shape as a name for a member; empty where it cannot be one."""
    name = re.sub(r"[^a-z0-9]+", "-", re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "-", text).lower()).strip("-")
    return name if KEBAB.match(name) else ""


def wrong(
    message: str, help: str = "", fix: str = "", chars: tuple[int, int] | None = None, safe: bool = False
) -> NoReturn:
    """Refuse a value: what is wrong with it, what to do, and the text that would be right.

    That text is `safe` where nothing else can have been meant, as by `True`; not by `20`, whatever the field.
    """
    context = {"message": message, "help": help, "fix": fix, "chars": chars, "safe": safe}
    raise PydanticCustomError("labspec", "{message}", context)


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter of the spec, named in a typed field: its value comes at deploy time."""

    name: str


@dataclass(frozen=True, slots=True)
class Name:
    """A reference to a member by its bare name or as `section.name`; `sections` are the kinds it may name.

    `reserved` are the words that could stand in its place.
    """

    text: str
    sections: tuple[str, ...]
    reserved: tuple[str, ...] = ()

    def __str__(self) -> str:
        return self.text


@dataclass(frozen=True, slots=True)
class FileName:
    """A file that the spec mentions, and the folder of the document that mentions it."""

    name: str
    folder: str


def scalar_of(value: Any, notation: str, null_help: str = "") -> Scalar:
    """The scalar itself; anything else is refused with the notation that was expected."""
    if not isinstance(value, Scalar):
        form = "a mapping" if isinstance(value, dict) else "a list" if isinstance(value, list) else "a value"
        one = value[0] if isinstance(value, list) and len(value) == 1 else None
        help_ = f"Write `{one}` alone." if isinstance(one, Scalar) else "It takes one." if form == "a list" else ""
        if isinstance(value, dict) and len(value) == 1 and notation == "text":
            ((key, inner),) = value.items()
            help_ = f'A text that holds `: ` needs quotes: "{key}: {inner}".' if isinstance(inner, Scalar) else ""
        wrong(f"Here stands {form}; this field takes {notation}.", help_)
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
            example = f" (`{kebab(text)}`?)" if self.notation.startswith(NAME_OF) else ""
            wrong(
                f"`{text}` reads like a parameter, and a parameter cannot stand here: this is decided when the spec is"
                " built.",
                f"Write {self.notation}{example}, or make it a variable.",
            )
        if "${{" in text:
            wrong(
                "An expression cannot stand here.", self._without_braces(text) or f"This field takes {self.notation}."
            )
        if deploy_time and text[:1] in ("$", "{") and (help_ := self._without_braces(text)):
            wrong(f"`{text}` is not how a parameter is named.", help_)
        return self.read(text)

    def _without_braces(self, text: str) -> str:
        """What to say of a text that would be a parameter or a name, were it not in braces."""
        bare = re.fullmatch(r"(?:\$?\{\{?|\$\(?)\s*([\w.-]+)\s*(?:\}?\}|\))?", text)
        return f"Write `{bare[1]}` alone." if bare else ""

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
        sure = slip(text, options)
        help_ = f"Did you mean `{sure}`?" if sure else did_you_mean(text, options)
        wrong(f"`{text}` is not a choice here.", help_, sure or meant(text, options), safe=sure is not None)
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
        if len(self.sections) > 4:
            return f"{NAME_OF} a member"
        return f"{NAME_OF} " + " or ".join(_noun(section) for section in self.sections)

    def read(self, text: str) -> Name | str:
        """A bare name or `section.name`."""
        if text in self.reserved:
            return str(text)
        section, dot, bare = text.rpartition(".")
        if dot and section not in self.sections:
            near = nearest(section, self.sections)
            help_ = f"Write `{near}.{bare}`." if near else f"It takes {self.notation}."
            wrong(f"`{text}` does not name what this field takes.", help_)
        if not KEBAB.match(bare):
            right = kebab(bare) and f"{section}{dot}{kebab(bare)}"
            help_ = f"This field takes {self.notation}; names are kebab-case, such as `{right or 'web-1'}`."
            wrong(f"`{text}` is not a name.", help_, "" if PASCAL.match(text) else right)
        return Name(str(text), self.sections, self.reserved)

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
