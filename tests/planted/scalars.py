"""Every key and scalar of a spec file, and what the language takes there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple, get_args

from labspec.diagnostic import Path, Span
from labspec.model.grammar import NESTED, SECTIONS
from labspec.model.kind import Part
from labspec.model.places import fields_of, part_at
from labspec.model.spec import Spec
from labspec.model.word import Choice, Names, Word
from labspec.yaml_tree import Tree

NAMED = ("parameters", "variables", "resources")


class Spot(NamedTuple):
    """A key or a scalar."""

    path: Path
    text: str
    span: Span
    is_key: bool
    tree: Tree
    """The value: of a key, what it leads to."""
    around: Tree
    """The mapping or list that it stands in."""
    above: Span | None
    """Where the key of that stands, if it has one."""

    @property
    def role(self) -> Path:
        """The path without the names that the spec's author chose."""
        steps = ["#" if isinstance(step, int) else step for step in self.path]
        for at, step in enumerate(steps[:-1]):
            if (at == 0 and step in SECTIONS) or (at == 2 and step in NESTED):
                steps[at + 1] = "*"
        return tuple(steps)

    @property
    def is_member(self) -> bool:
        return self.is_key and bool(self.role) and self.role[-1] == "*"

    @property
    def is_declared(self) -> bool:
        """Whether it is a name that other places may name."""
        if self.path[-1] == "internet_gateway":
            return not self.is_key
        return self.is_member or (self.is_key and len(self.path) == 2 and self.path[0] in NAMED)

    def takes(self, sort: type[Any]) -> list[Any]:
        """The marks of one sort (`Names`, `Choice`, `Word`) in the type of the field."""
        steps = [step for step in self.path if isinstance(step, str)]
        part = part_at(tuple(steps[:-1])) if steps else None
        if part is None or self.is_key:
            return []
        info = next((info for name, info in part.model_fields.items() if (info.alias or name) == steps[-1]), None)
        return [mark for mark in _marks((info.annotation, *info.metadata)) if isinstance(mark, sort)] if info else []

    @property
    def is_word(self) -> bool:
        """Whether the right words can be listed, so that a wrong one has a nearest."""
        return self.is_key or bool(self.takes(Names) or self.takes(Choice))


def _marks(annotation: Any) -> Iterator[Any]:
    if isinstance(annotation, (Names, Choice, Word)):
        yield annotation
    inner = annotation if isinstance(annotation, tuple) else get_args(annotation)
    for each in (*inner, *getattr(annotation, "__metadata__", ())):
        yield from _marks(each)


Field = tuple[str, str]
"""A field of the language: its part of the model, and its name."""


def fields() -> set[Field]:
    """Every field of the language."""
    found: set[Field] = set()
    pending: list[Any] = [Spec]
    seen: set[type[Part]] = set()
    while pending:
        annotation = pending.pop()
        if isinstance(annotation, type) and issubclass(annotation, Part):
            if annotation not in seen:
                seen.add(annotation)
                found.update((annotation.__name__, name) for name in fields_of(annotation))
                pending.extend(fields_of(annotation).values())
        else:
            pending.extend(get_args(annotation))
    return found


def field_of(path: Path) -> Field | None:
    """The field of the language that a key stands for."""
    steps = [step for step in path if isinstance(step, str)]
    part = part_at(tuple(steps[:-1])) if steps else None
    return (part.__name__, steps[-1]) if part is not None and steps[-1] in fields_of(part) else None


def spots(tree: Tree, path: Path = (), above: Span | None = None) -> Iterator[Spot]:
    """Every key and scalar of a document, in its order."""
    pairs: Mapping[Any, Tree] = tree.entries or dict(enumerate(tree.inside))
    for step, inner in pairs.items():
        here = (*path, step)
        if inner.key:
            yield Spot(here, str(step), inner.key, True, inner, tree, above)
        if isinstance(inner.value, str):
            if inner.value and not inner.is_empty:
                yield Spot(here, inner.value, inner.span, False, inner, tree, above)
        else:
            yield from spots(inner, here, inner.key)
