"""What the commands that call AWS have in common: whom they ask, and that what AWS refuses is a finding."""

from __future__ import annotations

import argparse
import shlex
import sys
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from labspec.cli import arguments as takes
from labspec.cli import reporting
from labspec.cli.compiling import Made, compiled, made, outcome
from labspec.cli.exits import misused

if TYPE_CHECKING:
    from labspec.cloud.account import Account
    from labspec.compiler import Build
    from labspec.diagnostic import Diagnostic
    from labspec.report import Outcome


def stack_command(
    commands: Any, name: str, run: Callable[[argparse.Namespace], int], help: str, example: str
) -> argparse.ArgumentParser:
    """Add a command about a stack that stands."""
    this = takes.command(commands, name, run, help, example)
    this.add_argument("stack", metavar="STACK", type=takes.stack, help="the stack's name or id")
    takes.account(this)
    takes.shared(this)
    reporting.option(this)
    this.set_defaults(overlay=[], set=[])
    return this


def for_stack(arguments: argparse.Namespace, work: Callable[[argparse.Namespace, Account], list[str]]) -> int:
    """Do a command's work on its stack, and report. `work` returns what to say of success."""

    def worked(arguments: argparse.Namespace, account: Account) -> tuple[Outcome, list[str]]:
        from labspec.report import Outcome

        return Outcome(arguments.stack, [], {}), work(arguments, account)

    return judge_stack(arguments, worked)


def judge_stack(
    arguments: argparse.Namespace, work: Callable[[argparse.Namespace, Account], tuple[Outcome, list[str]]]
) -> int:
    """Do a command's work on its stack, and report what it finds."""

    def worked(arguments: argparse.Namespace, stack: str) -> tuple[Outcome, list[str]]:
        from labspec.report import Outcome

        return _refusable(arguments, Outcome(stack, [], {}), lambda: work(arguments, account(arguments)))

    return _for_each(arguments, arguments.stack, worked)


def for_target(arguments: argparse.Namespace, work: Callable[[argparse.Namespace, Made], list[str]]) -> int:
    """Do a command's work on what its target was compiled to, and report."""

    def worked(arguments: argparse.Namespace, target: str) -> tuple[Outcome, list[str]]:
        found, target_made = made(arguments, target)
        found = found._replace(diagnostics=[*found.diagnostics, *_elsewhere(arguments, target_made)])
        reporting.show(arguments, found)
        if found.failed:
            return found, []
        return _refusable(arguments, found, lambda: (found, work(arguments, target_made)))

    return _for_each(arguments, arguments.target, worked)


def for_spec(arguments: argparse.Namespace, work: Callable[[argparse.Namespace, Build], list[str]]) -> int:
    """Do a command's work with what its spec compiles to, which is not linted, and report."""

    def worked(arguments: argparse.Namespace, spec: str) -> tuple[Outcome, list[str]]:
        build = compiled(arguments, spec, ())
        found = outcome(spec, build, 0.0)
        return (found, []) if found.failed else _refusable(arguments, found, lambda: (found, work(arguments, build)))

    return _for_each(arguments, arguments.spec, worked)


def agree(arguments: argparse.Namespace, question: str) -> None:
    """Ask whether the user wants it, unless that is said already.

    Raises `Refused` where not: who cannot be asked, or does not answer, has not agreed.
    """
    from labspec.cloud.refusal import NOT_AGREED, Refused

    if arguments.yes:
        return
    if not sys.stdin.isatty():
        raise Refused("Nothing was changed: nobody can be asked here.", "To agree beforehand, add `--yes`.", NOT_AGREED)
    try:
        answer = input(f"{question} [y/N] ")
    except (EOFError, KeyboardInterrupt) as stopped:
        print()  # what follows is not to stand behind the question
        if isinstance(stopped, KeyboardInterrupt):
            arguments.changed = False
            raise
        answer = ""
    if answer.strip().lower() not in ("y", "yes"):
        raise Refused("Nothing was changed: it was not agreed to.", "", NOT_AGREED)


def account(arguments: argparse.Namespace) -> Account:
    """The account that the arguments name."""
    from labspec.cloud.account import Account

    return Account(arguments.profile, arguments.region)


def whose(arguments: argparse.Namespace) -> str:
    """The account as it was given, for a command that is shown to be typed."""
    given = [("--profile", arguments.profile), ("--region", arguments.region)]
    return "".join(f" {name} {shlex.quote(value)}" for name, value in given if value)


def _elsewhere(arguments: argparse.Namespace, target: Made) -> list[Diagnostic]:
    """That a target is meant for another region, before anything is done there."""
    from labspec.cloud.refusal import Refused
    from labspec.cloud.regions import elsewhere

    meant = target.manifest.get("region")
    try:
        return list(elsewhere(meant, account(arguments).region)) if meant else []
    except Refused:  # the work meets it, too
        return []


def _for_each(
    arguments: argparse.Namespace, target: str, work: Callable[[argparse.Namespace, str], tuple[Outcome, list[str]]]
) -> int:
    if problem := takes.lacks_aws(arguments.command):
        return misused(problem)
    arguments.specs = [target]
    return reporting.for_each(arguments, work)


def _refusable(
    arguments: argparse.Namespace, before: Outcome, work: Callable[[], tuple[Outcome, list[str]]]
) -> tuple[Outcome, list[str]]:
    from labspec.cloud.refusal import WHOSE, Refused

    start = time.perf_counter()
    try:
        found, words = work()
    except Refused as refused:
        findings = [each._replace(help=each.help.replace(WHOSE, whose(arguments))) for each in refused.findings]
        told = [*before.diagnostics, *findings]
        found, words = before._replace(diagnostics=told, texts={**before.texts, **refused.texts}), []
    return found._replace(seconds=before.seconds + time.perf_counter() - start), words
