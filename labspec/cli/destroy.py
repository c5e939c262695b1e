"""`labspec destroy`."""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from labspec.cli import reporting
from labspec.cli.aws import agreed, for_stack, stack_command
from labspec.cli.progress import counting, progress
from labspec.wording import plural, series

if TYPE_CHECKING:
    from labspec.cloud.account import Account
    from labspec.cloud.events import Event
    from labspec.cloud.leftovers import Leftover
    from labspec.cloud.teardown import Teardown


def parser(commands: Any) -> None:
    """What the command takes."""
    this = stack_command(
        commands,
        "destroy",
        run,
        "Show what a stack holds and what of it would be kept, delete it with what its buckets hold, and list what is"
        " left in the account.",
        "labspec destroy lab",
    )
    this.add_argument("--yes", action="store_true", help="delete it without asking")
    this.add_argument(
        "--disable-protection",
        action="store_true",
        help="switch off what protects the stack and its resources from being deleted",
    )
    this.add_argument(
        "--keep",
        action="append",
        default=[],
        metavar="ID",
        help="what AWS could not delete and is to be left, by its logical id (repeatable)",
    )
    this.add_argument("--any", action="store_true", help="also a stack that labspec did not deploy")


def run(arguments: argparse.Namespace) -> int:
    """Destroy a stack."""
    return for_stack(arguments, _destroy)


def _destroy(arguments: argparse.Namespace, account: Account) -> list[str]:
    from labspec.cloud.leftovers import leftovers
    from labspec.cloud.teardown import teardown

    with progress("looking at the stack..."):
        wanted = teardown(account, arguments.stack, anybodys=arguments.any, keep=arguments.keep)
        shown = list(_shown(account, wanted))
    name, say = wanted.stack.name, _voice(arguments)
    if wanted.stack.status == "DELETE_COMPLETE":
        return [f"The stack `{name}` is gone already."]
    say("\n".join(shown))
    _guard(arguments, wanted)
    if not (arguments.yes or agreed(f"Destroy the stack `{name}`?")):
        return ["Nothing was changed."]
    arguments.changed = True
    try:
        _carry_out(account, wanted, say)
    except KeyboardInterrupt:
        again = f"`labspec destroy {arguments.stack}` looks again, and finishes it."
        print(f"What AWS has begun goes on. {again}", file=sys.stderr)
        raise
    with progress("looking for what is left..."):
        return [f"The stack `{name}` is gone.", *_left(list(leftovers(account, wanted.fated)))]


def _voice(arguments: argparse.Namespace) -> Callable[[str], None]:
    """How to speak: not at all where only findings are wanted, and nothing is asked."""
    if arguments.quiet and arguments.yes:
        return lambda _: None
    return partial(print, file=reporting.voice(arguments), flush=True)


def _carry_out(account: Account, wanted: Teardown, say: Callable[[str], None]) -> None:
    from labspec.cloud.protection import switch_off
    from labspec.cloud.teardown import delete

    switch_off(wanted.protections)
    for event in delete(account, wanted, lambda buckets: _empty(account, buckets, say)):
        say(_line(event))


def _guard(arguments: argparse.Namespace, wanted: Teardown) -> None:
    from labspec.cloud.refusal import Refused

    if wanted.protections and not arguments.disable_protection:
        what = series([each.what for each in wanted.protections], "and")
        raise Refused(f"Protected from being deleted: {what}.", "If they are to go, add `--disable-protection`.")


def _empty(account: Account, buckets: Collection[str], say: Callable[[str], None]) -> None:
    from labspec.cloud.emptying import empty

    for bucket in buckets:
        with counting(f"emptying {bucket}") as went:
            number = empty(account.client("s3"), bucket, went)
        if number:
            say(f"The bucket {bucket} is empty: {plural(number, 'version')} went.")


def _line(event: Event) -> str:
    return f"{event.at:%H:%M:%S} {'/'.join((*event.path, event.id))} {event.status} {event.reason}".rstrip()


def _shown(account: Account, wanted: Teardown) -> Iterator[str]:
    """What goes for good, what stays as a snapshot, what is kept; then stack by stack, and the sum."""
    from labspec.cloud.holdings import HOLDERS, holds, told

    order = list(HOLDERS)
    held = sorted(filter(holds, wanted.present), key=lambda each: order.index(each.resource.type))
    for head, fate in (("Gone for good:", "gone"), ("Gone, but for a final snapshot:", "snapshot")):
        if found := [each for each in held if each.fate == fate]:
            yield head
            yield from (f"  {told(account, each)}" for each in found)
    for head, fate in (("Kept:", "kept"), ("Perhaps kept, for the template does not say it plainly:", "unsure")):
        if found := [each for each in wanted.present if each.fate == fate]:
            yield head
            for each in found:
                yield f"  {told(account, each) if holds(each) else f'{each.name} ({each.resource.type})'}"
    yield from _counts(wanted)


def _counts(wanted: Teardown) -> Iterator[str]:
    counted = Counter("/".join(each.resource.path) or wanted.stack.name for each in wanted.present)
    for stack, number in counted.items():
        yield f"{stack}: {plural(number, 'resource')}"
    going = sum(each.goes for each in wanted.present)
    yield f"{plural(going, 'resource')} to go, {len(wanted.present) - going} to stay."


def _left(found: Sequence[Leftover]) -> Iterator[str]:
    if not found:
        yield "Nothing of it was found left in the account."
        return
    yield "Left in the account, each with what removes it:"
    for each in found:
        yield f"  {each.what}{f': {each.command}' if each.command else ''}"
