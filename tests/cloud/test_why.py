"""Why a stack failed: the cause among all that its events say, what helps, and where the spec says it."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from labspec.cli import main
from labspec.cloud.causes import Failure, Operation, causes
from labspec.cloud.known import KNOWN, Known, advice, known
from labspec.cloud.verdict import findings
from tests.building import HEAD, NETWORK
from tests.cloud.stack_events import Events, arn, objection

KNOWN_FAILURES = yaml.safe_load((Path(__file__).parent / "known_failures.yaml").read_text("utf-8"))
EMBEDDED = f"Embedded stack {arn('x/')} was not successfully created: The following resource(s) failed to create: [X]. "
HANDLER = r'Resource handler returned message: "\1" (RequestToken: 5f2495db-493f, HandlerErrorCode: InvalidRequest)'


def events(lines: str, status: str = "", **types: str) -> Events:
    return Events(lines.replace("EMBEDDED", EMBEDDED), types, {}, status)


def asked(lines: str, status: str = "", **types: str) -> Operation:
    return causes(events(lines, status, **types), "lab")


def told(operation: Operation) -> list[str]:
    """Each finding's message, help and note, line by line."""
    return ["\n".join(part for part in (d.message, d.help, d.note) if part) for d in findings(operation, _nowhere)]


def _nowhere(_: str, __: str) -> None:
    return None


# ------------------------------------------------------------------ what is known

CREATED = """\
0 lab/ CREATE_IN_PROGRESS User Initiated
1 lab/Quick CREATE_FAILED Resource creation cancelled
2 lab/SUBJECT STATUS REASON
2 lab/ ROLLBACK_IN_PROGRESS The following resource(s) failed to create: [Quick, SUBJECT]. Rollback requested by user.
3 lab/ ROLLBACK_COMPLETE
"""
DELETED = """\
0 lab/ DELETE_IN_PROGRESS User Initiated
2 lab/SUBJECT STATUS REASON
3 lab/ DELETE_FAILED The following resource(s) failed to delete: [SUBJECT].
"""


@pytest.mark.parametrize("nested", [False, True], ids=["flat", "nested"])
@pytest.mark.parametrize(
    "case", KNOWN_FAILURES, ids=lambda case: f"{case['type'].split('::')[-1]}: {case['help'][:30]}"
)
def test_what_is_known_of_a_failure_is_told(case: dict[str, str], nested: bool) -> None:
    status = case.get("status", "CREATE_FAILED")
    lines = DELETED if status == "DELETE_FAILED" else CREATED
    if nested:
        lines = NESTED_DELETED if status == "DELETE_FAILED" else NESTED
    reason = re.sub(r"^HANDLER (.*)$", HANDLER, case["reason"])
    for word, text in (("SUBJECT", case["id"]), ("STATUS", status), ("REASON", reason), ("EMBEDDED", EMBEDDED)):
        lines = re.sub(rf"\b{word}\b", lambda _, text=text: text, lines)  # type: ignore[misc]
    aws = Events(lines, {case["id"]: case["type"]}, {case["id"]: case.get("physical", "")})
    operation = causes(aws, "lab")
    (failure,) = operation.failures
    assert failure.place == (f"OuterStack/InnerStack/{case['id']}" if nested else case["id"])
    assert failure.reason == case["reason"].removeprefix("HANDLER ")
    (finding,) = findings(operation, _nowhere)
    assert finding.message.startswith(f"`{failure.place}` ({case['type']}) could not be ")
    assert finding.message.endswith(f": {failure.reason.removesuffix('.')}.")
    assert case["help"] in finding.help


NESTED = """\
0 lab/ CREATE_IN_PROGRESS User Initiated
0 lab/OuterStack CREATE_IN_PROGRESS
1 lab/OuterStack CREATE_IN_PROGRESS Resource creation Initiated
1 lab/OuterStack/ CREATE_IN_PROGRESS User Initiated
1 lab/OtherStack CREATE_IN_PROGRESS Resource creation Initiated
1 lab/OtherStack/ CREATE_IN_PROGRESS User Initiated
2 lab/OuterStack/InnerStack CREATE_IN_PROGRESS Resource creation Initiated
2 lab/OuterStack/InnerStack/ CREATE_IN_PROGRESS User Initiated
3 lab/OuterStack/InnerStack/SUBJECT STATUS REASON
3 lab/OuterStack/InnerStack/Next CREATE_FAILED Resource creation cancelled
3 lab/OuterStack/InnerStack/ CREATE_FAILED The following resource(s) failed to create: [SUBJECT, Next].
3 lab/OuterStack/InnerStack CREATE_FAILED EMBEDDED
3 lab/OuterStack/ CREATE_FAILED The following resource(s) failed to create: [InnerStack].
3 lab/OuterStack CREATE_FAILED EMBEDDED
3 lab/OtherStack/Far CREATE_FAILED Resource creation cancelled
3 lab/OtherStack CREATE_FAILED Resource creation cancelled
3 lab/ ROLLBACK_IN_PROGRESS The following resource(s) failed to create: [OuterStack]. Rollback requested by user.
4 lab/OtherStack/ DELETE_IN_PROGRESS
4 lab/OuterStack/ DELETE_IN_PROGRESS
4 lab/OuterStack/InnerStack/ DELETE_IN_PROGRESS
5 lab/OuterStack/InnerStack/ DELETE_COMPLETE
5 lab/OuterStack/ DELETE_COMPLETE
5 lab/OuterStack DELETE_COMPLETE
6 lab/ ROLLBACK_COMPLETE
"""
NESTED_DELETED = """\
0 lab/ DELETE_IN_PROGRESS User Initiated
1 lab/OuterStack DELETE_IN_PROGRESS Initiated
1 lab/OuterStack/ DELETE_IN_PROGRESS
1 lab/OuterStack/InnerStack DELETE_IN_PROGRESS Initiated
1 lab/OuterStack/InnerStack/ DELETE_IN_PROGRESS
2 lab/OuterStack/InnerStack/SUBJECT STATUS REASON
2 lab/OuterStack/InnerStack/ DELETE_FAILED The following resource(s) failed to delete: [SUBJECT].
2 lab/OuterStack/InnerStack DELETE_FAILED The following resource(s) failed to delete: [SUBJECT].
2 lab/OuterStack/ DELETE_FAILED The following resource(s) failed to delete: [InnerStack].
2 lab/OuterStack DELETE_FAILED The following resource(s) failed to delete: [InnerStack].
3 lab/ DELETE_FAILED The following resource(s) failed to delete: [OuterStack].
"""


def test_all_advice_is_whole_and_every_line_of_it_can_be_reached() -> None:
    for each in KNOWN:
        groups = dict.fromkeys(re.compile(each.words).groupindex, "x")
        said = each.advice.format(physical="x", stack="x", region="x", **groups)
        assert said.endswith(".")
    reached = [_known(case) for case in KNOWN_FAILURES]
    assert [each.words for each in KNOWN if not any(each is other for other in reached)] == []


def _known(case: dict[str, str]) -> Known | None:
    return known(_failure(case["type"], case["reason"]))


def _failure(type: str, reason: str) -> Failure:
    return Failure((), "lab", "X", type, "", "CREATE_FAILED", reason, False)


def test_what_is_not_known_has_no_advice() -> None:
    assert advice(_failure("AWS::EC2::VPC", "A thing that nobody ever heard of."), "eu-west-1") == ""


# ------------------------------------------------------------------ which event is the cause


def test_the_first_is_the_cause_and_others_that_failed_by_themselves_are_listed() -> None:
    operation = asked(
        """\
0 lab/ CREATE_IN_PROGRESS User Initiated
1 lab/AStack CREATE_IN_PROGRESS Resource creation Initiated
1 lab/AStack/ CREATE_IN_PROGRESS User Initiated
1 lab/BStack CREATE_IN_PROGRESS Resource creation Initiated
1 lab/BStack/ CREATE_IN_PROGRESS User Initiated
2.5 lab/BStack/Late CREATE_FAILED Second of all.
2 lab/AStack/Early CREATE_FAILED First of all.
2 lab/AStack CREATE_FAILED EMBEDDED
2.5 lab/BStack CREATE_FAILED Resource creation cancelled
2.5 lab/Silent CREATE_FAILED
3 lab/ ROLLBACK_IN_PROGRESS The following resource(s) failed to create: [AStack, BStack]. Rollback requested by user.
4 lab/ ROLLBACK_COMPLETE
"""
    )
    assert [failure.place for failure in operation.failures] == ["AStack/Early", "BStack/Late", "Silent"]
    first = "`AStack/Early` (AWS::EC2::VPC) could not be created: First of all."
    destroy = "`labspec destroy lab --region eu-west-1`"
    (said,) = told(operation)
    assert said.splitlines() == [
        first,
        f"Destroy the stack, and deploy again: {destroy}.",
        "The stack `lab` is ROLLBACK_COMPLETE.",
        "    Failed by itself as well: `BStack/Late` (AWS::EC2::VPC): Second of all.",
        "    Failed by itself as well: `Silent` (AWS::EC2::VPC): AWS gives no reason.",
    ]


def test_of_one_moment_the_order_of_the_events_counts() -> None:
    lines = "0 lab/ UPDATE_IN_PROGRESS User Initiated\n"
    lines += "".join(f"1 lab/R{number} UPDATE_FAILED No.\n" for number in (3, 1, 2))
    lines += "1 lab/ UPDATE_ROLLBACK_IN_PROGRESS The following resource(s) failed to update: [R3, R1, R2].\n"
    assert [failure.id for failure in asked(lines).failures] == ["R3", "R1", "R2"]


@pytest.mark.parametrize(
    ("lines", "place", "said"),
    [
        (
            """\
0 lab/ CREATE_IN_PROGRESS User Initiated
1 lab/AStack CREATE_FAILED Embedded stack arn:x was not successfully created: Requires capabilities : [CAPABILITY_IAM]
2 lab/ ROLLBACK_IN_PROGRESS The following resource(s) failed to create: [AStack]. Rollback requested by user.
""",
            "AStack",
            "Requires capabilities : [CAPABILITY_IAM]",
        ),
        (
            """\
0 lab/ CREATE_IN_PROGRESS User Initiated
1 lab/AStack CREATE_IN_PROGRESS Resource creation Initiated
1 lab/AStack/ CREATE_IN_PROGRESS User Initiated
2 lab/AStack/ CREATE_FAILED Template format error: Unresolved resource dependencies [X]
2 lab/AStack CREATE_FAILED Embedded stack arn:x was not successfully created: Template format error: Unresolved [X]
2 lab/ ROLLBACK_IN_PROGRESS The following resource(s) failed to create: [AStack]. Rollback requested by user.
""",
            "AStack",
            "Template format error: Unresolved resource dependencies [X]",
        ),
        (
            """\
0 lab/ CREATE_IN_PROGRESS User Initiated
2 lab/ ROLLBACK_IN_PROGRESS Export with name Url is already exported by stack sam-app. Rollback requested by user.
3 lab/ ROLLBACK_COMPLETE
""",
            "lab",
            "Export with name Url is already exported by stack sam-app",
        ),
    ],
    ids=["never made", "in its own words", "the root"],
)
def test_a_stack_may_fail_as_a_whole(lines: str, place: str, said: str) -> None:
    operation = asked(lines, AStack="AWS::CloudFormation::Stack")
    assert [(failure.place, failure.reason) for failure in operation.failures] == [(place, said)]


@pytest.mark.parametrize(
    ("lines", "forward", "undoing"),
    [
        (  # a parent may repeat the words of what is in it
            """\
0 lab/ CREATE_IN_PROGRESS User Initiated
1 lab/AStack CREATE_IN_PROGRESS Resource creation Initiated
1 lab/AStack/Db CREATE_FAILED No.
1 lab/AStack/ CREATE_FAILED Db: No.
1 lab/AStack CREATE_FAILED Embedded stack arn:x was not successfully created: No.
2 lab/ ROLLBACK_IN_PROGRESS The following resource(s) failed to create: [AStack]. Rollback requested by user.
""",
            ["AStack/Db"],
            [],
        ),
        (  # what fails while something is undone does not explain what it is undone for
            """\
0 lab/ CREATE_IN_PROGRESS User Initiated
1 lab/AStack CREATE_IN_PROGRESS Resource creation Initiated
1 lab/ ROLLBACK_IN_PROGRESS Export with name Url is already exported by stack blog. Rollback requested by user.
2 lab/AStack/ DELETE_IN_PROGRESS
2 lab/AStack/Net DELETE_FAILED No.
2 lab/AStack/Net DELETE_FAILED No, again.
2 lab/AStack/ DELETE_FAILED The following resource(s) failed to delete: [Net].
2 lab/AStack DELETE_FAILED The following resource(s) failed to delete: [Net].
3 lab/ ROLLBACK_FAILED The following resource(s) failed to delete: [AStack].
""",
            ["lab"],
            ["AStack/Net"],
        ),
        (  # what was under way may fail after the rollback has begun
            """\
0 lab/ CREATE_IN_PROGRESS User Initiated
1 lab/Db CREATE_FAILED No.
1 lab/ ROLLBACK_IN_PROGRESS The following resource(s) failed to create: [Db]. Rollback requested by user.
2 lab/Late CREATE_FAILED No.
""",
            ["Db", "Late"],
            [],
        ),
        (  # a nested stack is undone before its parent is
            """\
0 lab/ UPDATE_IN_PROGRESS User Initiated
0 lab/AStack UPDATE_IN_PROGRESS Initiated
1 lab/AStack/Web UPDATE_FAILED No.
1 lab/AStack/ UPDATE_ROLLBACK_IN_PROGRESS The following resource(s) failed to update: [Web].
2 lab/AStack/Other UPDATE_FAILED Not back either.
2 lab/AStack/ UPDATE_ROLLBACK_FAILED The following resource(s) failed to update: [Other].
2 lab/AStack UPDATE_FAILED The following resource(s) failed to update: [Other].
3 lab/ UPDATE_ROLLBACK_IN_PROGRESS The following resource(s) failed to update: [AStack].
4 lab/ UPDATE_ROLLBACK_FAILED Stack rollback took too long.
""",
            ["AStack/Web"],
            ["AStack/Other"],
        ),
        (  # a user cancelled the update
            """\
0 lab/ UPDATE_IN_PROGRESS User Initiated
0 lab/AStack UPDATE_IN_PROGRESS Initiated
1 lab/ UPDATE_ROLLBACK_IN_PROGRESS User Initiated
1 lab/AStack/Web UPDATE_FAILED Resource update cancelled
1 lab/AStack/ UPDATE_ROLLBACK_IN_PROGRESS The following resource(s) failed to update: [Web].
1 lab/AStack UPDATE_FAILED Resource update cancelled
2 lab/AStack/ UPDATE_ROLLBACK_FAILED
""",
            [],
            [],
        ),
    ],
    ids=["repeated", "undoing", "late", "nested", "cancelled"],
)
def test_what_others_explain_is_no_cause(lines: str, forward: list[str], undoing: list[str]) -> None:
    operation = asked(lines)
    assert [failure.place for failure in operation.failures] == forward
    assert [failure.place for failure in operation.cleanup] == undoing


def test_only_the_last_operation_counts_and_no_page_before_it_is_asked_for() -> None:
    before = "0 lab/ CREATE_IN_PROGRESS User Initiated\n" + "0 lab/Old CREATE_FAILED An old story.\n" * 7
    inner = "0 lab/AStack/Old UPDATE_FAILED An old story.\n" * 9
    now = """\
8 lab/ UPDATE_IN_PROGRESS User Initiated
8 lab/AStack UPDATE_IN_PROGRESS Initiated
8 lab/AStack/ UPDATE_IN_PROGRESS User Initiated
9 lab/AStack/New UPDATE_FAILED Of today.
9 lab/AStack/ UPDATE_ROLLBACK_IN_PROGRESS The following resource(s) failed to update: [New].
9 lab/AStack UPDATE_FAILED Embedded stack arn:x was not successfully updated. Currently in UPDATE_ROLLBACK_IN_PROGRESS \
with reason: The following resource(s) failed to update: [New].
9 lab/ UPDATE_ROLLBACK_IN_PROGRESS The following resource(s) failed to update: [AStack].
9 lab/AStack/ UPDATE_ROLLBACK_COMPLETE
9 lab/AStack UPDATE_COMPLETE
9 lab/ UPDATE_ROLLBACK_COMPLETE
"""
    aws = events(before + "0 lab/AStack CREATE_COMPLETE\n0 lab/AStack/ CREATE_COMPLETE\n" + inner + now)
    operation = causes(aws, "lab")
    assert [failure.place for failure in operation.failures] == ["AStack/New"]
    assert aws.pages == [arn("lab/")] * 2 + [arn("lab/AStack/")] * 2
    assert "The stack is as it was before." in told(operation)[0]


def test_what_was_made_well_is_not_asked_for() -> None:
    aws = events(
        """\
0 lab/ CREATE_IN_PROGRESS User Initiated
1 lab/AStack CREATE_IN_PROGRESS Resource creation Initiated
1 lab/AStack/ CREATE_COMPLETE
2 lab/AStack CREATE_COMPLETE
3 lab/Db CREATE_FAILED No.
3 lab/ CREATE_FAILED The following resource(s) failed to create: [Db].
"""
    )
    assert [failure.place for failure in causes(aws, "lab").failures] == ["Db"]
    assert set(aws.pages) == {arn("lab/")}


def test_a_stack_that_its_rollback_deleted_is_found_by_its_id() -> None:
    """`OnFailure: DELETE`: that deletion is no operation of its own."""
    aws = events(
        """\
0 lab/ CREATE_IN_PROGRESS User Initiated
1 lab/Db CREATE_FAILED No.
2 lab/ DELETE_IN_PROGRESS The following resource(s) failed to create: [Db]. Delete requested by user.
3 lab/ DELETE_COMPLETE
"""
    )
    operation = causes(aws, arn("lab/"))
    assert (operation.is_well, [failure.place for failure in operation.failures]) == (False, ["Db"])
    assert "could not be created: No." in told(operation)[0]


@pytest.mark.parametrize("root", ["ROLLBACK", "UPDATE_ROLLBACK"])
def test_what_a_rollback_spares_is_told_with_what_removes_it(root: str) -> None:
    """A nested stack that was made well is asked for as well, where it is undone."""
    begins = "CREATE" if root == "ROLLBACK" else "UPDATE"
    aws = Events(
        f"""\
0 lab/ {begins}_IN_PROGRESS User Initiated
1 lab/SiteStack CREATE_IN_PROGRESS Resource creation Initiated
1 lab/SiteStack/ CREATE_IN_PROGRESS
1 lab/SiteStack/Pages CREATE_COMPLETE
1 lab/SiteStack/Gone CREATE_COMPLETE
1 lab/SiteStack/ CREATE_COMPLETE
2 lab/SiteStack CREATE_COMPLETE
3 lab/Db CREATE_FAILED No.
3 lab/ {root}_IN_PROGRESS The following resource(s) failed to create: [Db].
4 lab/SiteStack DELETE_IN_PROGRESS
4 lab/SiteStack/ DELETE_IN_PROGRESS
5 lab/SiteStack/Gone DELETE_COMPLETE
5 lab/SiteStack/Pages DELETE_SKIPPED
5 lab/SiteStack/ DELETE_COMPLETE
6 lab/SiteStack DELETE_COMPLETE
6 lab/ {root}_COMPLETE
""",
        {"Pages": "AWS::S3::Bucket"},
        {"Pages": "my-pages"},
    )
    operation = causes(aws, "lab")
    assert [failure.place for failure in operation.spared] == ["SiteStack/Pages"]
    _, left = findings(operation, _nowhere, profile="work")
    assert left.message.startswith("`SiteStack/Pages` (AWS::S3::Bucket) stays (my-pages)")
    assert left.help.endswith("`aws s3 rb --force s3://my-pages --profile work --region eu-west-1`.")
    assert left.level == "warning"


def test_what_an_update_removes_and_keeps_is_nothing_to_be_warned_of() -> None:
    kept = asked(
        """\
0 lab/ UPDATE_IN_PROGRESS User Initiated
1 lab/ UPDATE_COMPLETE_CLEANUP_IN_PROGRESS
2 lab/Pages DELETE_SKIPPED
3 lab/ UPDATE_COMPLETE
"""
    )
    assert (kept.spared, told(kept)) == ((), [])


REFUSED = "Validation failed with 1 error(s). Call DescribeEvents to retrieve the full list of errors."


def test_a_stack_that_was_refused_before_it_was_made_tells_what_is_wrong() -> None:
    lines = f"0 lab/ CREATE_IN_PROGRESS User Initiated\n1 lab/ CREATE_FAILED {REFUSED}\n"
    aws = events(lines)
    aws.objections = [objection("old", "An old one.", 1), objection("now", "Resource of type 'T' already exists.", 2)]
    (failure,) = causes(aws, "lab").failures
    assert (failure.place, failure.type, failure.stack) == ("Bad", "AWS::S3::Bucket", "lab")
    assert failure.reason == "Resource of type 'T' already exists."
    assert "Names of buckets are taken in the whole world" in told(causes(aws, "lab"))[0]
    (failure,) = asked(lines).failures  # who may not ask has AWS's words
    assert failure.reason == REFUSED


# ------------------------------------------------------------------ the way out

STUCK = """\
0 lab/ UPDATE_IN_PROGRESS User Initiated
0 lab/AStack UPDATE_IN_PROGRESS Initiated
0 lab/AStack/ UPDATE_IN_PROGRESS
1 lab/AStack/Web UPDATE_FAILED The first word.
1 lab/AStack/Other UPDATE_FAILED Resource update cancelled
1 lab/AStack/ UPDATE_ROLLBACK_IN_PROGRESS The following resource(s) failed to update: [Web].
1 lab/AStack UPDATE_FAILED Embedded stack arn:x was not successfully updated. Currently in UPDATE_ROLLBACK_IN_PROGRESS \
with reason: The following resource(s) failed to update: [Web].
1 lab/ UPDATE_ROLLBACK_IN_PROGRESS The following resource(s) failed to update: [AStack].
2 lab/Db UPDATE_FAILED Mended since.
3 lab/ UPDATE_ROLLBACK_FAILED The following resource(s) failed to update: [Db].
8 lab/ UPDATE_ROLLBACK_IN_PROGRESS User Initiated
8 lab/Db UPDATE_FAILED Instance is not in available state.
8 lab/AStack UPDATE_IN_PROGRESS Initiated
8 lab/AStack/ UPDATE_ROLLBACK_IN_PROGRESS
9 lab/AStack/Web UPDATE_FAILED The security group 'sg-1' does not exist
9 lab/AStack/ UPDATE_ROLLBACK_FAILED The following resource(s) failed to update: [Web].
9 lab/AStack UPDATE_FAILED The following resource(s) failed to update: [Web].
9 lab/ UPDATE_ROLLBACK_FAILED The following resource(s) failed to update: [Db, AStack].
"""


def test_a_rollback_that_is_stuck_is_told_with_the_way_past_it() -> None:
    """Of several attempts the last counts; a rollback that a user asks for belongs to what it undoes."""
    first, stuck = told(asked(STUCK))
    assert first.startswith("`AStack/Web` (AWS::EC2::VPC) could not be changed: The first word.\nThe stack")
    assert stuck.startswith("`Db` (AWS::EC2::VPC) could not be changed back: Instance is not in available state.")
    go_on = "aws cloudformation continue-update-rollback --stack-name lab --region eu-west-1"
    assert f"`{go_on}`" in stuck
    assert f"`{go_on} --resources-to-skip Db lab-AStack-X.Web`" in stuck
    assert "Failed by itself as well: `AStack/Web`" in stuck


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        (
            """\
0 lab/ DELETE_IN_PROGRESS User Initiated
1 lab/Files DELETE_FAILED The bucket you tried to delete is not empty.
1 lab/Group DELETE_FAILED resource sg-1 has a dependent object
2 lab/ DELETE_FAILED The following resource(s) failed to delete: [Files, Group].
""",
            "With `--keep Files --keep Group` it goes without what cannot be deleted.",
        ),
        (
            """\
0 lab/ IMPORT_IN_PROGRESS User Initiated
1 lab/Db IMPORT_FAILED No such thing.
1 lab/ IMPORT_ROLLBACK_IN_PROGRESS The following resource(s) failed to import: [Db].
2 lab/ IMPORT_ROLLBACK_COMPLETE
""",
            "`Db` (AWS::EC2::VPC) could not be imported: No such thing.\nThe stack is as it was before.",
        ),
        (
            """\
0 lab/ CREATE_IN_PROGRESS User Initiated
1 lab/Db CREATE_FAILED No.
1 lab/ ROLLBACK_IN_PROGRESS The following resource(s) failed to create: [Db]. Rollback requested by user.
2 lab/Net DELETE_FAILED The vpc 'vpc-1' has dependencies and cannot be deleted.
2 lab/ ROLLBACK_FAILED The following resource(s) failed to delete: [Net].
""",
            "`Net` (AWS::EC2::VPC) could not be deleted: The vpc 'vpc-1' has dependencies and cannot be deleted.\nWhat",
        ),
        (
            """\
0 lab/ UPDATE_IN_PROGRESS User Initiated
1 lab/Db UPDATE_FAILED No.
2 lab/ UPDATE_FAILED The following resource(s) failed to update: [Db].
""",
            "or take it back: `aws cloudformation rollback-stack --stack-name lab --region eu-west-1`.",
        ),
        (
            """\
0 lab/ UPDATE_IN_PROGRESS User Initiated
1 lab/Db UPDATE_FAILED Resource update cancelled
1 lab/ UPDATE_ROLLBACK_IN_PROGRESS User Initiated
2 lab/ UPDATE_ROLLBACK_COMPLETE
""",
            "The stack `lab` is UPDATE_ROLLBACK_COMPLETE, and nothing in it failed by itself.\nSomebody cancelled",
        ),
        (
            """\
0 lab/ CREATE_IN_PROGRESS User Initiated
1 lab/AStack CREATE_IN_PROGRESS Resource creation Initiated
1 lab/AStack/ CREATE_IN_PROGRESS
2 lab/AStack/Db CREATE_FAILED No.
""",
            "`AStack/Db` (AWS::EC2::VPC) could not be created: No.\nThe stack `lab` is CREATE_IN_PROGRESS so far.",
        ),
    ],
    ids=["deletion", "import", "rollback failed", "rollback off", "cancelled", "in progress"],
)
def test_every_state_is_told_with_its_way_out(lines: str, said: str) -> None:
    operation = asked(lines)
    assert not operation.is_well
    assert any(said in each for each in told(operation)), told(operation)


def test_only_what_was_not_changed_back_can_be_skipped() -> None:
    lines = """\
0 lab/ UPDATE_IN_PROGRESS User Initiated
1 lab/Db UPDATE_FAILED No.
1 lab/ UPDATE_ROLLBACK_IN_PROGRESS The following resource(s) failed to update: [Db].
2 lab/ UPDATE_ROLLBACK_FAILED It took too long.
"""
    (_, stuck) = told(asked(lines))
    assert "`lab` (AWS::CloudFormation::Stack) could not be changed back: It took too long." in stuck
    assert "continue-update-rollback --stack-name lab --region eu-west-1`.\n" in stuck
    assert "--resources-to-skip" not in stuck


def test_what_stands_in_a_nested_stack_is_kept_by_its_place() -> None:
    (said,) = told(asked(NESTED_DELETED.replace("SUBJECT STATUS REASON", "Net DELETE_FAILED No.")))
    assert "Destroy the stack again" in said
    assert "With `--keep OuterStack/InnerStack/Net` it goes" in said


def test_a_stack_that_was_to_be_deleted_is_well_once_it_is() -> None:
    aws = events("0 lab/ DELETE_IN_PROGRESS User Initiated\n1 lab/ DELETE_COMPLETE")
    assert causes(aws, arn("lab/")).is_well


@pytest.mark.parametrize(
    ("lines", "well"),
    [
        ("0 lab/ UPDATE_IN_PROGRESS User Initiated\n1 lab/ UPDATE_COMPLETE", True),
        ("0 lab/ UPDATE_IN_PROGRESS User Initiated\n1 lab/Db UPDATE_IN_PROGRESS", True),
        ("0 lab/ CREATE_IN_PROGRESS\n1 lab/ CREATE_COMPLETE", True),
        ("0 lab/ REVIEW_IN_PROGRESS User Initiated", True),
        ("0 lab/ IMPORT_IN_PROGRESS User Initiated\n1 lab/ IMPORT_COMPLETE", True),
        ("0 lab/ UPDATE_IN_PROGRESS User Initiated\n1 lab/ UPDATE_ROLLBACK_IN_PROGRESS User Initiated", False),
    ],
)
def test_a_stack_that_did_not_fail_is_well(lines: str, well: bool) -> None:
    operation = asked(lines)
    assert operation.is_well is well
    assert bool(told(operation)) is not well


def test_what_a_good_update_left_behind_is_a_warning() -> None:
    lines = """\
0 lab/ UPDATE_IN_PROGRESS User Initiated
1 lab/ UPDATE_COMPLETE_CLEANUP_IN_PROGRESS
2 lab/Old DELETE_FAILED The vpc 'vpc-1' has dependencies and cannot be deleted.
3 lab/ UPDATE_COMPLETE
"""
    (left,) = findings(causes(Events(lines, {}, {"Old": "vpc-1"}), "lab"), _nowhere)
    assert left.level == "warning"
    assert left.help.endswith("It stays (vpc-1), and no stack will delete it.")


# ------------------------------------------------------------------ the command

SPEC = HEAD + NETWORK
FAILED = CREATED.replace("STATUS REASON", "CREATE_FAILED The CIDR '10.0.3.0/24' conflicts with another subnet")


@pytest.fixture
def lab(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "specs").mkdir()
    (tmp_path / "specs/spec.yaml").write_text(SPEC, "utf-8")
    return tmp_path


def why(monkeypatch: pytest.MonkeyPatch, lines: str, *arguments: str, spec: str = "test", **types: str) -> int:
    class Account:
        def __init__(self, *_: Any) -> None: ...

        def client(self, service: str) -> Any:
            assert service == "cloudformation"
            return Events(lines, types, {}, spec=spec)

    monkeypatch.setattr("labspec.cloud.account.Account", Account)
    return main(["why", "lab", *arguments])


SHOWN = """\
10 |       data-a: {zone: a, cidr: 10.0.3.0/24, access: isolated}
   |                               ^^^^^^^^^^^
"""


@pytest.mark.parametrize(
    ("arguments", "built", "shown"),
    [
        (["--spec", "specs/spec.yaml"], False, SHOWN),
        (["--spec", "out/spec"], True, SHOWN),
        ([], True, SHOWN),
        ([], False, "`labspec why lab --spec SPEC|DIR` shows the line"),
    ],
    ids=["a spec", "a directory", "found in out", "none"],
)
def test_the_line_of_the_spec_is_shown(
    arguments: list[str],
    built: bool,
    shown: str,
    lab: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    if built:
        assert main(["build", "specs/spec.yaml", "--no-validate", "-q"]) == 0
    assert why(monkeypatch, FAILED.replace("SUBJECT", "DataASubnet"), *arguments, DataASubnet="AWS::EC2::Subnet") == 1
    said = capsys.readouterr().err
    assert said.startswith("error[LS702]: `DataASubnet` (AWS::EC2::Subnet")
    assert ("of `subnets.data-a`" in said) == bool(arguments or built)
    assert shown in said
    assert said.endswith("labspec: 1 error.\n")


def test_a_failure_is_told_also_where_its_spec_is_not_found(
    lab: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = ["--spec", "nope.yaml"]
    assert why(monkeypatch, FAILED.replace("SUBJECT", "DataASubnet"), *arguments, DataASubnet="AWS::EC2::Subnet") == 1
    said = capsys.readouterr().err
    assert "error[LS702]: `DataASubnet` (AWS::EC2::Subnet) could not be" in said
    assert "`nope.yaml` has errors, so that its lines are not known. There is no file `nope.yaml`." in said


def test_a_line_that_was_changed_since_is_named_and_not_shown(
    lab: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["build", "specs/spec.yaml", "--no-validate", "-q"]) == 0
    (lab / "specs/spec.yaml").write_text(f"# {SPEC}", "utf-8")
    assert why(monkeypatch, FAILED.replace("SUBJECT", "DataASubnet")) == 1
    assert "--> spec.yaml:10:" in (said := capsys.readouterr().err)
    assert "zone: a" not in said


def test_a_line_that_holds_a_secret_is_not_shown(
    lab: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    web = "instances: {web: {subnet: data-a, setup: {commands: ['echo PASSWORD=correct7horse >x']}}}\n"
    (lab / "specs/spec.yaml").write_text(SPEC + web, "utf-8")
    arguments = ["--spec", "specs/spec.yaml"]
    assert why(monkeypatch, FAILED.replace("SUBJECT", "WebInstance"), *arguments) == 1
    assert "of `instances.web`" in (said := capsys.readouterr().err)
    assert "correct7horse" not in said


def test_of_several_builds_the_newest_of_the_stacks_spec_counts(
    lab: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for number, (name, directory) in enumerate([("test", "old"), ("test", "new"), ("blog", "other")]):
        (lab / "specs/spec.yaml").write_text(SPEC.replace("name: test", f"name: {name}"), "utf-8")
        assert main(["build", "specs/spec.yaml", "--no-validate", "-q", "--out", f"out/{directory}"]) == 0
        os.utime(lab / f"out/{directory}/manifest.json", (number, number))
    assert why(monkeypatch, FAILED.replace("SUBJECT", "Stray")) == 1
    assert "`out/new` has nothing of this name" in capsys.readouterr().err


def test_a_manifest_that_somebody_cut_short_knows_nothing(
    lab: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (lab / "out/spec").mkdir(parents=True)
    for manifest in ({"outputs": {}, "name": "test"}, {"outputs": {}, "name": "test", "resources": {"SUBJECT": {}}}):
        (lab / "out/spec/manifest.json").write_text(json.dumps(manifest), "utf-8")
        assert why(monkeypatch, FAILED) == 1
        assert "has nothing of this name" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("spec", "said"), [("specs", "is no directory that was built"), ("specs/spec.yaml", "has errors")]
)
def test_what_is_no_spec_and_was_not_built_is_refused(
    spec: str, said: str, lab: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (lab / "specs/spec.yaml").write_text(SPEC.replace("zone: a", "zoon: a"), "utf-8")
    assert why(monkeypatch, FAILED, "--spec", spec) == 1
    assert (told := capsys.readouterr().err).startswith("error[LS701]: ")
    assert said in told


def test_reports_for_machines_have_the_place_and_what_helps(
    lab: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = FAILED.replace("SUBJECT", "DataASubnet")
    assert why(monkeypatch, lines, "--spec", "specs/spec.yaml", "--report", "json", "--profile", "web") == 1
    (finding,) = json.loads(capsys.readouterr().out)["findings"]
    place = {"file": "specs/spec.yaml", "line": 10, "column": 31, "end_line": 10, "end_column": 42}
    assert (finding["code"], finding["place"]) == ("LS702", place)
    assert "takes two deployments" in finding["help"]
    assert "labspec destroy lab --profile web --region eu-west-1`" in finding["help"]


def test_a_stack_that_is_well_is_said_to_be(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for lines, said in (
        ("0 lab/ UPDATE_IN_PROGRESS User Initiated\n1 lab/ UPDATE_COMPLETE", "is UPDATE_COMPLETE: nothing failed."),
        ("0 lab/ UPDATE_IN_PROGRESS User Initiated", "is UPDATE_IN_PROGRESS: nothing has failed so far."),
        ("0 lab/ REVIEW_IN_PROGRESS User Initiated", "is REVIEW_IN_PROGRESS: nothing was made yet."),
    ):
        assert why(monkeypatch, lines) == 0
        assert capsys.readouterr().out == f"The stack `lab` {said}\n"
    assert why(monkeypatch, "0 blog/ CREATE_COMPLETE") == 1
    assert "There is no stack `lab`." in capsys.readouterr().err
