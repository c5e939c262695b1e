"""How large user data may be."""

from __future__ import annotations

from collections.abc import Iterator

from labspec.diagnostic import Diagnostic, Rule
from labspec.emit.emitter import Emitter
from labspec.emit.shell import Script
from labspec.model.architecture import Member
from labspec.model.boot import MOST_USER_DATA, size
from labspec.model.compute import Machine
from labspec.model.machine_images import OTHER_SYSTEM, public_image

USER_DATA_TOO_LARGE = Rule(
    "LS403",
    "user-data-too-large",
    "A machine's user data is over 16 KB.",
    "EC2 takes 16,384 bytes of user data (`RunInstances`, user data limit). Files travel inside it. What is larger is"
    " fetched from the bucket of the templates, where there is one, and where the machine has a role and the AWS CLI to"
    " fetch it with: Ubuntu, Debian, SUSE, Red Hat and Windows come without.",
    "setup: {files: {/srv/movie.mp4: {source: movie.mp4}}}",
    "setup: {commands: [aws s3 cp s3://bucket/movie.mp4 /srv/]}",
)


def too_large(e: Emitter, member: Member, body: Machine, script: Script) -> Iterator[Diagnostic]:
    """What to say of user data that is too large, and could not be put elsewhere."""
    if size(script) <= MOST_USER_DATA:
        return
    field = "user_data" if body.user_data else "setup"
    message = f"The user data of `{member.name}` has about {size(script):,} bytes; {MOST_USER_DATA:,} is the most."
    yield Diagnostic(USER_DATA_TOO_LARGE, message, (*member.path, field), "key", help=_help(e, member, body))


def can_fetch(e: Emitter, member: Member) -> bool:
    """Whether a machine's system may have what fetches a script."""
    return not OTHER_SYSTEM.match(public_image(e.architecture, member))


def _help(e: Emitter, member: Member, body: Machine) -> str:
    files = sorted(
        (
            (len(e.architecture.contents.files[file.source]), path)
            for path, file in (body.setup.files if body.setup else {}).items()
            if file.source
        ),
        reverse=True,
    )
    listing = ", ".join(f"`{path}` {length:,}" for length, path in files)
    large = f" Its files in bytes: {listing}." if files else ""
    if not can_fetch(e, member):
        return "Write a shorter one that fetches the rest: its system has no AWS CLI with which labspec could do that."
    if not e.has_bucket:
        return f"Deploy it nested, or by `labspec deploy`: then the machine fetches its setup from a bucket.{large}"
    if body.user_data:
        return "Write a script that begins with `#!`, for a machine with a role (`access: ssm`): it is fetched then."
    return f"Give the machine a role (`access: ssm`): it fetches its setup then.{large}"
