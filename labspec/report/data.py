"""The JSON report. Its schema, `report.schema.json` in the reference, is made from the classes below."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import Literal

from labspec.diagnostic import At, Diagnostic, Fix, Label, Severity, Span
from labspec.report.order import ordered
from labspec.report.run import Outcome, Run


@dataclass(frozen=True, slots=True)
class Place:
    """A stretch of text in a file. Lines and columns count from 1, columns in characters; the end is exclusive."""

    file: str
    """The file, as it was named on the command line or in a document, with `/` between folders."""
    line: int
    """The line where it begins."""
    column: int
    """The column where it begins."""
    end_line: int
    """The line where it ends."""
    end_column: int
    """The column after its last character."""


@dataclass(frozen=True, slots=True)
class Related:
    """A second place that explains a finding."""

    message: str
    """What stands there."""
    place: Place | None
    """Where; null where the place is not in a file."""


@dataclass(frozen=True, slots=True)
class Edit:
    """An edit that mends what was found."""

    title: str
    """What the edit does, for people."""
    place: Place
    """The text to replace."""
    text: str
    """The text to put there."""
    safe: bool
    """Whether nothing else can have been meant, so that `labspec check --fix` makes the edit."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One finding."""

    target: str
    """The spec or directory, as it was named on the command line, in which it was found."""
    code: str
    """The code of its rule, such as `LS201`. Codes are never reused."""
    rule: str
    """The name of its rule, such as `unknown-name`."""
    severity: Literal["error", "warning", "hint"]
    """How much it matters, as `checks` has it. Only an error makes the command fail."""
    message: str
    """What is wrong, in a sentence."""
    help: str
    """What to do about it; empty where there is nothing to add."""
    note: str
    """What belongs to it: a linter's own rule and place, or what else failed in a stack; empty for most."""
    silenced: str
    """The reason why the spec accepts it; empty where it does not. What is accepted makes no command fail."""
    path: list[str | int]
    """Where it stands in the resolved spec, short forms made long: keys and list indices; empty for the whole of it."""
    at: Literal["key", "value"]
    """Which half of the entry at `path` is meant."""
    place: Place | None
    """Where it was written; null where it is not in a file."""
    related: list[Related]
    """Other places that explain it."""
    fix: Edit | None
    """An edit that mends it; null where none is known."""


@dataclass(frozen=True, slots=True)
class Target:
    """A spec, or a directory of templates, that the command was given."""

    target: str
    """Its name on the command line."""
    failed: bool
    """Whether errors were found."""
    errors: int
    """How many errors were found."""
    warnings: int
    """How many warnings were found."""
    hints: int
    """How many hints were found."""
    silenced: int
    """How many findings the spec accepts. The other numbers do not count them."""


@dataclass(frozen=True, slots=True)
class Report:
    """What a command found: written by `--report json`."""

    version: Literal[1]
    """The version of this form. It changes when something is removed or means something else."""
    labspec: str
    """The version of labspec."""
    command: str
    """`build`, `check` or `lint`."""
    targets: list[Target]
    """What the command was given, in that order."""
    findings: list[Finding]
    """What was found: target by target, in each by file, line and column."""


def to_json(run: Run) -> str:
    """A run as JSON."""
    return json.dumps(asdict(report(run)), indent=2) + "\n"


def report(run: Run) -> Report:
    """A run as data."""
    targets = [_target(outcome) for outcome in run.outcomes]
    findings = [_finding(outcome.target, found) for outcome in run.outcomes for found in ordered(outcome.all)]
    return Report(1, run.version, run.command, targets, findings)


def _target(outcome: Outcome) -> Target:
    levels = [diagnostic.level for diagnostic in outcome.diagnostics]
    errors, warnings, hints = (levels.count(severity) for severity in Severity)
    return Target(outcome.target, outcome.failed, errors, warnings, hints, len(outcome.silenced))


def _finding(target: str, diagnostic: Diagnostic) -> Finding:
    at: At = diagnostic.at
    return Finding(
        target=target,
        code=diagnostic.rule.code,
        rule=diagnostic.rule.name,
        severity=diagnostic.level.value,
        message=diagnostic.message,
        help=diagnostic.help,
        note=diagnostic.note,
        silenced=diagnostic.silenced,
        path=[step if isinstance(step, int) else str(step) for step in diagnostic.path],
        at=at,
        place=_place(diagnostic.span) if diagnostic.span else None,
        related=[_related(label) for label in diagnostic.related],
        fix=_edit(diagnostic.fix),
    )


def _place(span: Span) -> Place:
    return Place(span.file.replace("\\", "/"), span.line, span.column, span.end_line, span.end_column)


def _related(label: Label) -> Related:
    return Related(label.text, _place(label.span) if label.span else None)


def _edit(fix: Fix | None) -> Edit | None:
    return Edit(fix.title, _place(fix.span), fix.text, fix.safe) if fix and fix.span else None
