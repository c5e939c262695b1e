"""A script that is too large for user data: it lies in the bucket of the templates, and the machine fetches it.

What only CloudFormation knows is not in that file. The user data brings it along, and puts it where the file has marks.
"""

from __future__ import annotations

from typing import NamedTuple

from labspec.emit.shell import Hole, Script, Text, pieces, word, words

MARK = "\1"
"""Stands before and after the name of a hole: no script holds it, because what is not plain text is encoded."""


class Place(NamedTuple):
    """Where a script lies."""

    bucket: Text
    key: Text
    region: Text


def content(script: Script) -> bytes:
    """A script as it lies in the bucket."""
    return "".join(piece if isinstance(piece, str) else f"{MARK}{piece.name}{MARK}" for piece in script).encode()


def fetching(script: Script, place: Place, seconds: int) -> Script:
    """Shell text that fetches a script, fills it in and runs it; it needs the functions `step`, `retry` and `fetch`."""
    return pieces(_FETCH, _copied(place, f"retry {seconds}"), _filled(script), 'eval "$setup"\n')


def alone(script: Script, place: Place) -> Script:
    """User data that fetches a script, which may be any that says its interpreter, fills it in and becomes it."""
    return pieces(_ALONE, _copied(place, "until"), _UNTIL, _filled(script), _BECOME)


_FETCH = """\

step 'fetch the setup'
command -v aws >/dev/null || fetch awscli-2
"""
_ALONE = """\
#!/bin/bash
# The script itself is too large for user data, and is fetched.
set -euo pipefail
umask 077
"""
_UNTIL = """\
do
  ((SECONDS < 600)) || exit 1
  sleep 5
done
"""
_BECOME = """\
printf '%s\\n' "$setup" >/run/labspec-setup
chmod 0700 /run/labspec-setup
exec /run/labspec-setup
"""


def _copied(place: Place, command: str) -> Script:
    source = word(pieces("s3://", place.bucket, "/", place.key))
    options = words("--only-show-errors", "--region", place.region)
    return pieces(f"{command} aws s3 cp ", options, " ", source, " /run/labspec-setup\n")


def _filled(script: Script) -> Script:
    holes = sorted({piece.name for piece in script if isinstance(piece, Hole)})
    lines = [pieces(f"setup=${{setup//$'\\1{name}\\1'/", word(Hole(name)), "}\n") for name in holes]
    return pieces("setup=$(</run/labspec-setup)\n", *lines)
