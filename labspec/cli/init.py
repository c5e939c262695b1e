"""`labspec init`."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path as FilePath
from typing import Any

from labspec.cli import arguments as takes
from labspec.cli.exits import ERRORS, FINE

SPEC, SCHEMA = "spec.yaml", "labspec.schema.json"


def parser(commands: Any) -> None:
    """What the command takes."""
    this = takes.command(
        commands,
        "init",
        run,
        f"Write a first spec, {SPEC}, and {SCHEMA}, with which editors complete and check it.",
        "labspec init; labspec init my-network",
    )
    this.add_argument(
        "directory", nargs="?", default=".", metavar="DIR", help="where to; made if need be; . unless said"
    )


def run(arguments: argparse.Namespace) -> int:
    """Write both files, or neither."""
    directory = FilePath(arguments.directory)
    if there := [str(directory / name) for name in (SPEC, SCHEMA) if _is_there(directory / name)]:
        verb = "is" if len(there) == 1 else "are"
        return _refused(f"{' and '.join(there)} {verb} there already; nothing was written.")
    try:
        directory.mkdir(parents=True, exist_ok=True)
        _write(directory)
    except OSError as error:
        return _refused(f"{directory} cannot be written to: {error.strerror or error}.")
    print("\n".join(_next(directory)))
    return FINE


def _is_there(path: FilePath) -> bool:
    """Whether something has the name, be it a link that leads nowhere."""
    return os.path.lexists(path)


def _refused(message: str) -> int:
    print(f"labspec: {message}", file=sys.stderr)
    return ERRORS


def _write(directory: FilePath) -> None:
    from importlib.resources import files

    from labspec.reference.schema import text

    written = []
    texts = {SPEC: (files("labspec") / "starter.yaml").read_text("utf-8"), SCHEMA: text()}
    try:
        for name, content in texts.items():
            with (directory / name).open("x", encoding="utf-8", newline="\n") as file:
                written.append(directory / name)
                file.write(content)
    except OSError:
        for path in written:
            path.unlink()
        raise


def _next(directory: FilePath) -> list[str]:
    spec = directory / SPEC
    return [
        f"{spec} and {directory / SCHEMA} written.",
        "Next: read the spec, change what you like, and see what comes of it:",
        f"  labspec check {spec}",
        f"  labspec build {spec}",
        "Then deploy it, with the credentials of the AWS CLI; it shows first what it would make, and asks:",
        f"  labspec deploy {spec} --stack NAME --bucket BUCKET --create-bucket",
    ]
