"""Small specs from text, for tests."""

from __future__ import annotations

import textwrap
from pathlib import Path
from typing import Any

from labspec.compiler import Build, Options, compile_spec
from labspec.graph import Graph
from labspec.yaml_tree import Reading, parse

HEAD = "labspec: 1\nname: test\n"

NETWORK = """\
vpcs:
  net:
    cidr: 10.0.0.0/16
    internet_gateway: net-igw
    subnets:
      public-a: {zone: a, cidr: 10.0.1.0/24, access: public}
      public-c: {zone: c, cidr: 10.0.2.0/24, access: public}
      data-a: {zone: a, cidr: 10.0.3.0/24, access: isolated}
      data-c: {zone: c, cidr: 10.0.4.0/24, access: isolated}
"""


def build(folder: Path, text: str, **options: object) -> Build:
    """Compile a spec that is given as text; `labspec: 1` and a name are put before it."""
    file = folder / "spec.yaml"
    text = textwrap.dedent(text)
    file.write_text(text if text.startswith("labspec:") else HEAD + text, "utf-8")
    return compile_spec(str(file), Options(**{"layout": "flat", **options}))  # type: ignore[arg-type]


def graph_of(folder: Path, text: str, **options: object) -> Graph:
    """The graph of a spec without errors."""
    made = build(folder, text, **options)
    assert not made.failed, [diagnostic.message for diagnostic in made.diagnostics]
    assert made.graph is not None
    return made.graph


def messages(made: Build) -> list[str]:
    """Each finding as `LS201 12:5 message`."""
    return [
        f"{d.rule.code} {d.span.line if d.span else 0}:{d.span.column if d.span else 0} {d.message}"
        for d in made.diagnostics
    ]


def plain(text: str, raw: frozenset[tuple[str, ...]] = frozenset()) -> Any:
    """YAML as the models get it; at the patterns `raw`, typed as YAML 1.2 does."""
    tree, _ = parse(text, "")
    return Reading({"": ""}, raw).data(tree)
