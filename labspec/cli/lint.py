"""`labspec lint`."""

from __future__ import annotations

import argparse
import time
from pathlib import Path as FilePath
from typing import TYPE_CHECKING, Any

from labspec.cli import arguments as takes
from labspec.cli import reporting
from labspec.cli.compiling import cache, compiled, count, engines, outcome
from labspec.cli.exits import misused
from labspec.cli.progress import progress
from labspec.linters import LINTERS
from labspec.wording import plural

if TYPE_CHECKING:
    from labspec.diagnostic import Diagnostic
    from labspec.report import Outcome


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
    texts, diagnostics = _read(directory)
    with progress("linting..."):
        found = lint_directory(texts, engines=engines(LINTERS), region=None, cache=cache(arguments))
    diagnostics += [*unfinished(directory), *(_inside(directory, each) for each in found)]
    shown = {str(directory / name): text for name, text in texts.items()}
    outcome = Outcome(str(directory), diagnostics, shown, time.perf_counter() - start)
    return outcome, _words(outcome, plural(len(texts), "template"))


def _read(directory: FilePath) -> tuple[dict[str, str], list[Diagnostic]]:
    """The templates of a directory by their names, and those that cannot be read."""
    from labspec import files
    from labspec.diagnostic import Diagnostic, Span
    from labspec.source.rules import UNREADABLE

    texts: dict[str, str] = {}
    found: list[Diagnostic] = []
    for path in _templates(directory):
        try:
            texts[path.name] = files.read(path).decode("utf-8")
        except (files.Unreadable, UnicodeDecodeError) as error:
            message = f"`{path}` is not text in UTF-8." if isinstance(error, UnicodeDecodeError) else str(error)
            found.append(Diagnostic(UNREADABLE, message, span=Span(str(path), 1, 1, 1, 1)))
    return texts, found


def _inside(directory: FilePath, found: Diagnostic) -> Diagnostic:
    """A finding about a template of a directory, as one about the file."""
    return found._replace(span=found.span and found.span._replace(file=str(directory / found.span.file)))


def _templates(directory: FilePath) -> list[FilePath]:
    from labspec.template import SUFFIXES

    return [path for path in sorted(directory.iterdir()) if path.suffix in SUFFIXES and path.name != "manifest.json"]


def _words(found: Outcome, size: str) -> list[str]:
    said = "have no errors to tell" if found.diagnostics else "have nothing to say"
    return [f"{found.target}: {size}. cfn-lint and cloudformation-validate {said}."]
