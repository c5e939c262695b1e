"""The specs of the project and the golden cases, built."""

from __future__ import annotations

import copy
import functools
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from labspec.compiler import Build, Options, compile_spec
from labspec.write import to_yaml

ROOT = Path(__file__).parents[2]
CASES = sorted(
    path.relative_to(ROOT).as_posix() for path in (*ROOT.glob("specs/*.yaml"), *ROOT.glob("tests/golden/*/spec.yaml"))
)
LAYOUTS = ("nested", "flat")

Templates = dict[str, dict[str, Any]]
"""The templates of a build by the names of their stacks, the root first."""


def templates_of(case: str, layout: str) -> Templates:
    """The templates of a build, as data that may be changed."""
    return {stack.name: copy.deepcopy(stack.template) for stack in _built(case, layout).stacks}


def files_of(case: str, layout: str) -> dict[str, str]:
    """The templates of a build as they are written, the root first."""
    return written(templates_of(case, layout))


def digest_of(case: str, layout: str) -> str:
    """What stands for a build in the addresses of its nested templates."""
    return _built(case, layout).digest


def assets_of(case: str, layout: str) -> Mapping[str, bytes]:
    """What the stacks of a build fetch as they are made, by the keys of its files."""
    return _built(case, layout).assets


def written(templates: Templates) -> dict[str, str]:
    """Templates as files."""
    return {f"{name}.yaml": to_yaml(template) for name, template in templates.items()}


@functools.cache
def _built(case: str, layout: str) -> Build:
    before = Path.cwd()
    os.chdir((ROOT / case).parent)
    try:
        return compile_spec(Path(case).name, Options(layout=layout))  # type: ignore[arg-type]
    finally:
        os.chdir(before)
