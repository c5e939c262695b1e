"""What a build costs, as ratios to what nobody can avoid: `python benchmarks/run.py` prints the tables of README.md.

Every figure is a whole process, run in turn with the others on one machine in one run; medians of ratios are quoted,
because absolute times say more about the machine than about labspec.
"""

from __future__ import annotations

import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.generate import PER_SITE, spec

ROUNDS = 7
ROOT = Path(__file__).parents[1]
PYTHON = [sys.executable]
FLOOR = """
import pydantic
class Model(pydantic.BaseModel):
    number: int
Model(number=1)
import yaml
yaml.load("a: 1", Loader=yaml.CSafeLoader)
import troposphere.autoscaling, troposphere.awslambda, troposphere.cloudfront, troposphere.ec2, troposphere.efs
import troposphere.elasticloadbalancingv2, troposphere.iam, troposphere.logs, troposphere.rds, troposphere.s3
import troposphere.secretsmanager, troposphere.sns, troposphere.ssm
"""
"""F1: the libraries that any such compiler in Python loads, and one model."""


def build(file: Path, out: Path, *options: str) -> list[str]:
    return [*PYTHON, "-m", "labspec.cli", "build", str(file), "--out", str(out), "-q", *options]


def seconds(command: Sequence[str]) -> float:
    """The processor time of one run, its children's too."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, cwd=ROOT, check=False, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return (after.ru_utime + after.ru_stime) - (before.ru_utime + before.ru_stime)


def in_turn(commands: Mapping[str, Sequence[str]]) -> dict[str, list[float]]:
    """Each command's times, one run of each after the other, the first round not counted."""
    times: dict[str, list[float]] = {name: [] for name in commands}
    for number in range(ROUNDS + 1):
        for name, command in commands.items():
            taken = seconds(command)
            if number:
                times[name].append(taken)
    return times


def ratio(times: Mapping[str, list[float]], name: str, other: str) -> str:
    """The median of the ratios round by round, and their range."""
    ratios = [a / b for a, b in zip(times[name], times[other], strict=True)]
    return f"{statistics.median(ratios):.2f} ({min(ratios):.2f} to {max(ratios):.2f})"


def costs(folder: Path) -> None:
    full = ROOT / "specs/full.yaml"
    times = in_turn(
        {
            "python -c pass": [*PYTHON, "-c", "pass"],
            "F1": [*PYTHON, "-c", FLOOR],
            "build --no-validate": build(full, folder / "a", "--no-validate"),
            "build, answer cached": build(full, folder / "b"),
            "build, answer not cached": build(full, folder / "c", "--no-cache"),
        }
    )
    print("| process | x F1 | x `python -c pass` |\n| --- | --- | --- |")
    for name in times:
        print(f"| {name} | {ratio(times, name, 'F1')} | {ratio(times, name, 'python -c pass')} |")


def growth(folder: Path) -> None:
    print("\n| resources | seconds x F1 | time a resource, compared with the first row |\n| --- | --- | --- |")
    floor = statistics.median(seconds([*PYTHON, "-c", FLOOR]) for _ in range(3))
    first = 0.0
    for sites in (2, 20, 200):
        file = folder / f"sites-{sites}.yaml"
        file.write_text(spec(sites), "utf-8")
        taken = seconds(build(file, folder / f"out-{sites}", "--no-validate")) - floor
        each = taken / (sites * PER_SITE)
        first = first or each
        print(f"| {sites * PER_SITE:,} | {taken / floor:.1f} | {each / first:.2f} |")


if __name__ == "__main__":
    start = time.perf_counter()
    with tempfile.TemporaryDirectory() as name:
        costs(Path(name))
        growth(Path(name))
    print(f"\nTaken in {time.perf_counter() - start:.0f} s.")
