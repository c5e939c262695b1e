"""`labspec open`."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any

from labspec.cli.aws import for_stack, stack_command

if TYPE_CHECKING:
    from labspec.cloud.account import Account

ADDRESSES = ("http://", "https://")


def parser(commands: Any) -> None:
    """What the command takes."""
    this = stack_command(
        commands,
        "open",
        run,
        "Print the link to a stack in the console, and the addresses it puts out.",
        "labspec open lab",
    )
    this.add_argument("--browser", action="store_true", help="also open them in a browser")


def run(arguments: argparse.Namespace) -> int:
    """Print the links that belong to a stack."""
    return for_stack(arguments, _open)


def _open(arguments: argparse.Namespace, account: Account) -> list[str]:
    from labspec.cloud.console import stack_page
    from labspec.cloud.deployment import existing, outputs

    there = existing(account.client("cloudformation"), arguments.stack)
    addresses = (value for value in outputs(there).values() if value.startswith(ADDRESSES))
    links = list(dict.fromkeys([stack_page(account.region, there["StackId"]), *addresses]))
    if arguments.browser:
        _show(links)
    return links


def _show(links: list[str]) -> None:
    import webbrowser

    from labspec.cloud.refusal import Refused

    for link in links:
        if not webbrowser.open(link):
            raise Refused(
                "No browser can be opened here.", f"Without `--browser`, the links are printed: {' '.join(links)}"
            )
