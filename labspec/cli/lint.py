"""`labspec lint`."""

from __future__ import annotations

import argparse
import time
from pathlib import Path as FilePath
from typing import TYPE_CHECKING, Any

from labspec.cli import arguments as takes
from labspec.cli import reporting
from labspec.cli.compiling import LINTERS, cache, compiled, count, engines, outcome
from labspec.cli.progress import progress
from labspec.cli.status import misused

if TYPE_CHECKING:
    from labspec.report import Outcome

TEMPLATES = (".yaml", ".yml", ".json", ".template")


def parser(commands: Any) -> None:
    """What the command takes."""
    this = takes.command(
        commands,
        "lint",
        run,
        "Run cfn-lint and cloudformation-validate on what is, or was, emitted.",
        "labspec lint specs/full.yaml",
    )
    takes.specs(this, "SPEC|DIR")
    takes.form(this)
    reporting.option(this)


def run(arguments: argparse.Namespace) -> int:
    """Lint what each spec compiles to, or the templates of a directory."""
    for target in arguments.specs:
        if FilePath(target).is_dir() and not _templates(FilePath(target)):
            return misused(f"there are no templates in {target}.")
    return reporting.for_each(arguments, _lint)


def _lint(arguments: argparse.Namespace, target: str) -> tuple[Outcome, list[str]]:
    start = time.perf_counter()
    if FilePath(target).is_dir():
        return _directory(arguments, FilePath(target))
    build = compiled(arguments, target, LINTERS)
    found = outcome(target, build, time.perf_counter() - start)
    return found, _words(found, count(build))


def _directory(arguments: argparse.Namespace, directory: FilePath) -> tuple[Outcome, list[str]]:
    from labspec.lint import lint_directory
    from labspec.output import unfinished
    from labspec.report import Outcome

    start = time.perf_counter()
    texts = {path.name: path.read_text("utf-8") for path in _templates(directory)}
    with progress("linting..."):
        diagnostics = unfinished(directory) + lint_directory(
            texts, engines=engines(LINTERS), region=None, cache=cache(arguments)
        )
    found = Outcome(str(directory), diagnostics, texts, time.perf_counter() - start)
    return found, _words(found, f"{len(texts)} templates")


def _templates(directory: FilePath) -> list[FilePath]:
    return [path for path in sorted(directory.iterdir()) if path.suffix in TEMPLATES and path.name != "manifest.json"]


def _words(found: Outcome, size: str) -> list[str]:
    said = "have no errors to tell" if found.diagnostics else "have nothing to say"
    return [f"{found.target}: {size}. cfn-lint and cloudformation-validate {said}."]
