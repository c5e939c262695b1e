"""`python -m tests.random_specs [--count N] [--seed N] [--failures FOLDER]`: draw specs, judge them, print figures."""

from __future__ import annotations

import argparse
import re
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import Any

import yaml
from hypothesis import HealthCheck, Phase, given, seed, settings

from tests.random_specs.judge import Verdict, judged
from tests.random_specs.spec import specs

EVERY = 20
"""cfn-lint is asked about one spec in so many."""


class Figures:
    """What is counted."""

    def __init__(self, failures: Path | None) -> None:
        self.failures = failures
        self.done = self.accepted = self.resources = self.thorough = 0
        self.codes: Counter[str] = Counter()
        self.kinds: Counter[str] = Counter()
        self.types: Counter[str] = Counter()
        self.warnings: Counter[str] = Counter()
        self.broken: Counter[str] = Counter()

    def add(self, verdict: Verdict, *, thorough: bool) -> None:
        """Count one spec; keep it, where it breaks a property that none broke before."""
        self.done += 1
        self.codes.update(verdict.codes)
        build = verdict.build
        if build is not None and not build.failed and build.graph is not None:
            self.accepted += 1
            self.thorough += thorough
            self.resources += len(build.graph.nodes)
            self.types.update({node.type for node in build.graph.nodes.values()})
            self.kinds.update(key for key, value in verdict.spec.items() if isinstance(value, dict))
            self.warnings.update(verdict.warnings)
        for problem in verdict.broken[:1]:
            short = problem.partition(" (")[0] if problem.startswith("linter") else problem.partition(" [")[0]
            short = re.sub(r"'[^']*'|`[^`]*`|[A-Z][a-z]\w*\d\w*", "...", short)[:110]
            self.broken[short] += 1
            if self.failures and self.broken[short] <= 3:
                self._keep(f"{len(self.broken):02}-{self.broken[short]}", verdict)

    def _keep(self, name: str, verdict: Verdict) -> None:
        assert self.failures is not None
        self.failures.mkdir(parents=True, exist_ok=True)
        said = "".join(f"# {line}\n" for problem in verdict.broken for line in problem.splitlines())
        text = said + yaml.safe_dump(verdict.spec, sort_keys=False, allow_unicode=True)
        (self.failures / f"{name}.yaml").write_text(text, "utf-8")

    def show(self, seconds: float) -> None:
        """Print what was counted."""
        print(f"{self.done} specs in {seconds:.0f} s: {self.accepted} accepted with {self.resources} resources")
        print(f"cfn-lint was asked about {self.thorough} of them")
        tables = {
            "broken": self.broken,
            "refused by": self.codes,
            "sections of accepted specs": self.kinds,
            "types of resources": self.types,
            "linters' findings": self.warnings,
        }
        for title, counter in tables.items():
            print(f"{title} ({len(counter)}):")
            for name, number in counter.most_common():
                print(f"  {number:6} {name}")


def main() -> None:
    """Draw, judge, count."""
    parser = argparse.ArgumentParser(prog="python -m tests.random_specs", description=__doc__)
    parser.add_argument("--count", type=int, default=100, help="how many specs; 100 unless said")
    parser.add_argument("--seed", type=int, default=0, help="where the drawing begins; 0 unless said")
    parser.add_argument("--failures", type=Path, help="a folder for specs that break a property")
    options = parser.parse_args()
    figures = Figures(options.failures)
    start = time.monotonic()

    @settings(
        max_examples=options.count,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @seed(options.seed)
    @given(specs())
    def every(spec: dict[str, Any]) -> None:
        thorough = figures.done % EVERY == 0
        with tempfile.TemporaryDirectory() as folder:
            figures.add(judged(spec, Path(folder), figures.done, thorough=thorough), thorough=thorough)
        if figures.done % 500 == 0:
            figures.show(time.monotonic() - start)

    every()
    figures.show(time.monotonic() - start)


main()
