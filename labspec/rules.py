"""Every rule of every room.

Rules are declared beside the code that raises them, and no list of them is kept: they are found where they stand. This
file knows no room; it looks into the package's files for declarations and imports those that have some.
"""

from __future__ import annotations

import importlib
import re
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path as FilePath

import labspec
from labspec.diagnostic import Rule

DECLARATION = re.compile(r"^[A-Z][A-Z0-9_]* = Rule\(", re.MULTILINE)

ROOMS = {
    "0": "Reading",
    "1": "The language",
    "2": "Names",
    "3": "Laws",
    "4": "Emission",
    "5": "Layout and output",
    "6": "Linters",
    "7": "AWS",
    "8": "More laws",
}
"""What stands in the blocks of codes, by their first digit (see `BLOCKS` for who finds it)."""


def lowering(rule: Rule) -> str:
    """Whether a spec may lower a rule, in words."""
    return "can be lowered" if rule.can_be_lowered else "cannot be lowered"


@cache
def rules() -> tuple[Rule, ...]:
    """All rules, by their codes."""
    found = {rule: None for module in _modules() for rule in _declared(module)}
    return tuple(sorted(found, key=lambda rule: rule.code))


@cache
def rule_named(name: str) -> Rule | None:
    """The rule of a name, or None. It is mostly one of the modules that are loaded: then no other is, to look there."""
    loaded = [module for module in list(sys.modules) if module.startswith("labspec.")]
    known = (rule for module in loaded for rule in _declared(module) if rule.name == name)
    return next(known, None) or next((rule for rule in rules() if rule.name == name), None)


def _modules() -> Iterator[str]:
    """The modules that declare rules."""
    package = FilePath(labspec.__file__).parent
    for path in sorted(package.rglob("*.py")):
        if DECLARATION.search(path.read_text("utf-8")):
            steps = path.relative_to(package.parent).with_suffix("").parts
            yield ".".join(steps[:-1] if steps[-1] == "__init__" else steps)


def _declared(module: str) -> Iterator[Rule]:
    for value in vars(importlib.import_module(module)).values():
        if isinstance(value, Rule):
            yield value
