"""What AWS's schemas say of types and properties, read out of cfn-lint's package without importing it.

Importing cfn-lint takes half a second, and its data are files of JSON. They are read where a word is unusual, and
parsed only where one is wrong, to say what was meant.
"""

from __future__ import annotations

import json
import re
from functools import cache
from importlib.util import find_spec
from pathlib import Path as FilePath
from typing import Any, NamedTuple

REGION = "us-east-1"
"""The region whose schemas are read where a spec names none, as cfn-lint does."""
INSTANCE_TYPES = "extensions/aws_ec2_instance/instancetype_enum.json"
DATABASE_CLASSES = "extensions/aws_rds_dbinstance/dbinstanceclass_enum.json"


@cache
def _read(name: str) -> bytes:
    """A file of the schemas; nothing where it is not there: then nothing is known."""
    package = find_spec("cfnlint")
    folders = package.submodule_search_locations if package else None
    try:
        return (FilePath(next(iter(folders or [""]))) / "data/schemas" / name).read_bytes()
    except OSError:
        return b""


def _has(name: str, word: str) -> bool:
    return f'"{word}"'.encode() in (content := _read(name)) or not content


def has_instance_type(name: str) -> bool:
    """Whether some region has machines of a type."""
    return _has(INSTANCE_TYPES, name)


def has_database_class(name: str) -> bool:
    """Whether some region has databases of a class. Classes are sizes of machines, of which the list is shorter."""
    return _has(INSTANCE_TYPES, name.removeprefix("db.")) or _has(DATABASE_CLASSES, name)


def lacks_instance_type(name: str, region: str) -> bool:
    """Whether a region has no machines of a type that another region has."""
    return _is_elsewhere(INSTANCE_TYPES, name, region)


def lacks_database_class(name: str, region: str) -> bool:
    """Whether a region has no databases of a class that another region has."""
    return _is_elsewhere(DATABASE_CLASSES, name, region)


def _is_elsewhere(name: str, word: str, region: str) -> bool:
    """Whether a list that is kept for each region has a word for another region only."""
    content, sought = _read(name), f'"{word}"'.encode()
    start = content.find(f'\n "{region}": '.encode())
    if start < 0 or sought not in content:
        return False
    # A list of all regions has megabytes: what is one region's ends where the next begins, at the same depth.
    return sought not in content[start : content.find(b'\n "', start + 1)]


@cache
def instance_types() -> tuple[str, ...]:
    """The types of machines of all regions."""
    return tuple(sorted(set(re.findall(r'"([a-z0-9-]+\.[a-z0-9-]+)"', _read(INSTANCE_TYPES).decode()))))


@cache
def database_classes() -> tuple[str, ...]:
    """The classes of databases of all regions."""
    return tuple(sorted(set(re.findall(r'"(db\.[a-z0-9.-]+)"', _read(DATABASE_CLASSES).decode()))))


@cache
def resource_types(region: str = REGION) -> dict[str, str]:
    """The types of resources of a region, each with the name of its schema."""
    found: dict[str, str] = json.loads(_read(f"providers/{region}.json") or b"{}")
    return found


def properties_at(kind: str, place: tuple[str | int, ...], region: str = REGION) -> list[str]:
    """The properties of a type, or of what stands at a place inside its properties; none where that is not known."""
    return sorted({name for each in _parts_at(kind, place, region) for name in each.get("properties", {})})


class Updates(NamedTuple):
    """What AWS does when properties of a type change, by steps into them; `*` stands for every item of a list.

    The words are those of the resource type definition schema of the CloudFormation CLI's user guide.
    """

    create_only: tuple[tuple[str, ...], ...]
    """What no update changes: the resource is replaced (`createOnlyProperties`)."""
    conditional: tuple[tuple[str, ...], ...]
    """What is changed in place, or by replacing, by rules that the schema does not tell."""
    identifier: tuple[tuple[str, ...], ...]
    """What it is known by (`primaryIdentifier`)."""
    read_only: tuple[tuple[str, ...], ...]
    transforms: dict[tuple[str, ...], str]
    """What the service makes of a value, in JSONata (`propertyTransform`)."""
    is_swapped: bool
    """Whether what is replaced is deleted before the new one is made (`replacementStrategy`)."""


@cache
def updates(kind: str, region: str = REGION) -> Updates | None:
    """How a type takes changes; None where that is not known."""
    schema = _schema(kind, region)
    if not schema:
        return None
    create_only, conditional, identifier, read_only = (
        tuple(_steps(pointer) for pointer in schema.get(word, []))
        for word in (
            "createOnlyProperties",
            "conditionalCreateOnlyProperties",
            "primaryIdentifier",
            "readOnlyProperties",
        )
    )
    transforms = {_steps(pointer): text for pointer, text in schema.get("propertyTransform", {}).items()}
    is_swapped = schema.get("replacementStrategy") == "delete_then_create"
    return Updates(create_only, conditional, identifier, read_only, transforms, is_swapped)


def _steps(pointer: str) -> tuple[str, ...]:
    return tuple(pointer.removeprefix("/properties/").split("/"))


def default_at(kind: str, place: tuple[str | int, ...], region: str = REGION) -> Any:
    """What a property is where it is not said, by the schema; None where that does not tell."""
    return next((part["default"] for part in _parts_at(kind, place, region) if "default" in part), None)


def is_unordered(kind: str, place: tuple[str | int, ...], region: str = REGION) -> bool:
    """Whether the order of a list means nothing to the service (`insertionOrder`)."""
    return any(part.get("insertionOrder") is False for part in _parts_at(kind, place, region))


@cache
def _parts_at(kind: str, place: tuple[str | int, ...], region: str) -> list[dict[str, Any]]:
    """The schemas of what stands at a place inside the properties of a type."""
    schema = _schema(kind, region)
    found = _forms(schema, schema)
    for step in place:
        found = [inner for each in found for inner in _inside(schema, each, step)]
    return found


HANDLERS = ("create", "read", "update", "delete", "list")


def permissions(kind: str, region: str = REGION) -> dict[str, tuple[str, ...]] | None:
    """What CloudFormation calls for a type, by handler: `{"create": ("ec2:CreateVpc", ...)}`; None of an unknown type.

    What tagging takes stands under `tagging`. Types of the old form have no handlers, and then it is empty.
    """
    schema = _schema(kind, region)
    tagging = schema.get("tagging")
    stated = {name: schema.get("handlers", {}).get(name, {}).get("permissions", ()) for name in HANDLERS}
    stated["tagging"] = tagging.get("permissions", ()) if isinstance(tagging, dict) else ()
    return {name: tuple(actions) for name, actions in stated.items() if actions} if schema else None


def is_tagged_when_made(kind: str, region: str = REGION) -> bool:
    """Whether a type's resources have their tags from the moment they are made, a stack's tags among them."""
    tagging = _schema(kind, region).get("tagging")
    return isinstance(tagging, dict) and bool(tagging.get("taggable")) and bool(tagging.get("tagOnCreate"))


@cache
def _schema(kind: str, region: str) -> dict[str, Any]:
    name = resource_types(region).get(kind) or resource_types().get(kind, "")
    return json.loads(_read(f"resources/{name}.json") or b"{}") if name else {}


def _inside(schema: dict[str, Any], part: dict[str, Any], step: str | int) -> list[dict[str, Any]]:
    """The schemas of what stands one step inside."""
    inner = part.get("items") if isinstance(step, int) else part.get("properties", {}).get(step)
    return _forms(schema, inner) if isinstance(inner, dict) else []


def _forms(schema: dict[str, Any], part: dict[str, Any]) -> list[dict[str, Any]]:
    """A schema with its references followed, and its alternatives beside it."""
    if isinstance(reference := part.get("$ref"), str):
        name = reference.removeprefix("#/definitions/")
        return _forms(schema, schema.get("definitions", {}).get(name, {}))
    others = [each for word in ("allOf", "anyOf", "oneOf") for each in part.get(word, [])]
    return [part, *(form for each in others for form in _forms(schema, each))]
