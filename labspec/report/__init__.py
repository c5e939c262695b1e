"""Diagnostics for people and for machines: one file for each form, all of them over the same run."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from labspec.report.data import to_json
from labspec.report.github import to_github
from labspec.report.junit import to_junit
from labspec.report.order import counted, ordered
from labspec.report.run import Outcome, Run
from labspec.report.sarif import to_sarif
from labspec.report.text import run_to_text, to_text

__all__ = ["FORMATS", "Outcome", "Run", "counted", "ordered", "to_json", "to_text"]

FORMATS: Mapping[str, Callable[[Run], str]] = {
    "text": run_to_text,
    "json": to_json,
    "sarif": to_sarif,
    "junit": to_junit,
    "github": to_github,
}
"""The forms of a report, by the name that `--report` takes."""
