"""`labspec destroy`."""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from labspec.cli import reporting
from labspec.cli.aws import agree, for_stack, stack_command, whose
from labspec.cli.following import lines
from labspec.cli.manifests import newest
from labspec.cli.progress import counting, progress
from labspec.wording import plural, series

if TYPE_CHECKING:
    from labspec.cloud.account import Account
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
    from labspec.cloud.published import place
    from labspec.cloud.teardown import deleted, teardown

    with progress("looking at the stack..."):
        wanted = teardown(account, arguments.stack, anybodys=arguments.any, keep=arguments.keep)
        shown = list(_shown(account, wanted))
        templates = place(account.client("cloudformation"), wanted.stack)
    name = wanted.stack.name
    if wanted.stack.status == "DELETE_COMPLETE":
        return [f"The stack `{name}` is gone already."]
    reporting.say(arguments, shown, always=not arguments.yes)
    _guard(arguments, wanted)
    agree(arguments, f"Destroy the stack `{name}`?")
    arguments.changed = True
    _carry_out(arguments, account, wanted)
    with progress("looking for what is left..."):
        left = _left(list(leftovers(account, deleted(account, wanted))), whose(arguments))
    stay = [f"Its templates stay in {templates}, where those of other stacks may lie, too."] if templates else []
    return [f"The stack `{name}` is gone.", *left, *stay]


def _carry_out(arguments: argparse.Namespace, account: Account, wanted: Teardown) -> None:
    from labspec.cloud.protection import switch_off
    from labspec.cloud.teardown import delete

    again = f"labspec destroy {arguments.stack}{whose(arguments)}"
    try:
        switch_off(wanted.protections)
        for event in delete(account, wanted, lambda buckets: _empty(arguments, account, buckets), again):
            reporting.say(arguments, lines([event]))
    except KeyboardInterrupt:
        print("What AWS has begun goes on.", file=sys.stderr)
        raise


def _guard(arguments: argparse.Namespace, wanted: Teardown) -> None:
    from labspec.cloud.refusal import Refused

    if wanted.protections and not arguments.disable_protection:
        what = series([each.what for each in wanted.protections], "and")
        raise Refused(f"Protected from being deleted: {what}.", "If they are to go, add `--disable-protection`.")


def _empty(arguments: argparse.Namespace, account: Account, buckets: Collection[str]) -> None:
    from labspec.cloud.emptying import empty

    for bucket in buckets:
        with counting(f"emptying {bucket}") as went:
            number = empty(account.client("s3"), bucket, went)
        if number:
            reporting.say(arguments, [f"The bucket {bucket} is empty: {plural(number, 'version')} went."])


def _shown(account: Account, wanted: Teardown) -> Iterator[str]:
    """What goes for good, what stays as a snapshot, what is kept; then stack by stack, and the sum.

    By the name in the spec as well, where that was built here.
    """
    from labspec.cloud.holdings import HOLDERS, holds, told

    order, built = list(HOLDERS), newest(wanted.stack.spec)
    members = {identity: said["member"] for identity, said in built.resources.items()} if built else {}
    held = sorted(filter(holds, wanted.present), key=lambda each: order.index(each.resource.type))
    for head, fate in (("Gone for good:", "gone"), ("Gone, but for a final snapshot:", "snapshot")):
        if found := [each for each in held if each.fate == fate]:
            yield head
            yield from (f"  {told(account, each, members.get(each.resource.id, ''))}" for each in found)
    for head, fate in (("Kept:", "kept"), ("Perhaps kept, for the template does not say it plainly:", "unsure")):
        if found := [each for each in wanted.present if each.fate == fate]:
            yield head
            for each in found:
                member = members.get(each.resource.id, "")
                yield f"  {told(account, each, member) if holds(each) else f'{each.name} ({each.resource.type})'}"
    yield from _counts(wanted)


def _counts(wanted: Teardown) -> Iterator[str]:
    from labspec.cloud.teardown import MAKING

    counted = Counter("/".join(each.resource.path) or wanted.stack.name for each in wanted.present)
    for stack, number in counted.items():
        yield f"{stack}: {plural(number, 'resource')}"
    if wanted.stack.status in MAKING:
        yield f"It is {wanted.stack.status}: what is made until AWS stops goes, or stays, as its template has it."
    going = sum(each.goes for each in wanted.present)
    yield f"{plural(going, 'resource')} to go, {len(wanted.present) - going} to stay."


def _left(found: Sequence[Leftover], whose: str) -> Iterator[str]:
    if not found:
        yield "Nothing of it was found left in the account."
        return
    yield "Left in the account, each with what removes it:"
    for each in found:
        yield f"  {each.what}{f': {each.command}{whose}' if each.command else ''}"
