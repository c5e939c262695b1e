"""A GitLab Code Quality report: what GitLab shows of each finding in the merge request that brings it.

Fields and severities are those of GitLab's page `Code Quality`, section on custom tools, which asks for a place in a
file: a finding that has none stands at the beginning of what was checked.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from labspec.diagnostic import Diagnostic, Severity
from labspec.report.fingerprint import fingerprints
from labspec.report.order import ordered
from labspec.report.run import Run

SEVERITIES = {Severity.ERROR: "major", Severity.WARNING: "minor", Severity.HINT: "info"}


def to_gitlab(run: Run) -> str:
    """A run as a list of violations. What several specs find in a file that they share is one of them."""
    found: dict[Diagnostic, str] = {}
    for outcome in run.outcomes:
        for diagnostic in ordered(outcome.diagnostics):
            found.setdefault(diagnostic, outcome.target)
    violations = [
        _violation(diagnostic, target, fingerprint)
        for (diagnostic, target), fingerprint in zip(found.items(), fingerprints(found), strict=True)
    ]
    return json.dumps(violations, indent=2) + "\n"


def _violation(diagnostic: Diagnostic, target: str, fingerprint: str) -> Mapping[str, Any]:
    span = diagnostic.span
    words = (diagnostic.message, diagnostic.help, f"({diagnostic.note})" if diagnostic.note else "")
    return {
        "description": " ".join(word for word in words if word),
        "check_name": f"{diagnostic.rule.code} {diagnostic.rule.name}",
        "fingerprint": fingerprint,
        "severity": SEVERITIES[diagnostic.level],
        "location": {
            "path": (span.file if span else target).replace("\\", "/"),
            "lines": {"begin": span.line if span else 1},
        },
    }
