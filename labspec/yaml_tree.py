"""YAML text to a tree that remembers where everything stands.

The tree is built from the parser's events, not by a loader: so scalars stay as they were typed, no tag is obeyed,
duplicate keys are seen, and neither depth nor aliases can exhaust the machine.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

import yaml
from yaml import events as ev

from labspec.diagnostic import Diagnostic, Label, Rejected, Rule, Span
from labspec.scalar import Scalar, Style

SYNTAX = Rule(
    "LS001",
    "yaml-syntax",
    "The file is not YAML.",
    "labspec reads YAML 1.2: spaces indent, a colon ends a key, quotes and brackets close.",
    "vpcs:\n\tweb: {cidr: 10.0.0.0/16}",
    "vpcs:\n  web: {cidr: 10.0.0.0/16}",
)
DUPLICATE_KEY = Rule(
    "LS002",
    "duplicate-key",
    "A key stands twice in one mapping.",
    "Most YAML readers keep the last of two equal keys in silence, and the first is lost.",
    "vpcs:\n  web: {cidr: 10.0.0.0/16}\n  web: {cidr: 10.1.0.0/16}",
    "vpcs:\n  web: {cidr: 10.0.0.0/16}\n  app: {cidr: 10.1.0.0/16}",
)
NOT_ALLOWED = Rule(
    "LS003",
    "yaml-feature",
    "A feature of YAML that labspec does not take.",
    "Tags, merge keys and several documents hide what a spec says. `like`, `extends` and `include` say it in the open;"
    " CloudFormation's short tags work inside `resources` and `override`.",
    "instances:\n  b:\n    <<: *a",
    "instances:\n  b: {like: a}",
)
TOO_LARGE = Rule(
    "LS004",
    "too-large",
    "A document is larger or deeper than any spec needs to be.",
    "Limits keep a mistyped or hostile file from exhausting the machine: 1 MiB, 100,000 values, 64 levels.",
)

MAX_DEPTH = 64
MAX_NODES = 100_000


@dataclass(slots=True)
class Tree:
    """A value of a document: a mapping, a list or a scalar, where it stands, and where its key stands."""

    value: dict[str, Tree] | list[Tree] | str
    span: Span
    key: Span | None = None
    style: Style = "plain"
    tag: str = ""
    via: tuple[str, ...] = field(default_factory=tuple)

    @property
    def is_null(self) -> bool:
        """Whether a null was written out."""
        return self.style == "null"

    @property
    def is_empty(self) -> bool:
        """Whether nothing at all was written."""
        return self.style == "empty"


def parse(text: str, file: str) -> Tree:
    """The tree of one document. Raises `Rejected` where the text is not such a document."""
    try:
        return _Builder(file, text).build(yaml.parse(text, Loader=yaml.CSafeLoader))
    except yaml.MarkedYAMLError as error:
        raise Rejected(_syntax(error, file, text)) from error
    except yaml.YAMLError as error:
        raise Rejected(_unreadable(error, file)) from error


def _syntax(error: yaml.MarkedYAMLError, file: str, text: str) -> Diagnostic:
    mark = error.problem_mark or error.context_mark
    line, column = (mark.line, mark.column) if mark else (0, 0)
    span = Span(file, line + 1, column + 1, line + 1, column + 2)
    typed = text.splitlines()[line] if line < len(text.splitlines()) else ""
    related: tuple[Label, ...] = ()
    if error.context_mark and error.context_mark.line != line:
        start = error.context_mark
        related = (
            Label(
                "It began here.", span=Span(file, start.line + 1, start.column + 1, start.line + 1, start.column + 2)
            ),
        )
    if "\t" in typed[: column + 1]:
        return Diagnostic(
            SYNTAX, "A tab indents this line; YAML takes spaces only.", span=span, help="Replace the tab by spaces."
        )
    problem = (error.problem or "this is not YAML").replace("did not find expected", "there is no")
    help_ = ""
    if "mapping values are not allowed" in problem:
        help_ = "A value that holds `: ` needs quotes."
    elif "${{" in typed:
        help_ = 'Inside `{ }` or `[ ]`, an expression needs quotes: "${{ ... }}".'
    elif "',' or '}'" in problem or "',' or ']'" in problem:
        help_ = "A comma ends a value inside braces and brackets: quote a text that holds one."
    return Diagnostic(SYNTAX, f"This is not YAML: {problem}.", span=span, related=related, help=help_)


def _unreadable(error: yaml.YAMLError, file: str) -> Diagnostic:
    reason = getattr(error, "reason", str(error))
    return Diagnostic(SYNTAX, f"This is not YAML: {reason}.", span=Span(file, 1, 1, 1, 1))


@dataclass
class _Open:
    """A mapping or list under construction."""

    tree: Tree
    anchor: str | None
    pending: tuple[str, Span] | None = None


class _Builder:
    def __init__(self, file: str, text: str) -> None:
        self.file = file
        self.text = text
        self.stack: list[_Open] = []
        self.anchors: dict[str, Tree] = {}
        self.sizes: dict[str, int] = {}
        self.depths: dict[str, int] = {}
        self.root: Tree | None = None
        self.nodes = 0

    def build(self, events: Iterator[ev.Event]) -> Tree:
        documents = 0
        for event in events:
            if isinstance(event, ev.DocumentStartEvent):
                documents += 1
                if documents > 1:
                    self._refuse(NOT_ALLOWED, "A second document begins here; a spec is one document.", event)
            elif isinstance(event, ev.AliasEvent):
                self._alias(event)
            elif isinstance(event, ev.ScalarEvent):
                self._scalar(event)
            elif isinstance(event, (ev.MappingStartEvent, ev.SequenceStartEvent)):
                self._open(event)
            elif isinstance(event, (ev.MappingEndEvent, ev.SequenceEndEvent)):
                self._close(event)
        return self.root or Tree("", Span(self.file, 1, 1, 1, 1), style="empty")

    def _span(self, event: ev.Event) -> Span:
        start, end = event.start_mark, event.end_mark
        assert start is not None
        assert end is not None
        return Span(self.file, start.line + 1, start.column + 1, end.line + 1, end.column + 1)

    def _refuse(self, rule: Rule, message: str, event: ev.Event, *related: Label, help: str = "") -> None:
        raise Rejected(Diagnostic(rule, message, span=self._span(event), related=related, help=help))

    def _scalar(self, event: Any) -> None:
        span = self._span(event)
        if self._is_key():
            return self._take_key(event.value, span, event)
        tree = Tree(event.value, span, style=_style(event), tag=self._tag(event))
        self._anchor(event, tree)
        self._add(tree, event)

    def _tag(self, event: Any) -> str:
        return event.tag if event.tag and not event.tag.startswith("tag:yaml.org,2002:") else ""

    def _anchor(self, event: Any, tree: Tree) -> None:
        if event.anchor is None:
            return
        if event.anchor in self.anchors:
            self._refuse(
                NOT_ALLOWED,
                f"The anchor `&{event.anchor}` stands twice.",
                event,
                Label("It stands here, too.", span=self.anchors[event.anchor].span),
            )
        self.anchors[event.anchor] = tree

    def _is_key(self) -> bool:
        return bool(self.stack) and isinstance(self.stack[-1].tree.value, dict) and self.stack[-1].pending is None

    def _take_key(self, text: str, span: Span, event: ev.Event) -> None:
        top = self.stack[-1]
        assert isinstance(top.tree.value, dict)
        if text == "<<":
            self._refuse(
                NOT_ALLOWED,
                "Merge keys hide what a spec says.",
                event,
                help="Begin the member with `like: name` instead.",
            )
        if (other := top.tree.value.get(text)) is not None:
            self._refuse(
                DUPLICATE_KEY, f"`{text}` stands twice here.", event, Label("It stands here, too.", span=other.key)
            )
        top.pending = (text, span)

    def _add(self, tree: Tree, event: ev.Event) -> None:
        self.nodes += 1
        if self.nodes > MAX_NODES:
            self._refuse(TOO_LARGE, f"The document has more than {MAX_NODES:,} values.", event)
        if not self.stack:
            self.root = tree
            return
        top = self.stack[-1]
        if isinstance(top.tree.value, list):
            top.tree.value.append(tree)
        elif isinstance(top.tree.value, dict):
            assert top.pending is not None
            name, tree.key = top.pending
            top.tree.value[name] = tree
            top.pending = None

    def _open(self, event: Any) -> None:
        if self._is_key():
            self._refuse(SYNTAX, "A key must be a single word, not a mapping or a list.", event)
        if len(self.stack) >= MAX_DEPTH:
            self._refuse(TOO_LARGE, f"This is nested more than {MAX_DEPTH} levels deep.", event)
        tree = Tree(
            {} if isinstance(event, ev.MappingStartEvent) else [],
            self._span(event),
            style="plain",
            tag=self._tag(event),
        )
        self._add(tree, event)
        self.stack.append(_Open(tree, event.anchor))
        self._anchor(event, tree)

    def _close(self, event: ev.Event) -> None:
        top = self.stack.pop()
        end = self._span(event)
        top.tree.span = replace(top.tree.span, end_line=end.end_line, end_column=end.end_column)

    def _alias(self, event: Any) -> None:
        target = self.anchors.get(event.anchor)
        if target is None:
            self._refuse(SYNTAX, f"There is no anchor `&{event.anchor}` before this.", event)
            return
        if any(entry.tree is target for entry in self.stack):
            self._refuse(NOT_ALLOWED, f"`*{event.anchor}` stands inside what it repeats.", event)
        if self._is_key():
            self._refuse(NOT_ALLOWED, "An alias cannot be a key.", event)
        self.nodes += self._size(event.anchor, target)
        if self.nodes > MAX_NODES or len(self.stack) + self._depth(event.anchor, target) > MAX_DEPTH:
            self._refuse(TOO_LARGE, f"With all that `*{event.anchor}` repeats, the document is too large.", event)
        self._add(replace(target), event)

    def _depth(self, anchor: str, target: Tree) -> int:
        if anchor not in self.depths:
            self.depths[anchor] = _levels(target)
        return self.depths[anchor]

    def _size(self, anchor: str, target: Tree) -> int:
        if anchor not in self.sizes:
            self.sizes[anchor] = sum(1 for _ in _within(target))
        return self.sizes[anchor]


def _within(tree: Tree) -> Iterator[Tree]:
    pending, seen = [tree], 0
    while pending and seen <= MAX_NODES:
        seen += 1
        top = pending.pop()
        yield top
        if isinstance(top.value, dict):
            pending.extend(top.value.values())
        elif isinstance(top.value, list):
            pending.extend(top.value)


def _levels(tree: Tree) -> int:
    """How deep a tree is. None is deeper than `MAX_DEPTH`: the builder refuses it first."""
    if isinstance(tree.value, str):
        return 1
    inner = tree.value.values() if isinstance(tree.value, dict) else tree.value
    return 1 + max((_levels(child) for child in inner), default=0)


def _style(event: Any) -> Style:
    if event.style in ("'", '"'):
        return "quoted"
    if event.style in ("|", ">"):
        return "block"
    if event.value == "":
        return "empty"
    return "null" if event.value in ("null", "Null", "NULL", "~") else "plain"


def data(tree: Tree, folder_of: dict[str, str], raw: frozenset[tuple[str, ...]], path: tuple[str, ...] = ()) -> Any:
    """Plain data for the models: mappings, lists and `Scalar`s; bodies at the `raw` patterns typed as YAML does."""
    if any(_matches(pattern, path) for pattern in raw if len(pattern) == len(path)):
        return _typed(tree, folder_of)
    if tree.tag:
        raise Rejected(
            Diagnostic(
                NOT_ALLOWED,
                f"The tag `{tree.tag}` cannot stand here.",
                span=tree.span,
                help="CloudFormation's short tags work inside `resources` and `override` only; elsewhere name members.",
            )
        )
    if isinstance(tree.value, dict):
        items = tree.value.items()
        return {Scalar(name, folder=""): data(inner, folder_of, raw, (*path, name)) for name, inner in items}
    if isinstance(tree.value, list):
        return [data(inner, folder_of, raw, (*path, "*")) for inner in tree.value]
    return Scalar(tree.value, tree.style, folder_of[tree.span.file])


def _matches(pattern: tuple[str, ...], path: tuple[str, ...]) -> bool:
    return all(want in ("*", have) for want, have in zip(pattern, path, strict=True))


_INTEGER = re.compile(r"[-+]?[0-9]+\Z")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?\Z")


def _typed(tree: Tree, folder_of: dict[str, str]) -> Any:
    """A raw body by YAML 1.2's core schema, short intrinsics made long."""
    value: Any
    if isinstance(tree.value, dict):
        value = {name: _typed(inner, folder_of) for name, inner in tree.value.items()}
    elif isinstance(tree.value, list):
        value = [_typed(inner, folder_of) for inner in tree.value]
    else:
        value = _core(tree, folder_of)
    if not tree.tag:
        return value
    name = tree.tag.removeprefix("!")
    if name == "GetAtt" and isinstance(value, str):
        value = value.split(".", 1)
    return {name if name in ("Ref", "Condition") else f"Fn::{name}": value}


def _core(tree: Tree, folder_of: dict[str, str]) -> Any:
    assert isinstance(tree.value, str)
    if tree.style in ("quoted", "block"):
        return Scalar(tree.value, tree.style, folder_of[tree.span.file])
    if tree.is_null or tree.is_empty:
        return None
    if tree.value in ("true", "false", "True", "False", "TRUE", "FALSE"):
        return tree.value.lower() == "true"
    if _INTEGER.match(tree.value):
        return int(tree.value)
    if _FLOAT.match(tree.value):
        return float(tree.value)
    return Scalar(tree.value, tree.style, folder_of[tree.span.file])
