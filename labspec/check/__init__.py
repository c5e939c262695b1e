"""Laws that no schema states: one file per law, listed in `CHECKS`."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from labspec.diagnostic import Diagnostic
from labspec.model.architecture import Architecture

Check = Callable[[Architecture], Iterator[Diagnostic]]
CHECKS: tuple[Check, ...] = ()


def check(architecture: Architecture) -> Iterator[Diagnostic]:
    """Every finding of every law."""
    for law in CHECKS:
        yield from law(architecture)
