"""The order of findings, and their sum."""

from __future__ import annotations

from collections.abc import Iterable

from labspec.diagnostic import Diagnostic, Severity
from labspec.report.run import Outcome
from labspec.wording import plural


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
    return ", ".join(plural(number, word) for number, word in numbers if number)


def summed(outcome: Outcome) -> str:
    """`2 errors, 1 warning, 3 silenced`, and how many can be fixed safely; empty where there is nothing."""
    silenced = f"{len(outcome.silenced)} silenced" if outcome.silenced else ""
    counts = ", ".join(words for words in (counted(outcome.diagnostics), silenced) if words)
    fixable = sum(diagnostic.fix is not None and diagnostic.fix.safe for diagnostic in outcome.diagnostics)
    return counts + (f"; `labspec check --fix` fixes {fixable}" if fixable else "")
