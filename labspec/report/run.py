"""What a report is about: a command, and what it found in each of its specs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from labspec.diagnostic import Diagnostic, has_errors


class Outcome(NamedTuple):
    """What a command found in one spec (or in one directory of templates), and the texts of the files it read."""

    target: str
    diagnostics: Sequence[Diagnostic]
    texts: Mapping[str, str]
    seconds: float = 0.0
    silenced: Sequence[Diagnostic] = ()
    """Findings that the spec accepts, each with its reason."""

    @property
    def all(self) -> tuple[Diagnostic, ...]:
        """What was found, also what is accepted."""
        return (*self.diagnostics, *self.silenced)

    @property
    def failed(self) -> bool:
        """Whether there are errors. Warnings and hints do not make it fail."""
        return has_errors(self.diagnostics)


class Run(NamedTuple):
    """One call of a command, by this version of labspec."""

    command: str
    version: str
    outcomes: tuple[Outcome, ...]
