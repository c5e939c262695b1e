"""Findings and timings, on standard error."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from labspec.compiler import Build
    from labspec.diagnostic import Diagnostic


def print_build(arguments: argparse.Namespace, build: Build) -> None:
    """The findings of a build, and how long each stage took."""
    print_found(arguments, build.diagnostics, build.source.texts if build.source else {})
    if arguments.timings:
        print(
            "\n".join(f"{stage:>8} {seconds * 1000:8.1f} ms" for stage, seconds in build.timings.items()),
            file=sys.stderr,
        )


def print_found(arguments: argparse.Namespace, found: Sequence[Diagnostic], texts: Mapping[str, str]) -> None:
    """Findings, and their sum."""
    from labspec.report import counted, to_text

    if not found:
        return
    color = arguments.color == "always" or (
        arguments.color == "auto" and sys.stderr.isatty() and not os.environ.get("NO_COLOR")
    )
    print(to_text(found, texts, color), file=sys.stderr)
    print(f"labspec: {counted(found)}.", file=sys.stderr)
