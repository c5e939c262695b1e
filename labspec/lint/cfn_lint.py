"""The door to cfn-lint. Importing it takes half a second: only a loader does."""

from __future__ import annotations

import logging
import os
import pathlib
import tempfile
from collections.abc import Iterable, Iterator, Mapping

from cfnlint.config import ConfigMixIn
from cfnlint.match import Match
from cfnlint.runner import Runner, run_template_by_file_path

from labspec.diagnostic import Path, Severity
from labspec.lint.finding import Finding, failure
from labspec.linters import CFN_LINT

# cfn-lint would take the region from the environment, and the same template would be right on one machine only.
_DEFAULT_REGION = "us-east-1"

_SEVERITIES = {"error": Severity.ERROR, "warning": Severity.WARNING, "informational": Severity.HINT}

# W3002 says that a relative TemplateURL needs `aws cloudformation package`. Here templates have them to be compared.
_EXPECTED = frozenset({"W3002"})

# cfn-lint's own report that one of its rules raised an exception.
_BROKEN_RULE = "E0002"

# Rules without a page of their own name the project instead.
_NO_PAGE = "https://github.com/aws-cloudformation/cfn-lint"


def findings(templates: Mapping[str, str], region: str | None, informational: bool) -> list[Finding]:
    """What cfn-lint says. It opens the children that a template names, so the templates are written out for it."""
    _silence()
    runner = Runner(_config(region, informational))
    with tempfile.TemporaryDirectory(prefix="labspec-") as name:
        folder = pathlib.Path(name)
        _write(folder, templates)
        return [finding for file in templates for finding in _file(folder, file, runner)]


def _silence() -> None:
    """Keeps the library's log, which repeats findings, off standard error, where logging puts what nobody handles."""
    log = logging.getLogger("cfnlint")
    if not log.handlers:
        log.addHandler(logging.NullHandler())


def _config(region: str | None, informational: bool) -> ConfigMixIn:
    """The settings. A user's `.cfnlintrc` is not read: the answer depends on the templates alone."""
    checks = ["I"] if informational else []
    return ConfigMixIn(["--config-file", os.devnull], regions=[region or _DEFAULT_REGION], include_checks=checks)


def _write(folder: pathlib.Path, templates: Mapping[str, str]) -> None:
    for file, text in templates.items():
        target = folder / file
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8", newline="")


def _file(folder: pathlib.Path, file: str, runner: Runner) -> Iterator[Finding]:
    try:
        for match in run_template_by_file_path(str(folder / file), runner.config, runner.rules, False):
            if match.rule.id not in _EXPECTED:
                yield _finding(folder, file, match)
    except Exception as error:  # A crash on one template must not silence the others.
        yield failure(CFN_LINT, [file], error)


def _finding(folder: pathlib.Path, file: str, match: Match) -> Finding:
    message = str(match.message).replace(f"{folder}{os.sep}", "")
    if match.rule.id == _BROKEN_RULE:
        return failure(CFN_LINT, [file], message)
    return Finding(
        CFN_LINT,
        match.rule.id,
        _SEVERITIES[match.rule.severity],
        message,
        file,
        _place(match.rule.id, getattr(match, "path", None) or ()),
        match.linenumber,
        match.columnnumber,
        match.linenumberend,
        match.columnnumberend,
        "" if match.rule.source_url == _NO_PAGE else match.rule.source_url,
    )


def _place(rule: str, path: Iterable[str | int]) -> Path:
    place: Path = tuple(part if isinstance(part, int) else str(part) for part in path)
    if rule == "E3060" and place.count("Properties") > 1:
        # cfn-lint 1.58 joins the path of the VPC's id into that of the subnet's block when the id is a reference.
        return (*place[:3], place[-1])
    return place
