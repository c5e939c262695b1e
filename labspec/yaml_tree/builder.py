"""The parser's events to a tree."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any, NoReturn

import yaml
from yaml import events as ev
from yaml.reader import ReaderError

from labspec.diagnostic import Diagnostic, Label, Rejected, Rule, Span
from labspec.scalar import Style
from labspec.yaml_tree.characters import meant_by, told
from labspec.yaml_tree.rules import DUPLICATE_KEY, LOOKALIKE, NOT_ALLOWED, SYNTAX, TOO_LARGE
from labspec.yaml_tree.slips import slip_at
from labspec.yaml_tree.syntax import control, key_in_braces, separator, syntax, tab
from labspec.yaml_tree.tree import MAX_DEPTH, MAX_NODES, Tree, at, within

MOST = 100
"""A document with more mistakes than these is not read on."""
MERGE_KEY = "<<"


def parse(text: str, file: str) -> tuple[Tree, list[Diagnostic]]:
    """The tree of one document, and what is wrong with it. Raises `Rejected` where there is no going on."""
    builder = _Builder(file, text)
    if (invisible := separator(text, file)) is not None:
        raise Rejected(invisible)
    try:
        tree = builder.build(yaml.parse(text, Loader=yaml.CSafeLoader))
    except yaml.MarkedYAMLError as error:
        raise Rejected(*builder.found, syntax(error, file, text, builder.quoted, builder.braces)) from error
    except ReaderError as error:
        raise Rejected(*builder.found, control(error, text, file)) from error
    return tree, builder.found


@dataclass
class _Open:
    """A mapping or list under construction."""

    tree: Tree
    anchor: str | None
    pending: tuple[str, Span] | None = None
    again: list[tuple[str, Tree]] = field(default_factory=list)
    """Entries whose key stands in the mapping already."""


class _Builder:
    def __init__(self, file: str, text: str) -> None:
        self.file = file
        self.lines = text.splitlines()
        self.stack: list[_Open] = []
        self.anchors: dict[str, Tree] = {}
        self.measures: dict[str, tuple[int, int]] = {}
        self.root: Tree | None = None
        self.nodes = 0
        self.quoted: Span | None = None
        self.tabbed = {n for n, line in enumerate(self.lines) if "\t" in line[: len(line) - len(line.lstrip())]}
        self.found: list[Diagnostic] = []

    def build(self, events: Iterator[ev.Event]) -> Tree:
        documents = 0
        for event in events:
            if isinstance(event, ev.DocumentStartEvent):
                documents += 1
                if event.version == (1, 1):
                    self._wrong(NOT_ALLOWED, "This is YAML 1.1; a spec is YAML 1.2.", event, help="Remove the line.")
                if documents > 1:
                    help_ = "Remove the line; `include` joins other files."
                    self._wrong(
                        NOT_ALLOWED, "A second document begins here; a spec is one document.", event, help=help_
                    )
                    break
            elif isinstance(event, ev.AliasEvent):
                self._alias(event)
            elif isinstance(event, ev.ScalarEvent):
                self._scalar(event)
            elif isinstance(event, (ev.MappingStartEvent, ev.SequenceStartEvent)):
                self._open(event)
            elif isinstance(event, (ev.MappingEndEvent, ev.SequenceEndEvent)):
                self._close(event)
        self._tabs()
        return self.root or Tree("", Span(self.file, 1, 1, 1, 1), style="empty")

    @property
    def braces(self) -> Span | None:
        """The innermost brace or bracket that is open."""
        return self.stack[-1].tree.span if self.stack and self.stack[-1].tree.in_braces else None

    # -------------------------------------------------------------- findings

    def _span(self, event: Any) -> Span:
        start, end = event.start_mark, event.end_mark
        return Span(self.file, start.line + 1, start.column + 1, end.line + 1, end.column + 1)

    def _wrong(self, rule: Rule, message: str, event: ev.Event, *related: Label, help: str = "") -> None:
        self._found(Diagnostic(rule, message, span=self._span(event), related=related, help=help))

    def _found(self, diagnostic: Diagnostic) -> None:
        self.found.append(diagnostic)
        if len(self.found) >= MOST:
            raise Rejected(*self.found)

    def _refuse(self, rule: Rule, message: str, event: ev.Event, help: str = "") -> NoReturn:
        raise Rejected(*self.found, Diagnostic(rule, message, span=self._span(event), help=help))

    def _tabs(self) -> None:
        """Tabs that indent inside braces: the parser takes them, YAML's own indentation does not."""
        for number in sorted(self.tabbed)[:MOST]:
            if self.lines[number].strip() and not self.lines[number].lstrip().startswith("#"):
                self.found.append(tab(self.file, number, self.lines[number]))

    # -------------------------------------------------------------- scalars and keys

    def _scalar(self, event: Any) -> None:
        span = self._span(event)
        if self.tabbed:
            self.tabbed.difference_update(range(span.line, span.end_line))
        if event.style in ("'", '"'):
            self.quoted = span
        if self._is_key():
            return self._take_key(event.value, span, event)
        if event.value.startswith("-") and not event.style:
            self._dash(span)
        tree = Tree(event.value, span, style=_style(event), tag=event.tag or "")
        self._anchor(event, tree)
        self._add(tree, event)

    def _dash(self, span: Span) -> None:
        """An item of a list without its blank, where a list can begin: as a text it might be taken in silence."""
        slip = slip_at(span, self.lines)
        if slip and not self.lines[span.line - 1][: span.column - 1].strip():
            self.found.append(slip)

    def _blank(self, text: str, event: Any) -> None:
        """A key that begins or ends with what only looks like a blank: then nothing stands where it seems to."""
        for char, column in ((text[:1], event.start_mark.column), (text[-1:], event.end_mark.column - 1)):
            if meant_by(char) in (" ", ""):
                message, help_ = told(char, "\n".join(self.lines))
                span = at(self.file, event.start_mark.line, column)
                raise Rejected(*self.found, Diagnostic(LOOKALIKE, message, span=span, help=help_))

    def _anchor(self, event: Any, tree: Tree) -> None:
        if event.anchor is None:
            return
        if (other := self.anchors.get(event.anchor)) is not None:
            label = Label("It stands here first.", span=other.key or other.span)
            help_ = "Give one of them another name."
            self._wrong(NOT_ALLOWED, f"The anchor `&{event.anchor}` stands twice.", event, label, help=help_)
        self.anchors[event.anchor] = tree
        self.measures.pop(event.anchor, None)

    def _is_key(self) -> bool:
        return bool(self.stack) and isinstance(self.stack[-1].tree.value, dict) and self.stack[-1].pending is None

    def _take_key(self, text: str, span: Span, event: Any) -> None:
        top = self.stack[-1]
        if not (text.isascii() or event.style):
            self._blank(text, event)
        if text == MERGE_KEY and not event.style:
            help_ = "Begin the member with `like: name` instead."
            self._wrong(NOT_ALLOWED, "Merge keys hide what a spec says.", event, help=help_)
        if event.tag or event.anchor:
            self._wrong(NOT_ALLOWED, "A key has no tag and no anchor.", event)
        if text == "" and not event.style:
            self._wrong(SYNTAX, "Here a key is missing before the colon.", event)
        top.pending = (text, span)

    # -------------------------------------------------------------- mappings and lists

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
            top.pending = None
            if (first := top.tree.value.get(name)) is not None:
                self._twice(name, first, tree)
            if first is not None or name == MERGE_KEY:
                top.again.append((name, tree))
            else:
                top.tree.value[name] = tree

    def _twice(self, name: str, first: Tree, again: Tree) -> None:
        label = Label("It stands here first.", span=first.key)
        mappings = isinstance(first.value, dict) or isinstance(again.value, dict)
        help_ = "Make one of both; a second member needs another name." if mappings else "Keep one of them."
        message = f"`{name}` stands twice here."
        self._found(Diagnostic(DUPLICATE_KEY, message, span=again.key, related=(label,), help=help_))

    def _open(self, event: Any) -> None:
        if self._is_key():
            message, help_ = key_in_braces(self._span(event), self.lines)
            self._refuse(SYNTAX, message, event, help_)
        self._deep(len(self.stack) + 1, event)
        empty: dict[str, Tree] | list[Tree] = {} if isinstance(event, ev.MappingStartEvent) else []
        tree = Tree(empty, self._span(event), tag=event.tag or "", in_braces=bool(event.flow_style))
        self._add(tree, event)
        self.stack.append(_Open(tree, event.anchor))
        self._anchor(event, tree)

    def _deep(self, depth: int, event: ev.Event) -> None:
        if depth > MAX_DEPTH:
            self._refuse(TOO_LARGE, f"This is nested more than {MAX_DEPTH} levels deep.", event)

    def _close(self, event: ev.Event) -> None:
        top = self.stack.pop()
        end = self._span(event)
        top.tree.span = top.tree.span._replace(end_line=end.end_line, end_column=end.end_column)
        for name, tree in top.again:
            merged = name == MERGE_KEY
            for source in tree.value if merged and isinstance(tree.value, list) else [tree]:
                _join(top.tree.entries, source.entries if merged else {name: source})

    # -------------------------------------------------------------- aliases

    def _alias(self, event: Any) -> None:
        target = self.anchors.get(event.anchor)
        if target is None:
            help_ = "Quote a text that begins with `*`."
            self._refuse(SYNTAX, f"There is no anchor `&{event.anchor}` before this.", event, help_)
        if any(entry.tree is target for entry in self.stack):
            self._refuse(NOT_ALLOWED, f"`*{event.anchor}` stands inside what it repeats.", event)
        if self._is_key():
            self._refuse(NOT_ALLOWED, "An alias cannot be a key.", event)
        size, height = self._measure(event.anchor, target)
        self.nodes += size - 1
        self._deep(len(self.stack) + height, event)
        self._add(replace(target), event)

    def _measure(self, anchor: str, target: Tree) -> tuple[int, int]:
        """How many values an anchor stands for, and how many levels of mappings and lists."""
        if anchor not in self.measures:
            depths = [depth - (not isinstance(tree.value, (dict, list))) for tree, depth in within(target)]
            self.measures[anchor] = len(depths), max(depths)
        return self.measures[anchor]


def _join(first: dict[str, Tree], more: dict[str, Tree]) -> None:
    """What a mapping written again says beside the first, so that nothing is missed that stands in the file."""
    for name, tree in more.items():
        first[name] = _both(first[name], tree) if name in first else tree


def _both(first: Tree, again: Tree) -> Tree:
    """Two values of one key as one."""
    if first is again or not (first.entries or again.entries):
        return first
    whole = first if first.entries else again
    entries = dict(whole.entries)
    _join(entries, again.entries)
    return replace(whole, value=entries, key=first.key, twice=True)


def _style(event: Any) -> Style:
    if event.style in ("'", '"'):
        return "quoted"
    if event.style in ("|", ">"):
        return "block"
    if event.value == "":
        return "empty"
    return "null" if event.value in ("null", "Null", "NULL", "~") else "plain"
