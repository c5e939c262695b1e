"""What linters said before about the same templates, kept as JSON files."""

from __future__ import annotations

import hashlib
import json
import os
import pathlib
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from importlib.metadata import PackageNotFoundError, version
from typing import Any

import labspec
from labspec.diagnostic import Severity
from labspec.lint.finding import Finding


def key(engine: str, templates: Mapping[str, str], region: str | None, informational: bool) -> str:
    """A digest of everything that the answer depends on: the templates, the settings and the versions involved."""
    parts = [labspec.__version__, engine, _version(engine), region, informational, list(templates.items())]
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()


def read(folder: pathlib.Path, name: str) -> list[Finding] | None:
    """The findings under this name; None where there are none, or where the file is not what was written."""
    try:
        entries = json.loads(_file(folder, name).read_bytes())
        return [_finding(**entry) for entry in entries]
    except (OSError, ValueError, TypeError):
        return None


def write(folder: pathlib.Path, name: str, findings: Sequence[Finding]) -> None:
    """Keeps the findings. Readers see the whole file or none; a folder that cannot be written to costs only time."""
    text = json.dumps([asdict(finding) for finding in findings])
    staged = folder / f"lint-{name}.{os.getpid()}"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        staged.write_text(text, encoding="utf-8")
        staged.replace(_file(folder, name))
    except OSError:
        return


def _file(folder: pathlib.Path, name: str) -> pathlib.Path:
    return folder / f"lint-{name}.json"


def _finding(*, severity: str, place: list[str | int], **rest: Any) -> Finding:
    return Finding(severity=Severity(severity), place=tuple(place), **rest)


def _version(distribution: str) -> str:
    try:
        return version(distribution)
    except PackageNotFoundError:
        return ""
