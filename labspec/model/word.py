"""Words: how a typed field reads its scalar, as it was typed.

A word whose type includes `Parameter` can also be filled in at deploy time, and says by parameters of which types; one
whose type does not decides the shape of what is built. Words that name other members carry the sections they may name:
linking needs no code per kind.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, Literal, get_args

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

from labspec.model.attributes import ATTRIBUTES
from labspec.model.notation import NAME, PARAMETER, choice_schema, names_schema, scalar_schema
from labspec.model.refusal import wrong
from labspec.nearest import did_you_mean, meant, nearest, slip
from labspec.scalar import Scalar
from labspec.wording import an, noun

PASCAL = re.compile(PARAMETER + r"\Z")
KEBAB = re.compile(NAME + r"\Z")
NAME_OF = "the name of"


def kebab(text: str) -> str:
    """A name of another shape as a name for a member; empty where it cannot be one."""
    name = re.sub(r"[^a-z0-9]+", "-", re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "-", text).lower()).strip("-")
    return name if KEBAB.match(name) else ""


ParameterType = Literal[
    "text",
    "integer",
    "percent",
    "boolean",
    "cidr",
    "email",
    "zone",
    "key_pair",
    "secret",
    "bucket_name",
    "instance_type",
    "certificate",
]


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter of the spec, named in a typed field: its value comes at deploy time.

    `types` are those that fit where it stands; with `or_unset`, so does any other whose value may be empty.
    """

    name: str
    types: tuple[ParameterType, ...] = field(default=(), compare=False)
    or_unset: bool = field(default=False, compare=False)


@dataclass(frozen=True, slots=True)
class Name:
    """A reference to a member by its bare name or as `section.name`; `sections` are the kinds it may name.

    `reserved` are the words that could stand in its place, `parameters` the types of parameters that could.
    """

    text: str
    sections: tuple[str, ...]
    reserved: tuple[str, ...] = ()
    parameters: tuple[ParameterType, ...] = field(default=(), compare=False)

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
        one = value[0] if isinstance(value, list) and len(value) == 1 else None
        help_ = f"Write `{one}` alone." if isinstance(one, Scalar) else "It takes one." if form == "a list" else ""
        if isinstance(value, dict) and len(value) == 1 and notation == "text":
            ((key, inner),) = value.items()
            help_ = f'A text that holds `: ` needs quotes: "{key}: {inner}".' if isinstance(inner, Scalar) else ""
        wrong(f"Here stands {form}; this field takes {notation}.", help_)
    if value.style == "empty":
        leave_out = "" if null_help else "Leave the line out for the default."
        wrong(f"This value is empty; the field takes {notation}.", null_help or "Write one.", optional=leave_out)
    if value.style == "null":
        wrong(
            f"`{value}` is a null; this field takes {notation}.",
            null_help or "A null only removes something in a document that `extends` another.",
        )
    return value


@dataclass(frozen=True, slots=True)
class Word:
    """How a typed field reads its scalar. `read` gets the text as typed and returns the value, or calls `wrong`.

    `notation` says in words what it takes, `pattern` as a regular expression that matches at least that. `parameters`
    are the types of parameters that can take its place at deploy time: just where its type includes `Parameter`.
    """

    read: Callable[[str], Any]
    notation: str
    pattern: str = ""
    parameters: tuple[ParameterType, ...] = ()

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return _schema(self, source)

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        return scalar_schema(self.notation, self.pattern, self.parameters)

    def value(self, value: Any) -> Any:
        """What a scalar says, or the parameter that will."""
        text = scalar_of(value, self.notation)
        if PASCAL.match(text):
            self._refuse_capitals(text)
            if self.parameters:
                return Parameter(str(text), self.parameters)
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
        if self.parameters and text[:1] in ("$", "{") and (help_ := self._without_braces(text)):
            wrong(f"`{text}` is not how a parameter is named.", help_)
        try:
            return self.read(text)
        except PydanticCustomError as error:
            context = {**(error.context or {}), "parameters": bool(self.parameters)}
            raise PydanticCustomError("labspec", "{message}", context) from error

    def _without_braces(self, text: str) -> str:
        """What to say of a text that would be a parameter or a name, were it not in braces, or asked for something."""
        inside = re.fullmatch(r"(?:\$?\{\{?|\$\(?)\s*([\w.-]+)\s*(?:\}?\}|\))?", text)
        likely = (inside[1], inside[1].rpartition(".")[0]) if inside else ()
        return next((f"Write `{bare}` alone." for bare in likely if self._takes(bare)), "")

    def _takes(self, text: str) -> bool:
        if PASCAL.match(text):
            return bool(self.parameters)
        try:
            self.read(text)
        except PydanticCustomError:
            return False
        return True

    def _refuse_capitals(self, text: str) -> None:
        """`True` and `Http` are no parameters: somebody meant `true` and `http`."""
        try:
            self.read(text)
        except PydanticCustomError as error:
            meant = str((error.context or {})["fix"])
            if meant and (meant == text.lower() or meant in ("true", "false")):
                raise


def _schema(word: Word, source: Any, **metadata: Any) -> CoreSchema:
    """How pydantic reads a field. That it can be a parameter, its type says, too: emitters have to know."""
    deploy_time = Parameter in get_args(source) or source is Parameter
    assert deploy_time == bool(word.parameters), f"{source} is read by a word with parameters of {word.parameters}."
    return core_schema.no_info_plain_validator_function(word.value, metadata=metadata)


@dataclass(frozen=True, slots=True)
class Choice:
    """A word from a closed list: the `Literal` of the annotated type. `parameters` as those of a `Word`."""

    parameters: tuple[ParameterType, ...] = ()

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        options = tuple(literals(source))
        word = Word(lambda text: _one_of(text, options), "one of " + ", ".join(options), parameters=self.parameters)
        return _schema(word, source, options=options)

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        return choice_schema(schema["metadata"]["options"], self.parameters)


def literals(source: Any) -> Iterator[str]:
    """The words that a type lists."""
    for argument in get_args(source):
        if isinstance(argument, str):
            yield argument
        else:
            yield from literals(argument)


def _one_of(text: str, options: tuple[str, ...]) -> str:
    if text not in options:
        sure = slip(text, options)
        help_ = f"Did you mean `{sure}`?" if sure else did_you_mean(text, options)
        wrong(f"`{text}` is not a choice here.", help_, sure or meant(text, options), safe=sure is not None)
    return str(text)


@dataclass(frozen=True, slots=True)
class Names:
    """A field that names a member of one of these sections.

    `reserved` are words that stand for themselves, `parameters` as those of a `Word`.
    """

    sections: tuple[str, ...]
    reserved: tuple[str, ...] = ()
    parameters: tuple[ParameterType, ...] = ()

    def __init__(
        self, *sections: str, reserved: tuple[str, ...] = (), parameters: tuple[ParameterType, ...] = ()
    ) -> None:
        object.__setattr__(self, "sections", sections)
        object.__setattr__(self, "reserved", reserved)
        object.__setattr__(self, "parameters", parameters)

    @property
    def notation(self) -> str:
        """What may stand here, for people."""
        if len(self.sections) > 4:
            return f"{NAME_OF} a member"
        return f"{NAME_OF} " + " or ".join(an(noun(section)) for section in self.sections)

    def read(self, text: str) -> Name | str:
        """A bare name or `section.name`."""
        if text in self.reserved:
            return str(text)
        section, dot, bare = text.rpartition(".")
        if dot and section not in self.sections:
            near = nearest(section, self.sections)
            asked = any(bare in ATTRIBUTES.get(each, ()) for each in self.sections)
            help_ = f"Write `{near}.{bare}`." if near else f"It takes {self.notation}."
            help_ = f"Write `{section}` alone." if asked and KEBAB.match(section) else help_
            wrong(f"`{text}` does not name what this field takes.", help_)
        if not KEBAB.match(bare):
            right = kebab(bare) and f"{section}{dot}{kebab(bare)}"
            help_ = f"This field takes {self.notation}; names are kebab-case, such as `{right or 'web-1'}`."
            wrong(f"`{text}` is not a name.", help_, "" if PASCAL.match(text) else right)
        return Name(str(text), self.sections, self.reserved, self.parameters)

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        word = Word(self.read, self.notation, parameters=self.parameters)
        return _schema(word, source)

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        return names_schema(self.notation, self.sections, self.reserved, self.parameters)
