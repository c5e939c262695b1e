"""CloudFormation of the user's own: raw resources, and what is laid over the resources of members."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from labspec.diagnostic import Path
from labspec.model.architecture import Architecture
from labspec.model.text import Text


class OwnBody(NamedTuple):
    """The properties of a raw resource with its type; those laid over a member's have none."""

    type: str
    name: str
    path: Path
    properties: dict[str, Any]

    def may_be(self, *types: str) -> bool:
        """Whether it is of one of some types, as far as that is known."""
        return not self.type or self.type in types

    def at(self, *steps: str) -> Iterator[tuple[Path, Any]]:
        """The values at a place inside, with their paths; lists on the way are gone through."""
        return values_at(self.properties, self.path, *steps)


def own_bodies(architecture: Architecture) -> Iterator[OwnBody]:
    """Every body that has properties of the form that CloudFormation takes."""
    for name, body in architecture.spec.resources.items():
        if isinstance(properties := body.get("Properties", {}), dict) and isinstance(body.get("Type"), str):
            yield OwnBody(body["Type"], name, ("resources", name, "Properties"), properties)
    for member in architecture.members.values():
        for role, patch in member.body.override.items():
            if isinstance(properties := patch.get("Properties"), dict):
                path = (*member.path, "override", role, "Properties")
                yield OwnBody("", member.name, path, properties)


def values_at(value: Any, path: Path, *steps: str) -> Iterator[tuple[Path, Any]]:
    """The values that some keys lead to, one inside another."""
    for place, item in items(value, path):
        if not steps:
            yield place, item
        elif isinstance(item, dict) and steps[0] in item:
            yield from values_at(item[steps[0]], (*place, steps[0]), *steps[1:])


def items(value: Any, path: Path) -> list[tuple[Path, Any]]:
    """A list's items with their paths; anything else is one of its own."""
    if isinstance(value, list):
        return [((*path, index), item) for index, item in enumerate(value)]
    return [(path, value)]


def written(value: Any) -> str:
    """The text of a value as it stands, also of a substitution; empty where there is none, or it is made otherwise."""
    if isinstance(value, dict) and list(value) == ["Fn::Sub"]:
        inner = value["Fn::Sub"]
        value = inner[0] if isinstance(inner, list) and inner else inner
    if isinstance(value, Text):
        return value.literal or ""
    return value if isinstance(value, str) else ""


def is_off(value: Any) -> bool:
    """Whether a switch is written and off."""
    return value is False or (isinstance(value, str) and value.lower() == "false")
