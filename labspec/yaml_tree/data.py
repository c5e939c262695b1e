"""A tree to plain data for the models: mappings, lists and scalars; raw bodies typed as YAML 1.2 does."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from labspec.diagnostic import Diagnostic, Path, Pattern, matches
from labspec.nearest import did_you_mean
from labspec.scalar import Scalar
from labspec.yaml_tree.rules import NOT_ALLOWED
from labspec.yaml_tree.syntax import COMMA
from labspec.yaml_tree.tree import Tree

SHORT = {
    "Ref": "Ref",
    "Condition": "Condition",
    **{
        name: f"Fn::{name}"
        for name in (
            *("And", "Base64", "Cidr", "Equals", "FindInMap", "GetAtt", "GetAZs", "If", "ImportValue", "Join"),
            *("Length", "Not", "Or", "Select", "Split", "Sub", "ToJsonString", "Transform"),
        )
    },
}
"""CloudFormation's short tags and what they stand for (`Intrinsic function reference`)."""

CORE = "tag:yaml.org,2002:"
_INTEGER = re.compile(r"[-+]?[0-9]+\Z")
_BASED = re.compile(r"0o[0-7]+\Z|0x[0-9a-fA-F]+\Z")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?\Z")
_ZERO = re.compile(r"[-+]?0[0-9]+\Z")
_SWITCH = {"yes": "true", "on": "true", "no": "false", "off": "false"}


@dataclass
class Reading:
    """The work of one document.

    `raw` are the patterns of paths at which CloudFormation's own notation stands. What is wrong is collected in
    `found`, and in `told` where it is, so that nobody complains of what follows from it.
    """

    folders: Mapping[str, str]
    raw: frozenset[Pattern]
    found: list[Diagnostic] = field(default_factory=list)
    told: set[Path] = field(default_factory=set)
    hints: dict[Path, str] = field(default_factory=dict)
    """What may be the reason why a key is not known."""
    twice: set[Path] = field(default_factory=set)
    """Mappings whose keys stand twice."""

    def data(self, tree: Tree, path: Path = ()) -> Any:
        """Plain data."""
        if any(matches(pattern, path) for pattern in self.raw if len(pattern) == len(path)):
            return self._typed(tree, path)
        if tree.tag:
            help_ = "CloudFormation's short tags work inside `resources` and `override` only; elsewhere name members."
            if tree.tag == "!Ref" and isinstance(tree.value, str):
                help_ = f"Write `{tree.value}` alone, or `${{{{ {tree.value} }}}}` in a text."
            self._wrong(tree, path, f"The tag `{_shown(tree.tag)}` cannot stand here.", help_)
        if tree.twice:
            self.twice.add(path)
        if isinstance(tree.value, dict):
            if tree.in_braces:
                self.hints |= {(*path, name): COMMA for name, inner in tree.value.items() if inner.is_empty}
            above = ""
            for name, inner in tree.value.items():
                if above:
                    self.hints[*path, name] = f"If it is a line of the text of `{above}`, indent it deeper."
                above = name if inner.style == "block" else ""
            return {Scalar(name): self.data(inner, (*path, name)) for name, inner in tree.value.items()}
        if isinstance(tree.value, list):
            return [self.data(inner, (*path, index)) for index, inner in enumerate(tree.value)]
        return self._scalar(tree, tree.value)

    def _wrong(self, tree: Tree, path: Path, message: str, help: str = "") -> None:
        self.found.append(Diagnostic(NOT_ALLOWED, message, path, span=tree.span, help=help))
        self.told.add(path)

    def _scalar(self, tree: Tree, text: str) -> Scalar:
        return Scalar(text, tree.style, self.folders[tree.span.file])

    # -------------------------------------------------------------- raw bodies

    def _typed(self, tree: Tree, path: Path) -> Any:
        """A raw body by YAML 1.2's core schema, short intrinsics made long."""
        value: Any
        if isinstance(tree.value, dict):
            value = {name: self._typed(inner, (*path, name)) for name, inner in tree.value.items()}
        elif isinstance(tree.value, list):
            value = [self._typed(inner, (*path, index)) for index, inner in enumerate(tree.value)]
        else:
            value = self._core(tree, tree.value, path)
        return self._intrinsic(tree, value, path)

    def _intrinsic(self, tree: Tree, value: Any, path: Path) -> Any:
        if not tree.tag or tree.tag.startswith(CORE):
            return value
        name = tree.tag.removeprefix("!")
        if name not in SHORT:
            self._wrong(
                tree,
                path,
                f"CloudFormation has no `{tree.tag}`.",
                did_you_mean(tree.tag, [f"!{short}" for short in SHORT]),
            )
            return value
        if name == "GetAtt" and isinstance(value, str):
            value = value.split(".", 1)
        return {SHORT[name]: value}

    def _core(self, tree: Tree, text: str, path: Path) -> Any:
        if tree.tag.startswith(CORE) and tree.tag != f"{CORE}str":
            self._wrong(tree, path, f"The tag `{_shown(tree.tag)}` cannot stand here.", "Write the value as it is.")
        # A tag says what a scalar is: by its look a reader types only one that has none.
        if tree.style in ("quoted", "block") or tree.tag:
            return self._scalar(tree, text)
        if tree.is_null or tree.is_empty:
            return None
        if text in ("true", "false", "True", "False", "TRUE", "FALSE"):
            return text.lower() == "true"
        self._odd(tree, text, path)
        return self._number(tree, text)

    def _odd(self, tree: Tree, text: str, path: Path) -> None:
        """What YAML 1.1 and 1.2 read differently, and CloudFormation reads by 1.1."""
        if _ZERO.match(text):
            self._wrong(tree, path, f"`{text}` would lose its zero.", f'Quote it: "{text}".')
        elif text.lower() in _SWITCH:
            help_ = f"Write `{_SWITCH[text.lower()]}`, or quote the text."
            self._wrong(tree, path, f"`{text}` is a text to some readers of YAML, and true or false to others.", help_)

    def _number(self, tree: Tree, text: str) -> Any:
        if _INTEGER.match(text) and len(text) < 1000:
            return int(text)
        if _BASED.match(text) and len(text) < 1000:
            return int(text, 0)
        if _FLOAT.match(text) and math.isfinite(number := float(text)):
            return number
        return self._scalar(tree, text)


def _shown(tag: str) -> str:
    return tag.replace(CORE, "!!")
