"""`labspec schema`."""

from __future__ import annotations

import argparse
import sys
from typing import Any

from labspec.cli import arguments as takes
from labspec.cli.exits import FINE


def parser(commands: Any) -> None:
    """What the command takes."""
    takes.command(
        commands,
        "schema",
        run,
        "Print the JSON schema of the language, for editors.",
        "labspec schema > labspec.schema.json",
    )


def run(_: argparse.Namespace) -> int:
    """Print the schema."""
    from labspec.reference.schema import text

    sys.stdout.write(text())
    return FINE
