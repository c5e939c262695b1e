"""`python -m tests.random_specs [--count N] [--seed N] [--failures FOLDER]`: draw specs, judge them, print figures."""

from __future__ import annotations

import argparse
import time
from pathlib import Path

from tests.random_specs.run import Figures, drawn


def main() -> None:
    """Draw, judge, count; what breaks a property is written down as soon as it is found."""
    parser = argparse.ArgumentParser(prog="python -m tests.random_specs", description=__doc__)
    parser.add_argument("--count", type=int, default=100, help="how many specs; 100 unless said")
    parser.add_argument("--seed", type=int, default=0, help="where the drawing begins; 0 unless said")
    parser.add_argument("--failures", type=Path, help="a folder for specs that break a property")
    options = parser.parse_args()
    start = time.monotonic()

    def told(figures: Figures) -> None:
        if options.failures and figures.kept:
            options.failures.mkdir(parents=True, exist_ok=True)
            (options.failures / f"{len(figures.kept):03}.yaml").write_text(figures.kept[-1], "utf-8")
        if figures.done % 500 == 0:
            print(f"-- {time.monotonic() - start:.0f} s", *figures.lines(), sep="\n", flush=True)

    figures = drawn(options.count, options.seed, told)
    print(f"== {time.monotonic() - start:.0f} s", *figures.lines(), sep="\n")


main()
