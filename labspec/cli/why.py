"""`labspec why`."""

from __future__ import annotations

import argparse
from functools import partial
from typing import TYPE_CHECKING, Any

from labspec.cli.aws import judge_stack, stack_command
from labspec.cli.failing import explained
from labspec.cli.manifests import Manifest, given, newest
from labspec.cli.progress import progress

if TYPE_CHECKING:
    from labspec.cloud.account import Account
    from labspec.cloud.causes import Operation
    from labspec.diagnostic import Diagnostic
    from labspec.report import Outcome


def parser(commands: Any) -> None:
    """What the command takes."""
    this = stack_command(
        commands,
        "why",
        run,
        "Tell why a stack failed: what failed first, the line of the spec behind it, and what helps.",
        "labspec why lab --spec specs/full.yaml",
    )
    this.add_argument(
        "--spec",
        metavar="SPEC|DIR",
        help="what it was deployed from: a spec, or a directory that was built; the newest in out/ unless said",
    )
    this.set_defaults(layout="nested", format="yaml", template_urls="relative", no_validate=True)


def run(arguments: argparse.Namespace) -> int:
    """Tell why a stack failed."""
    return judge_stack(arguments, _why)


def _why(arguments: argparse.Namespace, account: Account) -> tuple[Outcome, list[str]]:
    from labspec.cloud.causes import causes
    from labspec.report import Outcome

    with progress("asking for the events..."):
        operation = causes(account.client("cloudformation"), arguments.stack)
    if operation.is_well and not operation.cleanup:
        return Outcome(arguments.stack, [], {}), _words(operation)
    strange: list[Diagnostic] = []
    found = explained(arguments, operation, partial(_source, arguments, strange))
    return found._replace(diagnostics=[*found.diagnostics, *strange]), _words(operation)


def _source(arguments: argparse.Namespace, strange: list[Diagnostic], name: str) -> Manifest | None:
    """What a stack was deployed from. Where that cannot be read, what is found of it is added to `strange`."""
    from labspec.cloud.refusal import Refused

    if not arguments.spec:
        return newest(name)
    try:
        return given(arguments)
    except Refused as refused:
        strange += refused.findings
        return None


def _words(operation: Operation) -> list[str]:
    if operation.status == "REVIEW_IN_PROGRESS":
        return [f"The stack `{operation.name}` is REVIEW_IN_PROGRESS: nothing was made yet."]
    so_far = "nothing failed" if operation.is_over else "nothing has failed so far"
    return [f"The stack `{operation.name}` is {operation.status}: {so_far}."]
