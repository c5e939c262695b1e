"""A field that names a member can also hold its body: then the owner gives it its name, and nobody else shares it.

```yaml
auto_scaling_groups:
  web:
    launch_template: {image: web-image}      # a launch template of its own, called web
```

Bodies are moved into their sections before anything is validated, so that later rooms see names only.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any, get_args

from labspec.diagnostic import Diagnostic, Label, Path, Rule
from labspec.model.grammar import SECTIONS
from labspec.model.kind import Part
from labspec.model.spec import Spec
from labspec.model.word import Names
from labspec.scalar import Scalar

BODY_TAKEN = Rule(
    "LS105",
    "name-of-body-taken",
    "Another member has the name that a body would get.",
    "Where a body stands instead of a name, the member takes its owner's name. Two under one owner, or one beside a"
    " member of that name, need names of their own.",
    "target_groups: {front: ...}\nload_balancers:\n  front: {listeners: {80: {forward: {port: 8080}}}, ...}",
    "target_groups: {front: {port: 80}}\nload_balancers:\n  front: {listeners: {80: front}, ...}",
)


@dataclass(slots=True)
class Moved:
    """A document without bodies in the place of names; where each one stood; what could not be moved."""

    document: dict[str, Any]
    places: dict[Path, Path] = field(default_factory=dict)
    diagnostics: list[Diagnostic] = field(default_factory=list)


def move_bodies(document: Mapping[str, Any]) -> Moved:
    """Give every body that stands in the place of a name a section and its owner's name."""
    moved = Moved(dict(document))
    for section in SECTIONS:
        members = document.get(section)
        for name, body in members.items() if isinstance(members, dict) else ():
            emptied = _emptied(moved, _kind(section), body, str(name), (section, str(name)))
            moved.document[section] = {**moved.document[section], name: emptied}
    return moved


@cache
def named_by_owner() -> frozenset[str]:
    """The sections whose members can be bodies, and get the names of their owners."""
    found: set[str] = set()
    pending = [_kind(section) for section in SECTIONS]
    seen = set(pending)
    while pending:
        for info in pending.pop().model_fields.values():
            found.update(filter(None, [_named((info.annotation, *info.metadata))]))
            inner = set(_parts(info.annotation)) - seen
            pending += inner
            seen |= inner
    return frozenset(found)


def _kind(section: str) -> type[Part]:
    return next(_parts(Spec.model_fields[section].annotation))


def _emptied(moved: Moved, part: type[Part], body: Any, owner: str, path: Path) -> Any:
    """A mapping of the spec with its bodies replaced by names."""
    if not isinstance(body, dict):
        return body
    kept: dict[Any, Any] = {}
    for key, value in body.items():
        info = next((i for f, i in part.model_fields.items() if str(key) == (i.alias or f)), None)
        annotation = (info.annotation, *info.metadata) if info else ()
        kept[key] = _field(moved, annotation, value, owner, (*path, str(key)))
    return kept


def _field(moved: Moved, annotation: Any, value: Any, owner: str, path: Path) -> Any:
    if not isinstance(value, dict):
        return value
    if (section := _named(annotation)) is not None:
        return _move(moved, section, value, owner, path)
    part = next(_parts(annotation), None)
    if part is None:
        return value
    if _is_mapping(annotation):
        return {name: _emptied(moved, part, inner, owner, (*path, str(name))) for name, inner in value.items()}
    return _emptied(moved, part, value, owner, path)


def _move(moved: Moved, section: str, body: Any, owner: str, path: Path) -> Any:
    members = moved.document.get(section)
    members = members if isinstance(members, dict) else {}
    if owner in members:
        other = moved.places.get((section, owner), (section, owner))
        label = Label(f"This is `{owner}` already.", other, "key")
        message = f"This body would be called `{owner}`, which another of the {section.replace('_', ' ')} is."
        help_ = f"Give it a name under `{section}`, and write the name here."
        moved.diagnostics.append(Diagnostic(BODY_TAKEN, message, path, "key", related=(label,), help=help_))
    else:
        moved.places[section, owner] = path
        emptied = _emptied(moved, _kind(section), body, owner, path)
        moved.document[section] = {**members, Scalar(owner): emptied}
    return Scalar(owner)


def _named(annotation: Any) -> str | None:
    """The one section that a field names, if members of it can stand on their own."""
    if isinstance(annotation, Names):
        return annotation.sections[0] if len(annotation.sections) == 1 and annotation.sections[0] in SECTIONS else None
    if _is_mapping(annotation):
        return None
    inner = (
        annotation
        if isinstance(annotation, tuple)
        else (*get_args(annotation), *getattr(annotation, "__metadata__", ()))
    )
    return next((section for argument in inner if (section := _named(argument)) is not None), None)


def _is_mapping(annotation: Any) -> bool:
    inner = annotation[0] if isinstance(annotation, tuple) and annotation else annotation
    return getattr(inner, "__origin__", None) in (dict, tuple)


def _parts(annotation: Any) -> Iterator[type[Part]]:
    if isinstance(annotation, type) and issubclass(annotation, Part):
        yield annotation
        return
    for argument in annotation if isinstance(annotation, tuple) else get_args(annotation):
        yield from _parts(argument)
