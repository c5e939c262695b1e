"""From arguments to a build and what came of it: the options, and the linters, fetched as they are needed."""

from __future__ import annotations

import argparse
import os
from collections.abc import Mapping, Sequence
from pathlib import Path as FilePath
from typing import TYPE_CHECKING, Any, NamedTuple

from labspec.cli.progress import progress
from labspec.cli.reporting import show_timings
from labspec.linters import CFN_LINT, VALIDATOR
from labspec.wording import plural

if TYPE_CHECKING:
    from labspec.compiler import Build, Linters, Options
    from labspec.diagnostic import Diagnostic
    from labspec.report import Outcome

ROOTS = ("root.", "flat.")


def compiled(arguments: argparse.Namespace, spec: str, linters: Sequence[str] = (VALIDATOR,)) -> Build:
    """One spec, compiled and linted; nothing is written."""
    from labspec.compiler import compile_spec

    wanted = () if getattr(arguments, "no_validate", False) else linters
    build = compile_spec(os.path.normpath(spec), options(arguments), _linters(arguments, wanted) if wanted else None)
    show_timings(arguments, build.timings)
    return build


class Made(NamedTuple):
    """What a spec was compiled to."""

    name: str
    templates: Mapping[str, str]
    """The root first."""
    assets: Mapping[str, bytes]
    """The files that the stacks fetch."""
    manifest: Mapping[str, Any]
    folder: FilePath
    """What the manifest's positions are relative to; of a built directory that is not known."""


def made(arguments: argparse.Namespace, target: str) -> tuple[Outcome, Made]:
    """What was found in a spec, or a directory that was built, and what it was compiled to."""
    import json

    if FilePath(target).is_dir():
        return _built(FilePath(target))
    build = compiled(arguments, target)
    texts = {name: text for name, text in build.files.items() if name != "manifest.json"}
    manifest = json.loads(build.files.get("manifest.json", "{}"))
    name = build.spec.name if build.spec else ""
    return outcome(target, build, 0.0), Made(name, texts, build.assets, manifest, FilePath(target).parent)


def _built(directory: FilePath) -> tuple[Outcome, Made]:
    from labspec.output import built, read_manifest
    from labspec.report import Outcome

    files, found = built(directory)
    manifest = read_manifest(directory)
    assets = {name: content for name, content in files.items() if name in manifest.get("assets", ())}
    ordered = sorted(files.keys() - assets.keys(), key=lambda name: (not name.startswith(ROOTS), name))
    texts = {name: files[name].decode("utf-8", "replace") for name in ordered}
    name = manifest.get("name", "")
    return Outcome(str(directory), found, texts, 0.0), Made(name, texts, assets, manifest, FilePath())


def outcome(spec: str, build: Build, seconds: float) -> Outcome:
    """What a build found, for a report."""
    from labspec.report import Outcome

    return Outcome(spec, build.diagnostics, build.source.texts if build.source else {}, seconds, build.silenced)


def options(arguments: argparse.Namespace, drafts: Mapping[str, bytes] | None = None) -> Options:
    """What the command line decides; `drafts` are read in place of documents."""
    from labspec.compiler import Options

    form = (arguments.layout, arguments.template_urls, arguments.format)
    has_bucket = arguments.layout == "nested" or arguments.publishes
    return Options(*form, dict(arguments.set), arguments.overlay, has_bucket, drafts or {})


def _linters(arguments: argparse.Namespace, names: Sequence[str]) -> Linters:
    from labspec.compiler import Linters

    def run(templates: Mapping[str, str], origin_of: Any, region: str | None) -> list[Diagnostic]:
        from labspec.lint import lint

        with progress("linting..."):
            return lint(templates, origin_of, engines=engines(names), region=region, cache=cache(arguments))

    return Linters(frozenset(names), run)


def engines(names: Sequence[str]) -> dict[str, Any]:
    """The linters by name, each a function that fetches it."""

    def validate() -> Any:
        from labspec.lint.validate import findings

        return findings

    def cfn_lint() -> Any:
        from labspec.lint.cfn_lint import findings

        return findings

    loaders = {VALIDATOR: validate, CFN_LINT: cfn_lint}
    return {name: loaders[name] for name in names}


def cache(arguments: argparse.Namespace) -> FilePath | None:
    """Where earlier answers of the linters lie; None to ask again."""
    if arguments.no_cache:
        return None
    from platformdirs import user_cache_path

    return user_cache_path("labspec") / "lint"


def count(build: Build) -> str:
    """`105 resources in 10 stacks`."""
    resources = len(build.graph.nodes) if build.graph else 0
    return f"{plural(resources, 'resource')} in {plural(len(build.stacks), 'stack')}"
