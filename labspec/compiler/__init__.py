"""The corridor: the stages in their order, and the gate between what the spec says and what is made of it."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Container, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path as FilePath

from labspec.check import check
from labspec.compiler.build import Build, Linters, Options
from labspec.compiler.findings import agree, report, unused_silence
from labspec.compiler.foresight import expectations
from labspec.compiler.manifest import manifest
from labspec.diagnostic import Path, Rejected
from labspec.emit import emit
from labspec.gather import gather
from labspec.graph import Stack
from labspec.layout import Form, layout, too_large, with_urls
from labspec.link import link
from labspec.model import grammar
from labspec.model.architecture import Architecture
from labspec.model.complaints import Known
from labspec.model.instance_types import UNKNOWN_TYPE
from labspec.model.load import load
from labspec.model.places import fields_of, short_field
from labspec.model.spec import Spec
from labspec.policy import Policy
from labspec.source import Grammar, read
from labspec.write import to_json, to_yaml

__all__ = ["Build", "Linters", "Options", "compile_spec", "folder_for", "understand"]

GRAMMAR = Grammar(
    frozenset(fields_of(Spec)),
    grammar.JOINED,
    grammar.JOINED_DEEP,
    grammar.MEMBERS,
    grammar.RAW | grammar.RAW_IN_BODIES,
    grammar.NOT_COPIED,
    short_field,
)


def compile_spec(file: str, options: Options, linters: Linters | None = None) -> Build:
    """Compile one spec: everything but writing it to disk."""
    build = Build(file, options)
    try:
        _compile(build, linters)
    except Rejected as rejected:
        report(build, rejected.diagnostics)
    if build.failed:
        build.files = {}
    agree(build)
    return build


def _compile(build: Build, linters: Linters | None) -> None:
    architecture = understand(build)
    if architecture is None:
        return
    with _timed(build, "emit"):
        graph, found = emit(architecture, build.options.has_bucket)
    report(build, found)
    if build.failed:
        return
    with _timed(build, "layout"):
        stacks, found = layout(graph, build.options.layout, architecture.spec.layout.stacks)
    report(build, found)
    build.graph = graph
    with _timed(build, "write"):
        _write(build, stacks, architecture)
    with _timed(build, "prove"):
        report(build, expectations(build))
    if linters is not None and not build.failed:
        with _timed(build, "lint"):
            _lint(build, linters)
    unused_silence(build, linters)


def understand(build: Build) -> Architecture | None:
    """Source, model, files, link, check: what the spec says, or None where it has errors."""
    with _timed(build, "source"):
        source = build.source = read(build.file, GRAMMAR, build.options.overlays, build.options.drafts)
    if not source.usable:
        report(build, source.diagnostics)
        return None
    with _timed(build, "model"):
        known = Known(
            source.told,
            source.incomplete,
            source.hint,
            source.twin,
            source.model,
            source.absent,
            source.slip,
            twice=source.twice,
        )
        loaded = load(source.data, build.options.settings, known)
        build.spec = loaded.spec
        build.policy = Policy.of(loaded.spec)
        variables = loaded.variables
        build.source = replace(source, moved=loaded.moved, filled=variables.filled_in, mixed=frozenset(variables.mixed))
    report(build, [found for found in source.diagnostics if not _is_under(found.path, loaded.unknown)])
    report(build, [*loaded.diagnostics, *build.policy.mistakes()])
    if build.failed:  # what was removed may be named only where something is wrong
        loaded = replace(loaded, poisoned=loaded.poisoned | source.removed)
    if source.partial:
        return None  # what is not there may be in the file that could not be used
    with _timed(build, "link"):
        gathered = gather(loaded)
        build.source = build.source.with_files(gathered.typed, variables.mixed)
        build.variables = frozenset(variables.in_files)
        architecture, loaded, unlinked = link(loaded, gathered.contents)
    report(build, [*gathered.diagnostics, *unlinked])
    with _timed(build, "check"):
        report(build, check(architecture, loaded if build.failed else None))
    return None if build.failed else architecture


def _is_under(path: Path, places: Container[Path]) -> bool:
    return any(path[:end] in places for end in range(1, len(path)))


# ------------------------------------------------------------------ output


def _write(build: Build, stacks: list[Stack], architecture: Architecture) -> None:
    options = build.options
    text = to_yaml if options.format == "yaml" else to_json
    root, *children = stacks
    build.files = {f"{child.name}.{options.format}": text(child.template) for child in children}
    build.digest = _digest(build.files)
    if children:
        root = with_urls(root, build.digest, options.urls, f".{options.format}")
    build.stacks = (root, *children)
    build.files = {f"{root.name}.{options.format}": text(root.template), **build.files}
    for name, written in build.files.items():
        report(build, too_large(name, written))
    build.files["manifest.json"] = manifest(build, architecture)


def _digest(files: Mapping[str, str]) -> str:
    """What stands for the content of the nested templates in their addresses."""
    digest = hashlib.sha256()
    for name, text in sorted(files.items()):
        digest.update(f"{name}\0{text}\0".encode())
    return digest.hexdigest()[:16]


def _lint(build: Build, linters: Linters) -> None:
    options = build.options
    stacks = {f"{stack.name}.{options.format}": stack for stack in build.stacks}
    templates = {name: text for name, text in build.files.items() if name in stacks}
    region = build.spec.region if build.spec else None
    told = [found.message for found in build.diagnostics if found.rule is UNKNOWN_TYPE]
    found = linters.ask(templates, lambda name, place: stacks[name].origin_of(place), region)
    report(build, [each for each in found if not any(_word_in(each.message, message) for message in told)])


def _word_in(message: str, told: str) -> bool:
    """Whether a linter speaks of the word that another finding shows in backquotes."""
    return f"'{told.split('`')[1]}'" in message


@contextmanager
def _timed(build: Build, stage: str) -> Iterator[None]:
    start = time.perf_counter()
    try:
        yield
    finally:
        build.timings[stage] = build.timings.get(stage, 0.0) + time.perf_counter() - start


def folder_for(file: str, form: Form) -> FilePath:
    """The default output directory: `out/` and the spec's file name without its suffix."""
    stem = FilePath(file).name.removesuffix(".yml").removesuffix(".yaml")
    return FilePath("out") / (f"{stem}-flat" if form == "flat" else stem)
