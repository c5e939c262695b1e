"""Workflow commands of GitHub Actions: each finding is an annotation at its line in the pull request."""

from __future__ import annotations

from labspec.diagnostic import Diagnostic, Severity
from labspec.report.order import ordered
from labspec.report.run import Run

COMMANDS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.HINT: "notice"}


def to_github(run: Run) -> str:
    """A run as workflow commands, the most severe first: GitHub shows only so many of each step.

    What the spec accepts is left out.
    """
    found = [diagnostic for outcome in run.outcomes for diagnostic in ordered(outcome.diagnostics)]
    severities = list(COMMANDS)
    found.sort(key=lambda diagnostic: severities.index(diagnostic.level))
    commands = dict.fromkeys(_command(diagnostic) for diagnostic in found)  # specs that share a file share findings
    return "".join(f"{command}\n" for command in commands)


def _command(diagnostic: Diagnostic) -> str:
    properties = {**_where(diagnostic), "title": diagnostic.rule.code}
    said = ",".join(f"{name}={_property(str(value))}" for name, value in properties.items())
    words = "\n".join(word for word in (diagnostic.message, diagnostic.help, diagnostic.note) if word)
    return f"::{COMMANDS[diagnostic.level]} {said}::{_data(words)}"


def _where(diagnostic: Diagnostic) -> dict[str, str | int]:
    span = diagnostic.span
    if span is None:
        return {}
    place: dict[str, str | int] = {"file": span.file.replace("\\", "/"), "line": span.line}
    if span.end_line != span.line:  # GitHub takes columns only where a finding begins and ends in one line.
        return {**place, "endLine": span.end_line}
    return {**place, "col": span.column, "endColumn": span.end_column}


def _data(text: str) -> str:
    """A message with what would end the command escaped, as GitHub's own toolkit does it."""
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    """A property with what would end it, or the properties, escaped."""
    return _data(text).replace(":", "%3A").replace(",", "%2C")
