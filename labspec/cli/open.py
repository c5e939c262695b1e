"""`labspec open`."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from labspec.cli.aws import for_stack, stack_command
from labspec.cli.outputs import table

if TYPE_CHECKING:
    from labspec.cloud.account import Account

CONSOLE = "(console)"
ADDRESSES = ("http://", "https://")


def parser(commands: Any) -> None:
    """What the command takes."""
    this = stack_command(
        commands,
        "open",
        run,
        "Print the link to a stack in the console, and the addresses it puts out, by name.",
        "labspec open lab",
    )
    this.add_argument("--browser", action="store_true", help="also open them in a browser")
    this.set_defaults(answers=True)


def run(arguments: argparse.Namespace) -> int:
    """Print the links that belong to a stack."""
    return for_stack(arguments, _open)


def _open(arguments: argparse.Namespace, account: Account) -> list[str]:
    from labspec.cloud.console import stack_page
    from labspec.cloud.deployment import existing, outputs

    there = existing(account.client("cloudformation"), arguments.stack)
    links = {CONSOLE: stack_page(account.region, there["StackId"]), **addresses(outputs(there))}
    if arguments.browser:
        _show(list(dict.fromkeys(links.values())))
    return table(links)


def addresses(outputs: Mapping[str, str]) -> dict[str, str]:
    """Those of a stack's outputs that a browser opens."""
    return {name: value for name, value in sorted(outputs.items()) if value.startswith(ADDRESSES)}


def _show(links: list[str]) -> None:
    import webbrowser

    from labspec.cloud.refusal import Refused

    for link in links:
        if not webbrowser.open(link):
            raise Refused(
                "No browser can be opened here.", f"Without `--browser`, the links are printed: {' '.join(links)}"
            )
