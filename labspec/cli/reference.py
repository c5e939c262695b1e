"""`labspec reference`."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path as FilePath
from typing import TYPE_CHECKING, Any

from labspec.cli import arguments as takes
from labspec.cli.exits import ERRORS, FINE, misused
from labspec.cli.progress import progress

if TYPE_CHECKING:
    from labspec.reference.lists import Role

DEFAULT = "docs/reference"
SPECS = ("specs/*.yaml", "tests/golden/*/spec.yaml")
"""The project's own specs. What their members become is what the page of roles tells: nothing else knows all of it."""


def parser(commands: Any) -> None:
    """What the command takes."""
    this = takes.command(
        commands,
        "reference",
        run,
        "Write the pages of the reference and the JSON schemas from the compiler itself.",
        "labspec reference --check",
    )
    this.add_argument("directory", nargs="?", default=DEFAULT, metavar="DIR", help=f"where to; {DEFAULT} unless said")
    this.add_argument("--check", action="store_true", help="write nothing; fail where a page differs or is left over")


def run(arguments: argparse.Namespace) -> int:
    """Write the reference, or compare it with what is there."""
    from labspec.reference.pages import reference
    from labspec.report.data import Report
    from labspec.rules import rules

    directory = FilePath(arguments.directory)
    specs = list(_specs())
    if not specs:
        return misused("the reference is made in a checkout of labspec: its own specs are not here.")
    with progress("compiling labspec's own specs..."):
        made = reference(rules(), _roles(specs), Report)
    return _check(directory, made) if arguments.check else _write(directory, made)


def _specs() -> Iterator[FilePath]:
    import labspec

    checkout = FilePath(labspec.__file__).parents[1]
    for pattern in SPECS:
        yield from sorted(checkout.glob(pattern))


def _roles(specs: list[FilePath]) -> Iterator[Role]:
    """The sections, roles and types of the resources of members that a spec itself names, and so can override."""
    from labspec.compiler import Options, compile_spec
    from labspec.model.grammar import MEMBERS

    nested = {pattern[2] for pattern in MEMBERS if len(pattern) == 4}
    for spec in specs:
        build = compile_spec(str(spec), Options())
        for node in build.graph.nodes.values() if build.graph else ():
            section, name, *inside = (str(step) for step in node.origin)
            section = inside[0] if len(inside) == 2 else section
            made_for_it = node.section in nested and node.section != section  # such as the route table of a subnet
            if len(inside) in (0, 2) and name in getattr(build.spec, str(node.origin[0])) and not made_for_it:
                yield section, node.role, node.type


def _check(directory: FilePath, made: Mapping[str, str]) -> int:
    stale = [name for name, text in made.items() if _text(directory / name) != text]
    left = _left_over(directory, made)
    for name in stale:
        state = "is not what labspec reference writes" if (directory / name).exists() else "is missing"
        print(f"labspec: {directory / name} {state}.", file=sys.stderr)
    for name in left:
        print(f"labspec: {directory / name} is no longer part of the reference.", file=sys.stderr)
    return ERRORS if stale or left else FINE


def _write(directory: FilePath, made: Mapping[str, str]) -> int:
    try:
        directory.mkdir(parents=True, exist_ok=True)
        for name in _left_over(directory, made):
            (directory / name).unlink()
        for name, text in made.items():
            (directory / name).write_text(text, "utf-8")
    except OSError as error:
        return misused(f"{directory} cannot be written to: {error.strerror or error}.")
    print(f"{directory}/ written: {len(made)} files.")
    return FINE


def _left_over(directory: FilePath, made: Mapping[str, str]) -> list[str]:
    """Files that an earlier reference had. What a person wrote there is left alone."""
    from labspec.reference.markdown import GENERATED

    there = sorted(directory.iterdir()) if directory.is_dir() else []
    return [path.name for path in there if path.name not in made and GENERATED in _text(path)[:300]]


def _text(path: FilePath) -> str:
    return path.read_text("utf-8", "replace") if path.is_file() else ""
