"""JUnit XML, as CI services show it: a suite for the run, a case for each spec. Errors make a case fail."""

from __future__ import annotations

import re
from collections.abc import Iterable
from xml.etree import ElementTree as Xml

from labspec.diagnostic import Diagnostic, Severity
from labspec.report.order import counted, ordered
from labspec.report.run import Outcome, Run

UNPRINTABLE = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What no XML document may hold, not even escaped (XML 1.0, production 2)."""


def to_junit(run: Run) -> str:
    """A run as JUnit XML. What is no error stands in a case's output."""
    sums = {
        "tests": str(len(run.outcomes)),
        "failures": str(sum(outcome.failed for outcome in run.outcomes)),
        "errors": "0",
        "time": _time(sum(outcome.seconds for outcome in run.outcomes)),
    }
    suites = Xml.Element("testsuites", sums)
    suite = Xml.SubElement(suites, "testsuite", {"name": f"labspec {run.command}", **sums, "skipped": "0"})
    for outcome in run.outcomes:
        _case(suite, outcome)
    Xml.indent(suites)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + Xml.tostring(suites, encoding="unicode") + "\n"


def _case(suite: Xml.Element, outcome: Outcome) -> None:
    """One failure for all errors: some services show the first failure of a case only. What is accepted is output."""
    attributes = {"classname": "labspec", "name": _clean(outcome.target), "time": _time(outcome.seconds)}
    case = Xml.SubElement(suite, "testcase", attributes)
    found = ordered(outcome.diagnostics)
    errors = [diagnostic for diagnostic in found if diagnostic.level is Severity.ERROR]
    others = [diagnostic for diagnostic in found if diagnostic.level is not Severity.ERROR]
    if errors:
        message = errors[0].message if len(errors) == 1 else f"{counted(errors)}; the first: {errors[0].message}"
        failure = Xml.SubElement(case, "failure", {"type": errors[0].rule.code, "message": _clean(message)})
        failure.text = _lines(errors)
    if others := [*others, *ordered(outcome.silenced)]:
        Xml.SubElement(case, "system-out").text = _lines(others)


def _lines(found: Iterable[Diagnostic]) -> str:
    return _clean("\n".join(_line(diagnostic) for diagnostic in found))


def _line(diagnostic: Diagnostic) -> str:
    span = diagnostic.span
    where = f"{span.file}:{span.line}:{span.column}: " if span else ""
    help_ = f" {diagnostic.help}" if diagnostic.help else ""
    note = f" ({diagnostic.note})" if diagnostic.note else ""
    if diagnostic.silenced:
        return f"{where}silenced[{diagnostic.rule.code}]: {diagnostic.message}{note} Reason: {diagnostic.silenced}"
    return f"{where}{diagnostic.level}[{diagnostic.rule.code}]: {diagnostic.message}{help_}{note}"


def _clean(text: str) -> str:
    return UNPRINTABLE.sub("\ufffd", text)


def _time(seconds: float) -> str:
    return f"{seconds:.3f}"
