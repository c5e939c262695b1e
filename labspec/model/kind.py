"""The words that kinds are made of.

A kind is a frozen pydantic model; each of its fields is a *word*: a type whose reader takes the scalar as it was typed.
A word whose type includes `Parameter` can also be filled in at deploy time; one whose type does not decides the shape
of what is built. Words that name other members carry the sections they may name: linking needs no code per kind.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar, NoReturn, TypeVar, get_args

from pydantic import BaseModel, BeforeValidator, ConfigDict, GetCoreSchemaHandler, GetJsonSchemaHandler, model_validator
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

from labspec.diagnostic import Path
from labspec.model.notation import NAME, PARAMETER, choice_schema, names_schema, noted, scalar_schema
from labspec.nearest import did_you_mean, nearest
from labspec.scalar import Scalar

T = TypeVar("T")

PASCAL = re.compile(PARAMETER + r"\Z")
KEBAB = re.compile(NAME + r"\Z")


def wrong(message: str, help: str = "", fix: str = "", chars: tuple[int, int] | None = None) -> NoReturn:
    """Refuse a value: what is wrong with it, what to do, and the text that would be right."""
    raise PydanticCustomError("labspec", "{message}", {"message": message, "help": help, "fix": fix, "chars": chars})


# ------------------------------------------------------------------ what words are read into


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


@dataclass(frozen=True, slots=True)
class FileName:
    """A file that the spec mentions, and the folder of the document that mentions it."""

    name: str
    folder: str


@dataclass(frozen=True, slots=True)
class Expression:
    """What stands inside `${{ }}`, split at its dots, and where in the scalar's text."""

    words: tuple[str, ...]
    chars: tuple[int, int]

    def __str__(self) -> str:
        return ".".join(self.words)


@dataclass(frozen=True, slots=True)
class Text:
    """Text in which expressions may stand. `parts` are literal strings and expressions in turn."""

    parts: tuple[str | Expression, ...]

    @property
    def literal(self) -> str | None:
        """The text itself, where no expression is in it."""
        if any(isinstance(part, Expression) for part in self.parts):
            return None
        return "".join(str(part) for part in self.parts)

    @property
    def expressions(self) -> tuple[Expression, ...]:
        """The expressions in it, in order."""
        return tuple(part for part in self.parts if isinstance(part, Expression))

    @classmethod
    def read(cls, value: Any) -> Text:
        """Split a scalar at its expressions; `$${{` stands for a literal `${{`."""
        return cls(tuple(_text_parts(scalar_of(value, "text", null_help='Write "" for an empty text.'))))

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(cls.read)

    @classmethod
    def __get_pydantic_json_schema__(cls, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        return scalar_schema("text, with ${{ }} expressions")


def expressions(text: str) -> Iterator[tuple[tuple[str, ...], tuple[int, int]]]:
    """The words of each expression in a text, and where it stands; what is escaped, or never closed, is none."""
    end = 0
    while (start := text.find("${{", end)) >= 0 and (close := text.find("}}", start)) >= 0:
        if start > end and text[start - 1] == "$":
            end = start + 3
            continue
        end = close + 2
        yield tuple(text[start + 3 : close].strip().split(".")), (start, end)


def _text_parts(text: str) -> Iterator[str | Expression]:
    start = 0
    for words, chars in expressions(text):
        yield from _literal(text, start, chars[0])
        if not all(re.fullmatch(r"[A-Za-z][A-Za-z0-9_-]*", word) for word in words):
            wrong(
                f"`{'.'.join(words)}` is not an expression.",
                "An expression is a parameter, `variables.name`, `section.member.attribute` or `aws.region`; there are"
                " no operators. Write `$${{` for a literal `${{`.",
                chars=chars,
            )
        yield Expression(words, chars)
        start = chars[1]
    yield from _literal(text, start, len(text))


def _literal(text: str, start: int, end: int) -> Iterator[str]:
    """A piece of text without expressions, in which `$${{` stands for `${{`."""
    piece = text[start:end]
    if (at := piece.replace("$${{", "____").find("${{")) >= 0:
        chars = (start + at, start + at + 3)
        wrong("This `${{` is never closed.", "Close it with `}}`, or write `$${{` for a literal.", chars=chars)
    if piece:
        yield piece.replace("$${{", "${{")


@dataclass(frozen=True, slots=True)
class When:
    """A member is there only while a boolean parameter is true, or while any other parameter is not empty."""

    parameter: Parameter
    negated: bool = False

    @classmethod
    def read(cls, value: Any) -> When:
        """Read `Parameter`, or `{not: Parameter}`."""
        negated = isinstance(value, dict) and list(value) == ["not"]
        inner = value["not"] if negated else value
        text = scalar_of(inner, "a parameter, or {not: a parameter}")
        if not PASCAL.match(text):
            wrong(
                f"`{text}` is not the name of a parameter.",
                "A parameter's name is PascalCase, such as `PublishWebsite`.",
            )
        return cls(Parameter(str(text)), negated)

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(cls.read)

    @classmethod
    def __get_pydantic_json_schema__(cls, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        name = scalar_schema("a parameter", PARAMETER)
        negated = {"type": "object", "properties": {"not": name}, "required": ["not"], "additionalProperties": False}
        return {"anyOf": [name, negated], "description": "a parameter, or {not: a parameter}"}


# ------------------------------------------------------------------ how words are read


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


# ------------------------------------------------------------------ parts and kinds


class Part(BaseModel):
    """A mapping of the language. `short` names the field that a single value stands for."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)
    short: ClassVar[str] = ""
    examples: ClassVar[str] = ""

    @model_validator(mode="before")
    @classmethod
    def _long_form(cls, data: Any) -> Any:
        if isinstance(data, dict) or not isinstance(data, (Scalar, list)):
            return data
        if isinstance(data, Scalar) and data.style == "empty":
            return {}
        if isinstance(data, Scalar) and data.style == "null":
            wrong("A null only removes something in a document that `extends` another.", "Remove the line.")
        if cls.short:
            return {cls.short: data}
        form = "a list" if isinstance(data, list) else "a single value"
        fields = [name for name in cls.model_fields if name not in Kind.model_fields]
        names = [f"`{cls.model_fields[name].alias or name}`" for name in fields]
        help_ = f"Its fields are {', '.join(names[:4])} and so on." if names[4:] else f"It has {' and '.join(names)}."
        wrong(f"Here stands {form}, where a mapping is needed.", help_)


class Kind(Part):
    """What every member can say, whatever its kind."""

    section: ClassVar[str] = ""
    suffix: ClassVar[str] = ""
    """The kind's part of a logical id, such as `SecurityGroup`."""

    when: When | None = None
    """A parameter that decides, at deploy time, whether the member is there: a boolean one that is true, or another
    one that is not empty. `{not: Parameter}` for the opposite."""
    tags: Tags = {}
    """Tags beside the document's. `Name` is the member's name unless said."""
    was: MemberName | None = None
    """The name that the member had before. It keeps the logical id, and so the resource itself, when renamed."""
    override: Annotated[dict[str, RawBody], BeforeValidator(mapped)] = {}
    """CloudFormation laid over what is emitted, as a merge patch, keyed by the role of the resource."""
    silence: Annotated[dict[str, PlainText], BeforeValidator(mapped)] = {}
    """Findings that are accepted for this member: the rule's name, and the reason."""


def listed(value: Any) -> Any:
    """One item for a list."""
    if isinstance(value, list):
        return value
    if isinstance(value, Scalar) and value.style in ("empty", "null"):
        wrong("This list is empty.", "Leave the line out, or name one item.")
    return [value]


def mapped(value: Any) -> Any:
    """An empty section is a mapping without entries."""
    if isinstance(value, dict):
        return value
    if isinstance(value, Scalar) and value.style == "empty":
        return {}
    wrong("Here a mapping is needed: a name, a colon, and what it is.")


def kebab(text: str) -> str:
    """A name of another shape as a name for a member; empty where it cannot be one."""
    name = re.sub(r"[^a-z0-9]+", "-", re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "-", text).lower()).strip("-")
    return name if KEBAB.match(name) else ""


def _member_name(text: str) -> str:
    if not KEBAB.match(text):
        suggestion = kebab(text)
        wrong(
            f"`{text}` is not a name for a member: names are kebab-case.",
            f"Write `{suggestion}`." if suggestion else "",
            suggestion,
        )
    return str(text)


def _member_key(value: Any) -> str:
    return _member_name(scalar_of(value, "a name in kebab-case"))


def _pascal_key(value: Any) -> str:
    text = scalar_of(value, "a name in PascalCase")
    if not PASCAL.match(text):
        suggestion = "".join(part[:1].upper() + part[1:] for part in re.split(r"[^A-Za-z0-9]+", text))
        wrong(
            f"`{text}` is not a name here: parameters, outputs and raw resources are PascalCase.",
            f"Write `{suggestion}`.",
            suggestion,
        )
    return str(text)


def _key(read: Callable[[Any], str]) -> Any:
    return BeforeValidator(read)


MemberName = Annotated[str, _key(_member_key), noted("a name in kebab-case", NAME)]
"""A name of the user's for a member: kebab-case."""
PascalName = Annotated[str, _key(_pascal_key), noted("a name in PascalCase", PARAMETER)]
"""A name of the user's for a parameter, an output or a raw resource: PascalCase."""
Tags = Annotated[dict[str, Text], BeforeValidator(mapped)]
"""Tag names and their values."""

MembersOf = Annotated[dict[MemberName, T], BeforeValidator(mapped)]
"""A section: members keyed by name."""
ListOf = Annotated[tuple[T, ...], BeforeValidator(listed)]
"""A list, or its one item bare."""


def plain(text: str) -> str:
    """Text that CloudFormation keeps as it is."""
    if not text.isascii():
        at = next(i for i, char in enumerate(text) if not char.isascii())
        wrong(
            f"CloudFormation would show `{text[at]}` as `?`: templates are ASCII only.",
            "Write it in ASCII; files and page content may hold any character.",
            chars=(at, at + 1),
        )
    return str(text)


def read_plain(value: Any) -> str:
    """Text without expressions, ASCII."""
    text = scalar_of(value, "text")
    if "${{" in text:
        wrong("An expression cannot stand here.", "This text is fixed when the spec is built.")
    return plain(text)


PlainText = Annotated[str, BeforeValidator(read_plain), noted("text")]
"""Text that CloudFormation keeps as it is: a description, a label."""


def _raw(value: Any) -> Any:
    """A raw body: data as YAML types it, its strings with expressions."""
    if isinstance(value, dict):
        return {str(key): _raw(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_raw(inner) for inner in value]
    if isinstance(value, str):
        return Text(tuple(_text_parts(value))) if "${{" in value else str(value)
    return value


def _raw_body(value: Any) -> Any:
    if isinstance(value, Scalar) or not isinstance(value, dict):
        wrong("Here CloudFormation's own mapping is needed, such as `Properties: {...}`.")
    return _raw(value)


RawBody = Annotated[dict[str, Any], BeforeValidator(_raw_body)]
"""A piece of CloudFormation as it is written there; `${{ }}` works in its strings."""

Kind.model_rebuild(_types_namespace=globals())


def leaves(value: Any, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    """Every name, parameter, text and file name inside a value of the model, with its path."""
    if isinstance(value, (Name, Parameter, Text, FileName)):
        yield path, value
    elif isinstance(value, When):
        yield (*path, "not") if value.negated else path, value.parameter
    elif isinstance(value, BaseModel):
        for field, info in type(value).model_fields.items():
            yield from leaves(getattr(value, field), (*path, info.alias or field))
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield from leaves(inner, (*path, key))
    elif isinstance(value, (tuple, list)):
        for index, inner in enumerate(value):
            yield from leaves(inner, (*path, index))
