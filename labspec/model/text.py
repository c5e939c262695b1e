"""Text: with expressions, without, and the bodies of CloudFormation that hold both."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import BeforeValidator, GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, core_schema

from labspec.model.attributes import AWS_VALUES
from labspec.model.notation import noted, scalar_schema
from labspec.model.refusal import wrong
from labspec.model.word import scalar_of
from labspec.scalar import Chars, Scalar


@dataclass(frozen=True, slots=True)
class Expression:
    """What stands inside `${{ }}`, split at its dots, and where in the scalar's text."""

    words: tuple[str, ...]
    chars: tuple[int, int]

    def __str__(self) -> str:
        return ".".join(self.words)


@dataclass(frozen=True, slots=True)
class Mistake:
    """What stands inside `${{ }}` and is no expression, or a `${{` that is never closed; and where in the text."""

    message: str
    help: str
    chars: tuple[int, int]


@dataclass(frozen=True, slots=True)
class Text:
    """Text in which expressions may stand. `parts` are literal strings and expressions in turn.

    `near` is what has other braces than an expression: text, unless its words mean something. `raw` text stands in
    CloudFormation of the user's own, of which nothing is known.
    """

    parts: tuple[str | Expression, ...]
    near: tuple[Expression, ...] = ()
    raw: bool = False

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
        text = scalar_of(value, "text", null_help='Write "" for an empty text.')
        return cls(tuple(_text_parts(text)), tuple(_near(text)) if "{" in text or "$(" in text else ())

    @classmethod
    def of_file(cls, content: str) -> tuple[Text, tuple[Mistake, ...]]:
        """The text of a file, split at its expressions, and what in it only looks like one."""
        parts = tuple(parts_of(content))
        mistakes = tuple(part for part in parts if isinstance(part, Mistake))
        return cls(tuple(part for part in parts if not isinstance(part, Mistake))), mistakes

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(cls.read)

    @classmethod
    def __get_pydantic_json_schema__(cls, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        return scalar_schema("text, with ${{ }} expressions")


_WORDS = r"([A-Za-z][\w-]*(?:\.[A-Za-z][\w-]*)*)"
NEAR = re.compile(
    rf"(?<!\$)\$\{{\s*{_WORDS}\s*\}}\}}?|(?:\$\s+|(?<![$\\{{]))\{{\{{\s*{_WORDS}\s*\}}\}}(?!\}})|(?<!\$)\$\(\s*{_WORDS}\s*\)"
)
"""`${ x }`, `{{ x }}` and `$(x)`: expressions elsewhere, and in shells."""


def _near(text: str) -> Iterator[Expression]:
    for match in NEAR.finditer(text):
        yield Expression(tuple((match[1] or match[2] or match[3]).split(".")), typed(text, match.span()))


def expressions(text: str) -> Iterator[tuple[tuple[str, ...], tuple[int, int]]]:
    """The words of each expression in a text, and where it stands; what is escaped, or never closed, is none."""
    end = 0
    while (start := text.find("${{", end)) >= 0:
        if start > end and text[start - 1] == "$":
            end = start + 3
            continue
        close = text.find("}}", start)
        if close < 0:
            return
        end = close + 2
        yield tuple(text[start + 3 : close].strip().split(".")), (start, end)


def typed(text: str, chars: Chars) -> Chars:
    """The stretch that was typed for a stretch of a text, in which variables may be filled in."""
    return text.typed(chars) if isinstance(text, Scalar) else chars


def parts_of(text: str) -> Iterator[str | Expression | Mistake]:
    """Literal strings and expressions in turn; a mistake in the place of what is neither."""
    start = 0
    for words, chars in expressions(text):
        yield from _literal(text, start, chars[0])
        inside = ".".join(words)
        if len(inside) <= LONGEST and all(re.fullmatch(r"[A-Za-z][A-Za-z0-9_-]*", word) for word in words):
            yield Expression(words, typed(text, chars))
        else:
            yield _no_expression(text, words, chars)
        start = chars[1]
    yield from _literal(text, start, len(text))


LONGEST = 200
"""More characters than any expression has."""
BEGUN = re.compile(rf"\$\{{\{{\s*([A-Za-z][\w.-]{{,{LONGEST}}})?\s*\}}?")
NO_EXPRESSION = (
    "An expression is a parameter, `variables.name`, `section.member.attribute` or `aws.region`; there are no"
    " operators. Write `$${{` for a literal `${{`."
)


def _no_expression(text: str, words: tuple[str, ...], chars: Chars) -> Mistake:
    """What stands in braces, and is no expression."""
    inside = ".".join(words)
    if "${{" in inside:
        return _unclosed(text, chars[0])
    right = next((f"aws.{name}" for name, pseudo in AWS_VALUES.items() if pseudo == inside), "")
    help_ = f"Write `${{{{ {right} }}}}`." if right else NO_EXPRESSION
    return Mistake(f"`{_shown(inside) or '${{ }}'}` is not an expression.", help_, typed(text, chars))


def _unclosed(text: str, start: int) -> Mistake:
    """An expression without its last braces, as far as it goes."""
    begun = BEGUN.match(text, start)
    assert begun is not None
    help_ = f"Write `${{{{ {begun[1]} }}}}`" if begun[1] else "Close it with `}}`"
    chars = (start, start + len(begun[0].rstrip()))
    return Mistake("This `${{` is never closed.", f"{help_}, or `$${{{{` for a literal `${{{{`.", typed(text, chars))


def _literal(text: str, start: int, end: int) -> Iterator[str | Mistake]:
    """A piece of text without expressions, in which `$${{` stands for `${{`."""
    piece = text[start:end]
    if (at := piece.replace("$${{", "____").find("${{")) >= 0:
        yield _unclosed(text, start + at)
    elif piece:
        yield piece.replace("$${{", "${{")


def _shown(text: str) -> str:
    """A stretch of text as a message can hold it: short, and on one line."""
    line = "".join(char if char.isprintable() else "\ufffd" for char in " ".join(text.split()))
    return line if len(line) <= 60 else line[:57] + "..."


def _text_parts(text: str) -> Iterator[str | Expression]:
    for part in parts_of(text):
        if isinstance(part, Mistake):
            wrong(part.message, part.help, chars=part.chars)
        yield part


def plain(text: str) -> str:
    """Text that CloudFormation keeps as it is."""
    if not text.isascii():
        at = next(i for i, char in enumerate(text) if not char.isascii())
        wrong(
            f"CloudFormation would show `{text[at]}` as `?`: templates are ASCII only.",
            "Write it in ASCII; files and page content may hold any character.",
            chars=typed(text, (at, at + 1)),
        )
    return str(text)


def _fixed(value: Any, notation: str, null_help: str = "") -> Scalar:
    """Text without expressions."""
    text = scalar_of(value, notation, null_help)
    if "${{" in text:
        wrong("An expression cannot stand here.", "This text is fixed when the spec is built.")
    return text


def read_plain(value: Any) -> str:
    """Text without expressions, ASCII."""
    return plain(_fixed(value, "text"))


PlainText = Annotated[str, BeforeValidator(read_plain), noted("text")]
"""Text that CloudFormation keeps as it is: a description, a label."""


def _reason(value: Any) -> str:
    text = _fixed(value, "the reason", null_help="Say why it is accepted.")
    if not text.strip():
        wrong("This reason is empty.", "Say why it is accepted.")
    return " ".join(text.split())


Reason = Annotated[str, BeforeValidator(_reason), noted("the reason, as text")]
"""Why a finding is accepted. It reaches no template, and may be written in any language."""


def _raw(value: Any) -> Any:
    """A raw body: data as YAML types it, its strings with expressions."""
    if isinstance(value, dict):
        return {str(key): _raw(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_raw(inner) for inner in value]
    if isinstance(value, str):
        return Text(tuple(_text_parts(value)), raw=True) if "${{" in value else str(value)
    return value


def _raw_body(value: Any) -> Any:
    if isinstance(value, Scalar) or not isinstance(value, dict):
        wrong("Here CloudFormation's own mapping is needed, such as `Properties: {...}`.")
    return _raw(value)


RawBody = Annotated[dict[str, Any], BeforeValidator(_raw_body)]
"""A piece of CloudFormation as it is written there; `${{ }}` works in its strings."""
