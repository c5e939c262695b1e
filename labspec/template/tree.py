"""The tree of a template's text: YAML or JSON as nodes that know where they stand."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
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

    `tag` is empty where YAML is to find the type of a scalar by its looks. `start` and `end` are the parser's marks:
    most are never asked for.
    """

    value: str | list[Node]
    tag: str
    start: Any
    end: Any
    is_mapping: bool = False

    def span(self, file: str) -> Span:
        """Where it stands."""
        return Span(file, self.start.line + 1, self.start.column + 1, self.end.line + 1, self.end.column + 1)

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
    except yaml.reader.ReaderError as error:
        # The position counts bytes: the C parser reads UTF-8.
        line = text.encode()[: error.position].count(b"\n") + 1
        raise TemplateError(f"This is not YAML: {error.reason}.", Span(file, line, 1, line, 1)) from error
    except UnicodeEncodeError as error:
        line = text.count("\n", 0, error.start) + 1
        raise TemplateError("This is not YAML: half a surrogate pair.", Span(file, line, 1, line, 1)) from error


class _Composer:
    """Builds the tree from events without recursion: the interpreter's stack is no limit that a user should meet."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.root: Node | None = None
        self.open: list[Node] = []
        self.anchors: dict[str, Node] = {}

    def take(self, event: Any) -> None:
        """Take the next event of the parser."""
        kind = type(event)
        if kind is yaml.ScalarEvent:
            tag = event.tag or ("" if event.implicit[0] else f"{YAML}str")
            self._add(Node(event.value, tag, event.start_mark, event.end_mark), event.anchor)
        elif kind is yaml.MappingStartEvent or kind is yaml.SequenceStartEvent:
            self._begin(event)
        elif kind is yaml.MappingEndEvent or kind is yaml.SequenceEndEvent:
            self.open.pop().end = event.end_mark
        elif kind is yaml.AliasEvent:
            self._add(self._alias(event), None)
        elif kind is yaml.DocumentStartEvent and self.root:
            self._refuse("A second document begins here; a template is one document", event)

    def _begin(self, event: Any) -> None:
        if len(self.open) >= MAX_DEPTH:
            self._refuse(f"This is nested more than {MAX_DEPTH} levels deep", event)
        is_mapping = type(event) is yaml.MappingStartEvent
        node = Node([], event.tag or "", event.start_mark, event.end_mark, is_mapping)
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

    def _refuse(self, problem: str, event: Any) -> NoReturn:
        raise TemplateError(f"{problem}.", Node("", "", event.start_mark, event.end_mark).span(self.file))
