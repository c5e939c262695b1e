"""`labspec sync`."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from contextlib import suppress
from typing import TYPE_CHECKING, Any, NamedTuple

from labspec.cli import arguments as takes
from labspec.cli import reporting
from labspec.cli.aws import account, for_spec
from labspec.cli.progress import counting, progress
from labspec.wording import plural, series

if TYPE_CHECKING:
    from labspec.cloud.account import Account
    from labspec.cloud.standing import Standing
    from labspec.cloud.website import Difference, File, Place
    from labspec.compiler import Build
    from labspec.model.website import Website

SHOWN = 3
"""Keys that a sentence still lists."""


def parser(commands: Any) -> None:
    """What the command takes."""
    this = takes.command(
        commands,
        "sync",
        run,
        "Bring the files of a spec's websites to their buckets: what differs, and nothing else.",
        "labspec sync specs/01-website.yaml --stack lab",
    )
    this.add_argument("spec", metavar="SPEC", help="the spec that the stack was deployed from")
    this.add_argument("--stack", metavar="NAME", required=True, type=takes.stack, help="the stack's name or id")
    this.add_argument("--website", metavar="KEY", help="one website by its name in the spec; all unless said")
    this.add_argument("--delete", action="store_true", help="remove from the bucket what is no file of the folder")
    this.add_argument("--dry-run", action="store_true", help="show what would be done")
    this.add_argument("--wait", action="store_true", help="wait until CloudFront has forgotten what changed")
    takes.account(this)
    takes.composition(this)
    reporting.option(this)
    this.set_defaults(layout="nested", format="yaml", template_urls="relative")


def run(arguments: argparse.Namespace) -> int:
    """Bring the files of a spec's websites to their buckets."""
    return for_spec(arguments, _sync)


def _sync(arguments: argparse.Namespace, build: Build) -> list[str]:
    from labspec.cloud.standing import standing

    assert build.spec is not None
    chosen = _chosen(arguments, build.spec.websites)
    asked = account(arguments)
    with progress("asking for the stack..."):
        stack = standing(asked.client("cloudformation"), arguments.stack)
    _refuse_foreign(stack, build.spec.name)
    arguments.changed = not arguments.dry_run
    return [words for name in chosen for words in _brought(arguments, asked, _site(build, stack, name))]


def _refuse_foreign(stack: Standing, spec: str) -> None:
    from labspec.cloud.refusal import Refused

    if stack.spec not in ("", spec):
        message = f"The stack `{stack.name}` belongs to the spec `{stack.spec}`, and this is `{spec}`."
        raise Refused(message, "Give the spec that it was deployed from.")


def _chosen(arguments: argparse.Namespace, websites: Mapping[str, Website]) -> list[str]:
    """The names of the websites that are meant."""
    from labspec.cloud.refusal import Refused
    from labspec.nearest import did_you_mean

    if not websites:
        raise Refused(f"`{arguments.spec}` has no website.", "Its section is called `websites`.")
    if arguments.website is None:
        return list(websites)
    if arguments.website not in websites:
        raise Refused(f"There is no website `{arguments.website}`.", did_you_mean(arguments.website, websites))
    return [arguments.website]


class _Site(NamedTuple):
    """A website: where it stands (None: it is switched off), what it is called, its files, and its index page."""

    name: str
    place: Place | None
    files: tuple[File, ...]
    page: str | None


def _site(build: Build, stack: Standing, name: str) -> _Site:
    from labspec import files
    from labspec.cloud import website
    from labspec.cloud.refusal import Refused

    assert build.spec is not None
    assert build.graph is not None
    body = build.spec.websites[name]
    try:
        folder = files.resolve(body.content.folder, body.content.name)
        found = website.files(folder, files.names(folder))
    except files.Unreadable as error:
        raise Refused(str(error), error.help()) from error
    return _Site(name, website.place(stack, build.graph, name), found, body.index.literal)


def _brought(arguments: argparse.Namespace, account: Account, site: _Site) -> list[str]:
    from labspec.cloud import website
    from labspec.cloud.refusal import Refused

    if site.place is None:
        return [f"{site.name}: it is switched off in the stack, and has no bucket."]
    s3 = account.client("s3")
    with counting(f"comparing {site.name}", len(site.files)) as went:
        found = website.difference(s3, site.place.bucket, site.files, went)
    if arguments.dry_run:
        return _would(arguments, site, found)
    try:
        _carry_out(arguments, s3, site, found)
    except BaseException:
        with suppress(Refused):  # the first thing that went wrong is what is told
            _forgotten(argparse.Namespace(delete=arguments.delete, wait=False), account, site, found)
        raise
    forgotten = _forgotten(arguments, account, site, found)
    return [_sum(site, found, arguments.delete, ("sent", "removed")) + forgotten, *_left(arguments, found)]


def _carry_out(arguments: argparse.Namespace, s3: Any, site: _Site, found: Difference) -> None:
    from labspec.cloud import website

    assert site.place is not None
    wanted = [*found.new, *found.changed]
    with counting(f"sending {site.name}", len(wanted)) as went:
        website.bring(s3, site.place.bucket, wanted, went)
    if arguments.delete:
        website.remove(s3, site.place.bucket, found.gone)


def _forgotten(arguments: argparse.Namespace, account: Account, site: _Site, found: Difference) -> str:
    """Have the distribution forget what is old, and say so. Of what is new it knows nothing that lasts ten seconds."""
    from labspec.cloud import invalidation

    old = [*(file.key for file in found.changed), *(found.gone if arguments.delete else ())]
    paths = invalidation.paths(old, site.page)
    if site.place is None or not site.place.distribution or not paths:
        return ""
    cloudfront = account.client("cloudfront")
    made = invalidation.invalidate(cloudfront, site.place.distribution, paths)
    shown = " ".join(paths) if len(paths) <= SHOWN else plural(len(paths), "path")
    if not arguments.wait:
        return f" CloudFront forgets {shown} within minutes ({made})."
    with progress("waiting for CloudFront..."):
        invalidation.wait(cloudfront, site.place.distribution, made)
    return f" CloudFront has forgotten {shown}."


def _would(arguments: argparse.Namespace, site: _Site, found: Difference) -> list[str]:
    return [
        *(f"  send    {file.key} (new)" for file in found.new),
        *(f"  send    {file.key}" for file in found.changed),
        *(f"  remove  {key}" for key in found.gone if arguments.delete),
        _sum(site, found, arguments.delete, ("to send", "to remove")),
        *_left(arguments, found),
    ]


def _sum(site: _Site, found: Difference, delete: bool, verbs: tuple[str, str]) -> str:
    assert site.place is not None
    sent, removed = plural(len(found.new) + len(found.changed), "file"), len(found.gone) if delete else 0
    parts = [f"{sent} {verbs[0]}", f"{found.same} there already", *([f"{removed} {verbs[1]}"] if removed else [])]
    return f"{site.name}: s3://{site.place.bucket}: {', '.join(parts)}."


def _left(arguments: argparse.Namespace, found: Difference) -> list[str]:
    """What the bucket has beyond the folder, where it stays."""
    if arguments.delete or not found.gone:
        return []
    shown = [f"`{key}`" for key in found.gone[:SHOWN]]
    more = [f"{len(found.gone) - SHOWN} more"] if len(found.gone) > SHOWN else []
    return [f"The bucket also has {series([*shown, *more], 'and')}, no file of the folder. `--delete` removes it."]
