"""What the commands that call AWS have in common: whom they ask, and that what AWS refuses is a finding."""

from __future__ import annotations

import argparse
import shlex
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from labspec.cli import arguments as takes
from labspec.cli import reporting
from labspec.cli.compiling import Made, made
from labspec.cli.exits import misused

if TYPE_CHECKING:
    from labspec.cloud.account import Account
    from labspec.report import Outcome


def stack_command(
    commands: Any, name: str, run: Callable[[argparse.Namespace], int], help: str, example: str
) -> argparse.ArgumentParser:
    """Add a command about a stack that stands."""
    this = takes.command(commands, name, run, help, example)
    this.add_argument("stack", metavar="STACK", help="the stack's name or id")
    takes.account(this)
    takes.shared(this)
    reporting.option(this)
    this.set_defaults(overlay=[], set=[])
    return this


def for_stack(arguments: argparse.Namespace, work: Callable[[argparse.Namespace, Account], list[str]]) -> int:
    """Do a command's work on its stack, and report. `work` returns what to say of success."""

    def worked(arguments: argparse.Namespace, stack: str) -> tuple[Outcome, list[str]]:
        from labspec.report import Outcome

        return _refusable(Outcome(stack, [], {}, 0.0), lambda: work(arguments, account(arguments)))

    return _for_each(arguments, arguments.stack, worked)


def for_target(arguments: argparse.Namespace, work: Callable[[argparse.Namespace, Made], list[str]]) -> int:
    """Do a command's work on what its target was compiled to, and report."""

    def worked(arguments: argparse.Namespace, target: str) -> tuple[Outcome, list[str]]:
        found, target_made = made(arguments, target)
        return (found, []) if found.failed else _refusable(found, lambda: work(arguments, target_made))

    return _for_each(arguments, arguments.target, worked)


def account(arguments: argparse.Namespace) -> Account:
    """The account that the arguments name."""
    from labspec.cloud.account import Account

    return Account(arguments.profile, arguments.region)


def whose(arguments: argparse.Namespace) -> str:
    """The account as it was given, for a command that is shown to be typed."""
    given = [("--profile", arguments.profile), ("--region", arguments.region)]
    return "".join(f" {name} {shlex.quote(value)}" for name, value in given if value)


def _for_each(
    arguments: argparse.Namespace, target: str, work: Callable[[argparse.Namespace, str], tuple[Outcome, list[str]]]
) -> int:
    if problem := takes.lacks_aws(arguments.command):
        return misused(problem)
    arguments.specs = [target]
    return reporting.for_each(arguments, work)


def _refusable(found: Outcome, work: Callable[[], list[str]]) -> tuple[Outcome, list[str]]:
    from labspec.cloud.refusal import Refused, refusal

    start = time.perf_counter()
    words: list[str] = []
    try:
        words = work()
    except Refused as refused:
        found = found._replace(diagnostics=[*found.diagnostics, refusal(refused)])
    return found._replace(seconds=found.seconds + time.perf_counter() - start), words
