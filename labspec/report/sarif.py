"""SARIF 2.1.0 (OASIS), as code scanning services read it: one run, its rules, and a result for each finding."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from pathlib import PurePath
from typing import Any
from urllib.parse import quote

from labspec.diagnostic import Diagnostic, Fix, Label, Rule, Severity, Span
from labspec.report.fingerprint import fingerprints
from labspec.report.order import ordered
from labspec.report.run import Run

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.HINT: "note"}


def to_sarif(run: Run) -> str:
    """A run as SARIF. What several specs find in a file that they share is one result."""
    found = list(dict.fromkeys(found for outcome in run.outcomes for found in ordered(outcome.all)))
    rules = sorted({diagnostic.rule for diagnostic in found}, key=lambda rule: rule.code)
    codes = [rule.code for rule in rules]
    driver = {"name": "labspec", "version": run.version, "rules": [_rule(rule) for rule in rules]}
    log = {
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [
            {
                "tool": {"driver": driver},
                # Our columns count characters, not the UTF-16 units that SARIF takes for granted.
                "columnKind": "unicodeCodePoints",
                "results": [
                    _result(diagnostic, codes.index(diagnostic.rule.code), known)
                    for diagnostic, known in zip(found, fingerprints(found), strict=True)
                ],
            }
        ],
    }
    return json.dumps(log, indent=2) + "\n"


def _rule(rule: Rule) -> dict[str, Any]:
    help_, markdown = _help(rule)
    return {
        "id": rule.code,
        "name": rule.name,
        "shortDescription": {"text": rule.summary},
        "fullDescription": {"text": rule.why or rule.summary},
        "help": {"text": help_, "markdown": markdown},
        "defaultConfiguration": {"level": LEVELS[rule.severity]},
    }


def _help(rule: Rule) -> tuple[str, str]:
    """Why, and what is wrong and right, as text and as Markdown."""
    examples = [(title, text.rstrip("\n")) for title, text in (("Wrong", rule.wrong), ("Right", rule.right)) if text]
    why = rule.why or rule.summary
    text = [why, *(f"{title}:\n{example}" for title, example in examples)]
    markdown = [why, *(f"{title}:\n\n```yaml\n{example}\n```" for title, example in examples)]
    return "\n\n".join(text), "\n\n".join(markdown)


def _result(diagnostic: Diagnostic, index: int, fingerprint: str) -> dict[str, Any]:
    words = [diagnostic.message, diagnostic.help, f"({diagnostic.note})" if diagnostic.note else ""]
    result: dict[str, Any] = {
        "ruleId": diagnostic.rule.code,
        "ruleIndex": index,
        "level": LEVELS[diagnostic.level],
        "message": {"text": " ".join(word for word in words if word)},
        # All results of a run have the property, or none (section 3.27.23).
        "suppressions": [_suppression(diagnostic.silenced)] if diagnostic.silenced else [],
        "partialFingerprints": {"labspec/v1": fingerprint},
    }
    if diagnostic.span:
        result["locations"] = [{"physicalLocation": _location(diagnostic.span)}]
    if related := list(_related(diagnostic.related)):
        result["relatedLocations"] = related
    if (fix := diagnostic.fix) and fix.span:
        result["fixes"] = [_fix(fix, fix.span)]
    return result


def _suppression(reason: str) -> dict[str, str]:
    """That a spec accepts a finding, in `silence` or under `checks`: both stand in the source."""
    return {"kind": "inSource", "justification": reason}


def _location(span: Span) -> dict[str, Any]:
    return {"artifactLocation": _artifact(span), "region": _region(span)}


def _artifact(span: Span) -> dict[str, str]:
    path = PurePath(span.file)
    return {"uri": path.as_uri() if path.is_absolute() else quote(os.fsencode(path.as_posix()))}


def _region(span: Span) -> dict[str, int]:
    return {
        "startLine": span.line,
        "startColumn": span.column,
        "endLine": span.end_line,
        "endColumn": span.end_column,
    }


def _related(labels: Iterable[Label]) -> Iterable[dict[str, Any]]:
    placed = [(label, label.span) for label in labels if label.span]
    for number, (label, span) in enumerate(placed, 1):
        yield {"id": number, "physicalLocation": _location(span), "message": {"text": label.text}}


def _fix(fix: Fix, span: Span) -> dict[str, Any]:
    replacement = {"deletedRegion": _region(span), "insertedContent": {"text": fix.text}}
    return {
        "description": {"text": fix.title},
        "artifactChanges": [{"artifactLocation": _artifact(span), "replacements": [replacement]}],
        "properties": {"safe": fix.safe},
    }
