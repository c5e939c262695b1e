"""A script that is too large for user data: it lies in the bucket of the templates, and the machine fetches it.

What only CloudFormation knows is not in that file. The user data brings it along, and puts it where the file has marks.
"""

from __future__ import annotations

from typing import NamedTuple

from labspec.emit.shell import Script, Text, pieces, word, words
from labspec.emit.substitution import Hole

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
    """Shell text that fetches a script, fills it in and runs it; it needs the functions `step`, `retry` and `fetch`.

    What a setup writes may be for root only: so is the file that it is fetched into, which then goes.
    """
    fetched = pieces("(umask 077; ", _copied(place, f"retry {seconds}", SETUP), ")\n")
    return pieces(_FETCH, fetched, _filled(script, SETUP), f"rm {SETUP}\n", 'eval "$setup"\n')


def alone(script: Script, place: Place) -> Script:
    """User data that fetches a script, which may be any that says its interpreter, fills it in and becomes it."""
    return pieces(_ALONE, _copied(place, "until", SCRIPT), _UNTIL, _filled(script, SCRIPT), _BECOME)


SETUP = "/run/labspec-setup"
SCRIPT = "/var/lib/cloud/instance/labspec-script"
"""Beside the user data. Nothing may be run that lies below `/run` on Debian and Ubuntu (`noexec`)."""

_FETCH = """\

step 'fetch the setup'
command -v aws >/dev/null || fetch awscli-2
"""
_ALONE = """\
#!/bin/bash
# The script itself is too large for user data, and is fetched.
set -euo pipefail
command -v aws >/dev/null || {
  echo 'labspec: this machine has no AWS CLI to fetch its script with' >&2
  exit 1
}
mask=$(umask)
umask 077
"""
_UNTIL = """
do
  ((SECONDS < 600)) || exit 1
  sleep 5
done
"""
_BECOME = f"""\
printf '%s\\n' "$setup" >{SCRIPT}
chmod 0700 {SCRIPT}
umask "$mask"
exec {SCRIPT}
"""


def _copied(place: Place, command: str, path: str) -> Script:
    source = word(pieces("s3://", place.bucket, "/", place.key))
    options = words("--only-show-errors", "--region", place.region)
    return pieces(f"{command} aws s3 cp ", options, " ", source, f" {path}")


def _filled(script: Script, path: str) -> Script:
    """The script as `$setup`. What fills it in may be any text: it comes as base64, and is no part of a command."""
    holes = sorted({piece.name for piece in script if isinstance(piece, Hole)})
    lines = [pieces("fill ", words(name, Hole(name, encoded=True)), "\n") for name in holes]
    return pieces(f"setup=$(<{path})\n", _FILL if lines else "", *lines)


_FILL = """\
fill() {
  local value
  value=$(base64 -d <<<"$2" && echo .) # the end keeps line breaks before it
  setup=${setup//$'\\1'"$1"$'\\1'/"${value%.}"}
}
"""
