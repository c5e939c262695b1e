"""Random architectures, some with a mistake: `python -m tests.random_specs --count 10000`.

Whatever is accepted gives templates without an error from the linters, in which nothing waits for itself, and the same
resources in either layout and when its sections are files of their own. Whatever is refused says where.
"""

from __future__ import annotations

import argparse
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from labspec.compiler import Build, Options, compile_spec
from labspec.diagnostic import Severity
from labspec.lint import Loader, cfn_lint, lint, validate
from labspec.model.grammar import JOINED
from tests.architectures import architectures
from tests.joining import joined_of, order

SETTINGS = settings(
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.explicit, Phase.generate],
    database=None,
)
WORDS: list[Any] = [
    "net",
    "web-sg",
    "db",
    "public",
    "public-a",
    "10.0.0.0/16",
    "22",
    80,
    True,
    "AdminCidr",
    "internet",
    None,
]
WORDS += [
    "5m",
    "20GiB",
    "mysql",
    "${{ vpcs.net.id }}",
    "${{",
    {},
    [],
    ["a", "a"],
    {"like": "web-1"},
    {"from": "self"},
    "",
    -1,
]


@st.composite
def specs(draw: st.DrawFn) -> dict[str, Any]:
    """An architecture, and in two of three a value of another one's in the place of its own, or nothing there."""
    spec = draw(architectures())
    for _ in range(draw(st.integers(0, 2))):
        place = draw(st.sampled_from(list(_places(spec))))
        spec = _with(spec, place, draw(st.sampled_from(["lost", *WORDS])))
    return spec


def _places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    for key, inner in value.items() if isinstance(value, dict) else enumerate(value):
        yield (*path, key)
        if isinstance(inner, (dict, list)):
            yield from _places(inner, (*path, key))


def _with(value: Any, path: tuple[Any, ...], new: Any) -> Any:
    """The data with another value at a path, or without what stands there."""
    pairs = dict(value.items() if isinstance(value, dict) else enumerate(value))
    if len(path) > 1:
        pairs[path[0]] = _with(pairs[path[0]], path[1:], new)
    elif new == "lost":
        del pairs[path[0]]
    else:
        pairs[path[0]] = new
    return pairs if isinstance(value, dict) else list(pairs.values())


def judged(spec: dict[str, Any], engines: Mapping[str, Loader]) -> str:
    """What became of a spec. Raises `AssertionError` where one of the properties does not hold."""
    with tempfile.TemporaryDirectory() as name:
        one, other, split = (
            _compiled(spec, Path(name, "one"), "nested"),
            _compiled(spec, Path(name, "one"), "flat"),
            _compiled(_split(spec, Path(name, "split")), Path(name, "split"), "nested"),
        )
    assert one.failed == other.failed == split.failed, [each.message for each in (*one.diagnostics, *split.diagnostics)]
    if one.failed:
        return next(each.rule.code for each in one.diagnostics if each.level is Severity.ERROR)
    assert one.graph is not None
    assert other.graph is not None
    assert split.graph is not None
    assert one.graph.nodes.keys() == other.graph.nodes.keys() == split.graph.nodes.keys()
    for build in (one, other):
        before = order(joined_of(build))
        assert not [identity for identity, first in before.items() if identity in first]
        assert all(first <= before.keys() for first in before.values())
    stacks = {f"{stack.name}.yaml": stack for stack in one.stacks}
    templates = {name: text for name, text in one.files.items() if name in stacks}
    found = lint(templates, lambda name, place: stacks[name].origin_of(place), engines=engines)
    assert not [each.message for each in found if each.level is Severity.ERROR], [each.message for each in found]
    return "built"


def _split(spec: dict[str, Any], folder: Path) -> dict[str, Any]:
    """The spec whose sections are included files."""
    folder.mkdir(parents=True, exist_ok=True)
    files = []
    for section, body in spec.items():
        if section in JOINED and isinstance(body, dict) and body:
            files.append(f"{section}.yaml")
            (folder / files[-1]).write_text(yaml.safe_dump({section: body}, sort_keys=False), "utf-8")
    kept = {key: value for key, value in spec.items() if f"{key}.yaml" not in files}
    return {**kept, "include": files} if files else kept


def _compiled(spec: dict[str, Any], folder: Path, layout: str) -> Build:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "spec.yaml").write_text(yaml.safe_dump(spec, sort_keys=False), "utf-8")
    build = compile_spec(str(folder / "spec.yaml"), Options(layout=layout))  # type: ignore[arg-type]
    assert all(found.span and found.message for found in build.diagnostics)
    return build


def main() -> None:
    """Draw and judge specs; print how many were built, and which rules refused how many."""
    parser = argparse.ArgumentParser(prog="python -m tests.random_specs", description=__doc__)
    parser.add_argument("--count", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--cfn-lint", type=int, default=20, metavar="N", help="ask cfn-lint, too, of one in N")
    options = parser.parse_args()
    became: Counter[str] = Counter()
    failed: list[tuple[str, dict[str, Any]]] = []

    @seed(options.seed)
    @settings(SETTINGS, max_examples=options.count)
    @given(specs())
    def run(spec: dict[str, Any]) -> None:
        engines: dict[str, Loader] = {validate.NAME: lambda: validate.findings}
        if became.total() % options.cfn_lint == 0:
            engines[cfn_lint.NAME] = lambda: cfn_lint.findings
        try:
            became[judged(spec, engines)] += 1
        except Exception as error:
            became["does not hold"] += 1
            failed.append((f"{type(error).__name__}: {error}"[:600], spec))

    run()
    for what, count in became.most_common():
        print(f"{count:6} {what}")
    for message, spec in failed[:40]:
        print(f"\n{message}\n{yaml.safe_dump(spec, sort_keys=False, default_flow_style=None, width=140)}")


if __name__ == "__main__":
    main()
