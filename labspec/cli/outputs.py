"""`labspec outputs`."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from labspec.cli.aws import for_stack, stack_command

if TYPE_CHECKING:
    from labspec.cloud.account import Account


def parser(commands: Any) -> None:
    """What the command takes."""
    this = stack_command(commands, "outputs", run, "Print what a stack puts out.", "labspec outputs lab --json")
    this.add_argument("--json", action="store_true", help="as one object of JSON, for scripts")
    this.set_defaults(answers=True)


def run(arguments: argparse.Namespace) -> int:
    """Print a stack's outputs."""
    return for_stack(arguments, _outputs)


def _outputs(arguments: argparse.Namespace, account: Account) -> list[str]:
    from labspec.cloud.deployment import existing, outputs

    found = dict(sorted(outputs(existing(account.client("cloudformation"), arguments.stack)).items()))
    if arguments.json:
        import json

        return [json.dumps(found, indent=2, ensure_ascii=False)]
    return table(found) or [f"The stack `{arguments.stack}` has no outputs."]


def table(found: Mapping[str, str]) -> list[str]:
    """Values behind their names, below each other."""
    width = max(map(len, found), default=0)
    return [f"{name:<{width}}  {value}" for name, value in found.items()]
