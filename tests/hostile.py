"""Specs made to hang, to exhaust or to break a compiler: `python -m tests.hostile` checks each and measures.

Each is checked in a process of its own. It has to be refused with an error at a line, never with our own failure; the
table shows its time, as a ratio to the check of a spec of a few lines in the same run, and its peak memory.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from itertools import repeat
from pathlib import Path
from typing import NamedTuple

HEAD = "labspec: 1\nname: hostile\n"
LEVELS = 10


def _laughs() -> str:
    """Aliases of aliases: a billion values in a kilobyte."""
    lines = ["a0: &a0 [x]"] + [
        f"a{level}: &a{level} [{', '.join([f'*a{level - 1}'] * 10)}]" for level in range(1, LEVELS)
    ]
    return HEAD + "\n".join(lines) + "\n"


def _merges() -> str:
    """Mappings merged into mappings, twice each."""
    lines = ["a0: &a0 {x: 1}"]
    lines += [
        f"a{level}: &a{level} {{<<: [*a{level - 1}, *a{level - 1}], k{level}: *a{level - 1}}}" for level in range(1, 60)
    ]
    return HEAD + "\n".join(lines) + "\n"


def _likes() -> str:
    """Members that begin with one another, each with the text of all before it."""
    members = ["  m0: {tags: {a: b}}"]
    members += [f"  m{n}: {{like: m{n - 1}, tags: {{t{n}: x}}}}" for n in range(1, 3000)]
    return HEAD + "instances:\n" + "\n".join(members) + "\n"


def _categories() -> str:
    """A name of a character of each Unicode category."""
    first: dict[str, str] = {}
    for code in range(0x20, 0x110000):
        first.setdefault(unicodedata.category(chr(code)), chr(code))
    names = [char for category, char in first.items() if category not in ("Cs", "Cc", "Cn", "Co")]
    return HEAD + "instances:\n" + "".join(f'  "a{char}": {{subnet: "b{char}"}}\n' for char in names)


def _blocks() -> str:
    return HEAD + "".join(f"{' ' * depth}a:\n" for depth in range(10_000))


CASES: Mapping[str, Callable[[], str | Iterable[str]]] = {
    "a billion laughs": _laughs,
    "merges of merges": _merges,
    "3,000 members, each like the one before": _likes,
    "10,000 brackets": lambda: HEAD + "a: " + "[" * 10_000,
    "10,000 braces": lambda: HEAD + "a: " + "{a: " * 10_000,
    "10,000 levels of indentation": _blocks,
    "a file of 100 MB": lambda: (HEAD, "# ", *repeat("x" * 1_000_000, 100), "\n"),
    "a line of 900 kB": lambda: HEAD + "description: " + "x" * 900_000 + "\n",
    "50,000 unknown keys": lambda: HEAD + "".join(f"k{number}: x\n" for number in range(50_000)),
    "10,000 misspelled names": lambda: (
        HEAD + "instances:\n" + "".join(f"  w{n}: {{subnet: pubic-{n}}}\n" for n in range(10_000))
    ),
    "expressions that do not end": lambda: HEAD + "description: " + "${{ " * 100_000 + "\n",
    "names of every Unicode category": _categories,
    "includes itself": lambda: HEAD + "include: hostile.yaml\n",
    "extends itself": lambda: HEAD + "extends: hostile.yaml\n",
    "includes what lies outside": lambda: HEAD + "include: ../../../../etc/passwd\n",
    "includes a device": lambda: HEAD + "include: /dev/zero\n",
    "no text": lambda: "\x00\x01\x02" * 1000,
    "quotes that do not end": lambda: HEAD + 'description: "' + "x\n" * 50_000,
    "100,000 lists": lambda: HEAD + "a:\n" + "- " * 100_000 + "x\n",
}


class Answer(NamedTuple):
    """How a check ended."""

    status: int
    seconds: float
    megabytes: float
    words: str


MEASURE = """
import pathlib, resource, subprocess, sys
code = subprocess.call(sys.argv[2:])
pathlib.Path(sys.argv[1]).write_text(str(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss))
sys.exit(code)
"""
"""Between this process and the one that is measured, which would begin with the memory of what starts it."""


def checked(text: str | Iterable[str], folder: Path) -> Answer:
    """Check a spec in a process of its own."""
    file, peak = folder / "hostile.yaml", folder / "peak"
    with file.open("w", encoding="utf-8") as written:
        written.writelines([text] if isinstance(text, str) else text)
    command = [sys.executable, "-m", "labspec.cli", "check", str(file), "--no-cache"]
    start = time.monotonic()
    run = subprocess.run(
        [sys.executable, "-c", MEASURE, str(peak), *command],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        check=False,
    )
    kilobytes = int(peak.read_text()) / (1024 if sys.platform == "darwin" else 1)
    return Answer(run.returncode, time.monotonic() - start, kilobytes / 1024, run.stdout)


def main() -> None:
    """Print the table; fail where an answer is not an error at a line."""
    print("| spec | time / a small spec | peak memory | error |\n| --- | --- | --- | --- |")
    failures = 0
    with tempfile.TemporaryDirectory() as name:
        small = checked(HEAD + "instances: {}\n", Path(name))
        for case, make in CASES.items():
            answer = checked(make(), Path(name))
            failures += answer.status != 1
            code = answer.words.partition("[")[2].partition("]")[0] if answer.status == 1 else f"status {answer.status}"
            print(f"| {case} | {answer.seconds / small.seconds:.1f} | {answer.megabytes:.0f} MB | {code} |")
    sys.exit(1 if failures else 0)


if __name__ == "__main__":
    main()
