"""`labspec events`."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any

from labspec.cli.aws import for_stack, stack_command
from labspec.cli.failing import ended
from labspec.cli.following import followed, lines, resumable
from labspec.cli.manifests import newest

if TYPE_CHECKING:
    from labspec.cloud.account import Account


def parser(commands: Any) -> None:
    """What the command takes."""
    this = stack_command(
        commands,
        "events",
        run,
        "Print what happened to a stack and its nested stacks in the last operation, the oldest first.",
        "labspec events lab --follow",
    )
    this.add_argument(
        "--all", action="store_true", help="all that CloudFormation has kept, not the last operation only"
    )
    this.add_argument(
        "--follow", action="store_true", help="go on until the stack rests, and fail where its operation failed"
    )
    this.set_defaults(answers=True)


def run(arguments: argparse.Namespace) -> int:
    """Print a stack's events."""
    return for_stack(arguments, _events)


def _events(arguments: argparse.Namespace, account: Account) -> list[str]:
    from labspec.cloud.deployment import existing
    from labspec.cloud.events import EVER, Watch

    cloudformation = account.client("cloudformation")
    there = existing(cloudformation, arguments.stack)
    since = EVER if arguments.all else None
    watch = Watch(cloudformation, there["StackId"], since, status=there["StackStatus"])
    if not arguments.follow:
        return lines(watch.look())
    with resumable(arguments, arguments.stack):
        followed(arguments, watch, there["StackName"])
    return ended(arguments, cloudformation, watch, newest)
