"""What commands that judge finished stacks have in common: those of a spec, of a build, or of anybody, joined."""

from __future__ import annotations

import argparse
import os
import re
import time
from collections.abc import Callable, Mapping
from pathlib import Path as FilePath
from typing import TYPE_CHECKING, Any, NamedTuple

from labspec.cli import arguments as takes
from labspec.cli import reporting
from labspec.cli.compiling import made
from labspec.cli.manifests import Manifest, built, manifest_of

if TYPE_CHECKING:
    from labspec.diagnostic import Diagnostic, Path, Span
    from labspec.report import Outcome
    from labspec.template import Joined

LANGUAGE = re.compile(r"""(?:^|\A\s*\{\s*)["']?labspec["']?\s*:""", re.MULTILINE)
RESOURCES = re.compile(r"""(?:^|[{,])\s*["']?Resources["']?\s*:""", re.MULTILINE)
TARGET = "a spec, a directory that was built, or any CloudFormation template or directory of them"


class Reading(NamedTuple):
    """Stacks joined into one graph, and what the spec behind them says, where there is one."""

    target: str
    joined: Joined
    manifest: Mapping[str, Any]
    """What labspec wrote of them; empty of what it did not build."""
    source: Manifest | None
    folder: FilePath = FilePath()
    """What the names of the templates are relative to."""
    is_proved: bool = False
    """Whether what is expected has just been proved of it."""

    def span(self, address: str, path: Path = ()) -> Span:
        """Where a resource, or a place in its body, was said: in the spec where that is known, else in its template."""
        identity = self.joined.resources[address].id if address in self.joined.resources else address
        said = self.source.span(identity, path) if self.source else None
        if said:
            return said
        span = self.joined.span(address, path)
        return span._replace(file=os.path.normpath(self.folder / span.file))

    def called(self, address: str) -> str:
        """What the user calls a resource: its member's name, or its address in its template."""
        resource = self.joined.resources.get(address)
        member = self.manifest.get("resources", {}).get(resource.id, {}).get("member") if resource else None
        return str(member).partition(".")[2] if member else address


def for_reading(
    arguments: argparse.Namespace, work: Callable[[argparse.Namespace, Reading], tuple[list[Diagnostic], list[str]]]
) -> int:
    """Do a command's work on the stacks of its target, and report. `work` returns findings, and what to say."""

    def worked(arguments: argparse.Namespace, target: str) -> tuple[Outcome, list[str]]:
        start = time.perf_counter()
        found, reading = read_target(arguments, target, is_only=not getattr(arguments, "against", None))
        if reading is None:
            return found, []
        told, words = work(arguments, reading)
        seconds = time.perf_counter() - start
        return found._replace(diagnostics=[*found.diagnostics, *told], seconds=seconds), words

    arguments.specs = [arguments.target]
    return reporting.for_each(arguments, worked)


def read_options(parser: argparse.ArgumentParser, *, defaults: bool = False) -> None:
    """What decides how stacks are read. `defaults`: a parameter that is not given has its default, unless said."""
    takes.parameters(parser, "of a parameter of the root, or of `AWS::Region`")
    if defaults:
        help_ = "leave parameters open that nothing is given for"
        parser.add_argument("--no-defaults", dest="defaults", action="store_false", help=help_)
    else:
        parser.add_argument("--defaults", action="store_true", help="give parameters their defaults, too")
    parser.add_argument("--root", metavar="FILE", help="the template of a directory that includes the others")
    takes.composition(parser)
    parser.set_defaults(layout="nested", format="yaml", template_urls="parameters", no_validate=True)


def read_target(arguments: argparse.Namespace, target: str, *, is_only: bool = False) -> tuple[Outcome, Reading | None]:
    """What a target holds, joined; None where it has errors, which the outcome tells.

    `is_only`: values of parameters are for it alone, so that none is for nothing.
    """
    from labspec.report import Outcome
    from labspec.template import TemplateError
    from labspec.template.finding import unreadable

    try:
        if FilePath(target).is_dir() or _is_template(FilePath(target)):
            reading: Reading | None = _read(arguments, FilePath(target))
            found = Outcome(target, [], dict(reading.source.texts) if reading and reading.source else {})
        else:
            found, reading = _compiled(arguments, target)
        if is_only and reading is not None:
            _refuse_unfit(arguments, reading.joined)
        return found, reading
    except TemplateError as error:
        return Outcome(target, [unreadable(error, FilePath(target))], {}), None


def _refuse_unfit(arguments: argparse.Namespace, joined: Joined) -> None:
    """Raises `MisusedError` where a value is of no parameter, or none that it takes."""
    from labspec.cli.exits import MisusedError
    from labspec.template.parameters import unfit

    given = {name: value for name, value in arguments.parameter if not name.startswith("AWS::")}
    for problem in unfit(joined.parameters, given):
        raise MisusedError(problem)


def _compiled(arguments: argparse.Namespace, spec: str) -> tuple[Outcome, Reading | None]:
    from labspec.template import read_directory

    found, compiled = made(arguments, spec)
    if found.failed:
        return found, None
    root, given = next(iter(compiled.templates)), dict(arguments.parameter)
    joined = read_directory(compiled.templates, root, parameters=given, use_defaults=arguments.defaults)
    is_proved = not given and not arguments.defaults
    return found, Reading(spec, joined, compiled.manifest, manifest_of(spec, compiled), is_proved=is_proved)


def _read(arguments: argparse.Namespace, path: FilePath) -> Reading:
    """A template, or a directory of them with what labspec wrote beside them."""
    from labspec.output import read_manifest
    from labspec.template import main_template, read_folder

    folder = path if path.is_dir() else path.parent
    root = arguments.root or (main_template(folder) if path.is_dir() else path.name)
    joined = read_folder(folder, root, parameters=dict(arguments.parameter), use_defaults=arguments.defaults)
    manifest = read_manifest(path) if path.is_dir() else {}
    return Reading(str(path), joined, manifest, built(path, manifest) if manifest else None, folder)


def _is_template(path: FilePath) -> bool:
    """Whether a file is CloudFormation's: it has resources, and does not say which language of labspec's it is in."""
    if not path.is_file():
        return False
    text = path.read_text("utf-8", "replace")
    return bool(RESOURCES.search(text)) and not LANGUAGE.search(text)
