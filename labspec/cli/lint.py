"""`labspec lint`."""

from __future__ import annotations

import argparse
from pathlib import Path as FilePath
from typing import Any

from labspec.cli import arguments as takes
from labspec.cli.compiling import LINTERS, cache, compiled, count, engines
from labspec.cli.printing import print_build, print_found
from labspec.cli.status import ERRORS, FINE


def parser(commands: Any) -> None:
    """What the command takes."""
    this = takes.command(
        commands,
        "lint",
        run,
        "Run cfn-lint and cloudformation-validate on what is, or was, emitted.",
        "labspec lint specs/full.yaml",
    )
    takes.specs(this, "SPEC|DIR")
    takes.form(this)


def run(arguments: argparse.Namespace) -> int:
    """Lint what each spec compiles to, or the templates of a directory."""
    failed = False
    for target in arguments.specs:
        if FilePath(target).is_dir():
            failed |= _directory(arguments, FilePath(target))
            continue
        build = compiled(arguments, target, LINTERS)
        print_build(arguments, build)
        failed |= bool(build.diagnostics)
        if not build.diagnostics and not arguments.quiet:
            print(f"{target}: {count(build)}. cfn-lint and cloudformation-validate have nothing to say.")
    return ERRORS if failed else FINE


def _directory(arguments: argparse.Namespace, directory: FilePath) -> bool:
    from labspec.lint import lint_directory

    texts = {
        path.name: path.read_text("utf-8")
        for path in sorted(directory.iterdir())
        if path.suffix in (".yaml", ".yml", ".json", ".template") and path.name != "manifest.json"
    }
    found = lint_directory(texts, engines=engines(LINTERS), region=None, cache=cache(arguments))
    print_found(arguments, found, texts)
    if not found and not arguments.quiet:
        print(f"{directory}: {len(texts)} templates. cfn-lint and cloudformation-validate have nothing to say.")
    return bool(found)
