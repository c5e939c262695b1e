"""`labspec deploy`."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from labspec.cli import arguments as takes
from labspec.cli import reporting
from labspec.cli.aws import account, for_target, whose
from labspec.cli.failing import Source, ended, placed
from labspec.cli.following import followed, resumable
from labspec.cli.manifests import manifest_of
from labspec.cli.open import addresses
from labspec.cli.outputs import table
from labspec.cli.preview import agreed_to
from labspec.cli.progress import progress
from labspec.cli.publish import published, publishing

if TYPE_CHECKING:
    from labspec.cli.compiling import Made
    from labspec.cloud.change_sets import ChangeSet
    from labspec.cloud.changes import Change
    from labspec.cloud.deployment import Wanted
    from labspec.cloud.events import Watch
    from labspec.cloud.publication import Publication

AUTO = "auto"
CHANGED = ("CREATE_COMPLETE", "UPDATE_COMPLETE")
"""The states in which a change ends that went well."""
CAPABILITIES = (AUTO, "CAPABILITY_IAM", "CAPABILITY_NAMED_IAM", "CAPABILITY_AUTO_EXPAND")


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
    this.add_argument(
        "--stack", metavar="NAME", required=True, type=takes.stack, help="the stack, made where it is not there"
    )
    this.add_argument(
        "--any", action="store_true", help="also a stack that labspec did not deploy, or deployed of another spec"
    )
    this.add_argument(
        "--tag", action="append", default=[], type=takes.tag, metavar="KEY=VALUE", help="a tag of it (repeatable)"
    )
    this.add_argument(
        "--untag",
        action="append",
        default=[],
        metavar="KEY",
        help="a tag that it is to lose (repeatable); what is not named, it keeps",
    )
    this.add_argument("--role-arn", metavar="ARN", type=takes.role, help="the role that CloudFormation takes for it")
    this.add_argument(
        "--capabilities",
        action="append",
        default=[],
        choices=CAPABILITIES,
        help="what is acknowledged of the templates (repeatable); auto, what they need, unless said",
    )
    _decisions(this)
    reporting.option(this)


def _decisions(this: argparse.ArgumentParser) -> None:
    """What the user decides of the change."""
    this.add_argument("--yes", action="store_true", help="change it without asking")
    this.add_argument("--no-execute", action="store_true", help="show what would change, and leave the change set")
    this.add_argument("--no-rollback", action="store_true", help="leave what was made where something fails")
    takes.allowed_losses(this)
    this.add_argument(
        "--allow-moves", action="store_true", help="let resources move to other stacks, which makes them anew"
    )


def run(arguments: argparse.Namespace) -> int:
    """Deploy a spec's templates, or those of a directory."""
    return for_target(arguments, _deploy)


def _deploy(arguments: argparse.Namespace, target: Made) -> list[str]:
    from labspec.cloud import change_sets, deployment
    from labspec.cloud.changes import changes

    asked = account(arguments)
    made, url, words = published(arguments, asked, target)
    reporting.say(arguments, [words])
    cloudformation = asked.client("cloudformation")
    wanted = _wanted(arguments, target, url, made)
    if stack := deployment.under_way(cloudformation, wanted):
        _followed_on(arguments, target, cloudformation, stack)
    with progress("asking what would change..."), placed(asked.region, _source(arguments, target)):
        proposed = deployment.propose(cloudformation, wanted)
    if proposed is None:
        return _unchanged(arguments, cloudformation)
    with change_sets.taken_back(cloudformation, proposed):
        with progress("reading what would change..."):
            found = changes(cloudformation, proposed.id)
        agreed_to(arguments, target, cloudformation, proposed, found)
    if arguments.no_execute:
        change_sets.supersede(cloudformation, proposed)
        return [f"Nothing was changed. Carry it out: {_execution(arguments, proposed)}"]
    return _carried_out(arguments, target, cloudformation, proposed, found)


def _unchanged(arguments: argparse.Namespace, cloudformation: Any) -> list[str]:
    """What to say where nothing would change. Raises `Refused` of a stack that failed and was not rolled back."""
    from labspec.cloud.deployment import existing
    from labspec.cloud.refusal import WHOSE, Refused

    status = existing(cloudformation, arguments.stack)["StackStatus"]
    if status.endswith("_FAILED"):
        back = f"aws cloudformation rollback-stack --stack-name {arguments.stack}{WHOSE}"
        message = f"Nothing would change, but the stack `{arguments.stack}` is {status}."
        raise Refused(message, f"To have what it last was, complete: `{back}`.")
    return [f"The stack `{arguments.stack}` is as it is described: nothing changes."]


def _wanted(arguments: argparse.Namespace, target: Made, url: str, made: Publication) -> Wanted:
    from labspec.cloud import deployment

    named = [name for name in arguments.capabilities if name != AUTO]
    return deployment.Wanted(
        arguments.stack,
        target.name,
        url,
        dict(arguments.parameter),
        made.parameters,
        dict(arguments.tag),
        arguments.role_arn,
        named or deployment.capabilities(target.templates.values()),
        arguments.untag,
        anybodys=arguments.any,
    )


def _execution(arguments: argparse.Namespace, proposed: ChangeSet) -> str:
    """The command that carries a change set out as we would."""
    rollback = "--disable-rollback" if arguments.no_rollback or proposed.failed else "--no-disable-rollback"
    return f"aws cloudformation execute-change-set {rollback} --change-set-name {proposed.id}{whose(arguments)}"


def _carried_out(
    arguments: argparse.Namespace, target: Made, cloudformation: Any, proposed: ChangeSet, found: Sequence[Change]
) -> list[str]:
    from labspec.cloud.course import expected
    from labspec.cloud.execution import execute

    watch = execute(cloudformation, proposed, rollback=not arguments.no_rollback)
    with resumable(arguments, arguments.stack):
        followed(arguments, watch, arguments.stack, expected(found))
    return [*_ended(arguments, target, cloudformation, watch), *_reached(arguments, cloudformation)]


def _reached(arguments: argparse.Namespace, cloudformation: Any) -> list[str]:
    """Where what was deployed is looked at."""
    from labspec.cloud.deployment import existing, outputs
    from labspec.cloud.refusal import Refused

    found: dict[str, str] = {}
    with suppress(Refused):  # the deployment went well, whatever comes now
        found = addresses(outputs(existing(cloudformation, arguments.stack)))
    return [*table(found), f"Next: labspec open {arguments.stack}{whose(arguments)}"]


def _followed_on(arguments: argparse.Namespace, target: Made, cloudformation: Any, stack: str) -> None:
    """Watch to its end what an earlier command has begun. Raises `Refused` where it ends otherwise than it was to."""
    from labspec.cloud.events import Watch

    reporting.say(arguments, [f"The stack `{arguments.stack}` is being made so already: this goes on watching."])
    watch = Watch(cloudformation, stack)
    with resumable(arguments, arguments.stack):
        followed(arguments, watch, arguments.stack)
    reporting.say(arguments, _ended(arguments, target, cloudformation, watch))


def _ended(arguments: argparse.Namespace, target: Made, cloudformation: Any, watch: Watch) -> list[str]:
    return ended(arguments, cloudformation, watch, _source(arguments, target), fine=CHANGED)


def _source(arguments: argparse.Namespace, target: Made) -> Source:
    return lambda _: manifest_of(arguments.target, target)
