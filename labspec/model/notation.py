"""What a field takes, for people and for editors: its notation in words, and the JSON schema of its scalars."""

from __future__ import annotations

import re
from collections.abc import Iterable

from pydantic import WithJsonSchema
from pydantic.json_schema import JsonSchemaValue

PARAMETER = "[A-Z][A-Za-z0-9]*"
NAME = "[a-z][a-z0-9]*(-[a-z0-9]+)*"
LINTER_RULE = "[EFW][0-9]{4}"
"""A linter's own rule. What is merely informational (`I3011`) is not asked of linters."""
RULE = f"{NAME}|{LINTER_RULE}"

WRITTEN_AS = {"integer": ("0", "1", "22", "80", "3306"), "number": ("0.5",), "boolean": ("true", "false")}
"""Texts that YAML's core schema, and so an editor, takes for something else than text."""


def scalar_schema(notation: str, pattern: str = "", parameters: Iterable[str] = ()) -> JsonSchemaValue:
    """The schema of a scalar whose text matches a pattern; any text without one.

    It may also be the name of a parameter, where types of `parameters` are given.

    A field reads its scalar as it was typed, but an editor has typed it already: where the pattern takes `80`, the
    schema takes the number, too.
    """
    if (types := " or ".join(parameters)) and pattern != PARAMETER:
        notation += "" if "a parameter" in notation else f", or a parameter of type {types}"
        pattern = pattern and f"{pattern}|{PARAMETER}"
    if not pattern:
        return {"type": ["string", *WRITTEN_AS], "description": notation}
    if re.fullmatch(pattern, "true-name"):  # A pattern of names takes `true`, but nobody means the boolean.
        return {"type": "string", "pattern": f"^({pattern})$", "description": notation}
    typed = [kind for kind, texts in WRITTEN_AS.items() if any(re.fullmatch(pattern, text) for text in texts)]
    return {"type": ["string", *typed] if typed else "string", "pattern": f"^({pattern})$", "description": notation}


def choice_schema(options: Iterable[str], parameters: Iterable[str]) -> JsonSchemaValue:
    """The schema of a word from a closed list."""
    choice: JsonSchemaValue = {"enum": list(options)}
    if not (types := " or ".join(parameters)):
        return choice
    named = {"type": "string", "pattern": f"^{PARAMETER}$", "description": f"a parameter of type {types}"}
    return {"anyOf": [choice, named]}


def names_schema(
    notation: str, sections: Iterable[str], reserved: Iterable[str], parameters: Iterable[str]
) -> JsonSchemaValue:
    """The schema of a member's name, bare or with its section. `sections` is our own word, for the reference alone."""
    named = list(sections)
    words = [f"(({'|'.join(named)})\\.)?{NAME}", *reserved]
    return {**scalar_schema(notation, "|".join(words), parameters), "sections": named}


def noted(notation: str, pattern: str = "", *, key: bool = False) -> WithJsonSchema:
    """The same for a field, or a key, whose reader says nothing of it. Keys are text, also to an editor."""
    schema = scalar_schema(notation, pattern)
    return WithJsonSchema(schema | {"type": "string"} if key else schema)
