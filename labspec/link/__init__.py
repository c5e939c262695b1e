"""References by name become references to members.

Zoned forms are spelled out first (one subnet per zone, routes that follow from `access`), so that every later room sees
subnets, gateways and route tables only in their long form. Then every name, parameter and expression is looked up.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from labspec.diagnostic import Diagnostic, Path
from labspec.link.declared import Declared
from labspec.link.expressions import Expressions
from labspec.link.members import members_of
from labspec.link.parameters import shown
from labspec.link.references import References
from labspec.link.unknown import Unknown, unknown
from labspec.link.zoned import wrong_zones
from labspec.model.architecture import Architecture, Contents
from labspec.model.attributes import ATTRIBUTES, split
from labspec.model.load import Loaded
from labspec.model.text import Text
from labspec.model.word import Name, Parameter

__all__ = ["link"]

Leaf = tuple[Path, Any]


def link(loaded: Loaded, contents: Contents) -> tuple[Architecture, Loaded, list[Diagnostic]]:
    """The architecture of a spec; the spec, of which more may be poisoned; and every reference that does not hold.

    Nothing is said of names that are poisoned (the name `*` stands for any), nor of the form of members that are torn:
    they lost something that stood inside them.
    """
    members, families, broken, found = members_of(loaded.spec, loaded.torn)
    architecture = Architecture(loaded.spec, members, families, contents, frozenset(loaded.variables.used))
    loaded = replace(loaded, poisoned=loaded.poisoned | broken)
    declared = Declared(architecture, loaded.poisoned, loaded.misnamed)
    leaves = (*architecture.leaves, *architecture.with_texts(loaded.remains))
    references, expressions = References(declared), Expressions(declared)
    wrong = [each for path, leaf in leaves for each in _wrong(references, expressions, path, leaf)]
    found += [each for each in wrong if isinstance(each, Diagnostic)]
    unexplained = [each for each in wrong if isinstance(each, Unknown)]
    of_zones, unexplained = wrong_zones(unexplained, declared, lambda: set(_written(leaves)))
    found += [*of_zones, *unknown(unexplained, declared, lambda: _named(declared, leaves))]
    return architecture, loaded, found


def _wrong(references: References, expressions: Expressions, path: Path, leaf: Any) -> Iterator[Diagnostic | Unknown]:
    """What is wrong with a name, a parameter or the expressions of a text."""
    if isinstance(leaf, Name):
        yield from references.name(path, leaf)
    elif isinstance(leaf, Parameter):
        yield from references.parameter(path, leaf)
    elif isinstance(leaf, Text):
        for expression in leaf.expressions:
            if problem := expressions.check(path, expression):
                yield problem
            if not leaf.raw:
                yield from shown(expressions.declared.architecture.spec.parameters, path, expression)
        for near in leaf.near:
            if half := expressions.half(path, leaf, near):
                yield half


def _named(declared: Declared, leaves: tuple[Leaf, ...]) -> set[Path]:
    """Where the things are declared that something names."""
    keys: set[tuple[str, str]] = set()
    for _, leaf in leaves:
        if isinstance(leaf, Name):
            keys.update((member.section, member.name) for member in declared.architecture.meant(leaf))
        elif isinstance(leaf, Parameter):
            keys.add(("parameters", leaf.name))
        elif isinstance(leaf, Text):
            keys.update(key for expression in leaf.expressions for key in _keys(expression.words))
    return {declared.where(key) for key in keys if declared.has(*key)}


def _written(leaves: tuple[Leaf, ...]) -> Iterator[str]:
    """The bare names of members as they are written, in fields and in expressions."""
    for _, leaf in leaves:
        if isinstance(leaf, Name):
            yield leaf.text.rpartition(".")[2]
        elif isinstance(leaf, Text):
            yield from (split(expression.words)[1] for expression in leaf.expressions)


def _keys(words: tuple[str, ...]) -> list[tuple[str, str]]:
    """What an expression may speak of."""
    if len(words) == 1 or words[0] == "resources":
        return [("parameters", words[0]) if len(words) == 1 else ("resources", words[1])]
    section, name, _ = split(words)
    return [(each, name) for each in ([section] if section else ATTRIBUTES)]
