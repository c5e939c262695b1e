"""`labspec config`."""

from __future__ import annotations

import argparse
import os
import time
from typing import TYPE_CHECKING, Any

from labspec.cli import arguments as takes
from labspec.cli import reporting
from labspec.cli.compiling import outcome

if TYPE_CHECKING:
    from labspec.compiler import Build, Options
    from labspec.report import Outcome

MORE = """\
The result is a spec that compiles to the same: `extends`, `include`, `like`, --overlay and variables are resolved, and
short forms are written out. Variables stay only where a mentioned file uses them. A comment beside what came from
elsewhere says where it was written. Defaults are not shown. Names of files are as seen from the spec's folder: save the
result there.
"""
EXAMPLE = "labspec config specs/full.yaml; labspec config specs/full.yaml --overlay prod.yaml --set stage=prod"


def parser(commands: Any) -> None:
    """What the command takes."""
    this = takes.command(commands, "config", run, "Print specs in their long form, with everything resolved.", EXAMPLE)
    this.description = f"{this.description} {MORE}"
    this.set_defaults(report=None)
    takes.specs(this)


def run(arguments: argparse.Namespace) -> int:
    """Print the long form of each spec."""
    return reporting.for_each(arguments, _config)


def _config(arguments: argparse.Namespace, spec: str) -> tuple[Outcome, list[str]]:
    from labspec.compiler import Options, compile_spec

    start = time.perf_counter()
    options = Options("flat", settings=dict(arguments.set), overlays=arguments.overlay)
    build = compile_spec(os.path.normpath(spec), options)
    reporting.show_timings(arguments, build.timings)
    found = outcome(spec, build, time.perf_counter() - start)
    heading = [f"# ---- {spec}"] if len(arguments.specs) > 1 else []
    return found, [] if found.failed else [*heading, _text(build, options)]


def _text(build: Build, options: Options) -> str:
    from labspec.longform import long_form
    from labspec.write import to_spec

    source = build.source
    assert source is not None
    made = long_form(source.data, source.tree, source.file, options.settings, build.variables)
    return to_spec(made.document, made.notes).removesuffix("\n")
