"""The forms of a report, by the name that `--report` takes."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from labspec.report.data import to_json
from labspec.report.github import to_github
from labspec.report.gitlab import to_gitlab
from labspec.report.junit import to_junit
from labspec.report.run import Run
from labspec.report.sarif import to_sarif
from labspec.report.text import run_to_text

FORMS: Mapping[str, Callable[[Run], str]] = {
    "text": run_to_text,
    "json": to_json,
    "sarif": to_sarif,
    "junit": to_junit,
    "github": to_github,
    "gitlab": to_gitlab,
}
