"""What is told of a stack that failed: its cause, where the spec says it, and the way out."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from labspec.cloud.causes import Failure, Operation, failure_of
from labspec.cloud.known import advice, known
from labspec.cloud.leftovers import removal
from labspec.cloud.objections import Objection, Rejected
from labspec.cloud.refusal import AWS_REFUSED
from labspec.diagnostic import Diagnostic, Rule, Severity, Span

STACK_FAILED = Rule(
    "LS702",
    "stack-failed",
    "A stack failed, and this is why.",
    "CloudFormation makes many things at once, in stacks within stacks: where one fails, it cancels what is under way,"
    " and every stack around it fails as well. What is told is what failed first by itself, in AWS's words; what else"
    " failed by itself is listed below. `labspec why` looks at the last operation on the stack.",
)
VERBS = {"CREATE": "created", "UPDATE": "changed", "DELETE": "deleted", "IMPORT": "imported"}
ANEW = "Destroy the stack, and deploy again: `labspec destroy {name}{whose}`."
STAYS = (
    "What was made stays to be looked at. Deploy again to go on, or take it back:"
    " `aws cloudformation rollback-stack --stack-name {name}{whose}`."
)
BEFORE = "The stack is as it was before."
WAYS = {
    "CREATE_FAILED": ANEW,
    "ROLLBACK_COMPLETE": ANEW,
    "ROLLBACK_FAILED": ANEW,
    "DELETE_FAILED": "Destroy the stack again: `labspec destroy {name}{whose}`.",
    "UPDATE_FAILED": STAYS,
    "UPDATE_ROLLBACK_COMPLETE": BEFORE,
    "IMPORT_ROLLBACK_COMPLETE": BEFORE,
}
"""The way out of each state (`Stack status codes`, AWS CloudFormation)."""


class Place(NamedTuple):
    """What of a spec became a resource: the member, such as `instances.web`, and where it stands."""

    member: str
    span: Span
    hides: bool = False
    """Whether no report may show the line."""


Where = Callable[[str, str], Place | None]
"""The place of a resource by its logical id; of one of its properties, where that has one of its own."""


def findings(operation: Operation, where: Where, unplaced: str = "", profile: str | None = None) -> list[Diagnostic]:
    """What is wrong with a stack; nothing where it is well. `unplaced` is told where a place is not known.

    `profile` is part of the commands that are shown, as the stack's region is. The way out of `UPDATE_ROLLBACK_FAILED`
    is a finding of its own, and what was left behind is a warning.
    """
    told = _Told(operation, where, unplaced)
    whose = f"{f' --profile {shlex.quote(profile)}' if profile else ''} --region {operation.region}"
    found = [told.cause(operation.failures, _way(operation, whose))] if operation.failures else []
    if operation.stuck:
        found.append(told.cause(operation.stuck, _past(operation, whose)))
    else:
        found += [told.left(failure) for failure in operation.cleanup]
    found += [told.spared(failure, whose) for failure in operation.spared]
    if not (operation.is_well or operation.failures or operation.stuck):
        message = f"The stack `{operation.name}` is {operation.status}, and nothing in it failed by itself."
        help_ = f"Somebody cancelled the operation, or its events are gone. {_way(operation, whose)}".strip()
        found.insert(0, Diagnostic(STACK_FAILED, message, help=help_))
    return found


def objected(rejected: Rejected, where: Where, region: str) -> list[Diagnostic]:
    """What AWS finds wrong with a change before it makes anything, resource by resource where it says so."""
    if not rejected.objections:
        helps = advice(failure_of(rejected.message), region)
        return [Diagnostic(AWS_REFUSED, rejected.message, help=helps)]
    return [_objected(each, where, region) for each in rejected.objections]


def _objected(each: Objection, where: Where, region: str) -> Diagnostic:
    failure = failure_of(each.reason, each)
    place = where(each.id, each.property)
    message = f"AWS refuses {_named(failure, place)}: {_reason(failure)}"
    return _placed(Diagnostic(AWS_REFUSED, message, help=advice(failure, region)), place)


class _Told(NamedTuple):
    operation: Operation
    where: Where
    unplaced: str

    def cause(self, failures: Sequence[Failure], way: str) -> Diagnostic:
        first, *others = failures
        found = known(first)
        place = self.where(first.id, found.property if found else "")
        helps = " ".join(part for part in (advice(first, self.operation.region), way) if part)
        note = "\n    ".join(self._note(first, others, place))
        return _placed(Diagnostic(STACK_FAILED, _sentence(first, place), help=helps, note=note), place)

    def left(self, failure: Failure) -> Diagnostic:
        """What could not be deleted afterwards, and is there still: the stack knows of it no more."""
        place = self.where(failure.id, "")
        what = f" ({failure.physical})" if failure.physical else ""
        helps = f"{advice(failure, self.operation.region)} It stays{what}, and no stack will delete it.".strip()
        told = Diagnostic(STACK_FAILED, _sentence(failure, place), help=helps, severity=Severity.WARNING)
        return _placed(told, place)

    def spared(self, failure: Failure, whose: str) -> Diagnostic:
        """What was to stay, and stays of a stack that is no more: its name is taken when it is made again."""
        place = self.where(failure.id, "")
        what = f" ({failure.physical})" if failure.physical else ""
        message = f"{_named(failure, place)} stays{what}: it was made, and is not deleted with what failed."
        command = removal(failure.type, failure.physical)
        helps = "No stack knows it any more, and a name that it was given is taken."
        helps += f" To remove it, with all that it holds: `{command}{whose}`." if command and failure.physical else ""
        return _placed(Diagnostic(STACK_FAILED, message, help=helps, severity=Severity.WARNING), place)

    def _note(self, first: Failure, others: Sequence[Failure], place: Place | None) -> Iterator[str]:
        so_far = "" if self.operation.is_over else " so far"
        yield f"The stack `{self.operation.name}` is {self.operation.status}{so_far}."
        for other in others:
            also = self.where(other.id, "")
            at = f" ({also.span.file}:{also.span.line})" if also else ""
            yield f"Failed by itself as well: {_named(other, None)}{at}: {_reason(other)}"
        if self.unplaced and place is None and not first.is_stack:
            yield self.unplaced


def _placed(told: Diagnostic, place: Place | None) -> Diagnostic:
    return told._replace(span=place.span, hides=place.hides) if place else told


def _sentence(failure: Failure, place: Place | None) -> str:
    verb = VERBS.get(failure.status.partition("_")[0], "made")
    back = " back" if failure.undoing and verb == "changed" else ""
    return f"{_named(failure, place)} could not be {verb}{back}: {_reason(failure)}"


def _named(failure: Failure, place: Place | None) -> str:
    member = f", of `{place.member}`" if place else ""
    return f"`{failure.place}` ({failure.type}{member})"


def _reason(failure: Failure) -> str:
    return f"{failure.reason.removesuffix('.')}." if failure.reason else "AWS gives no reason."


def _way(operation: Operation, whose: str) -> str:
    """The way out of the state that the stack is in."""
    if operation.stuck:
        return ""
    stays = operation.status == "CREATE_FAILED" and operation.stays
    way = (STAYS if stays else WAYS.get(operation.status, "")).format(name=operation.name, whose=whose)
    if operation.status == "DELETE_FAILED" and operation.failures:
        keep = " ".join(f"--keep {failure.place}" for failure in operation.failures)
        way += f" With `{keep}` it goes without what cannot be deleted."
    return way


def _past(operation: Operation, whose: str) -> str:
    """The way past what cannot be rolled back (`ContinueUpdateRollback`: a nested stack is meant by its name)."""
    go_on = f"aws cloudformation continue-update-rollback --stack-name {operation.name}{whose}"
    skipped = [
        f"{failure.stack}.{failure.id}" if failure.path else failure.id
        for failure in operation.stuck
        if failure.status == "UPDATE_FAILED"
    ]
    if operation.status != "UPDATE_ROLLBACK_FAILED":
        return WAYS.get(operation.status, "").format(name=operation.name, whose=whose)
    if not skipped:
        return f"Mend that, and let it go on: `{go_on}`."
    skip = f"{go_on} --resources-to-skip {' '.join(skipped)}"
    return f"Mend that, and let it go on: `{go_on}`. If it cannot be mended: `{skip}`; what is skipped stays as it is."
