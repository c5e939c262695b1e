"""The manifest of what a stack was deployed from: where in a spec each resource comes from."""

from __future__ import annotations

import argparse
import hashlib
import os
import re
from collections.abc import Iterator, Mapping
from pathlib import Path as FilePath
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from labspec.cli.compiling import Made
    from labspec.cloud.verdict import Place
    from labspec.diagnostic import Path, Span

BUILT = "out"
"""The folder that `labspec build` writes to unless it is told another."""
AT = re.compile(r"(.+):(\d+):(\d+)")
WORD = re.compile(r"[^\s:,\[\]{}#]+")


class Manifest(NamedTuple):
    """What was built: each resource by its logical id, as `manifest.json` has it, and the spec's documents."""

    name: str
    """The spec's own name."""
    source: str
    """Where it was found."""
    resources: Mapping[str, Any]
    folder: str
    """The folder that the spec's documents are named from."""
    texts: Mapping[str, str]
    """The documents that are as they were when it was built."""

    def place(self, identity: str, property: str = "") -> Place | None:
        """Where a resource comes from, or a property of it; None where it is none of these."""
        from labspec.cloud.verdict import Place

        resource = self.resources.get(identity, {})
        inner = (at for path, at in resource.get("properties", {}).items() if path.split(".")[-1] == property)
        span = _span(next(inner, resource.get("at", "")), self.folder, self.texts)
        if span is None:
            return None
        return Place(resource.get("member", ""), span, _holds_secret(self.texts.get(span.file, ""), span.line))

    def span(self, identity: str, path: Path = ()) -> Span | None:
        """Where a resource was said, or a place in its body or what is nearest above; None where that is not known."""
        resource = self.resources.get(identity, {})
        places, steps = resource.get("properties", {}), [str(step) for step in path]
        ends = range(len(steps), 0, -1)
        at = next((places[place] for end in ends if (place := ".".join(steps[:end])) in places), resource.get("at", ""))
        return _span(at, self.folder, self.texts)


def newest(name: str) -> Manifest | None:
    """The newest manifest in `out` of a spec called `name`; None where there is none."""
    from labspec.output import read_manifest

    directories = [path.parent for path in FilePath(BUILT).glob("*/manifest.json")]
    directories.sort(key=lambda directory: (directory / "manifest.json").stat().st_mtime, reverse=True)
    found = (directory for directory in directories if name and read_manifest(directory).get("name") == name)
    return next((built(directory, read_manifest(directory)) for directory in found), None)


def given(arguments: argparse.Namespace) -> Manifest:
    """The manifest that `--spec` names.

    Raises `Refused` where that is no spec without errors, and no directory that was built.
    """
    from labspec.cli.compiling import made
    from labspec.cloud.refusal import Refused
    from labspec.output import read_manifest

    spec = arguments.spec
    if FilePath(spec).is_dir():
        if manifest := read_manifest(FilePath(spec)):
            return built(FilePath(spec), manifest)
        raise Refused(f"`{spec}` is no directory that was built.", "Run `labspec build`, or name the spec itself.")
    found, compiled = made(arguments, spec)
    if found.failed:
        first = next(each.message for each in found.diagnostics if each.level == "error")
        raise Refused(f"`{spec}` has errors, so that its lines are not known. {first}", f"Run `labspec check {spec}`.")
    return manifest_of(spec, compiled)


def manifest_of(target: str, compiled: Made) -> Manifest:
    """The manifest of what was compiled, or of a directory that was built."""
    if FilePath(target).is_dir():
        return built(FilePath(target), compiled.manifest)
    resources = compiled.manifest["resources"]
    return Manifest(compiled.name, target, resources, str(compiled.folder), compiled.documents)


def built(directory: FilePath, manifest: Mapping[str, Any]) -> Manifest:
    """The manifest of a directory that was built, with the documents that are found to be as they were then."""
    resources = manifest.get("resources", {})
    documents = {resource.get("at", "").rsplit(":", 2)[0] for resource in resources.values()}
    sums = {name: digest for name, digest in manifest.get("inputs", {}).items() if name in documents}
    candidates = [(folder, dict(_as_built(folder, sums))) for folder in _folders(directory)]
    folder, texts = max(candidates, key=lambda candidate: len(candidate[1]))
    return Manifest(manifest.get("name", ""), str(directory), resources, str(folder) if texts else "", texts)


def _folders(directory: FilePath) -> Iterator[FilePath]:
    """Where the spec may stand: here, beside the output, or in a folder of either."""
    for base in dict.fromkeys((FilePath(), directory.parent.parent)):
        yield base
        yield from sorted(each for each in base.iterdir() if each.is_dir() and not each.name.startswith("."))


def _as_built(folder: FilePath, sums: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    for name, digest in sums.items():
        path = folder / name
        content = path.read_bytes() if path.is_file() else b""
        if hashlib.sha256(content).hexdigest() == digest:
            yield os.path.normpath(path), content.decode("utf-8-sig", "replace")


def _holds_secret(text: str, row: int) -> bool:
    """Whether a line holds some of a secret: no report may show it."""
    from labspec.check.secret_forms import secrets_in

    rows = [[text.count("\n", 0, at) + 1 for at in secret.chars] for secret in secrets_in(text)]
    return any(first <= row <= last for first, last in rows)


def _span(at: str, folder: str, texts: Mapping[str, str]) -> Span | None:
    """The word that begins at a place, or the place alone where its document is not as it was."""
    from labspec.diagnostic import Span

    said = AT.fullmatch(at)
    if said is None:
        return None
    file, row, start = os.path.normpath(FilePath(folder) / said[1]), int(said[2]), int(said[3])
    lines = texts.get(file, "").split("\n")
    word = WORD.match(lines[row - 1], start - 1) if row <= len(lines) else None
    return Span(file, row, start, row, word.end() + 1 if word else start)
