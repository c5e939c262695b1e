"""`labspec check`."""

from __future__ import annotations

import argparse
import time
from typing import TYPE_CHECKING, Any

from labspec.cli import arguments as takes
from labspec.cli import reporting
from labspec.cli.compiling import compiled, count, outcome

if TYPE_CHECKING:
    from labspec.report import Outcome


def parser(commands: Any) -> None:
    """What the command takes."""
    this = takes.command(commands, "check", run, "Do everything but writing.", "labspec check specs/*.yaml")
    takes.specs(this)
    takes.form(this)
    takes.validation(this)
    reporting.option(this)


def run(arguments: argparse.Namespace) -> int:
    """Compile each spec and say what is wrong."""
    return reporting.for_each(arguments, _check)


def _check(arguments: argparse.Namespace, spec: str) -> tuple[Outcome, list[str]]:
    start = time.perf_counter()
    build = compiled(arguments, spec)
    return outcome(spec, build, time.perf_counter() - start), [f"{spec}: {count(build)}. Fine."]
