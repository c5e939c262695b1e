"""How long labspec takes, as ratios: to the least that a process with its libraries takes, and to itself.

The processes of a turn run one after another, and a ratio is formed within a turn: so it says the same on a slow or a
busy machine as on a fast one. `python -m benchmarks.run` prints the tables of README.md.
"""

from __future__ import annotations

import argparse
import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from benchmarks.generate import PER_SITE, spec

HOME = Path(__file__).resolve().parent.parent
FULL = "specs/full.yaml"
SIZES = (100, 1_000, 10_000)
ALL = "all stages"
MOST = 2_500
"""CloudFormation takes no more resources in one nested operation: a build of more says so once its stages are done."""

FLOOR = """
from pydantic import BaseModel
import yaml
from troposphere import autoscaling, awslambda, cloudformation, cloudfront, ec2, efs, elasticloadbalancingv2, iam, logs
from troposphere import policies, rds, s3, secretsmanager, sns, ssm

class Subnet(BaseModel):
    name: str
    zone: str = "a"

Subnet(name="public")
yaml.load("zone: a", yaml.CSafeLoader)
"""
"""F1: pydantic and a model that is built once, PyYAML's C parser, and the modules of troposphere that the lab needs."""

NOTHING, F1 = "`python -c pass`", "F1"
COMMANDS: dict[str, tuple[str, ...]] = {
    NOTHING: ("-c", "pass"),
    F1: ("-c", FLOOR),
    "`check --no-validate`": ("-m", "labspec.cli", "check", FULL, "-q", "--no-validate"),
    "`build --no-validate`": ("-m", "labspec.cli", "build", FULL, "--out", "OUT", "-q", "--no-validate"),
    "`build`, the answer known": ("-m", "labspec.cli", "build", FULL, "--out", "OUT", "-q"),
    "`build --no-cache`": ("-m", "labspec.cli", "build", FULL, "--out", "OUT", "-q", "--no-cache"),
}
"""What is measured, by the name in the table: the last three compile the whole lab into a new directory."""


class Run(NamedTuple):
    """One process: its seconds by the clock and on the processor, its peak memory in MB, the milliseconds of stages."""

    clock: float
    processor: float
    memory: float
    stages: Mapping[str, float]


Turns = Mapping[str, Sequence[Run]]
"""The runs of each process, one in each turn."""


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.run", description=__doc__)
    parser.add_argument("--turns", type=int, default=15, help="how often each process runs; 15 unless said")
    turns = parser.parse_args().turns
    with tempfile.TemporaryDirectory(prefix="labspec-bench-") as name:
        environment = _environment(name)
        print(_builds(_measured(COMMANDS, environment, turns)))
        print(_sizes(_measured(_generated(Path(name)), environment, max(3, turns // 3))))


def _environment(folder: str) -> dict[str, str]:
    """Compiled modules and the validator's answers are kept for these runs alone: a first turn makes them."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    return kept | {"PYTHONPATH": str(HOME), "PYTHONPYCACHEPREFIX": f"{folder}/pyc", "XDG_CACHE_HOME": f"{folder}/cache"}


def _generated(folder: Path) -> dict[str, tuple[str, ...]]:
    commands = {F1: COMMANDS[F1]}
    for size in SIZES:
        file = folder / f"{size}.yaml"
        file.write_text(spec(size // PER_SITE), encoding="utf-8")
        options = ("--out", "OUT", "-q", "--no-validate", "--timings")
        commands[str(size)] = ("-m", "labspec.cli", "build", str(file), *options)
    return commands


# ------------------------------------------------------------------ running


def _measured(commands: Mapping[str, Sequence[str]], environment: Mapping[str, str], turns: int) -> Turns:
    taken: dict[str, list[Run]] = {name: [] for name in commands}
    for turn in range(turns + 1):
        for name, command in commands.items():
            run = _run(command, environment, status=int(name.isdecimal() and int(name) > MOST))
            if turn:
                taken[name].append(run)
    return taken


def _run(command: Sequence[str], environment: Mapping[str, str], status: int) -> Run:
    with tempfile.TemporaryFile("w+") as said, tempfile.TemporaryDirectory(prefix="labspec-bench-") as out:
        words = [sys.executable, *(f"{out}/new" if word == "OUT" else word for word in command)]
        start = time.perf_counter()
        process = subprocess.Popen(words, cwd=HOME, env=environment, stdout=subprocess.DEVNULL, stderr=said)
        _, ended, used = os.wait4(process.pid, 0)
        clock = time.perf_counter() - start
        process.returncode = os.waitstatus_to_exitcode(ended)
        said.seek(0)
        text = said.read()
    if process.returncode != status:
        sys.exit(f"{' '.join(words)} ended with {process.returncode}:\n{text}")
    stages = {stage: float(taken) for stage, taken in re.findall(r"^ *(\w+) +([0-9.]+) ms$", text, re.MULTILINE)}
    memory = used.ru_maxrss / (1 << 20 if sys.platform == "darwin" else 1 << 10)
    return Run(clock, used.ru_utime + used.ru_stime, memory, {**stages, ALL: sum(stages.values())})


# ------------------------------------------------------------------ telling


def _builds(turns: Turns) -> str:
    """Each process against the floor, and against nothing."""
    head = ("process", "time / F1", "time / `python -c pass`", "processor time / F1", "peak memory")
    rows = [
        (
            name,
            _ratio(turns, name, F1, lambda run: run.clock),
            _ratio(turns, name, NOTHING, lambda run: run.clock),
            _ratio(turns, name, F1, lambda run: run.processor),
            _memory(turns, name),
        )
        for name in turns
    ]
    return _table(head, rows)


def _sizes(turns: Turns) -> str:
    """For each size the whole process, its memory, and the time of each stage per resource."""
    sizes = [str(size) for size in SIZES]
    rows = [
        ("process / F1", *(_ratio(turns, size, F1, lambda run: run.clock) for size in sizes)),
        ("peak memory", *(_memory(turns, size) for size in sizes)),
        *_stages(turns),
    ]
    return _table(("resources", *(f"{size:,}" for size in SIZES)), rows)


def _stages(turns: Turns) -> Iterator[tuple[str, ...]]:
    """The time of each stage per resource, where that of all stages at 1,000 resources is 1."""
    for stage in turns[str(SIZES[0])][0].stages:
        shares = [_per_resource(turns, size, stage) / _per_resource(turns, 1_000, ALL) for size in SIZES]
        yield f"{stage} per resource", *(f"{share:.2f}" for share in shares)


def _per_resource(turns: Turns, size: int, stage: str) -> float:
    return statistics.median(run.stages[stage] for run in turns[str(size)]) / size


def _ratio(turns: Turns, name: str, base: str, what: Callable[[Run], float]) -> str:
    """The median of the ratios of each turn, and the least and the most of them."""
    ratios = [what(run) / what(other) for run, other in zip(turns[name], turns[base], strict=True)]
    return f"{statistics.median(ratios):.2f} ({min(ratios):.2f} to {max(ratios):.2f})"


def _memory(turns: Turns, name: str) -> str:
    return f"{max(run.memory for run in turns[name]):.0f} MB"


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    return "".join(f"| {' | '.join(line)} |\n" for line in (head, ["---"] * len(head), *rows))


if __name__ == "__main__":
    main()
