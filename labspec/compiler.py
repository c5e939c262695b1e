"""The corridor: the stages in their order, and the gate between what the spec says and what is made of it."""

from __future__ import annotations

import hashlib
import io
import json
import os
import time
from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path as FilePath
from typing import Any, NamedTuple

from labspec import __version__
from labspec.check import check
from labspec.diagnostic import Diagnostic, Fix, Path, Rejected, has_errors
from labspec.emit import emit
from labspec.emit.facts import facts
from labspec.gather import gather
from labspec.graph import Graph, Stack
from labspec.layout import Form, Urls, layout, too_large, with_urls
from labspec.link import link
from labspec.model import grammar
from labspec.model.architecture import Architecture
from labspec.model.complaints import Known
from labspec.model.instance_types import UNKNOWN_TYPE
from labspec.model.load import load
from labspec.model.places import fields_of, short_field
from labspec.model.spec import Spec
from labspec.model.word import FileName
from labspec.policy import Policy
from labspec.source import Grammar, Source, read
from labspec.write import to_json, to_yaml

GRAMMAR = Grammar(
    frozenset(fields_of(Spec)),
    grammar.JOINED,
    grammar.JOINED_DEEP,
    grammar.MEMBERS,
    grammar.RAW | grammar.RAW_IN_BODIES,
    grammar.NOT_COPIED,
    short_field,
)

Linter = Callable[[Mapping[str, str], Callable[[str, Path], Path], str | None], list[Diagnostic]]
"""Templates with relative addresses, the origin of each place in them, the region: to findings."""


class Linters(NamedTuple):
    """The linters that are asked, by name, and how."""

    names: frozenset[str]
    ask: Linter


@dataclass(frozen=True, slots=True)
class Options:
    """What the command line decides about a build."""

    layout: Form = "nested"
    urls: Urls = "parameters"
    format: str = "yaml"
    settings: Mapping[str, str] = field(default_factory=dict)
    overlays: Sequence[str] = ()
    drafts: Mapping[str, bytes] = field(default_factory=dict)
    """What to read in place of documents, by their real paths."""


@dataclass(slots=True)
class Build:
    """What came of one spec. `files` is empty where there are errors; what the spec accepts is apart, in `silenced`."""

    file: str
    options: Options
    source: Source | None = None
    spec: Spec | None = None
    policy: Policy | None = None
    variables: frozenset[str] = frozenset()
    """The variables that are filled into mentioned files."""
    stacks: tuple[Stack, ...] = ()
    graph: Graph | None = None
    files: dict[str, str] = field(default_factory=dict)
    digest: str = ""
    diagnostics: list[Diagnostic] = field(default_factory=list)
    silenced: list[Diagnostic] = field(default_factory=list)
    timings: dict[str, float] = field(default_factory=dict)
    wishes: dict[Fix, set[Path]] = field(default_factory=dict)
    """Each safe fix with the paths that ask for it."""

    @property
    def failed(self) -> bool:
        """Whether an error stopped it."""
        return has_errors(self.diagnostics)


def compile_spec(file: str, options: Options, linters: Linters | None = None) -> Build:
    """Compile one spec: everything but writing it to disk."""
    build = Build(file, options)
    try:
        _compile(build, linters)
    except Rejected as rejected:
        _report(build, rejected.diagnostics)
    if build.failed:
        build.files = {}
    _agree(build)
    return build


def _compile(build: Build, linters: Linters | None) -> None:
    architecture = understand(build)
    if architecture is None:
        return
    with _timed(build, "emit"):
        graph, found = emit(architecture)
    _report(build, found)
    if build.failed:
        return
    with _timed(build, "layout"):
        stacks, found = layout(graph, build.options.layout, architecture.spec.layout.stacks)
    _report(build, found)
    build.graph = graph
    with _timed(build, "write"):
        _write(build, stacks, architecture)
    if linters is not None and not build.failed:
        with _timed(build, "lint"):
            _lint(build, linters)
    _unused_silence(build, linters)


def understand(build: Build) -> Architecture | None:
    """Source, model, files, link, check: what the spec says, or None where it has errors."""
    with _timed(build, "source"):
        source = build.source = read(build.file, GRAMMAR, build.options.overlays, build.options.drafts)
    if not source.usable:
        _report(build, source.diagnostics)
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
    _report(build, [found for found in source.diagnostics if not _is_under(found.path, loaded.unknown)])
    _report(build, [*loaded.diagnostics, *build.policy.mistakes()])
    if build.failed:  # what was removed may be named only where something is wrong
        loaded = replace(loaded, poisoned=loaded.poisoned | source.removed)
    if source.partial:
        return None  # what is not there may be in the file that could not be used
    with _timed(build, "link"):
        gathered = gather(loaded)
        build.source = build.source.with_files(gathered.typed, variables.mixed)
        build.variables = frozenset(variables.in_files)
        architecture, loaded, unlinked = link(loaded, gathered.contents)
    _report(build, [*gathered.diagnostics, *unlinked])
    with _timed(build, "check"):
        _report(build, check(architecture, loaded if build.failed else None))
    return None if build.failed else architecture


def _is_under(path: Path, places: Container[Path]) -> bool:
    return any(path[:end] in places for end in range(1, len(path)))


def _report(build: Build, found: Iterable[Diagnostic]) -> None:
    """Keep what was found, as the spec judges it, each with its lines, once."""
    told = {_said(diagnostic) for diagnostic in (*build.diagnostics, *build.silenced)}
    shared = {_written(diagnostic): diagnostic.path for diagnostic in reversed(build.diagnostics)}
    for diagnostic in found:
        judged = build.policy.judged(diagnostic) if build.policy else diagnostic
        placed = build.source.place(judged) if build.source else judged
        if build.source and placed.fix and placed.fix.safe:
            build.wishes.setdefault(placed.fix, set()).add(build.source.written(diagnostic.path)[0])
        if _said(placed) in told or (not placed.silenced and shared.get(_written(placed), placed.path) != placed.path):
            continue
        told.add(_said(placed))
        if placed.silenced:
            build.silenced.append(placed)
        else:
            build.diagnostics.append(placed)
            shared.setdefault(_written(placed), placed.path)


def _said(diagnostic: Diagnostic) -> tuple[object, ...]:
    """What is told once. Two members that accept the same do so each for itself."""
    accepted = (diagnostic.silenced, diagnostic.path) if diagnostic.silenced else ()
    return (diagnostic.rule, diagnostic.span, diagnostic.message, *accepted)


def _written(diagnostic: Diagnostic) -> tuple[object, ...]:
    """What is written once, and wrong once, however many members have it of one another."""
    return (diagnostic.rule, diagnostic.span)


def _unused_silence(build: Build, linters: Linters | None) -> None:
    """What is accepted in vain, where the build came so far that it would have been found."""
    found = {diagnostic.rule.name for diagnostic in (*build.diagnostics, *build.silenced)}
    asked = linters.names if linters and "linter-failed" not in found else frozenset()
    if build.policy is not None and not build.failed:
        _report(build, build.policy.unused(build.silenced, asked))


def _agree(build: Build) -> None:
    """Keep a fix safe only where all that is made of its text asks for it: an alias may mean it otherwise."""
    if build.source is None or not build.wishes:
        return
    used = build.source.uses(fix.span for fix in build.wishes if fix.span)
    for index, diagnostic in enumerate(build.diagnostics):
        fix = diagnostic.fix
        if fix and fix.safe and fix.span and not used[fix.span] <= build.wishes[fix]:
            build.diagnostics[index] = diagnostic._replace(fix=fix._replace(safe=False))


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
        _report(build, too_large(name, written))
    build.files["manifest.json"] = _manifest(build, architecture)


def _digest(files: Mapping[str, str]) -> str:
    """What stands for the content of the nested templates in their addresses."""
    digest = hashlib.sha256()
    for name, text in sorted(files.items()):
        digest.update(f"{name}\0{text}\0".encode())
    return digest.hexdigest()[:16]


def _manifest(build: Build, architecture: Architecture) -> str:
    """What was built from what: readers of the output learn from it where everything came from."""
    assert build.source is not None
    assert build.graph is not None
    position = build.source.position
    inputs = build.source.digests() | {
        _seen(build, name): hashlib.sha256(content).hexdigest() for name, content in architecture.contents.files.items()
    }
    manifest: dict[str, Any] = {
        "labspec": __version__,
        "name": architecture.spec.name,
        "layout": build.options.layout,
        "digest": build.digest,
        "inputs": dict(sorted(inputs.items())),
        "outputs": {name: hashlib.sha256(text.encode()).hexdigest() for name, text in sorted(build.files.items())},
        "stacks": {stack.name: sorted(stack.template.get("Resources", {})) for stack in build.stacks},
        "resources": {
            node.id: {
                "type": node.type,
                "member": f"{node.section}.{node.member}",
                "role": node.role,
                "at": position(node.origin),
                "properties": {
                    ".".join(str(step) for step in place): position(path)
                    for place, path in sorted(node.origins.items(), key=str)
                },
            }
            for node in build.graph.nodes.values()
        },
        **facts(architecture),
    }
    text = io.StringIO()
    json.dump(manifest, text, indent=1)  # piece by piece: a list of all pieces would be the most that a build holds
    return text.getvalue() + "\n"


def _seen(build: Build, name: FileName) -> str:
    """A mentioned file as the spec's folder sees it, also where a document of another folder mentions it."""
    seen = os.path.relpath(FilePath(name.folder) / name.name, FilePath(build.file).parent)
    return seen.replace(os.sep, "/")


def _lint(build: Build, linters: Linters) -> None:
    options = build.options
    stacks = {f"{stack.name}.{options.format}": stack for stack in build.stacks}
    templates = {name: text for name, text in build.files.items() if name in stacks}
    region = build.spec.region if build.spec else None
    told = [found.message for found in build.diagnostics if found.rule is UNKNOWN_TYPE]
    found = linters.ask(templates, lambda name, place: stacks[name].origin_of(place), region)
    _report(build, [each for each in found if not any(_word_in(each.message, message) for message in told)])


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
