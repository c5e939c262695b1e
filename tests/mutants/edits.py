"""Changes of templates, as data: each makes a mutant of what was built.

A place is written as keys with slashes between, the stack first: `network/Resources/LabVpc/Properties/CidrBlock`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.mutants.built import Templates

Edit = Callable[[Templates], None]


def put(place: str, value: Any) -> Edit:
    """A value in the place of another, or where there was none."""

    def edit(templates: Templates) -> None:
        around, key = _found(templates, place)
        around[key] = value

    return edit


def drop(place: str) -> Edit:
    """A value less."""

    def edit(templates: Templates) -> None:
        around, key = _found(templates, place)
        del around[key]

    return edit


def rename(place: str, new: str) -> Edit:
    """Another key for a value."""

    def edit(templates: Templates) -> None:
        around, key = _found(templates, place)
        around[new] = around.pop(key)

    return edit


def reword(place: str, old: str, new: str) -> Edit:
    """Other words in a text; they must be there."""

    def edit(templates: Templates) -> None:
        around, key = _found(templates, place)
        assert old in around[key], place
        around[key] = around[key].replace(old, new)

    return edit


def both(*edits: Edit) -> Edit:
    """Several changes that are one mistake."""

    def edit(templates: Templates) -> None:
        for each in edits:
            each(templates)

    return edit


def attribute(name: str) -> dict[str, list[str]]:
    """`Fn::GetAtt` of `Resource.Attribute`."""
    return {"Fn::GetAtt": list(name.split(".", 1))}


def _found(templates: Templates, place: str) -> tuple[Any, Any]:
    around: Any = templates
    *way, last = place.split("/")
    for step in way:
        around = around[int(step) if isinstance(around, list) else step]
    return around, int(last) if isinstance(around, list) else last
