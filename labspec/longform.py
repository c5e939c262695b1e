"""A spec in its long form: one document with everything resolved, and where what came from elsewhere was written.

What `extends`, `include`, `like`, overlays and variables did is in the data already. Here short forms are written out,
bodies in the place of names get sections of their own, and names of files are turned towards the spec's folder: so the
document says the same where the spec stands. Defaults are not filled in: what nobody said is not in it.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Set
from dataclasses import dataclass
from pathlib import Path as FilePath
from types import NoneType, UnionType
from typing import Annotated, Any, Union, get_args, get_origin

from labspec.diagnostic import Path
from labspec.model.bodies import move_bodies
from labspec.model.kind import Part
from labspec.model.spec import Spec
from labspec.model.variables import Variables
from labspec.model.word import FileName
from labspec.scalar import Scalar
from labspec.yaml_tree import Tree


@dataclass(frozen=True, slots=True)
class LongForm:
    """A document, and what is to be noted beside its keys, by their paths."""

    document: dict[str, Any]
    notes: Mapping[Path, str]


def long_form(
    document: Mapping[str, Any], tree: Tree, file: str, settings: Mapping[str, str], kept: Set[str] = frozenset()
) -> LongForm:
    """The long form of a resolved spec without errors: its data, its tree, its file, and the variables given.

    `kept` are the variables that mentioned files use: they stay, with the values that they have.
    """
    variables = Variables(settings)
    filled = variables.filled(document)
    if "variables" in filled:
        filled["variables"] = {name: value for name, value in variables.values.items() if name in kept}
    moved = move_bodies({name: value for name, value in filled.items() if name != "variables" or value})
    folder = str(FilePath(file).parent)
    notes = _Notes(folder, {})
    notes.inside(tree, (), file)
    for path, place in moved.places.items():
        if (body := _find(tree, place)) is not None:
            notes.beside(body, path, file)
            notes.inside(body, path, body.span.file)
    return LongForm(_Writer(folder).part(Spec, moved.document), notes.found)


def _find(tree: Tree, path: Path) -> Tree | None:
    found: Tree | None = tree
    for step in path:
        found = found.value.get(str(step)) if found and isinstance(found.value, dict) else None
    return found


# ------------------------------------------------------------------ short forms


@dataclass(frozen=True, slots=True)
class _Writer:
    """Writes short forms out, by what the model says of each field."""

    folder: str

    def part(self, part: type[Part], value: Any) -> Any:
        """A mapping of the language; a single value stands for the field that `short` names."""
        if not isinstance(value, dict):
            if not part.short:
                return value
            value = {part.short: value}
        fields = {info.alias or name: info.annotation for name, info in part.model_fields.items()}
        return {key: self.value(fields.get(str(key)), inner) for key, inner in value.items()}

    def value(self, annotation: Any, value: Any) -> Any:
        """A field's value. An empty one that compiles is an empty mapping."""
        if isinstance(value, Scalar) and value.style == "empty":
            return {}
        for option in _options(annotation):
            inner = get_args(option)
            if option is Any:
                return _raw(value)
            if option is FileName:
                return self._file(value)
            if isinstance(option, type) and issubclass(option, Part):
                return self.part(option, value)
            if get_origin(option) is tuple:
                return [self.value(inner[0], item) for item in (value if isinstance(value, list) else [value])]
            if get_origin(option) is dict and isinstance(value, dict):
                return {key: self.value(inner[1], item) for key, item in value.items()}
        return value

    def _file(self, name: Scalar) -> Scalar:
        """The name of a file as the spec's own folder sees it, where a document of another folder mentions it."""
        if FilePath(name.folder) == FilePath(self.folder):
            return name
        seen = os.path.relpath(FilePath(name.folder) / name, self.folder)
        return Scalar(seen.replace(os.sep, "/"), name.style, self.folder)


def _options(annotation: Any) -> Iterator[Any]:
    """What a field may be: the alternatives of its annotation, bare."""
    if get_origin(annotation) is Annotated:
        yield from _options(get_args(annotation)[0])
    elif get_origin(annotation) in (Union, UnionType):
        for argument in get_args(annotation):
            yield from _options(argument)
    elif annotation is not NoneType and annotation is not None:
        yield annotation


def _raw(value: Any) -> Any:
    """A raw body. What was typed as text without quotes may read as a number once a variable is filled in."""
    if isinstance(value, dict):
        return {key: _raw(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_raw(inner) for inner in value]
    return str(value) if isinstance(value, Scalar) and value.style == "plain" else value


# ------------------------------------------------------------------ where it came from


@dataclass(frozen=True, slots=True)
class _Notes:
    """Notes beside what stands in another file than what is around it, and beside what began with another member."""

    folder: str
    found: dict[Path, str]

    def inside(self, tree: Tree, path: Path, file: str) -> None:
        """Note what came into a mapping of `file`. Of a section the members are noted, not the section itself."""
        for name, inner in tree.value.items() if isinstance(tree.value, dict) else ():
            place = (*path, name)
            is_section = not path and isinstance(inner.value, dict)
            if not is_section:
                self.beside(inner, place, file)
            self.inside(inner, place, file if is_section else inner.span.file)

    def beside(self, tree: Tree, path: Path, file: str) -> None:
        """Note where a value was written, if that is not `file`, and what it began with."""
        where = tree.key or tree.span
        seen = os.path.relpath(where.file, self.folder).replace(os.sep, "/")
        notes = [f"from {seen}:{where.line}"] if tree.span.file != file else []
        if notes := [*notes, *([f"like {tree.via}"] if tree.via else [])]:
            self.found[path] = ", ".join(notes)
