"""Kills publish and deploy at random moments: `python -m tests.emulated.kill --count 200`.

Each is a process of its own, and gets SIGKILL, SIGTERM or Ctrl-C somewhere between its start and its end. What is then
in the bucket has to be whole, and the next process has to finish what is left: one stack, made by one operation.
"""

from __future__ import annotations

import argparse
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from tests.emulated.account import BUCKET, ROOT, emulated
from tests.emulated.faults import ADMIN, COMMANDS, Lab, finished, laboratory

SIGNALS = (signal.SIGKILL, signal.SIGTERM, signal.SIGINT)
HASTE = "from labspec.cloud import change_sets, events; change_sets.PAUSE = events.PAUSE = 0.05; "
"""A process as the user's, but that it looks more often."""


def kill(count: int, lab: Lab, seed: int) -> Counter[str]:
    """Kill so many commands; how often they left what. Raises `AssertionError` where something is not whole."""
    rng = random.Random(seed)
    seconds = {}
    for command in COMMANDS:
        lab.clear()
        start = time.monotonic()
        assert _start(lab, command).wait() == 0
        seconds[command] = time.monotonic() - start
    found: Counter[str] = Counter()
    for number in range(count):
        command = COMMANDS[number % 2]
        sent = rng.choice(SIGNALS)
        lab.clear()
        process = _start(lab, command)
        # The first third of a command is Python that starts, and a spec that is compiled.
        time.sleep(rng.uniform(seconds[command] / 3, seconds[command]))
        process.send_signal(sent)
        _, said = process.communicate()
        assert b"our mistake" not in said, said
        found[f"{command}: {_left(lab, command)}"] += 1
        again = _start(lab, command)
        _, said = again.communicate()
        assert again.returncode == 0, said
        finished(lab, command)
    return found


def _left(lab: Lab, command: str) -> str:
    files = len(lab.files())
    if command == "deploy" and (status := lab.status()):
        return status
    return {0: "nothing", 5: "all templates"}.get(files, "some templates")


def _start(lab: Lab, command: str) -> subprocess.Popen[bytes]:
    deploying = ("--yes", "--stack", "site") if command == "deploy" else ()
    arguments = [command, str(lab.spec), "--bucket", BUCKET, "--create-bucket", "--no-validate", *ADMIN, *deploying]
    code = f"{HASTE}import sys; from labspec.cli import main; sys.exit(main({arguments!r}))"
    return subprocess.Popen(
        [sys.executable, "-c", code], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, cwd=ROOT, env=os.environ
    )


def main() -> None:
    """Print how often a killed command left what."""
    parser = argparse.ArgumentParser(prog="python -m tests.emulated.kill", description=__doc__)
    parser.add_argument("--count", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name, emulated(folder := Path(name)) as environment:
        os.environ.update(environment)
        with laboratory(folder, environment["AWS_ENDPOINT_URL"]) as lab:
            found = kill(options.count, lab, options.seed)
    for state, number in sorted(found.items()):
        print(f"{number:6} {state}")


if __name__ == "__main__":
    main()
