"""`labspec deploy`."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from labspec.cli import arguments as takes
from labspec.cli import reporting
from labspec.cli.aws import account, for_target
from labspec.cli.publish import published, publishing
from labspec.wording import series

if TYPE_CHECKING:
    from labspec.cloud.changes import Change
    from labspec.cloud.deployment import ChangeSet
    from labspec.cloud.events import Event


def parser(commands: Any) -> None:
    """What the command takes."""
    this = takes.command(
        commands,
        "deploy",
        run,
        "Publish the templates, show what would change in a stack, and change it.",
        "labspec deploy specs/full.yaml --stack lab --bucket my-templates --parameter AdminCidr=203.0.113.7/32",
    )
    publishing(this)
    this.add_argument("--stack", metavar="NAME", required=True, help="the stack, made where it is not there")
    this.add_argument(
        "--tag", action="append", default=[], type=takes.pair, metavar="KEY=VALUE", help="a tag of it (repeatable)"
    )
    this.add_argument("--role-arn", metavar="ARN", help="the role that CloudFormation takes for it")
    this.add_argument("--yes", action="store_true", help="change it without asking")
    this.add_argument("--no-execute", action="store_true", help="show what would change, and leave the change set")
    this.add_argument(
        "--allow-data-loss",
        action="append",
        default=[],
        metavar="ID",
        help="what holds data and may be replaced or removed, by its logical id (repeatable)",
    )
    reporting.option(this)


def run(arguments: argparse.Namespace) -> int:
    """Deploy a spec's templates, or those of a directory."""
    return for_target(arguments, _deploy)


def _deploy(arguments: argparse.Namespace, name: str, texts: Mapping[str, str]) -> list[str]:
    from labspec.cloud import deployment
    from labspec.cloud.account import plainly
    from labspec.cloud.changes import changes, told

    asked = account(arguments)
    made, url, words = published(arguments, asked, texts)
    print(words)
    cloudformation = asked.client("cloudformation")
    wanted = deployment.Wanted(
        arguments.stack,
        name,
        url,
        dict(arguments.parameter),
        made.parameters,
        dict(arguments.tag),
        arguments.role_arn,
        deployment.capabilities(texts.values()),
    )
    if going := deployment.under_way(cloudformation, wanted):
        print(f"The stack `{arguments.stack}` is being made so already: this goes on watching.")
        begun = going.get("LastUpdatedTime") or going["CreationTime"]
        _watched(cloudformation, arguments.stack, going["StackId"], begun)
    proposed = deployment.propose(cloudformation, wanted)
    if proposed is None:
        return [f"The stack `{arguments.stack}` is as it is described: nothing changes."]
    with plainly():
        found = list(changes(cloudformation, proposed.id))
    print("\n".join(told(found)))
    _guard(arguments, found)
    if arguments.no_execute:
        return [f"Nothing was changed. Carry it out: aws cloudformation execute-change-set --change-set {proposed.id}"]
    if not (arguments.yes or _agreed(arguments.stack)):
        return ["Nothing was changed."]
    return _carried_out(cloudformation, arguments.stack, proposed)


def _guard(arguments: argparse.Namespace, found: Sequence[Change]) -> None:
    from labspec.cloud.refusal import Refused

    lost = [change.id for change in found if change.loses_data and change.id not in arguments.allow_data_loss]
    if lost:
        message = f"This would replace or remove {series([f'`{each}`' for each in lost], 'and')}, with the data in it."
        allow = " ".join(f"--allow-data-loss {each}" for each in lost)
        raise Refused(message, f"If that is meant, add {allow}.")


def _agreed(stack: str) -> bool:
    """Whether the user wants it; who cannot be asked has not agreed."""
    if not sys.stdin.isatty():
        return False
    return input(f"Change the stack `{stack}`? [y/N] ").strip().lower() in ("y", "yes")


def _shown(events: Iterator[Event]) -> Iterator[Event]:
    for event in events:
        print(f"{event.at:%H:%M:%S} {'/'.join((*event.path, event.id))} {event.status} {event.reason}".rstrip())
        yield event


def _carried_out(cloudformation: Any, stack: str, proposed: ChangeSet) -> list[str]:
    from labspec.cloud import once

    begun = datetime.now(UTC)
    once.execute(cloudformation, proposed.id)
    return _watched(cloudformation, stack, proposed.stack, begun)


def _watched(cloudformation: Any, stack: str, identity: str, begun: datetime) -> list[str]:
    from labspec.cloud.events import Watch
    from labspec.cloud.refusal import Refused

    watch = Watch(cloudformation, identity, begun)
    try:
        causes = [event for event in _shown(watch.events()) if event.failed]
    except KeyboardInterrupt:
        print(
            f"CloudFormation goes on with `{stack}`. To look: aws cloudformation describe-stacks --stack-name {stack}"
        )
        raise
    except Refused as refused:
        message = f"{refused.message} CloudFormation goes on with `{stack}`."
        raise Refused(message, f"{refused.help} The same command goes on watching.".strip()) from refused
    if watch.status in ("CREATE_COMPLETE", "UPDATE_COMPLETE"):
        return [f"The stack `{stack}` is {watch.status}."]
    first = next((cause for cause in causes if cause.type != "AWS::CloudFormation::Stack"), next(iter(causes), None))
    why = f" First failed `{'/'.join((*first.path, first.id))}`: {first.reason}" if first else ""
    raise Refused(f"The stack `{stack}` is {watch.status}.{why}", "Mend what failed first, and deploy again.")
