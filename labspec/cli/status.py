"""`labspec status`."""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from labspec.cli.aws import for_stack, stack_command
from labspec.wording import plural, series

if TYPE_CHECKING:
    from labspec.cloud.account import Account
    from labspec.cloud.standing import Standing


def parser(commands: Any) -> None:
    """What the command takes."""
    this = stack_command(
        commands, "status", run, "Show a stack and its nested stacks as they stand.", "labspec status lab"
    )
    this.set_defaults(answers=True)


def run(arguments: argparse.Namespace) -> int:
    """Show a stack."""
    return for_stack(arguments, _status)


def _status(arguments: argparse.Namespace, account: Account) -> list[str]:
    from labspec.cloud.standing import standing

    return list(_lines(standing(account.client("cloudformation"), arguments.stack), ""))


def _lines(stack: Standing, indent: str) -> Iterator[str]:
    """A stack, what of it is in which state, and the stacks in it."""
    states = Counter(resource.status for resource in stack.resources)
    held = series([f"{number} {state}" for state, number in states.items() if state not in _SAME], "and")
    reason = f" ({stack.reason})" if stack.reason else ""
    sum_ = plural(len(stack.resources), "resource") if stack.resources else ""
    yield f"{indent}{stack.name}: {', '.join(word for word in (stack.status, sum_, held) if word)}{reason}"
    for inner in stack.nested:
        yield from _lines(inner, f"{indent}  ")


_SAME = ("CREATE_COMPLETE", "UPDATE_COMPLETE")
"""States of a resource that say nothing beyond that it is there."""
