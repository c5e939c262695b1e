"""`labspec check`."""

from __future__ import annotations

import argparse
from typing import Any

from labspec.cli import arguments as takes
from labspec.cli.compiling import compiled, count
from labspec.cli.printing import print_build
from labspec.cli.status import ERRORS, FINE


def parser(commands: Any) -> None:
    """What the command takes."""
    this = takes.command(commands, "check", run, "Do everything but writing.", "labspec check specs/*.yaml")
    takes.specs(this)
    takes.form(this)
    takes.validation(this)


def run(arguments: argparse.Namespace) -> int:
    """Compile each spec and say what is wrong."""
    failed = False
    for spec in arguments.specs:
        build = compiled(arguments, spec)
        print_build(arguments, build)
        failed |= build.failed
        if not build.failed and not arguments.quiet:
            print(f"{spec}: {count(build)}. Fine.")
    return ERRORS if failed else FINE
