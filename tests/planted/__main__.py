"""`python -m tests.planted [--every N] [SPEC...]`: plant the mistakes, print the table and what was told wrong."""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

from tests.planted.mistakes import CLASSES
from tests.planted.run import SPECS, Tally, plant
from tests.planted.scalars import fields


def main() -> None:
    """Print a row for each class."""
    parser = argparse.ArgumentParser(prog="python -m tests.planted", description=__doc__)
    parser.add_argument("specs", nargs="*", type=Path, help="specs; all that the repository has unless said")
    parser.add_argument("--every", type=int, default=1, help="plant one of so many; 1 unless said")
    options = parser.parse_args()
    total = {name: Tally() for name in CLASSES}
    for spec in options.specs or SPECS:
        with tempfile.TemporaryDirectory() as folder:
            for name, tally in plant(spec.resolve(), Path(folder) / "spec", options.every).items():
                total[name] += tally
    for name, tally in total.items():
        for line in tally.wrong:
            print(f"{name}: {line}")
    print(
        "| class | fields | planted | still valid | told | told right | either of two | percent |\n"
        + "| --- " * 8
        + "|"
    )
    for name, tally in total.items():
        counts = (len(tally.fields), tally.told + tally.valid, tally.valid, tally.told, tally.right, tally.either)
        print(f"| {name} | {' | '.join(map(str, counts))} | {tally.percent:.1f} |")
    for name, tally in total.items():
        for reason, count in tally.excluded.most_common():
            print(f"| {name} | {count} | {reason} |")
    planted = set().union(*(tally.fields for tally in total.values()))
    left = sorted(".".join(each) for each in fields() - planted)
    print(f"{len(planted)} of the language's {len(fields())} fields stand in these specs; not these: {', '.join(left)}")


main()
