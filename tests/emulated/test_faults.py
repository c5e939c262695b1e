"""publish and deploy survive a bad network, Ctrl-C and a kill: nothing is done twice, and repeating them finishes.

What is stepped through here in less than a minute, of what `faults.py` and `kill.py` do at length: every call of a
nested deployment failing at first; publish losing the answers or its user at each of its calls; deploy losing the
answers, the login or its user at each operation (flat, since nested stacks take longer and make the same calls); and a
few kills of processes. Retries are real in number, but wait for nothing.
"""

from __future__ import annotations

import os
from collections.abc import Iterator

import boto3
import pytest

from tests.emulated import kill
from tests.emulated.faults import INTERRUPTED, Lab, broken_off, finished, going_wrong, interrupting, is_told, laboratory
from tests.emulated.proxy import Call, Fault, after, each, first_try
from tests.emulated.site import SITE

WAYS = ("unanswered", "expired", INTERRUPTED)
HOLD = """\
resources:
  Hold: {Type: AWS::CloudFormation::WaitCondition, CreationPolicy: {ResourceSignal: {Count: 1, Timeout: PT1M}}}
"""


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    with laboratory(tmp_path_factory.mktemp("faults"), os.environ["AWS_ENDPOINT_URL"]) as made:
        yield made
        made.clear()


@pytest.mark.parametrize("fault", ["unsent", "unanswered", "throttled", "unavailable", "cut"])
def test_what_fails_once_is_done_once(fault: Fault, lab: Lab) -> None:
    lab.clear()
    ended = lab.run("deploy", first_try(fault))
    assert ended.status == 0, ended
    finished(lab, "deploy")


@pytest.mark.parametrize("way", ["unanswered", INTERRUPTED])
def test_publish_stops_at_any_call_and_goes_on(way: str, lab: Lab) -> None:
    statuses = []
    for number in range(1, 100):
        ended = broken_off(lab, "publish", going_wrong(number, way), way)
        if len(ended.calls) < number:
            break
        statuses.append(ended.status)
    assert set(statuses) == {130 if way == INTERRUPTED else 1}
    assert len(statuses) == 14  # whose account it is, the bucket's three calls, and two for each of five files


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize(
    "name", ["DescribeStacks", "CreateChangeSet", "DescribeChangeSet", "ExecuteChangeSet", "DescribeStackEvents"]
)
def test_deploy_stops_at_any_operation_and_goes_on(name: str, way: str, lab: Lab) -> None:
    plan = interrupting(lambda call: call.name == name) if way == INTERRUPTED else each(name, way)  # type: ignore[arg-type]
    lab.clear()
    ended = lab.run("deploy", plan, "--layout", "flat")
    assert is_told(ended, way), ended
    again = lab.run("deploy", lambda _: None, "--layout", "flat")
    assert (again.status, lab.status(), lab.operations()) == (0, "CREATE_COMPLETE", 1), (ended, again)


def test_who_loses_the_login_while_watching_watches_on_with_the_same_command(lab: Lab) -> None:
    """A stack that is being made so already is followed to its end, whatever it is; no second change is made."""
    lab.clear()
    lab.spec.write_text(SITE + HOLD, "utf-8")
    looks: list[Call] = []

    def released(call: Call) -> Fault | None:
        if call.name == "DescribeStackEvents":
            looks.append(call)
            if len(looks) == 3:
                signal_of(lab, "SUCCESS")
        return None

    try:
        ended = lab.run("deploy", after("ExecuteChangeSet", "expired"), "--layout", "flat")
        assert "The credentials have expired. CloudFormation goes on with `site`." in ended.err
        assert "Log in again; what was done so far stays done. To watch it: labspec events site --follow" in ended.err
        assert lab.status() == "CREATE_IN_PROGRESS"
        again = lab.run("deploy", released, "--layout", "flat")
        assert "is being made so already: this goes on watching." in again.out
        assert "Hold CREATE_IN_PROGRESS" in again.out  # what came before is told, too
        assert "Hold CREATE_COMPLETE" in again.out
        assert (again.status, lab.status(), lab.operations()) == (0, "CREATE_COMPLETE", 1), again
    finally:
        lab.spec.write_text(SITE, "utf-8")


def test_a_change_to_something_else_is_not_followed_and_a_failure_is_told_by_who_follows(lab: Lab) -> None:
    lab.clear()
    lab.spec.write_text(SITE + HOLD, "utf-8")
    try:
        lab.run("deploy", after("ExecuteChangeSet", "unanswered"), "--layout", "flat")
        lab.spec.write_text(SITE + HOLD.replace("Hold", "Other"), "utf-8")
        other = lab.run("deploy", lambda _: None, "--layout", "flat")
        assert "is being changed already: it is CREATE_IN_PROGRESS." in other.err
        lab.spec.write_text(SITE + HOLD, "utf-8")
        signal_of(lab, "FAILURE")
        again = lab.run("deploy", lambda _: None, "--layout", "flat")
        assert again.status == 1
    finally:
        lab.spec.write_text(SITE, "utf-8")
    assert "is ROLLBACK_COMPLETE" in again.err or "it is ROLLBACK_COMPLETE" in again.err


def signal_of(lab: Lab, status: str) -> None:
    """Let what holds the stack go on, or fail; not by the network that is tried here."""
    client = boto3.client("cloudformation", endpoint_url=f"http://{lab.network.server}")
    client.signal_resource(StackName="site", LogicalResourceId="Hold", UniqueId="here", Status=status)


def test_killed_processes_leave_what_the_next_finishes(lab: Lab) -> None:
    assert kill.kill(4, lab, seed=5).total() == 4
