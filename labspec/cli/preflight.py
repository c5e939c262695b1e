"""`labspec preflight`."""

from __future__ import annotations

import argparse
import os
import time
from collections.abc import Iterator, Sequence
from pathlib import Path as FilePath
from typing import TYPE_CHECKING, Any

from labspec.cli import arguments as takes
from labspec.cli import reporting
from labspec.cli.aws import account
from labspec.cli.exits import misused
from labspec.cli.progress import progress
from labspec.cli.reading import TARGET, Reading, read_options, read_target

if TYPE_CHECKING:
    from labspec.cloud.account import Account
    from labspec.diagnostic import Diagnostic
    from labspec.preflight.asked import Asked
    from labspec.preflight.findings import Finding
    from labspec.preflight.prices import Product
    from labspec.preflight.report import Report
    from labspec.report import Outcome

FORMS = ("text", "json")


def parser(commands: Any) -> None:
    """What the command takes."""
    this = takes.command(
        commands,
        "preflight",
        run,
        "Say what deploying will need, take and cost, and what will fail.",
        "labspec preflight specs/full.yaml --region ap-northeast-2",
    )
    this.add_argument("target", metavar="TARGET", help=TARGET)
    # What CloudFormation would do counts here: a parameter that is not given has its default.
    read_options(this, defaults=True)
    takes.account(this, "the region of the stack; the environment's, or the spec's own, unless said")
    this.add_argument(
        "--prices",
        action="append",
        default=[],
        metavar="FILE",
        help="an offer file of AWS's price list, of a service and region (repeatable)",
    )
    this.add_argument("--ask", action="store_true", help="ask AWS for the account's quotas and use, names and prices")
    this.add_argument(
        "--format", dest="form", choices=FORMS, default="text", help="for people, or everything as a document of JSON"
    )
    reporting.option(this)


def run(arguments: argparse.Namespace) -> int:
    """Say what is foreseen of the stacks of a target."""
    from labspec.preflight.prices import NoOffer

    if arguments.ask and (problem := takes.lacks_aws("preflight --ask")):
        return misused(problem)
    there = os.environ.get("AWS_REGION") or os.environ.get("AWS_DEFAULT_REGION")
    if arguments.region or (there and "AWS::Region" not in dict(arguments.parameter)):
        arguments.parameter.append(("AWS::Region", arguments.region or there))
    try:
        products = [product for file in arguments.prices for product in _offer(file)]
    except NoOffer as error:
        return misused(str(error))
    arguments.specs = [arguments.target]
    words: list[str] = []

    def worked(arguments: argparse.Namespace, target: str) -> tuple[Outcome, list[str]]:
        outcome, told = _foreseen(arguments, target, products)
        words.extend(told)
        return outcome, []

    status = reporting.for_each(arguments, worked)
    # What is wrong comes first, and keeps nobody from reading the rest.
    reporting.say(arguments, words, always=arguments.form == "json")
    return status


def _offer(file: str) -> list[Product]:
    """The products of an offer file. Raises `NoOffer`."""
    import json

    from labspec.preflight.prices import NoOffer, offered

    try:
        return offered(json.loads(FilePath(file).read_bytes()), FilePath(file).name)
    except ValueError as error:
        raise NoOffer(f"`{file}` is no JSON: {error}.") from error
    except NoOffer as error:
        raise NoOffer(f"`{file}` is no offer file of AWS's price list. {error}") from error


def _foreseen(arguments: argparse.Namespace, target: str, products: Sequence[Product]) -> tuple[Outcome, list[str]]:
    from labspec.preflight.asked import Asked
    from labspec.preflight.report import findings, report

    start = time.perf_counter()
    asking, told = _asking(arguments)
    outcome, reading = read_target(arguments, target)
    if reading is None:
        return outcome._replace(diagnostics=[*outcome.diagnostics, *told]), []
    reading = _there(arguments, reading)
    region, asked = dict(arguments.parameter).get("AWS::Region", ""), Asked()
    if asking is not None:
        asked, products, told = _asked(asking, reading, products)
    found = report(reading.joined, region, products, asked)
    told += [_diagnostic(reading, finding) for finding in findings(reading.joined, found, reading.called)]
    told += _unknown_region(region)
    outcome = outcome._replace(
        diagnostics=[*_others(outcome.diagnostics), *told],
        texts={**outcome.texts, **_texts(reading)},
        seconds=time.perf_counter() - start,
    )
    return outcome, _words(arguments, reading, found, told)


def _there(arguments: argparse.Namespace, reading: Reading) -> Reading:
    """The stacks in the region that their spec is meant for, where no other is said."""
    from labspec.template import read_directory

    meant = reading.manifest.get("region")
    if not meant or "AWS::Region" in dict(arguments.parameter):
        return reading
    arguments.parameter.append(("AWS::Region", meant))
    texts = {name: each.text for name, each in reading.joined.templates.items()}
    given = dict(arguments.parameter)
    joined = read_directory(texts, reading.joined.root, parameters=given, use_defaults=arguments.defaults)
    return reading._replace(joined=joined)


def _asking(arguments: argparse.Namespace) -> tuple[Account | None, list[Diagnostic]]:
    """Whom to ask, whose region is that of the stacks; nobody where that is not wanted, or not possible."""
    if not arguments.ask:
        return None, []
    from labspec.cloud.refusal import Refused

    try:
        asking = account(arguments)
    except Refused as refused:
        return None, list(refused.findings)
    if "AWS::Region" not in dict(arguments.parameter):
        arguments.parameter.append(("AWS::Region", asking.region))
    return asking, []


def _asked(
    asking: Account, reading: Reading, products: Sequence[Product]
) -> tuple[Asked, Sequence[Product], list[Diagnostic]]:
    """What AWS answers; what it refuses is a finding."""
    from labspec.cloud.foresight import ask
    from labspec.cloud.offers import prices
    from labspec.cloud.refusal import Refused
    from labspec.preflight.asked import Asked

    answers = Asked(asking.region)
    told: list[Diagnostic] = []
    try:
        with progress("asking AWS..."):
            answers = ask(asking, reading.joined)
            products = products or prices(asking, reading.joined)
    except Refused as refused:
        told = list(refused.findings)
    return answers, products, told


def _words(arguments: argparse.Namespace, reading: Reading, found: Report, told: Sequence[Diagnostic]) -> list[str]:
    """What to say: for people, or as JSON."""
    if arguments.form == "json":
        from labspec.cli.preflight_data import data

        return [data(found, reading, told)]
    from labspec.cli.preflight_words import told as in_words
    from labspec.cli.preflight_words import unfollowed

    words = in_words(found, reading.called, whole=arguments.verbose)
    return [*words, *unfollowed(reading.joined.unresolved, whole=arguments.verbose)]


def _others(diagnostics: Sequence[Diagnostic]) -> Iterator[Diagnostic]:
    """What else was found: the law of quotas counts less than is counted here."""
    return (each for each in diagnostics if each.rule.name != "over-quota")


def _diagnostic(reading: Reading, finding: Finding) -> Diagnostic:
    from labspec.diagnostic import Diagnostic

    span = reading.span(finding.address, finding.path) if finding.address else None
    return Diagnostic(finding.rule, finding.message, help=finding.help, severity=finding.severity, span=span)


def _texts(reading: Reading) -> dict[str, str]:
    """The texts of templates that no spec is behind, by the names that findings give them."""
    if reading.source:
        return {}
    return {os.path.normpath(reading.folder / name): each.text for name, each in reading.joined.templates.items()}


def _unknown_region(region: str) -> list[Diagnostic]:
    from labspec.diagnostic import Diagnostic
    from labspec.preflight.findings import LACKING
    from labspec.preflight.places import is_region

    if not region or is_region(region):
        return []
    return [Diagnostic(LACKING, f"No region `{region}` is known.", help="Write it as `ap-northeast-2`.")]
