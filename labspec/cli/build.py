"""`labspec build`."""

from __future__ import annotations

import argparse
import time
from pathlib import Path as FilePath
from typing import TYPE_CHECKING, Any

from labspec.cli import arguments as takes
from labspec.cli.compiling import compiled, count
from labspec.cli.printing import print_build
from labspec.cli.status import ERRORS, FINE, misused

if TYPE_CHECKING:
    from labspec.compiler import Build


def parser(commands: Any) -> None:
    """What the command takes."""
    this = takes.command(
        commands, "build", run, "Compile specs and write the templates.", "labspec build specs/full.yaml"
    )
    takes.specs(this)
    takes.form(this)
    takes.validation(this)
    this.add_argument("--out", metavar="DIR", help="where to write; out/ and the spec's name unless said")
    this.add_argument("--check", action="store_true", help="write nothing; fail where the output directory differs")


def run(arguments: argparse.Namespace) -> int:
    """Compile each spec and write what came of it."""
    from labspec import output
    from labspec.compiler import folder_for
    from labspec.diagnostic import Rejected

    if arguments.out and len(arguments.specs) > 1:
        return misused("--out takes one spec at a time.")
    failed = False
    for spec in arguments.specs:
        start = time.perf_counter()
        build = compiled(arguments, spec)
        directory = FilePath(arguments.out) if arguments.out else folder_for(spec, arguments.layout)
        if not build.failed:
            try:
                if arguments.check:
                    build.diagnostics += output.check(directory, build.files)
                else:
                    output.write(directory, build.files)
            except Rejected as rejected:
                build.diagnostics += rejected.diagnostics
        print_build(arguments, build)
        failed |= build.failed
        if not build.failed and not arguments.quiet:
            print(_summary(build, directory, arguments.check, time.perf_counter() - start))
    return ERRORS if failed else FINE


def _summary(build: Build, directory: FilePath, check: bool, seconds: float) -> str:
    linters = "cloudformation-validate found nothing" if "lint" in build.timings else "not validated"
    done = "is what the spec compiles to" if check else "written"
    lines = [f"{directory}/ {done}: {count(build)}, in {seconds:.1f} s; {linters}."]
    if check:
        return lines[0]
    return "\n".join([*lines, *_next(build, directory)])


def _next(build: Build, directory: FilePath) -> list[str]:
    root = directory / f"{build.stacks[0].name}.{build.options.format}"
    if len(build.stacks) == 1:
        return [f"Next: upload {root} in the CloudFormation console (Create stack)."]
    if build.options.urls == "relative":
        package = f"aws cloudformation package --template-file {root} --s3-bucket BUCKET"
        return [f"Next: {package} --output-template-file packaged.yaml"]
    return [
        "Next: copy the templates to a bucket in the stack's region, then upload the root in the console:",
        f"  aws s3 cp {directory} s3://BUCKET/labspec/{build.digest}/ --recursive --exclude manifest.json",
        f"  Create stack with {root}; TemplateBucket is BUCKET.",
    ]
