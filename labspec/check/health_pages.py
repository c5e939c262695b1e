"""Pages that say whether a machine is well: they speak for the machine, and for nothing behind it."""

from __future__ import annotations

import re
from collections.abc import Container, Iterator

from labspec.check.machine_groups import MachineGroup, machine_groups
from labspec.diagnostic import Diagnostic, Label, Path, Rule, Severity
from labspec.model.architecture import Architecture, Member
from labspec.model.balance import TargetGroup
from labspec.model.boot import SetupFile
from labspec.model.compute import Machine
from labspec.model.machine_images import machines_before

NEEDS_DATABASE = Rule(
    "LS339",
    "health-needs-database",
    "A group's machines are well only while their database is.",
    "Where the page that is asked for reads a database, every machine is unwell at once when the database is away, or"
    " not filled yet: the group replaces all of them, for ever. PHP 8 answers with an error then, where older ones"
    " showed half a page (`Implementing health checks`, Amazon Builders' Library).",
    "target_groups: {web: {port: 80, health_check: /index.php}}      # which reads the database",
    "target_groups: {web: {port: 80, health_check: /health.html}}    # a file that is there",
    Severity.WARNING,
)
ROOT = "/var/www/html"
READS = re.compile(r"(?i)mysqli|\bPDO\b|pg_connect|database|\b(require|include)(_once)?\b")
"""What stands in a page that asks a database, or takes in another that may."""


def check_health_pages(architecture: Architecture) -> Iterator[Diagnostic]:
    """Groups that replace machines by what a page answers."""
    for group in machine_groups(architecture):
        if group.body.health_check.type == "elb":
            for target in architecture.many(group.body.target_groups):
                yield from _asked(architecture, group, target)


def _asked(architecture: Architecture, group: MachineGroup, target: Member) -> Iterator[Diagnostic]:
    assert isinstance(target.body, TargetGroup)
    machines = machines_before(architecture, group.template)
    bodies = [machine.body for machine in machines if isinstance(machine.body, Machine)]
    logins = [secret.from_ for body in bodies for secret in body.secrets.values()]
    files = {path: (machine, file) for machine in reversed(machines) for path, file in _files(machine)}
    asked = target.body.health_check.path.partition("?")[0]
    page = _page(asked, files)
    if not logins or page is None or not READS.search(architecture.content(files[page][1])):
        return
    said = "path" in target.body.health_check.model_fields_set
    path: Path = (*target.path, "health_check", "path") if said else target.path
    where = (*files[page][0].path, "setup", "files", page)
    label = Label("This is the page.", where, "key")
    message = f"`{target.name}` asks for `{asked}`, which needs `{logins[0]}`: without it, all machines are replaced."
    help_ = "Ask for a page that needs nothing, such as `/health.html`."
    yield Diagnostic(NEEDS_DATABASE, message, path, related=(label,), help=help_)


def _files(machine: Member) -> list[tuple[str, SetupFile]]:
    assert isinstance(machine.body, Machine)
    return list(machine.body.setup.files.items()) if machine.body.setup else []


def _page(asked: str, files: Container[str]) -> str | None:
    """The file of PHP that answers; a folder's is `index.php`, where there is no `index.html`."""
    path = f"{ROOT}{asked}"
    if path.endswith("/") and f"{path}index.html" not in files:
        path += "index.php"
    return path if path in files and path.endswith(".php") else None
