"""Files in the document root of a web server: none that it would hand out as text by mistake."""

from __future__ import annotations

import re
from collections.abc import Iterator

from labspec.check.content import is_secret_file
from labspec.check.texts import texts
from labspec.diagnostic import Diagnostic, Path, Rule, Severity
from labspec.model.architecture import Architecture, Member
from labspec.model.compute import Machine

SERVED = Rule(
    "LS316",
    "served-as-text",
    "A file that is not meant for visitors lies where a web server hands it out.",
    "PHP runs only what ends in `.php`. What ends otherwise, such as `dbinfo.inc`, a web server sends as it is to"
    " whoever guesses its name, password and all (`mod_mime`, Apache HTTP Server documentation).",
    "setup: {files: {/var/www/html/dbinfo.inc: {source: dbinfo.inc}}}",
    "setup: {files: {/var/www/inc/dbinfo.inc: {source: dbinfo.inc}}}      # a page requires it from there",
    Severity.WARNING,
)
ROOTS = ("/var/www/html/", "/usr/share/nginx/html/")
"""Where Apache and nginx of Amazon Linux find what they serve, unless they are told otherwise."""
TOLD = re.compile(r"(?m)^\s{0,40}(?:DocumentRoot|root)\s{1,8}[\"']?(/[\w./-]+)")
NOT_MEANT = re.compile(
    r"(?i)\.(inc|env|ini|cnf|conf|cfg|config|ya?ml|toml|properties|sql|sqlite|db|dump|bak|old|orig|save|swp|log|tfvars)\Z"
    r"|~\Z|/\.git/"
)
MEANT = re.compile(r"(?i)/(openapi|swagger)[^/]*\Z|/\.well-known/|/\.ht[^/]*\Z")
"""What visitors may have, or what both servers keep to themselves."""
WRITTEN = re.compile(r"(?:>|\btee\s+(?:-a\s+)?)\s*['\"]?(?P<file>/[\w./@+-]+)")
"""Where a script writes a file."""
DENIED = re.compile(r"(?i)require\s+all\s+denied|deny\s+(from\s+)?all|return\s+40[34]")


def check_served_files(architecture: Architecture) -> Iterator[Diagnostic]:
    """What machines get as they are set up, as files and by commands."""
    for member in (*architecture.of("instances"), *architecture.of("launch_templates")):
        assert isinstance(member.body, Machine)
        files = member.body.setup.files if member.body.setup else {}
        contents = [architecture.content(file) for file in files.values()]
        # Where a server is told to keep something to itself, what that is is not read.
        if not any(DENIED.search(content) for content in contents):
            told = tuple(f"{root.rstrip('/')}/" for content in contents for root in TOLD.findall(content))
            yield from _machine(member, told or ROOTS)


def _machine(member: Member, roots: tuple[str, ...]) -> Iterator[Diagnostic]:
    body, path = member.body, member.path
    assert isinstance(body, Machine)
    for file in body.setup.files if body.setup else ():
        for root in _served(file, roots):
            yield _finding(member, file, root, (*path, "setup", "files", file))
    scripts = [
        *texts(body.setup.commands if body.setup else (), (*path, "setup", "commands")),
        *texts(body.user_data.text if body.user_data else None, (*path, "user_data", "text")),
    ]
    for script in scripts:
        for match in WRITTEN.finditer(script.text):
            for root in _served(match["file"], roots):
                chars = script.typed(match.span("file"))
                yield _finding(member, match["file"], root, script.path, chars=chars)


def _served(file: str, roots: tuple[str, ...]) -> list[str]:
    """The document root from which a file is handed out that is not meant to be."""
    meant = file.endswith("/") or MEANT.search(file) or not (NOT_MEANT.search(file) or is_secret_file(file))
    return [] if meant else [root for root in roots if file.startswith(root)][:1]


def _finding(member: Member, file: str, root: str, path: Path, chars: tuple[int, int] | None = None) -> Diagnostic:
    message = f"Anybody could download this file of `{member.name}`, at `/{file.removeprefix(root)}`."
    beside = f"{root.rstrip('/').rpartition('/')[0]}/inc/{file.rpartition('/')[2]}"
    return Diagnostic(SERVED, message, path, chars=chars, help=f"Put it outside the document root: `{beside}`.")
