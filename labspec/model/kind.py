"""Kinds: frozen pydantic models, each of whose fields is a word, a text, or a part with fields of its own."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar, TypeVar

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    GetCoreSchemaHandler,
    GetJsonSchemaHandler,
    ValidationError,
    model_validator,
)
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, core_schema

from labspec.diagnostic import Path
from labspec.model.notation import NAME, PARAMETER, RULE, noted, scalar_schema
from labspec.model.refusal import wrong
from labspec.model.text import RawBody, Reason, Text
from labspec.model.word import KEBAB, PASCAL, FileName, Name, Parameter, kebab, scalar_of
from labspec.scalar import Scalar
from labspec.wording import series

T = TypeVar("T")
LONGEST_ID = 255
"""Characters of the name of a resource, a parameter or an output ("CloudFormation quotas")."""
LONGEST_NAME = 100
"""Characters of a member's name: an id may be made of the names of two members, and of words."""


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
            opposite = re.fullmatch(rf"(?:!|(?i:not)\b)\s*({PARAMETER})", text)
            help_ = "A parameter's name is PascalCase, such as `PublishWebsite`."
            wrong(
                f"`{text}` is not the name of a parameter.",
                f"Write `{{not: {opposite[1]}}}`." if opposite and not negated else help_,
            )
        return cls(Parameter(str(text), ("boolean",), or_unset=True), negated)

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(cls.read)

    @classmethod
    def __get_pydantic_json_schema__(cls, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        name = scalar_schema("a parameter", PARAMETER)
        negated = {"type": "object", "properties": {"not": name}, "required": ["not"], "additionalProperties": False}
        return {"anyOf": [name, negated], "description": "a parameter, or {not: a parameter}"}


@dataclass(frozen=True, slots=True)
class Listed:
    """A list, or its one item bare. Several items without their brackets or commas are shown as a list."""

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_wrap_validator_function(self._read, handler(source))

    def _read(self, value: Any, read: Callable[[Any], Any]) -> Any:
        if isinstance(value, Scalar) and value.style in ("empty", "null"):
            wrong("This list is empty.", "Name one item.", optional="Leave the line out, or name one item.")
        items = value if isinstance(value, list) else [value]
        try:
            return read(items)
        except ValidationError:
            if shown := _several(items, read):
                place = tuple(n for n, item in enumerate(items) if len(_words(item)) > 1)[:1] if items is value else ()
                wrong("Several items stand in the place of one.", f"Write them as a list: `{shown}`.", place=place)
            raise


def _several(items: list[Any], read: Callable[[Any], Any]) -> str:
    """The list of which blanks and commas part the items; empty where that would be none."""
    if not all(isinstance(item, Scalar) for item in items):
        return ""
    words = [Scalar(word, item.style, item.folder) for item in items for word in _words(item)]
    try:
        return f"[{', '.join(words)}]" if len(words) > len(items) and read(words) else ""
    except ValidationError:
        return ""


def _words(item: Scalar) -> list[str]:
    return [word for word in re.split(r"[\s,]+", item) if word]


@dataclass(frozen=True, slots=True)
class NotEmpty:
    """A list that holds something, if it is written at all."""

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_after_validator_function(_with_an_item, handler(source))

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        return {**handler(schema), "minItems": 1}


def _with_an_item(items: tuple[T, ...]) -> tuple[T, ...]:
    if not items:
        wrong("This list is empty, and an item is needed.", "Name one, at least.")
    return items


@dataclass(frozen=True, slots=True)
class Entries:
    """A mapping by names; an empty one has no entries. `entry` shows how a word would be an entry of it."""

    entry: str = ""

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_wrap_validator_function(self._read, handler(source))

    def _read(self, value: Any, read: Callable[[Any], Any]) -> Any:
        if isinstance(value, dict):
            return read(value)
        if isinstance(value, Scalar) and value.style == "empty":
            return read({})
        item = value[0] if isinstance(value, list) and value else value
        help_ = self._entry(item) if isinstance(item, Scalar) else _undashed(value, read) or _named(item)
        wrong("Here a mapping is needed: a name, a colon, and what it is.", help_)

    def _entry(self, word: Scalar) -> str:
        """How a word would be an entry."""
        if word.style != "plain" or not (KEBAB.match(word) or PASCAL.match(word)):
            return ""
        if self.entry:
            return f"Write `{self.entry.format(word)}` on a line of its own."
        return f"Write `{word}:` on a line of its own, and under it what it is."


def _undashed(items: list[Any], read: Callable[[Any], Any]) -> str:
    """What to do where items would be entries if they were none."""
    if not all(isinstance(item, dict) for item in items):
        return ""
    try:
        read({key: value for item in items for key, value in item.items()})
    except ValidationError:
        return ""
    return f"Remove the dash{'es' if items[1:] else ''}."


def _named(item: Any) -> str:
    """How an item of a list would be an entry of a mapping."""
    if not isinstance(item, dict):
        return ""
    name = next((item[key] for key in ("name", "Name", "id", "Key") if isinstance(item.get(key), Scalar)), None)
    return (
        f"Write `{name}:` in place of the dash, and the rest under it."
        if name
        else "Give each item a name in place of its dash: `name:`."
    )


def _no_longer_than(most: int, text: str) -> None:
    if len(text) > most:
        wrong(
            f"This name has {len(text)} characters, and {most} is the most here.",
            f"Logical ids are made of it, and those have at most {LONGEST_ID} characters.",
        )


def _member_name(text: str) -> str:
    _no_longer_than(LONGEST_NAME, text)
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
    _no_longer_than(LONGEST_ID, text)
    if not PASCAL.match(text):
        suggestion = "".join(part[:1].upper() + part[1:] for part in re.split(r"[^A-Za-z0-9]+", text))
        wrong(
            f"`{text}` is not a name here: parameters, outputs and raw resources are PascalCase.",
            f"Write `{suggestion}`.",
            suggestion,
        )
    return str(text)


def _rule_key(value: Any) -> str:
    return str(scalar_of(value, "the name of a rule"))


def _key(read: Callable[[Any], str]) -> Any:
    return BeforeValidator(read)


MemberName = Annotated[str, _key(_member_key), noted("a name in kebab-case", NAME)]
"""A name of the user's for a member: kebab-case."""
PascalName = Annotated[str, _key(_pascal_key), noted("a name in PascalCase", PARAMETER)]
"""A name of the user's for a parameter, an output or a raw resource: PascalCase."""
RuleName = Annotated[str, _key(_rule_key), noted("the name of a rule", RULE, key=True)]
"""A rule of ours by its name, or a linter's by its code. Which rules there are is no part of the language."""
Silence = Annotated[dict[RuleName, Reason], Entries("{0}: why it is accepted")]
"""Findings that are accepted."""
MembersOf = Annotated[dict[MemberName, T], Entries()]
"""A section: members keyed by name."""
ListOf = Annotated[tuple[T, ...], Listed()]
"""A list, or its one item bare."""
SomeOf = Annotated[tuple[T, ...], Listed(), NotEmpty()]
"""The same where there must be an item, since AWS or the sense of it needs one."""
Tags = Annotated[dict[str, Text], Entries("{0}: its value")]
"""Tag names and their values."""


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
        help_ = f"Its fields are {', '.join(names[:4])} and so on." if names[4:] else f"It has {series(names, 'and')}."
        wrong(f"Here stands {form}, where a mapping is needed.", help_)


class Kind(Part):
    """What every member can say, whatever its kind."""

    section: ClassVar[str] = ""
    suffix: ClassVar[str] = ""
    """The kind's part of a logical id, such as `SecurityGroup`."""
    stands_in: ClassVar[tuple[str, ...]] = ()
    """The fields that name what a member stands in, or with what; the first of them that is said tells."""

    when: When | None = None
    """A parameter that decides, at deploy time, whether the member is there: a boolean one that is true, or another
    one (with `default: ""`) that is not empty. `{not: Parameter}` for the opposite."""
    tags: Tags = {}
    """Tags beside the document's. `Name` is the member's name unless said."""
    was: MemberName | None = None
    """The name that the member had before. It keeps the logical id, and so the resource itself, when renamed."""
    override: Annotated[dict[str, RawBody], Entries()] = {}
    """CloudFormation laid over what is emitted, as a merge patch, keyed by the role of the resource. A `DependsOn` adds
    to the order that labspec states; a null there takes that away."""
    silence: Silence = {}
    """Findings that are accepted for this member and what stands inside it: a rule's name, or a linter's own code such
    as `W3010`, and the reason."""


def leaves(value: Any, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    """Every name, parameter, text and file name inside a value of the model, with its path. Defaults hold none."""
    if isinstance(value, (Name, Parameter, Text, FileName)):
        yield path, value
    elif isinstance(value, When):
        yield (*path, "not") if value.negated else path, value.parameter
    elif isinstance(value, BaseModel):
        for field, info in type(value).model_fields.items():
            if field in value.model_fields_set:
                yield from leaves(getattr(value, field), (*path, info.alias or field))
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield from leaves(inner, (*path, key))
    elif isinstance(value, (tuple, list)):
        for index, inner in enumerate(value):
            yield from leaves(inner, (*path, index))
