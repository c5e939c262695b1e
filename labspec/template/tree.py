"""The tree of a template's text: YAML or JSON as nodes that know where they stand."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any, NoReturn

import yaml

from labspec.diagnostic import Span

MAX_DEPTH = 100

YAML = "tag:yaml.org,2002:"
"""How the tags of YAML's own types begin."""

_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class TemplateError(Exception):
    """A template cannot be read, or templates cannot be joined. `span` says where: its file, line and column."""

    def __init__(self, message: str, span: Span) -> None:
        super().__init__(f"{span.file}:{span.line}:{span.column}: {message}")
        self.message = message
        self.span = span


@dataclass(slots=True, eq=False)
class Node:
    """A scalar (its text), a list (its items) or a mapping (its keys and values, in turn) of a document.

    `tag` is empty where YAML is to find the type of a scalar by its looks.
    """

    value: str | list[Node]
    tag: str
    span: Span
    is_mapping: bool = False

    def pairs(self) -> Iterator[tuple[Node, Node]]:
        """The entries of a mapping."""
        children = iter(self.value if isinstance(self.value, list) else ())
        return zip(children, children, strict=True)


def compose(text: str, file: str) -> Node | None:
    """The tree of the one document, or None where the text is empty. Aliases share nodes."""
    composer = _Composer(file)
    for event in _events(text, file):
        composer.take(event)
    return composer.root


def _events(text: str, file: str) -> Iterator[Any]:
    try:
        yield from yaml.parse(text, Loader=_LOADER)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        problem = error.problem or error.context or "it cannot be parsed"
        raise TemplateError(f"This is not YAML: {problem}.", Span(file, line, column, line, column)) from error
    except (yaml.YAMLError, UnicodeError) as error:
        reason = getattr(error, "reason", str(error))
        raise TemplateError(f"This is not YAML: {reason}.", Span(file, 1, 1, 1, 1)) from error


class _Composer:
    """Builds the tree from events without recursion: the interpreter's stack is no limit that a user should meet."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.root: Node | None = None
        self.open: list[Node] = []
        self.anchors: dict[str, Node] = {}

    def take(self, event: Any) -> None:
        """Take the next event of the parser."""
        match event:
            case yaml.ScalarEvent():
                tag = event.tag or ("" if event.implicit[0] else f"{YAML}str")
                self._add(Node(event.value, tag, self._span(event)), event.anchor)
            case yaml.AliasEvent():
                self._add(self._alias(event), None)
            case yaml.CollectionStartEvent():
                self._begin(event)
            case yaml.CollectionEndEvent():
                node, end = self.open.pop(), event.end_mark
                node.span = replace(node.span, end_line=end.line + 1, end_column=end.column + 1)
            case yaml.DocumentStartEvent() if self.root:
                self._refuse("A second document begins here; a template is one document", event)

    def _begin(self, event: Any) -> None:
        if len(self.open) >= MAX_DEPTH:
            self._refuse(f"This is nested more than {MAX_DEPTH} levels deep", event)
        node = Node([], event.tag or "", self._span(event), isinstance(event, yaml.MappingStartEvent))
        self._add(node, event.anchor)
        self.open.append(node)

    def _add(self, node: Node, anchor: str | None) -> None:
        if anchor:
            self.anchors[anchor] = node
        if not self.open:
            self.root = node
        elif isinstance(children := self.open[-1].value, list):
            children.append(node)

    def _alias(self, event: Any) -> Node:
        node = self.anchors.get(event.anchor)
        if node is None:
            self._refuse(f"The alias *{event.anchor} has no anchor before it", event)
        if any(node is around for around in self.open):
            self._refuse(f"The alias *{event.anchor} stands inside what it names", event)
        return node

    def _span(self, event: Any) -> Span:
        start, end = event.start_mark, event.end_mark
        return Span(self.file, start.line + 1, start.column + 1, end.line + 1, end.column + 1)

    def _refuse(self, problem: str, event: Any) -> NoReturn:
        raise TemplateError(f"{problem}.", self._span(event))
