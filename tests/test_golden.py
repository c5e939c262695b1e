"""Every case is a folder: a spec, and one expected file for each thing that comes of it.

graph.txt, one line for each resource, is what to review first; nested and flat share it.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from labspec.compiler import Build, Options, compile_spec
from labspec.graph import Graph, references
from labspec.report import Outcome, counted, to_text

ROOT = Path(__file__).parents[1]
CASES = sorted(path.parent for path in (ROOT / "tests/golden").glob("*/spec.yaml"))


@pytest.mark.parametrize("case", CASES, ids=lambda path: path.name)
def test_golden(case: Path, update: bool) -> None:
    """What a spec compiles to is what was reviewed: every file, and no other."""
    nested, flat = compiled(case, "nested"), compiled(case, "flat")
    assert graph_text(nested.graph) == graph_text(flat.graph)
    made = {name: text for name, text in nested.files.items() if name != "manifest.json"}
    made["graph.txt"] = graph_text(nested.graph)
    texts = nested.source.texts if nested.source else {}
    if nested.diagnostics:
        made["diagnostics.txt"] = to_text(Outcome("", nested.diagnostics, texts)) + f"\n{counted(nested.diagnostics)}\n"
    expected = case / "expected"
    if update:
        rewrite(expected, made)
    there = {path.name: path.read_text("utf-8") for path in expected.glob("*")}
    assert sorted(there) == sorted(made)
    for name, text in made.items():
        assert there[name] == text, f"{case.name}/expected/{name} differs: review it, then run `make golden`"


def compiled(case: Path, layout: str) -> Build:
    before = Path.cwd()
    os.chdir(case)
    try:
        return compile_spec("spec.yaml", Options(layout=layout))  # type: ignore[arg-type]
    finally:
        os.chdir(before)


def rewrite(folder: Path, made: dict[str, str]) -> None:
    folder.mkdir(exist_ok=True)
    for path in folder.iterdir():
        if path.name not in made:
            sys.stdout.write(f"removed {path}\n")
            path.unlink()
    for name, text in made.items():
        path = folder / name
        if not path.exists() or path.read_text("utf-8") != text:
            sys.stdout.write(f"wrote {path}\n")
            path.write_text(text, "utf-8")


def graph_text(graph: Graph | None) -> str:
    """One line for each resource: id, type, where it came from, what it refers to and waits for."""
    return "".join(f"{line}\n" for line in graph_lines(graph)) if graph else ""


def graph_lines(graph: Graph) -> Iterator[str]:
    for node in graph.nodes.values():
        origin = ".".join(str(step) for step in node.origin)
        refers = sorted({target for _, target, _ in references(node.body) if not target.startswith("AWS::")})
        after = sorted(edge.target for edge in graph.edges if edge.source == node.id)
        yield " ".join([node.id, node.type, origin, *refers, *(f"after:{name}" for name in after)])


def test_every_golden_folder_is_a_case() -> None:
    folders = sorted(path for path in (ROOT / "tests/golden").iterdir() if path.is_dir())
    assert folders == CASES
