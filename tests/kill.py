"""Kills builds at random moments: `python -m tests.kill --count 1000`.

Two specs are built into one directory in turn, each build in a process of its own that is killed somewhere between its
start and its end. What a reader then finds has to be the old output, the new one, or something that `lint` says is of
two builds; the next build has to make the new one of it, and to leave nothing else behind.
"""

from __future__ import annotations

import argparse
import random
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Mapping
from pathlib import Path

from labspec.output import STAGING

ROOT = Path(__file__).parents[1]
SPECS = (ROOT / "specs/02-lamp.yaml", ROOT / "specs/04-auto-scaling.yaml")

Files = Mapping[str, bytes]


def kill(count: int, folder: Path, seed: int) -> Counter[str]:
    """Kill so many builds; how often a reader found what. Raises `AssertionError` where an output was not whole."""
    rng = random.Random(seed)
    out = folder / "out"
    wholes: list[Files] = []
    seconds = 0.0
    for spec in SPECS:
        start = time.monotonic()
        _command("build", str(spec), out).wait()
        seconds = time.monotonic() - start
        wholes.append(_files(out))
    found: Counter[str] = Counter()
    for number in range(count):
        old, new = wholes[(number + 1) % 2], wholes[number % 2]
        spec = SPECS[number % 2]
        process = _command("build", str(spec), out)
        # Most of a build changes nothing: half of the kills are in its last third.
        time.sleep(rng.uniform(0, seconds) if number % 2 else rng.uniform(seconds * 2 / 3, seconds * 1.05))
        process.kill()
        process.wait()
        found[_state(out, old, new)] += 1
        assert _command("build", str(spec), out).wait() == 0, "the next build did not succeed"
        assert _files(out) == new, "the next build did not make the new output"
        assert not (out / STAGING).exists(), "the next build left its staging folder"
    return found


def _state(out: Path, old: Files, new: Files) -> str:
    files = _files(out)
    if files == new:
        return "the new output"
    if files == old:
        return "the old output, and a build to be finished" if (out / STAGING).exists() else "the old output"
    assert _command("lint", str(out)).wait() == 1, "two builds in one output, and lint says nothing"
    return "parts of both, which lint says"


def _command(name: str, target: str, out: Path | None = None) -> subprocess.Popen[bytes]:
    options = ["--out", str(out), "--no-validate"] if out else []
    command = [sys.executable, "-m", "labspec.cli", name, target, *options, "-q"]
    return subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def _files(out: Path) -> Files:
    """What a reader sees: the staging folder is hidden."""
    return {path.name: path.read_bytes() for path in sorted(out.iterdir()) if path.is_file()}


def main() -> None:
    """Print how often a reader found what."""
    parser = argparse.ArgumentParser(prog="python -m tests.kill", description=__doc__)
    parser.add_argument("--count", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        found = kill(options.count, Path(folder), options.seed)
    for state, count in found.most_common():
        print(f"{count:6} {state}")


if __name__ == "__main__":
    main()
