"""An operation that did not end well, told by what failed first and by the line of the spec behind that."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from labspec.cli.aws import whose
from labspec.cli.manifests import Manifest

if TYPE_CHECKING:
    from labspec.cloud.causes import Operation
    from labspec.cloud.events import Watch
    from labspec.report import Outcome

FINE = ("CREATE_COMPLETE", "UPDATE_COMPLETE", "DELETE_COMPLETE", "IMPORT_COMPLETE", "REVIEW_IN_PROGRESS")
Source = Callable[[str], Manifest | None]
"""What a stack was deployed from, by the name of the spec that it belongs to; None where that is not known."""


def ended(
    arguments: argparse.Namespace, cloudformation: Any, watch: Watch, source: Source, fine: Sequence[str] = FINE
) -> list[str]:
    """What to say of an operation that went well. Raises `Refused`, with what failed first, of one that did not.

    `fine` are the states that it may end in.
    """
    from labspec.cloud.causes import causes
    from labspec.cloud.refusal import WHOSE, Failed, Refused

    operation = causes(cloudformation, watch.stack)
    said = f"The stack `{operation.name}` is {watch.status}."
    if watch.status in fine:
        return [said]
    found = explained(arguments, operation, source)
    if not found.diagnostics:
        raise Refused(said, f"`labspec events {operation.name}{WHOSE}` tells what happened.")
    raise Failed(said, found.diagnostics, found.texts)


def explained(arguments: argparse.Namespace, operation: Operation, source: Source) -> Outcome:
    """Why an operation failed; no finding where it did not."""
    from labspec.cloud.verdict import findings
    from labspec.report import Outcome

    manifest = source(operation.spec)
    found = findings(
        operation,
        manifest.place if manifest else _nowhere,
        _unplaced(f"{operation.name}{whose(arguments)}", manifest),
        arguments.profile,
    )
    return Outcome(operation.name, found, manifest.texts if manifest else {})


@contextmanager
def placed(region: str, source: Source) -> Iterator[None]:
    """Inside, what AWS finds wrong with a change before it makes anything is told with the spec's lines."""
    from labspec.cloud.objections import Rejected
    from labspec.cloud.refusal import Failed
    from labspec.cloud.verdict import objected

    try:
        yield
    except Rejected as rejected:
        manifest = source("")
        found = objected(rejected, manifest.place if manifest else _nowhere, region)
        found += rejected.findings[1:]  # that it could not be taken back
        raise Failed(rejected.message, found, manifest.texts if manifest else {}) from rejected


def _nowhere(_: str, __: str) -> None:
    return None


def _unplaced(stack: str, manifest: Manifest | None) -> str:
    if manifest is None:
        return f"`labspec why {stack} --spec SPEC|DIR` shows the line of the spec behind it."
    return f"`{manifest.source}` has nothing of this name: `labspec why {stack} --spec SPEC|DIR` looks elsewhere."
