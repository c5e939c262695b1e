"""Commands on a bad network, and what they leave: `python -m tests.emulated.faults`.

Publishes and deploys a small spec, and lets every call from the first, the second, the third one on go wrong, in each
way, until the command ends before that call. Each time it has to finish, or to stop and say why; what it leaves has to
be whole; and the same command has to finish it on a sound network.
"""

from __future__ import annotations

import argparse
import hashlib
import io
import os
import re
import signal
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout, suppress
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple
from unittest.mock import patch

import boto3
from botocore.exceptions import ClientError
from botocore.retries.standard import ExponentialBackoff
from botocore.session import get_session

from labspec.cli import main as labspec
from labspec.cloud import change_sets, events, parallel
from tests.emulated.account import BUCKET, emulated
from tests.emulated.proxy import FAULTS, Call, Fault, Plan, Proxy, proxy, since, sound
from tests.emulated.site import SITE

KEY = re.compile(r"labspec/(?P<digest>[0-9a-f]{32})/(?P<name>[a-z]+\.yaml)")
INTERRUPTED = "interrupted"
WAYS: tuple[str, ...] = (*(fault for fault in FAULTS if fault != "late"), INTERRUPTED)
"""In which ways calls go wrong for good; an answer that is only late is none of them."""
COMMANDS = ("publish", "deploy")
ADMIN = ("--parameter", "AdminCidr=10.0.0.0/8")


class Ended(NamedTuple):
    """How a command ended: its exit status, what it said, and the calls that it made."""

    status: int
    out: str
    err: str
    calls: list[Call]


class Lab:
    """A spec, an account, and the network between."""

    def __init__(self, network: Proxy, folder: Path) -> None:
        self.network = network
        self.spec = folder / "site.yaml"
        self.spec.write_text(SITE, "utf-8")
        self.s3: Any = boto3.client("s3")
        self.cloudformation: Any = boto3.client("cloudformation")

    def run(self, command: str, plan: Plan = sound, *more: str) -> Ended:
        """Run a command while calls go wrong as planned."""
        out, err = io.StringIO(), io.StringIO()
        deploying = ("--yes", "--stack", "site") if command == "deploy" else ()
        where = ("--bucket", BUCKET, "--create-bucket", "--no-validate")
        with self.network.failing(plan), redirect_stdout(out), redirect_stderr(err):
            status = labspec([command, str(self.spec), *where, *ADMIN, *deploying, *more])
        return Ended(status, out.getvalue(), err.getvalue(), list(self.network.calls))

    def clear(self) -> None:
        """Leave no stack and no bucket."""
        while (status := self.status()) and not status.startswith("DELETE_"):
            if status == "REVIEW_IN_PROGRESS" or not status.endswith("_IN_PROGRESS"):
                self.cloudformation.delete_stack(StackName="site")
            time.sleep(0.05)
        with suppress(ClientError):
            there = boto3.resource("s3").Bucket(BUCKET)
            there.objects.all().delete()
            there.delete()

    def status(self) -> str:
        """The stack's; empty where there is none. Raises `AssertionError` where there are several."""
        stacks = self.cloudformation.describe_stacks()["Stacks"]
        there = [each["StackStatus"] for each in stacks if each["StackName"] == "site"]
        assert len(there) < 2, there
        return there[0] if there else ""

    def files(self) -> dict[str, str]:
        """What was published, by name. Raises `AssertionError` where it is not what its key says, or leads nowhere."""
        found = {}
        with suppress(self.s3.exceptions.NoSuchBucket):
            for each in self.s3.list_objects_v2(Bucket=BUCKET).get("Contents", ()):
                body = self.s3.get_object(Bucket=BUCKET, Key=each["Key"])["Body"].read()
                said = KEY.fullmatch(each["Key"])
                assert said, each["Key"]
                assert hashlib.sha256(body).hexdigest().startswith(said["digest"]), f"{each['Key']} is not whole"
                assert said["name"] not in found, f"{said['name']} is there twice"
                found[said["name"]] = body.decode()
        leads_to = {match["name"] for match in KEY.finditer(found.get("root.yaml", ""))}
        assert leads_to <= found.keys(), f"the root leads to {leads_to - found.keys()}"
        return found

    def operations(self) -> int:
        """How many operations the stack has gone through."""
        told = self.cloudformation.describe_stack_events(StackName="site")["StackEvents"]
        began = ("CREATE_IN_PROGRESS", "UPDATE_IN_PROGRESS")
        return sum(each["PhysicalResourceId"] == each["StackId"] and each["ResourceStatus"] in began for each in told)


def is_told(ended: Ended, way: str) -> bool:
    """Whether a command that was stopped says so."""
    if way == INTERRUPTED:
        return ended.status == 130 and ended.err.endswith("labspec: interrupted; the same command goes on from here.\n")
    return ended.status == 1 and "error[LS701]: " in ended.err and "= help: " in ended.err


def finished(lab: Lab, command: str) -> None:
    """Raise `AssertionError` where not all is there, or anything more than once."""
    assert len(lab.files()) == 5
    if command == "deploy":
        assert (lab.status(), lab.operations()) == ("CREATE_COMPLETE", 1)


def broken_off(lab: Lab, command: str, plan: Plan, way: str) -> Ended:
    """Run a command that is stopped, look at what it leaves, and run it again."""
    lab.clear()
    ended = lab.run(command, plan)
    lab.files()
    if ended.status:
        assert is_told(ended, way), ended
        again = lab.run(command)
        assert again.status == 0, (ended, again)
    finished(lab, command)
    return ended


def going_wrong(number: int, way: str) -> Plan:
    """Every call from a number on goes wrong; or there the user presses Ctrl-C."""
    if way != INTERRUPTED:
        return since(number, way)  # type: ignore[arg-type]
    return interrupting(lambda call: call.number == number)


def interrupting(when: Callable[[Call], bool]) -> Plan:
    """A plan in which the user presses Ctrl-C, instead of an answer; what comes after goes well."""

    def plan(call: Call) -> Fault | None:
        if not when(call):
            return None
        os.kill(os.getpid(), signal.SIGINT)
        time.sleep(0.05)
        return "unanswered"

    return plan


@contextmanager
def laboratory(folder: Path, server: str) -> Iterator[Lab]:
    """A lab before a server. Retries are as many as ever, but at once; and calls are made one after the other."""
    patches = (
        # These read what AWS's services are: once will do.
        patch("labspec.cloud.account.get_session", cache(get_session)),
        patch.object(boto3, "Session", cache(boto3.Session)),
        patch.object(ExponentialBackoff, "delay_amount", lambda *_: 0),
        patch.object(parallel, "AT_ONCE", 1),
        patch.object(change_sets, "PAUSE", 0.05),
        patch.object(events, "PAUSE", 0.05),
    )
    with proxy(server) as network, patch.dict(os.environ, {"AWS_ENDPOINT_URL": network.url}):
        for each in patches:
            each.start()
        try:
            yield Lab(network, folder)
        finally:
            for each in patches:
                each.stop()


def main() -> None:
    """Print how many calls went wrong, and how the commands ended."""
    parser = argparse.ArgumentParser(prog="python -m tests.emulated.faults", description=__doc__)
    parser.add_argument("--ways", nargs="+", default=WAYS, choices=WAYS)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name, emulated(folder := Path(name)) as environment:
        os.environ.update(environment)
        with laboratory(folder, environment["AWS_ENDPOINT_URL"]) as lab:
            for command in COMMANDS:
                for way in options.ways:
                    found = _stepped_through(lab, command, way)
                    print(f"{command:8} {way:12} {', '.join(f'{n} {how}' for how, n in found.items())}", flush=True)


def _stepped_through(lab: Lab, command: str, way: str) -> Counter[str]:
    found: Counter[str] = Counter()
    for number in range(1, 100):
        ended = broken_off(lab, command, going_wrong(number, way), way)
        if len(ended.calls) < number:
            break
        found["stopped, and finished by the next" if ended.status else "finished"] += 1
    return found


if __name__ == "__main__":
    main()
