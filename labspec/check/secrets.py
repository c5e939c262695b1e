"""Secrets in clear: in the texts of a spec, in the files that it mentions, in the pages of its websites."""

from __future__ import annotations

import re
from collections.abc import Iterator

from labspec import files
from labspec.check.content import is_secret_file
from labspec.check.secret_forms import secrets_in
from labspec.check.texts import Said, texts
from labspec.diagnostic import Diagnostic, Label, Path, Rule, Severity, stretch
from labspec.model.architecture import Architecture
from labspec.model.word import FileName

IN_CLEAR = Rule(
    "LS310",
    "secret-in-clear",
    "A password, a key or a token stands in a text or in a file.",
    "What a template holds can be read by everybody who may describe the stack, and user data by every program on the"
    " machine (`Access instance metadata for an EC2 instance`, Amazon EC2 User Guide: it is no place for passwords)."
    " Both outlive the day on which the secret is taken out again, and so does the history of a repository. Looked into"
    " are all texts of the spec, the files that machines and databases get, and of websites what is text and has 1 MiB"
    " at most. A value that stands for another (`$PASSWORD`, `changeme`) is none.",
    "setup:\n  files: {/etc/app.env: {text: 'DB_PASSWORD=correct7horse'}}",
    "secrets: {/run/app/database.json: orders}      # read with the machine's role, held in memory",
    Severity.WARNING,
)
LINTERS_OWN = re.compile(
    "(ADDomainJoin|Account|Admin|CrossRealmTrustPrincipal|Db|KdcAdmin|MasterUser)?Password|PasswordParam"
)
"""Properties in which both linters find a literal themselves (their rule W2501)."""

STACK = "everybody who may describe the stack can read it"
SPEC = "everybody who may read the spec can read it"
MACHINE = "everybody who may describe the machine can read it, and so can every program on it"
DOCUMENT = "everybody who may read the documents of Systems Manager can read it"
WORLD = "the whole world can read it once the website is published"
HELP = "Keep it in Secrets Manager or Parameter Store, and let whoever needs it fetch it. Change it: it has been told."


def check_secrets(architecture: Architecture) -> Iterator[Diagnostic]:
    """Everything that is written into the templates, or beside them."""
    yield from _said(architecture)
    for path, leaf in architecture.leaves:
        if isinstance(leaf, FileName) and leaf in architecture.contents.files:
            yield from _in_file(leaf, "", architecture.contents.files[leaf], path)
        for name, content in architecture.contents.pages.get(leaf, {}).items() if isinstance(leaf, FileName) else ():
            if not is_secret_file(name):
                yield from _in_file(leaf, name, content, path)


def _said(architecture: Architecture) -> Iterator[Diagnostic]:
    variables = {
        str(variable.default): ("variables", name, "default")
        for name, variable in architecture.spec.variables.items()
        if isinstance(variable.default, str)
    }
    for said in texts(architecture.spec):
        for secret in () if _is_told(architecture, said) else secrets_in(said.text, _name(said)):
            value = said.text[slice(*secret.chars)]
            # Where variables are filled in, theirs is the place where the value was written.
            path, chars = (variables[value], None) if value in variables else (said.path, said.typed(secret.chars))
            message = f"{secret.what} stands here in clear: {_readers(path)}."
            yield Diagnostic(IN_CLEAR, message, path, chars=chars, help=HELP, hides=True)


def _is_told(architecture: Architecture, said: Said) -> bool:
    """Whether a text is the default of a secret: that there is one at all is told by the law about passwords."""
    section, *inner = said.path
    return (
        section == "parameters"
        and inner[1] == "default"
        and architecture.spec.parameters[str(inner[0])].type == "secret"
    )


def _name(said: Said) -> str:
    """What a whole text is given to; nothing where a linter tells of it."""
    if said.name == "default" and said.path[0] in ("parameters", "variables"):
        return str(said.path[1])
    return "" if "Properties" in said.path and LINTERS_OWN.fullmatch(said.name) else said.name


def _readers(path: Path) -> str:
    if "silence" in path or path[0] == "checks":
        return SPEC
    if path[0] in ("instances", "launch_templates") and path[2] in ("setup", "user_data"):
        return MACHINE
    return DOCUMENT if path[0] == "databases" and path[2] == "schema" else WORLD if path[0] == "websites" else STACK


def _in_file(mentioned: FileName, name: str, content: bytes, path: Path) -> Iterator[Diagnostic]:
    """The secrets in a file, at their places in it. What holds a NUL is no text."""
    if b"\0" in content:
        return
    text = content.decode("utf-8-sig", "replace")
    where = files.located(mentioned.folder, mentioned.name) / name
    for secret in secrets_in(text):
        message = f"{secret.what} stands here in clear: {_readers(path)}."
        label = Label("The spec takes it from here.", path)
        span = stretch(str(where), text, secret.chars)
        yield Diagnostic(IN_CLEAR, message, path, related=(label,), help=HELP, hides=True, span=span)
