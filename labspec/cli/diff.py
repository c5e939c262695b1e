"""`labspec diff`."""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path as FilePath
from typing import TYPE_CHECKING, Any

from labspec.cli import arguments as takes
from labspec.cli import reporting
from labspec.cli.exits import FINE, misused
from labspec.cli.reading import TARGET, read_options, read_target

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from labspec.cli.change_words import Words
    from labspec.cli.plan import Plan, Side
    from labspec.cli.reading import Reading
    from labspec.cli.revisions import Unreadable
    from labspec.diagnostic import Diagnostic
    from labspec.diff import Difference, Loss
    from labspec.report import Outcome

AT_RISK, CHANGES = 4, 5
"""Exit statuses: data would be lost (`--guard`); something changes (`--exit-code`)."""
IMAGE = "Custom::Image"
STANDING = "/stack"
"""The folder that the templates of a stack that stands are in, as it were."""


def parser(commands: Any) -> None:
    """What the command takes."""
    this = takes.command(
        commands,
        "diff",
        run,
        "Show what becomes of each resource where NEW takes the place of OLD, without asking AWS.",
        "labspec diff git:HEAD:specs/full.yaml specs/full.yaml",
    )
    where = f"{TARGET}; git:REV:PATH is one as it was at a revision"
    this.add_argument("targets", nargs="+", metavar="OLD NEW", help=where)
    this.add_argument("--stack", metavar="NAME", help="a stack that stands, in place of OLD; this asks AWS")
    takes.account(this)
    read_options(this)
    this.add_argument("--layout", choices=("nested", "flat"), default="nested", help="how specs are laid out")
    this.add_argument("--by", choices=("stack", "member"), default="stack", help="what the changes are grouped by")
    this.add_argument(
        "--format", dest="form", choices=("text", "json", "markdown"), default="text", help="the form of the answer"
    )
    this.add_argument("--guard", action="store_true", help=f"exit with {AT_RISK} where data would be lost")
    takes.allowed_losses(this)
    this.add_argument("--exit-code", action="store_true", help=f"exit with {CHANGES} where anything changes")
    reporting.option(this)


def run(arguments: argparse.Namespace) -> int:
    """Compare two targets."""
    if problem := _misused(arguments):
        return misused(problem)
    found: list[int] = [FINE]

    def worked(arguments: argparse.Namespace, _: str) -> tuple[Outcome, list[str]]:
        outcome, words, found[0] = _worked(arguments)
        return outcome, words

    arguments.specs, arguments.reads = arguments.targets[-1:], arguments.targets
    status = reporting.for_each(arguments, worked)
    return status or found[0]


def _misused(arguments: argparse.Namespace) -> str:
    """Why the command cannot be meant so; empty where it can."""
    wanted = 1 if arguments.stack else 2
    if len(arguments.targets) != wanted:
        return f"`labspec diff` compares {'a stack with one target' if arguments.stack else 'two targets'}."
    return takes.lacks_aws("diff --stack") if arguments.stack else ""


def _worked(arguments: argparse.Namespace) -> tuple[Outcome, list[str], int]:
    """The outcome, what to say, and the exit status where nothing was wrong."""
    start = time.perf_counter()
    with ExitStack() as stack:
        outcome, sides = _sides(arguments, stack)
        if len(sides) < 2:
            return outcome, [], FINE
        from labspec.cli.plan_guard import lost_of, unknown_names

        plan = _planned(arguments, *sides)
        if problem := unknown_names(plan, arguments.allow_data_loss):
            return outcome, [], misused(problem)
        lost = list(lost_of(plan, arguments.allow_data_loss))
        diagnostics = list(_findings(plan)) if _has_machine_form(arguments) else []
        seconds = time.perf_counter() - start
        words = [*_told(arguments, plan), *_guarded(arguments, plan, lost)]
        outcome = outcome._replace(diagnostics=[*outcome.diagnostics, *diagnostics], seconds=seconds)
        return outcome, words, _status(arguments, plan, lost)


def _sides(arguments: argparse.Namespace, stack: ExitStack) -> tuple[Outcome, list[Side]]:
    """Both sides as they were read; fewer where one has errors, which the outcome then has."""
    from labspec.cli.plan import Side
    from labspec.cli.revisions import Unreadable, standing
    from labspec.report import Outcome

    texts: dict[str, str] = {}
    errors: list[Diagnostic] = []
    sides: list[Side] = []
    if arguments.stack:
        errors, sides = _stack(arguments)
    if errors:
        return Outcome(arguments.stack, errors, texts), []
    for target in arguments.targets:
        try:
            place = stack.enter_context(standing(target))
        except Unreadable as problem:
            errors.append(_unreadable(problem, target))
            continue
        found, reading = read_target(arguments, place.target)
        found = place.relabelled(found)
        texts |= found.texts
        if reading is None:
            errors += [each for each in found.diagnostics if each.level == "error"]
        else:
            sides.append(Side(reading, place, target))
    return Outcome(arguments.targets[-1], errors, texts), sides


def _stack(arguments: argparse.Namespace) -> tuple[list[Diagnostic], list[Side]]:
    """A stack that stands, or why it cannot be read.

    The values of its parameters are those of the other side, too, unless others are given.
    """
    from labspec.cli.aws import account
    from labspec.cli.plan import Side
    from labspec.cli.reading import Reading
    from labspec.cli.revisions import Place
    from labspec.cloud.deployed import deployed
    from labspec.cloud.refusal import Refused

    try:
        found = deployed(account(arguments), arguments.stack)
    except Refused as refused:
        return list(refused.findings), []
    arguments.parameter = [*found.parameters.items(), *arguments.parameter]
    arguments.defaults = True  # what the stack does not have yet
    name = f"stack {arguments.stack}"
    reading = Reading(arguments.stack, found.joined, {}, None, FilePath(STANDING))
    return [], [Side(reading, Place("", STANDING, f"{name}: "), name)]


def _unreadable(problem: Unreadable, target: str) -> Diagnostic:
    from labspec.diagnostic import Diagnostic, Span
    from labspec.diff.rules import UNREADABLE_REVISION

    return Diagnostic(UNREADABLE_REVISION, problem.message, help=problem.help, span=Span(target, 1, 1, 1, 1))


def _planned(arguments: argparse.Namespace, old: Side, new: Side) -> Plan:
    from labspec import schema
    from labspec.cli.plan import planned
    from labspec.diff import compare

    region = dict(arguments.parameter).get("AWS::Region", schema.REGION)
    ours = {*_ours(old.reading), *_ours(new.reading)}
    difference: Difference = compare(old.reading.joined, new.reading.joined, region, ours)
    return planned(old, new, difference, _words(arguments, old.reading, new.reading), arguments.by)


def _ours(reading: Reading) -> Iterator[str]:
    """Custom resources whose functions labspec wrote, by its manifest."""
    resources: Mapping[str, Any] = reading.manifest.get("resources", {})
    yield from (identity for identity, said in resources.items() if said.get("type") == IMAGE)


def _words(arguments: argparse.Namespace, *readings: Reading) -> Words:
    from labspec.cli.change_words import Words

    secrets = {value for reading in readings for value in _secrets(arguments, reading)}
    return Words(secrets, _masked)


def _masked(text: str) -> str:
    """A text without what looks like a secret in it. What knows their forms is fetched only where one may be."""
    from labspec.cli.change_words import HIDDEN, MAY_BE_SECRET

    if not MAY_BE_SECRET.search(text):
        return text
    from labspec.check.secret_forms import secrets_in

    for secret in sorted(secrets_in(text), key=lambda found: -found.chars[0]):
        text = text[: secret.chars[0]] + HIDDEN + text[secret.chars[1] :]
    return text


def _secrets(arguments: argparse.Namespace, reading: Reading) -> Iterator[str]:
    """Values of parameters that are not to be shown (`NoEcho`)."""
    given = dict(arguments.parameter)
    for name, declaration in reading.joined.parameters.items():
        if isinstance(declaration, dict) and str(declaration.get("NoEcho", "")).lower() == "true":
            yield from (
                str(value)
                for value in (given.get(name), declaration.get("Default"))
                if value and isinstance(value, (str, int))
            )


def _findings(plan: Plan) -> Iterator[Diagnostic]:
    """What is grave, as findings at their places."""
    from labspec.cli.plan_text import loss_said
    from labspec.diagnostic import Diagnostic
    from labspec.diff.rules import DATA_AT_RISK, UPDATE_REFUSED
    from labspec.wording import sentence

    for loss in plan.difference.losses:
        message = f"{sentence(loss_said(plan, loss))}."
        yield Diagnostic(DATA_AT_RISK, message, span=plan.side(loss.address).span(loss.address))
    for refusal in plan.difference.refusals:
        said = "The update will fail" if refusal.sure else "The update may fail"
        message = f"{said} at {plan.called(refusal.address)}. {refusal.message}"
        span = plan.side(refusal.address).span(refusal.address, refusal.path)
        yield Diagnostic(UPDATE_REFUSED, message, help=refusal.help, note=f"See {refusal.page}.", span=span)


def _has_machine_form(arguments: argparse.Namespace) -> bool:
    return any(report.format != "text" for report in arguments.report or ())


def _told(arguments: argparse.Namespace, plan: Plan) -> list[str]:
    from labspec.cli.plan_forms import to_json, to_markdown
    from labspec.cli.plan_text import told

    if arguments.form == "json":
        return [to_json(plan)]
    if arguments.form == "markdown":
        return [to_markdown(plan).rstrip("\n")]
    from labspec.report.text import Paint

    return told(plan, arguments.verbose, Paint(_is_colored(arguments)))


def _is_colored(arguments: argparse.Namespace) -> bool:
    if arguments.color == "auto":
        return reporting.voice(arguments).isatty() and not os.environ.get("NO_COLOR")
    return bool(arguments.color == "always")


def _guarded(arguments: argparse.Namespace, plan: Plan, lost: Collection[Loss]) -> list[str]:
    """How to go on where the guard stops."""
    if not (arguments.guard and lost):
        return []
    from labspec.cli.plan_guard import member_of

    names = dict.fromkeys(member_of(plan.side(loss.address), loss.address) or loss.address for loss in lost)
    words = " ".join(f"--allow-data-loss {name}" for name in names)
    said = f"Data would be lost. If that is meant, add {words}."
    if arguments.form == "text":
        return [said]
    print(f"labspec: {said}", file=sys.stderr)
    return []


def _status(arguments: argparse.Namespace, plan: Plan, lost: Collection[Loss]) -> int:
    if arguments.guard and lost:
        return AT_RISK
    return CHANGES if arguments.exit_code and (plan.rows or plan.difference.outputs) else FINE
