"""What cannot work, or not even be deployed, because groups keep one member from another."""

from __future__ import annotations

from collections.abc import Iterator

from labspec.check.admission import surely_refused
from labspec.check.machine_groups import machine_groups
from labspec.diagnostic import Diagnostic, Label, Path, Rule, Severity
from labspec.model.architecture import Architecture, Member
from labspec.model.balance import TargetGroup
from labspec.model.compute import Instance
from labspec.model.database import Database

NOT_ADMITTED = Rule(
    "LS399",
    "not-admitted",
    "Security groups keep something from what it needs to become ready.",
    "A machine that cannot mount its file system, or run a database's schema, lets the stack wait and roll back; a"
    " group whose load balancer never sees its machines well replaces them for ever (`Control traffic to your AWS"
    " resources using security groups`, Amazon VPC User Guide).",
    "file_systems: {shared: {ingress: {nfs: {port: 2049, from: app-sg}}, ...}}\n"
    "instances: {web: {security_groups: web-sg, mounts: {/srv: shared}}}",
    "file_systems: {shared: {ingress: {nfs: {port: 2049, from: web-sg}}, ...}}\n"
    "instances: {web: {security_groups: web-sg, mounts: {/srv: shared}}}",
    Severity.WARNING,
)
NFS = 2049


def check_callers(architecture: Architecture) -> Iterator[Diagnostic]:
    """Mounts, schemas, and load balancers that judge the machines of a group."""
    for machine in (*architecture.of("instances"), *architecture.of("launch_templates")):
        for point, mount in getattr(machine.body, "mounts", {}).items():
            for system in architecture.many([mount.file_system]):
                yield from _refused(architecture, machine, system, NFS, (*machine.path, "mounts", point))
    for database in architecture.of("databases"):
        assert isinstance(database.body, Database)
        schema = database.body.schema_
        for machine in architecture.many([schema.through]) if schema else ():
            assert isinstance(machine.body, Instance)
            path = (*database.path, "schema", "through")
            yield from _refused(architecture, machine, database, database.body.port, path)
    for group in machine_groups(architecture):
        for index, name in enumerate(group.body.target_groups if group.body.health_check.type == "elb" else ()):
            for targets in architecture.many([name]):
                yield from _judged(architecture, group.member, targets, (*group.member.path, "target_groups", index))


def _judged(architecture: Architecture, group: Member, targets: Member, path: Path) -> Iterator[Diagnostic]:
    """Load balancers that ask the machines of a group how they are."""
    body = targets.body
    assert isinstance(body, TargetGroup)
    for balancer in architecture.users_of(targets):
        if balancer.section == "load_balancers":
            yield from _refused(architecture, balancer, group, body.port, path)


def _refused(architecture: Architecture, caller: Member, server: Member, port: int, path: Path) -> Iterator[Diagnostic]:
    if reason := surely_refused(architecture, caller, server, port):
        label = Label(f"`{server.name}` is declared here.", server.path, "key")
        message = f"`{caller.name}` has to call port {port} of `{server.name}`, and {reason}."
        help_ = f"Add a rule: `{{port: {port}, from: {caller.name}}}`, or the name of a group of both."
        yield Diagnostic(NOT_ADMITTED, message, path, related=(label,), help=help_)
