"""The order of findings, and their sum."""

from __future__ import annotations

from collections.abc import Iterable

from labspec.diagnostic import Diagnostic, Severity


def ordered(diagnostics: Iterable[Diagnostic]) -> list[Diagnostic]:
    """By file and position; those without a place first."""
    return sorted(diagnostics, key=_where)


def _where(diagnostic: Diagnostic) -> tuple[str, int, int, str]:
    span = diagnostic.span
    return (span.file, span.line, span.column, diagnostic.rule.code) if span else ("", 0, 0, diagnostic.rule.code)


def counted(diagnostics: Iterable[Diagnostic]) -> str:
    """`2 errors, 1 warning`; empty where there is nothing."""
    found = list(diagnostics)
    numbers = [(sum(d.level is severity for d in found), severity.value) for severity in Severity]
    return ", ".join(f"{number} {word}{'s' * (number > 1)}" for number, word in numbers if number)


def fixable(diagnostics: Iterable[Diagnostic]) -> str:
    """How many of them can be fixed safely, as the end of a sentence; empty where there are none."""
    number = sum(diagnostic.fix is not None and diagnostic.fix.safe for diagnostic in diagnostics)
    return f", of which `labspec check --fix` fixes {number}" if number else ""
