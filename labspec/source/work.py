"""What the steps of putting a spec together share: the grammar, and what was found wrong on the way."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from labspec.diagnostic import Diagnostic, Label, Path, Rejected, Rule, Span, matches
from labspec.yaml_tree import MAX_NODES, TOO_LARGE, Tree

Steps = tuple[str, ...]
MOST = 200
"""More mistakes than these are not looked for."""


class Grammar(NamedTuple):
    """What this room must know of the language: where members, raw bodies and nested sections stand, as patterns."""

    keys: frozenset[str]
    """Top-level keys that a document can have beside `extends` and `include`."""
    sections: frozenset[str]
    """Those of them that `include` takes."""
    deep_sections: frozenset[str]
    """Those of them whose entries stand one level deeper (`expect.blocked.*`)."""
    members: frozenset[Steps]
    """Where members stand that can say `like`."""
    raw: frozenset[Steps]
    """Where YAML's own types and CloudFormation's short tags apply."""
    not_copied: frozenset[str]
    """Fields that `like` leaves behind."""
    short_field: Callable[[Path], str]
    """The field that a single value at a path stands for; empty where there is no short form."""

    def in_raw(self, path: Path) -> bool:
        """Whether a path leads into a raw body."""
        return any(len(path) > len(pattern) and matches(pattern, path) for pattern in self.raw)

    def is_member(self, path: Path) -> bool:
        """Whether a member stands at a path."""
        return any(len(path) == len(pattern) and matches(pattern, path) for pattern in self.members)


@dataclass
class Work:
    """The state of putting one spec together."""

    grammar: Grammar
    found: list[Diagnostic] = field(default_factory=list)
    told: set[Path] = field(default_factory=set)
    """Where something is wrong and told: nobody complains of what stands there or below."""
    incomplete: set[Path] = field(default_factory=set)
    """What lacks something because of a mistake that is told: nobody complains that it lacks it."""
    partial: bool = False
    """Whether a file could not be used: names may be missing that it has."""
    hints: dict[Path, str] = field(default_factory=dict)
    """What may be the reason why a key is not known."""
    beside: dict[Path, Mapping[str, Tree]] = field(default_factory=dict)
    """The members of the other document, for each new one in a document that extends it."""
    absent: set[tuple[str, str]] = field(default_factory=set)
    """Members (section, name) that `like` names and that there are not."""
    removed: set[tuple[str, str]] = field(default_factory=set)
    """Members (section, name) that a null removed."""
    twice: set[Path] = field(default_factory=set)
    """Mappings whose keys stand twice."""
    effort: int = 0

    def wrong(self, rule: Rule, message: str, span: Span | None, related: Sequence[Label] = (), help: str = "") -> None:
        """Report a mistake and go on."""
        self.found.append(Diagnostic(rule, message, span=span, related=tuple(related), help=help))
        if len(self.found) >= MOST:
            raise Rejected  # caught in `read`, which reports all that was found

    def spend(self, effort: int, tree: Tree) -> None:
        """Give up where documents laid over one another grow without bounds."""
        self.effort += effort
        if self.effort > 10 * MAX_NODES:
            self.wrong(TOO_LARGE, "This makes the spec larger than any needs to be.", tree.key or tree.span)
            raise Rejected
