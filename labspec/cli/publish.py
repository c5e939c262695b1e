"""`labspec publish`."""

from __future__ import annotations

import argparse
import re
from functools import partial
from typing import TYPE_CHECKING, Any

from labspec.cli import arguments as takes
from labspec.cli import reporting
from labspec.cli.aws import account, for_target
from labspec.cli.progress import counting, progress
from labspec.wording import plural, series

if TYPE_CHECKING:
    from labspec.cli.compiling import Made
    from labspec.cloud.account import Account
    from labspec.cloud.publication import Publication

PREFIX = "labspec/"
UNKNOWN = (
    "Of a stack that is made there labspec does not know the spec: `labspec destroy` then takes `--any`,"
    " and `labspec why` takes `--spec`."
)


def parser(commands: Any) -> None:
    """What the command takes."""
    this = takes.command(
        commands,
        "publish",
        run,
        "Send templates to a bucket, under names that never change, and print the console's links.",
        "labspec publish specs/full.yaml --bucket my-templates --parameter AdminCidr=203.0.113.7/32",
    )
    publishing(this)
    this.add_argument(
        "--stack", metavar="NAME", type=takes.stack, help="the stack's name in the links; the spec's unless said"
    )
    reporting.option(this)


def publishing(this: argparse.ArgumentParser) -> None:
    """What is published, and where."""
    this.add_argument("target", metavar="SPEC|DIR", help="a spec, or a directory that was built")
    takes.composition(this)
    takes.shape(this)
    takes.validation(this)
    takes.account(this)
    this.add_argument("--bucket", required=True, help="the bucket, in the region of the stack")
    this.add_argument("--bucket-owner", metavar="ACCOUNT", help="the account that it is of; your own unless said")
    this.add_argument("--prefix", default=PREFIX, type=_folder, help=f"the folder in it; {PREFIX} unless said")
    this.add_argument("--create-bucket", action="store_true", help="make the bucket where it is not there")
    takes.parameters(this, "for a parameter of the stack")
    this.set_defaults(template_urls="relative", changed=True, publishes=True)


def _folder(text: str) -> str:
    """A folder of a bucket, ending in a slash."""
    from labspec.graph import LOCATION, TEMPLATE_FOLDER

    if not re.fullmatch(LOCATION[TEMPLATE_FOLDER]["AllowedPattern"], name := text.strip("/")):
        raise argparse.ArgumentTypeError(f"`{text}` is no folder: write letters, digits and dashes, and single slashes")
    return f"{name}/"


def run(arguments: argparse.Namespace) -> int:
    """Publish a spec's templates, or those of a directory."""
    return for_target(arguments, _publish)


def _publish(arguments: argparse.Namespace, target: Made) -> list[str]:
    from labspec.cloud.console import quick_create

    asked = account(arguments)
    made, url, words = published(arguments, asked, target)
    given = dict(arguments.parameter)
    secrets = [f"`{name}`" for name in given if made.parameters[name].get("NoEcho")]
    return [
        words,
        f"Root: {url}",
        f"Create the stack: {quick_create(asked.region, url, arguments.stack or target.name, made.parameters, given)}",
        UNKNOWN,
        *([f"Secrets are not part of a link: enter {series(secrets, 'and')} there."] if secrets else []),
    ]


def published(arguments: argparse.Namespace, account: Account, target: Made) -> tuple[Publication, str, str]:
    """Send all that was made: what it is as it is published, the root's address, and what to say of it."""
    from labspec.cloud import bucket
    from labspec.cloud.encryption import refuse_own_key
    from labspec.cloud.publication import Location, publication
    from labspec.cloud.refusal import Refused
    from labspec.nearest import did_you_mean

    address = partial(bucket.address, arguments.bucket, account.region, account.suffix)
    made = publication(target.templates, target.assets, Location(arguments.bucket, arguments.prefix, address))
    if strange := next((name for name, _ in arguments.parameter if name not in made.parameters), ""):
        raise Refused(f"The stack has no parameter `{strange}`.", did_you_mean(strange, made.parameters))
    with progress("asking for the bucket..."):
        theirs = bucket.Bucket(account.client("s3"), arguments.bucket, arguments.bucket_owner or account.number)
        bucket.make_ready(theirs, account.region, arguments.create_bucket)
        if target.assets:
            refuse_own_key(theirs, account.client("kms"))
    with counting("publishing", len(made.pieces)) as went:
        sent = bucket.upload(theirs, made, went)
    there = len(made.pieces) - sent
    words = f"s3://{arguments.bucket}/{arguments.prefix}: {plural(sent, 'file')} sent, {there} there already."
    return made, address(made.root.key), words
