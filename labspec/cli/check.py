"""`labspec check`."""

from __future__ import annotations

import argparse
import time
from typing import TYPE_CHECKING, Any

from labspec.cli import arguments as takes
from labspec.cli import reporting
from labspec.cli.compiling import compiled, count, outcome
from labspec.cli.exits import ERRORS, FINE, misused

if TYPE_CHECKING:
    from labspec.report import Outcome


def parser(commands: Any) -> None:
    """What the command takes."""
    this = takes.command(commands, "check", run, "Do everything but writing.", "labspec check specs/*.yaml")
    takes.specs(this)
    takes.form(this)
    takes.validation(this)
    reporting.option(this)
    this.add_argument("--fix", action="store_true", help="first fix, in the files, what can be fixed safely")
    this.add_argument(
        "--diff", action="store_true", help="with --fix: show the edits instead, and fail if there are any"
    )


def run(arguments: argparse.Namespace) -> int:
    """Compile each spec and say what is wrong; before that, fix what can be fixed, where it is asked for."""
    if arguments.diff:
        return _differ(arguments)
    return reporting.for_each(arguments, _check, _fix if arguments.fix else None)


def _differ(arguments: argparse.Namespace) -> int:
    """Show what `--fix` would do."""
    if not arguments.fix:
        return misused("--diff shows what --fix would do; say --fix --diff.")
    if arguments.report:
        return misused("--diff shows edits, not findings; leave out --report.")
    from labspec.cli.fixing import fixing

    found = fixing(arguments)
    print(found.difference, end="")
    return ERRORS if found.done else FINE


def _fix(arguments: argparse.Namespace) -> tuple[list[str], str]:
    """Fix what can be fixed safely; what was done, and why it could not be."""
    from labspec.cli.fixing import fixing

    found = fixing(arguments)
    problem = found.write()
    arguments.changed = bool(found.done) and not problem
    return found.summary, problem


def _check(arguments: argparse.Namespace, spec: str) -> tuple[Outcome, list[str]]:
    start = time.perf_counter()
    build = compiled(arguments, spec)
    return outcome(spec, build, time.perf_counter() - start), [f"{spec}: {count(build)}. Fine."]
