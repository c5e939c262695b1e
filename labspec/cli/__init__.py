"""The command line.

The only room that touches the output directory, and the only one with imports inside functions: each command pays for
what it uses. Each command is a file that says what it takes (`parser`) and does it; `COMMANDS` lists them.
"""

from __future__ import annotations

import argparse
import gc
import io
import os
import sys
from collections.abc import Sequence
from contextlib import suppress

from labspec.cli import (
    build,
    check,
    config,
    connect,
    deploy,
    destroy,
    diff,
    events,
    explain,
    iam,
    init,
    lint,
    outputs,
    preflight,
    publish,
    reach,
    reference,
    schema,
    status,
    sync,
    why,
)
from labspec.cli import open as open_
from labspec.cli.exits import OURS, UNREAD, USAGE, misused

COMMANDS = (
    *(init, build, check, lint, reach, diff, preflight),
    *(publish, deploy, status, why, events, outputs, open_, sync, connect, destroy),
    *(iam,),
    *(config, explain, reference, schema),
)
"""In the order in which `labspec --help` shows them."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command and return its exit status."""
    # A command keeps nearly all that it makes to its end. To look for garbage, also as Python ends, would take a tenth
    # of a build and find none.
    gc.disable()
    _open_streams()
    try:
        return _run(sys.argv[1:] if arguments is None else arguments)
    finally:
        gc.freeze()
        gc.enable()


def _open_streams() -> None:
    """What was closed leads nowhere, and what a stream's encoding has no sign for is written as its number."""
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:
            setattr(sys, name, os.fdopen(os.open(os.devnull, os.O_WRONLY), "w", encoding="utf-8"))
        if isinstance(stream := getattr(sys, name), io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def _run(arguments: Sequence[str]) -> int:
    parser = _parser(arguments)
    options = parser.parse_args(arguments)
    if options.command is None:
        parser.print_help()
        return USAGE
    status: int = UNREAD
    try:
        status = options.run(options)
        sys.stdout.flush()
    except KeyboardInterrupt as stopped:
        rest = "the same command goes on from here" if options.changed else "nothing was changed"
        print(f"labspec: interrupted; {rest}.", *getattr(stopped, "__notes__", ()), file=sys.stderr)
        status = 130
    except BrokenPipeError:
        _drop_output()
    except OSError as error:
        _drop_output()
        where = f"`{error.filename}`" if error.filename else "the output or the current folder"
        status = misused(f"{where} cannot be used: {error.strerror}.")
    except Exception as error:
        status = _our_fault(error, options.verbose)
    return status


def _drop_output() -> None:
    """Write nothing more: not what is still to be written as Python ends either."""
    with suppress(OSError, ValueError):  # a test's output is no file
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _our_fault(error: Exception, verbose: bool) -> int:
    print(f"labspec: this is our mistake, not yours ({type(error).__name__}: {error}).", file=sys.stderr)
    print("Please report it with the spec that caused it; -v shows where it happened.", file=sys.stderr)
    if verbose:
        import traceback

        traceback.print_exc()
    return OURS


def _parser(arguments: Sequence[str]) -> argparse.ArgumentParser:
    """What understands the arguments: of the commands the one that they name, or all where they name none."""
    from labspec import __version__

    parser = argparse.ArgumentParser(
        prog="labspec",
        description="Compile a YAML description of an AWS architecture into CloudFormation.",
        epilog="Example: labspec build specs/full.yaml",
    )
    parser.add_argument("--version", action="version", version=f"labspec {__version__}")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND")
    named = [command for command in COMMANDS if command.__name__.rpartition(".")[2] in arguments[:1]]
    for command in named or COMMANDS:
        command.parser(commands)
    return parser
