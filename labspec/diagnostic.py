"""The one diagnostic of every room: what is wrong, where in the spec, and what to do about it.

Rooms speak of *paths* into the spec (`("vpcs", "web", "cidr")`). Only `source` knows files and lines: it turns
the path of a diagnostic into a `Span`, once, on the way out (`Source.place`).
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable
from enum import IntEnum, StrEnum, auto
from functools import lru_cache
from typing import Literal, NamedTuple

Path = tuple[str | int, ...]
"""Where something stands in the resolved spec: keys and list indices from the root."""

Pattern = tuple[str, ...]
"""Paths that are alike: `*` stands for any step."""

At = Literal["key", "value"]
"""Which half of a mapping entry is meant: its key or its value."""


class Severity(StrEnum):
    """How much a finding matters. Only an error stops the build."""

    ERROR = "error"
    WARNING = "warning"
    HINT = "hint"


LINE_BREAK = re.compile(r"\r\n?|\n")
"""Where a line ends, to YAML and to editors. Python knows more ends of lines, which some files hold within a line."""


class Span(NamedTuple):
    """A stretch of text in a file. Lines and columns count from 1, columns in characters; the end is exclusive."""

    file: str
    line: int
    column: int
    end_line: int
    end_column: int


def stretch(file: str, text: str, chars: tuple[int, int]) -> Span:
    """Where some characters of a file's text stand."""
    starts = _line_starts(text)
    (line, column), (end_line, end_column) = (_position(starts, at) for at in chars)
    return Span(file, line, column, end_line, end_column)


def _position(starts: list[int], at: int) -> tuple[int, int]:
    line = bisect_right(starts, at)
    return line, at - starts[line - 1] + 1


@lru_cache(maxsize=8)
def _line_starts(text: str) -> list[int]:
    """Where each line begins; kept, since a text may hold many mistakes."""
    return [0, *(match.end() for match in LINE_BREAK.finditer(text))]


def matches(pattern: Pattern, path: Path) -> bool:
    """Whether a path, or its beginning, is one of a pattern's; of the longer of the two, the rest does not count."""
    return all(want in ("*", have) for want, have in zip(pattern, path, strict=False))


class Room(IntEnum):
    """Who finds something, in the order in which they work: what one finds wrong hides what later ones would find."""

    SOURCE = auto()
    MODEL = auto()
    POLICY = auto()
    GATHER = auto()
    LINK = auto()
    CHECK = auto()
    EMIT = auto()
    LAYOUT = auto()
    OUTPUT = auto()
    LINT = auto()
    TEMPLATE = auto()
    FORESIGHT = auto()
    CLOUD = auto()


BLOCKS = {
    "LS00": Room.SOURCE,
    "LS01": Room.SOURCE,
    "LS02": Room.GATHER,
    "LS10": Room.MODEL,
    "LS11": Room.POLICY,
    "LS2": Room.LINK,
    "LS3": Room.CHECK,
    "LS4": Room.EMIT,
    "LS50": Room.LAYOUT,
    "LS51": Room.OUTPUT,
    "LS52": Room.TEMPLATE,
    "LS6": Room.LINT,
    "LS70": Room.CLOUD,
    "LS7": Room.FORESIGHT,
    "LS8": Room.CHECK,
}
"""The blocks in which codes are numbered, by how they begin. No code is ever used again."""


class Rule(NamedTuple):
    """A kind of finding, declared beside the code that raises it and explained by `labspec explain`.

    `wrong` and `right` are small pieces of YAML. The code is one of the block of its room.
    """

    code: str
    name: str
    summary: str
    why: str = ""
    wrong: str = ""
    right: str = ""
    severity: Severity = Severity.ERROR
    binding: bool = False
    """Whether it is a law without which nothing sensible can be built, or about something that no spec decides."""

    @property
    def room(self) -> Room:
        """Who finds it."""
        return next(room for block, room in BLOCKS.items() if self.code.startswith(block))

    @property
    def can_be_lowered(self) -> bool:
        """Whether a spec may lower or silence it: laws, what linters find, and whatever is no error anyway."""
        return not self.binding and (self.room in (Room.CHECK, Room.LINT) or self.severity is not Severity.ERROR)


class Label(NamedTuple):
    """A second place that explains a diagnostic ("declared here")."""

    text: str
    path: Path = ()
    at: At = "value"
    span: Span | None = None
    chars: tuple[int, int] | None = None


class Fix(NamedTuple):
    """An edit that mends a finding: `text` in place of `old`, the key or the scalar at its path as it was read.

    It is `safe` where nothing else can have been meant; any other is shown and never carried out. `span` is the place
    of the very characters to replace; `source` fills it in, or drops the fix where `old` was not typed as it is read.
    """

    title: str
    text: str
    old: str
    safe: bool = False
    span: Span | None = None


class Diagnostic(NamedTuple):
    """One finding.

    `path` and `at` say where in the spec; `chars` narrows it to characters of a scalar's text (start, end), or of the
    file whose name stands there.
    `span` is filled in by `source`; rooms that read text themselves (the YAML scanner, linters of foreign
    templates) may give it directly. `note` is what a second tool said (a linter's own rule and words); `also` are the
    names of that rule, the linter's own first. `silenced` is the reason why the spec accepts it; empty if it does not.
    `hides` says that no report may show the text that it points at, beside this finding or beside another one.
    """

    rule: Rule
    message: str
    path: Path = ()
    at: At = "value"
    chars: tuple[int, int] | None = None
    related: tuple[Label, ...] = ()
    help: str = ""
    note: str = ""
    fix: Fix | None = None
    severity: Severity | None = None
    span: Span | None = None
    also: tuple[str, ...] = ()
    silenced: str = ""
    hides: bool = False

    @property
    def level(self) -> Severity:
        """The rule's severity, unless this finding has its own."""
        return self.severity or self.rule.severity

    def under(self, prefix: Path) -> Diagnostic:
        """The same finding for a value that stands at `prefix`."""
        return self._replace(path=prefix + self.path)


class Rejected(Exception):
    """The work cannot go on: raised by any room, and turned into findings by who goes on without it."""

    def __init__(self, *diagnostics: Diagnostic) -> None:
        super().__init__("; ".join(d.message for d in diagnostics))
        self.diagnostics = diagnostics


def has_errors(diagnostics: Iterable[Diagnostic]) -> bool:
    """Whether any of them stops the build."""
    return any(d.level is Severity.ERROR for d in diagnostics)
