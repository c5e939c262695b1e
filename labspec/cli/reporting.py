"""What commands tell: findings in the forms asked for, sums, timings. Findings go to standard error unless said."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Mapping, Sequence, Set
from pathlib import Path as FilePath
from typing import TYPE_CHECKING, NamedTuple, TextIO

from labspec.cli.exits import ERRORS, FINE, misused

if TYPE_CHECKING:
    from labspec.report import Outcome

FORMATS = ("text", "json", "sarif", "junit", "github", "gitlab")


class Wanted(NamedTuple):  # no dataclass: importing those would be half of what `labspec --help` takes
    """A form of report, and the file to write it to; empty for the terminal."""

    format: str
    file: str = ""


def option(parser: argparse.ArgumentParser) -> None:
    """`--report`."""
    parser.add_argument(
        "--report",
        action="append",
        type=_wanted,
        metavar="FORM[=FILE]",
        help="the form of the findings: text (the default, on standard error), or json, sarif, junit, github or"
        " gitlab, on standard output unless a file is named (repeatable)",
    )


def _wanted(text: str) -> Wanted:
    form, equals, file = text.partition("=")
    if form not in FORMATS:
        raise argparse.ArgumentTypeError(f"there is no form `{form}`; there are {', '.join(FORMATS)}")
    if equals and not file:
        raise argparse.ArgumentTypeError(f"`{text}` names no file")
    return Wanted(form, file)


def for_each(
    arguments: argparse.Namespace,
    work: Callable[[argparse.Namespace, str], tuple[Outcome, list[str]]],
    first: Callable[[argparse.Namespace], tuple[list[str], str]] | None = None,
) -> int:
    """Do a command's work on each of its specs, independently, and report. `work` returns what to say of success.

    What comes `first` returns what to say of it, and why nothing can follow, if so.
    """
    reports = _reports(arguments)
    read = arguments.specs if arguments.reads is None else arguments.reads
    if problem := _problem(reports, {*read, *arguments.overlay}):
        return misused(problem)
    words, problem = first(arguments) if first else ([], "")
    if problem:
        return misused(problem)
    say(arguments, words)
    outcomes = []
    for target in arguments.specs:
        outcome, words = work(arguments, target)
        _show(arguments, reports, outcome)
        if not outcome.failed:
            say(arguments, words, always=arguments.answers)
        outcomes.append(outcome)
    if problem := _replaced(reports, {name for outcome in outcomes for name in outcome.texts}):
        return misused(problem)
    if problem := _write(reports, arguments.command, tuple(outcomes)):
        return misused(problem)
    return ERRORS if any(outcome.failed for outcome in outcomes) else FINE


def _problem(reports: list[Wanted], read: Set[str]) -> str:
    """Why these reports cannot be written; empty where they can. It is found before any work is done."""
    if sum(_to_output(report) for report in reports) > 1:
        return "only one report can go to standard output; name a file for the others, as in --report sarif=FILE."
    files = [report.file for report in reports if report.file]
    if len(set(files)) < len(files):
        return "two reports cannot go to one file."
    if problem := _replaced(reports, read):
        return problem
    for file in files:
        try:
            FilePath(file).open("ab").close()
        except OSError as error:
            return _unwritable(file, error)
    return ""


def _replaced(reports: list[Wanted], read: Set[str]) -> str:
    """Which report would replace what is read, if one would."""
    places = {os.path.realpath(each) for each in read}
    file = next((report.file for report in reports if report.file and os.path.realpath(report.file) in places), "")
    return f"the report `{file}` would overwrite what is read; name another file." if file else ""


def _unwritable(file: str, error: OSError) -> str:
    return f"the report `{file}` cannot be written: {error.strerror or error}."


def _to_output(report: Wanted) -> bool:
    return report.format != "text" and not report.file


def show(arguments: argparse.Namespace, outcome: Outcome) -> None:
    """Show people what was found so far, before work goes on that they may be asked about; the sum comes at the end."""
    if outcome.diagnostics and not outcome.failed and Wanted("text") in _reports(arguments):
        _tell(arguments, outcome)
        arguments.told = outcome.diagnostics


def _show(arguments: argparse.Namespace, reports: list[Wanted], outcome: Outcome) -> None:
    """Findings as soon as there are any, for people, and their sum; what is accepted only where it is asked for."""
    told = vars(arguments).pop("told", ())
    if not outcome.diagnostics and (arguments.quiet or not outcome.silenced):
        return
    from labspec.report import silenced_to_text, summed

    new = [found for found in outcome.diagnostics if found not in told]
    if Wanted("text") in reports and new:
        _tell(arguments, outcome._replace(diagnostics=new))
    if Wanted("text") in reports and outcome.silenced and arguments.verbose:
        print(silenced_to_text(outcome, _colored(arguments)), file=sys.stderr)
    where = f"{outcome.target}: " if len(arguments.specs) > 1 else ""
    print(f"labspec: {where}{summed(outcome)}.", file=sys.stderr)


def _tell(arguments: argparse.Namespace, outcome: Outcome) -> None:
    from labspec.report import to_text

    print(to_text(outcome, _colored(arguments)), file=sys.stderr, flush=True)


def _colored(arguments: argparse.Namespace) -> bool:
    if arguments.color == "auto":
        return sys.stderr.isatty() and not os.environ.get("NO_COLOR")
    return bool(arguments.color == "always")


def say(arguments: argparse.Namespace, words: Sequence[str], always: bool = False) -> None:
    """Say it where words go: unless only findings are wanted, or `always`."""
    if words and (always or not arguments.quiet):
        print("\n".join(words), file=voice(arguments), flush=True)


def voice(arguments: argparse.Namespace) -> TextIO:
    """Where words go: standard output, or beside a report that has that for itself."""
    return sys.stderr if any(_to_output(report) for report in _reports(arguments)) else sys.stdout


def _reports(arguments: argparse.Namespace) -> list[Wanted]:
    return arguments.report or [Wanted("text")]


def _write(reports: list[Wanted], command: str, outcomes: tuple[Outcome, ...]) -> str:
    """Write the reports; why one could not be written, or nothing."""
    written = [report for report in reports if report != Wanted("text")]
    if not written:
        return ""
    from labspec import __version__
    from labspec.report import Run
    from labspec.report.forms import FORMS

    run = Run(command, __version__, outcomes)
    for report in written:
        text = FORMS[report.format](run)
        if not report.file:
            sys.stdout.write(text)
            continue
        try:
            FilePath(report.file).write_text(text, "utf-8", "backslashreplace")
        except OSError as error:
            return _unwritable(report.file, error)
    return ""


def show_timings(arguments: argparse.Namespace, timings: Mapping[str, float]) -> None:
    """How long each stage took, where it is asked for."""
    if arguments.timings:
        lines = [f"{stage:>8} {seconds * 1000:8.1f} ms" for stage, seconds in timings.items()]
        print("\n".join(lines), file=sys.stderr)
