"""Pages that a mount hides from who asks whether a machine is well."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import PurePosixPath

from labspec.check.machine_groups import machine_groups
from labspec.diagnostic import Diagnostic, Label, Rule, Severity
from labspec.model.architecture import Architecture, Member
from labspec.model.balance import TargetGroup
from labspec.model.compute import Machine
from labspec.model.machine_images import machines_before
from labspec.model.storage import FileSystem
from labspec.model.word import Name

HIDDEN_PAGES = Rule(
    "LS804",
    "hidden-pages",
    "A file system is mounted over the pages of a web server, and nothing puts a page there.",
    "What lay in the folder is hidden, and a new file system is empty: Apache answers 403 where there is no page, and a"
    " load balancer takes that for a machine that is not well (`Health checks for Application Load Balancer target"
    " groups`, Elastic Load Balancing).",
    "target_groups: {web: {port: 80, targets: [web]}}\n"
    "instances: {web: {mounts: {/var/www/html: shared}, setup: {packages: [httpd], services: [httpd]}, ...}}",
    "target_groups: {web: {port: 80, targets: [web]}}\n"
    "instances: {web: {mounts: {/var/www/html/shared: shared}, setup: {packages: [httpd], services: [httpd],"
    " files: {/var/www/html/index.html: {text: Hello}}}, ...}}",
    Severity.WARNING,
)
ROOT = PurePosixPath("/var/www/html")
"""Where Apache looks for pages (`DocumentRoot` as Amazon Linux, Debian and their like set it)."""
SERVERS = ("httpd", "apache2")


def check_hidden_pages(architecture: Architecture) -> Iterator[Diagnostic]:
    """Machines behind a load balancer whose pages a mount hides."""
    once = {machine.path: (machine, target) for machine, target in _asked(architecture)}
    for machine, target in once.values():
        assert isinstance(machine.body, Machine)
        setups = [each.body.setup for each in machines_before(architecture, machine) if isinstance(each.body, Machine)]
        installed = [package for setup in setups if setup for package in setup.packages]
        for path, mount in machine.body.mounts.items():
            serves = ROOT.is_relative_to(path) and any(server in installed for server in SERVERS)
            if serves and _is_empty(architecture, mount.file_system):
                label = Label(f"`{target.name}` asks for a page of it.", target.path, "key")
                message = f"`{machine.name}` mounts `{path}` over its pages, and nothing puts a page there."
                help_ = f"Mount it at a folder inside, such as `{ROOT}/shared`, or let `commands` put a page there."
                yield Diagnostic(
                    HIDDEN_PAGES, message, (*machine.path, "mounts", path), "key", related=(label,), help=help_
                )


def _is_empty(architecture: Architecture, name: Name) -> bool:
    """Whether a file system is surely empty: it is new, and no machine that mounts it runs commands."""
    users = (machine.body for section in ("instances", "launch_templates") for machine in architecture.of(section))
    commanding = [body for body in users if isinstance(body, Machine) and body.setup and body.setup.commands]
    return all(
        isinstance(system.body, FileSystem)
        and system.body.existing is None
        and not any(system in architecture.many([each.file_system]) for b in commanding for each in b.mounts.values())
        for system in architecture.many([name])
    )


def _asked(architecture: Architecture) -> Iterator[tuple[Member, Member]]:
    """Machines, and launch templates of groups, each with a target group that asks whether they are well."""
    for target in architecture.of("target_groups"):
        assert isinstance(target.body, TargetGroup)
        yield from ((machine, target) for machine in architecture.many(target.body.targets))
    for group in machine_groups(architecture):
        yield from ((group.template, target) for target in architecture.many(group.body.target_groups))
