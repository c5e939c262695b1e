"""Many specs, drawn and judged, and the figures of them."""

from __future__ import annotations

import re
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import yaml
from hypothesis import HealthCheck, Phase, given, seed, settings

from tests.random_specs.judge import Verdict, judged
from tests.random_specs.spec import specs

EVERY = 20
"""cfn-lint is asked about one spec in so many."""
KEPT = 3
"""Of specs that break one property in the same way, so many are kept."""


class Figures:
    """What is counted. `kept` holds specs that break a property, as text that begins with what is broken."""

    def __init__(self) -> None:
        self.done = self.accepted = self.resources = self.thorough = 0
        self.codes: Counter[str] = Counter()
        self.sections: Counter[str] = Counter()
        self.types: Counter[str] = Counter()
        self.warnings: Counter[str] = Counter()
        self.raw: Counter[str] = Counter()
        self.broken: Counter[str] = Counter()
        self.kept: list[str] = []

    def add(self, verdict: Verdict, *, thorough: bool) -> None:
        """Count one spec."""
        self.done += 1
        self.codes.update(verdict.codes)
        self.raw.update(verdict.of_raw)
        build = verdict.build
        if build is not None and build.graph is not None and not build.failed:
            self.accepted += 1
            self.thorough += thorough
            self.resources += len(build.graph.nodes)
            self.types.update({node.type for node in build.graph.nodes.values()})
            self.sections.update(verdict.spec.keys())
            self.warnings.update(verdict.warnings)
        if verdict.broken:
            self.broken[(kind := _kind(verdict.broken[0]))] += 1
            if self.broken[kind] <= KEPT:
                self.kept.append(_text(verdict))

    def lines(self) -> Iterator[str]:
        """What was counted, to be read."""
        yield f"{self.done} specs, {self.accepted} accepted with {self.resources} resources"
        yield f"cfn-lint was asked about {self.thorough} of them"
        tables = {
            "broken": self.broken,
            "refused by": self.codes,
            "what linters refuse in raw CloudFormation": self.raw,
            "what linters warn of": self.warnings,
            "keys of accepted specs": self.sections,
            "types of resources": self.types,
        }
        for title, counter in tables.items():
            yield f"{title} ({len(counter)}):"
            yield from (f"  {number:6} {name}" for name, number in counter.most_common())


def _kind(problem: str) -> str:
    """A problem without its names, so that alike ones are counted together."""
    short = problem.partition(" (")[0] if problem.startswith("linter") else problem.partition(" [")[0]
    return re.sub(r"'[^']*'|`[^`]*`|[A-Z][a-z]\w*[A-Z]\w*", "...", short)[:120]


def _text(verdict: Verdict) -> str:
    said = "".join(f"# {line}\n" for problem in verdict.broken for line in problem.splitlines())
    return said + yaml.safe_dump(verdict.spec, sort_keys=False, allow_unicode=True)


def drawn(count: int, first: int, told: Callable[[Figures], None] = lambda figures: None) -> Figures:
    """The figures of so many specs, the same for the same `first` seed. `told` hears of them after each."""
    figures = Figures()

    @settings(
        max_examples=count,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @seed(first)
    @given(specs())
    def every(spec: dict[str, Any]) -> None:
        thorough = figures.done % EVERY == 0
        with tempfile.TemporaryDirectory() as folder:
            figures.add(judged(spec, Path(folder), figures.done, thorough=thorough), thorough=thorough)
        told(figures)

    every()
    return figures
