"""Small templates compared with one another."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping
from typing import Any

from labspec.diff import Change, Difference, compare
from labspec.template import read_directory

Templates = str | Mapping[str, str]


def difference(old: Templates, new: Templates, **options: Any) -> Difference:
    """What becomes of one set of templates; a text alone is one with these resources."""
    before, after = (read_directory(_set(each), "root.yaml", **options) for each in (old, new))
    return compare(before, after)


def resources(text: str) -> str:
    """The text of a template with these resources."""
    return "Resources:\n" + textwrap.indent(textwrap.dedent(text).strip("\n"), "  ")


def _set(templates: Templates) -> Mapping[str, str]:
    if not isinstance(templates, str):
        return {name: textwrap.dedent(text) for name, text in templates.items()}
    text = textwrap.dedent(templates)
    return {"root.yaml": text if "Resources:" in text else resources(text)}


def verbs(found: Difference) -> dict[str, str]:
    """What becomes of each, with `?` where it is not certain."""
    return {address: _verb(change) for address, change in found.changes.items()}


def _verb(change: Change) -> str:
    return change.verb + ("" if change.sure and change.when is True else "?")
