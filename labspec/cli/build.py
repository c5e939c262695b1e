"""`labspec build`."""

from __future__ import annotations

import argparse
import os
import shlex
import time
from collections.abc import Iterator
from pathlib import Path as FilePath
from typing import TYPE_CHECKING, Any

from labspec.cli import arguments as takes
from labspec.cli import reporting
from labspec.cli.compiling import compiled, count, outcome
from labspec.cli.exits import misused
from labspec.linters import VALIDATOR

if TYPE_CHECKING:
    from labspec.compiler import Build
    from labspec.report import Outcome


DIRECT = 51_200
"""The bytes of a template that CloudFormation takes in a call (`CloudFormation quotas`); larger ones come from S3."""


def parser(commands: Any) -> None:
    """What the command takes."""
    this = takes.command(
        commands, "build", run, "Compile specs and write the templates.", "labspec build specs/full.yaml"
    )
    takes.specs(this)
    takes.form(this)
    takes.validation(this)
    reporting.option(this)
    this.add_argument(
        "--out", metavar="DIR", help="where to write, a directory of its own; out/ and the spec's name unless said"
    )
    this.add_argument("--check", action="store_true", help="write nothing; fail where the output directory differs")


def run(arguments: argparse.Namespace) -> int:
    """Compile each spec and write what came of it."""
    from labspec.compiler import folder_for

    if arguments.out and len(arguments.specs) > 1:
        return misused("--out takes one spec at a time.")
    if (
        arguments.out
        and FilePath(os.path.realpath(arguments.out)) in FilePath(os.path.realpath(arguments.specs[0])).parents
    ):
        return misused(f"the spec itself lies in {arguments.out}; the output needs a directory of its own.")
    folders = [folder_for(spec, arguments.layout) for spec in arguments.specs]
    if twice := next((folder for folder in folders if folders.count(folder) > 1), None):
        return misused(f"two of these specs would be written to {twice}; build them apart, with --out.")
    return reporting.for_each(arguments, _build)


def _build(arguments: argparse.Namespace, spec: str) -> tuple[Outcome, list[str]]:
    from labspec.compiler import folder_for

    start = time.perf_counter()
    build = compiled(arguments, spec)
    directory = FilePath(arguments.out) if arguments.out else folder_for(spec, arguments.layout)
    if not build.failed:
        _deliver(build, directory, arguments.check)
    found = outcome(spec, build, time.perf_counter() - start)
    return found, [] if found.failed else _summary(build, directory, arguments.check, found.seconds)


def _deliver(build: Build, directory: FilePath, check: bool) -> None:
    """Write the files, or compare them with what is there."""
    from labspec import output
    from labspec.diagnostic import Rejected

    try:
        if check:
            build.diagnostics += output.check(directory, build.written)
        else:
            output.write(directory, build.written)
    except Rejected as rejected:
        build.diagnostics += rejected.diagnostics


def _summary(build: Build, directory: FilePath, check: bool, seconds: float) -> list[str]:
    done = "is what the spec compiles to" if check else "written"
    first = f"{directory}/ {done}: {count(build)}, in {seconds:.1f} s; {_validated(build)}."
    return [first] if check else [first, *_next(build, directory)]


def _validated(build: Build) -> str:
    """What the validator said; that it was not asked is said, too."""
    from labspec.report import counted

    if "lint" not in build.timings:
        return "not validated"
    found = counted(diagnostic for diagnostic in build.diagnostics if diagnostic.note.startswith(VALIDATOR))
    return f"{VALIDATOR} found {found or 'nothing'}"


def _next(build: Build, directory: FilePath) -> list[str]:
    root = directory / f"{build.stacks[0].name}.{build.options.format}"
    if len(build.stacks) == 1:
        step = f"Next: upload {root} in the CloudFormation console (Create stack)."
        size = len(build.files[root.name])
        beyond = f"It has {size:,} bytes; over {DIRECT:,} the AWS CLI needs a bucket (deploy --s3-bucket)."
        return [step, *([f"  {beyond}"] if size > DIRECT else [])]
    if build.options.urls == "relative":
        package = f"aws cloudformation package --template-file {_typed(root)} --s3-bucket BUCKET"
        return [f"Next: {package} --output-template-file packaged.yaml"]
    what = "templates and assets" if build.assets else "templates"
    return [
        f"Next: copy the {what} to a bucket in the stack's region, then upload the root in the console:",
        *_copies(build, directory),
        f"  Create stack with {root}; TemplateBucket is BUCKET.",
    ]


def _copies(build: Build, directory: FilePath) -> Iterator[str]:
    """The commands that bring a build to a bucket. What stacks fetch lies above the folder of the build."""
    copy, templates = f"  aws s3 cp {_typed(directory)} s3://BUCKET/labspec/", f"{build.digest}/ --recursive"
    kinds = sorted({FilePath(name).suffix for name in build.assets})
    if not kinds:
        yield f"{copy}{templates} --exclude manifest.json"
        return
    yield f"{copy}{templates} --exclude '*' --include '*.{build.options.format}'"
    yield " ".join([copy, "--recursive --exclude '*'", *(f"--include '*{kind}'" for kind in kinds)])


def _typed(path: FilePath) -> str:
    """A path as a shell takes it."""
    return shlex.quote(str(path))
