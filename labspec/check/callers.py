"""What cannot work, or not even be deployed, because groups keep one member from another."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from labspec.check.admission import Refusal, refusal
from labspec.check.machine_groups import machine_groups
from labspec.diagnostic import Diagnostic, Label, Path, Rule, Severity
from labspec.model.architecture import Architecture, Member
from labspec.model.balance import TargetGroup
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
MOST = 4
"""Places that a finding shows beside its own."""


class Need(NamedTuple):
    """What has to call what, on which TCP port, and where the spec says so."""

    caller: Member
    server: Member
    port: int
    path: Path


def check_callers(architecture: Architecture) -> Iterator[Diagnostic]:
    """Mounts, schemas, and load balancers that judge the machines of a group."""
    refused: dict[tuple[str, int, Refusal], list[Need]] = {}
    for need in (*_mounts(architecture), *_schemas(architecture), *_judges(architecture)):
        if why := refusal(architecture, need.caller, need.server, need.port):
            refused.setdefault((need.server.selector, need.port, why), []).append(need)
    for (_, _, why), needs in refused.items():
        yield _told(why, needs)


def _mounts(architecture: Architecture) -> Iterator[Need]:
    for machine in (*architecture.of("instances"), *architecture.of("launch_templates")):
        for point, mount in getattr(machine.body, "mounts", {}).items():
            for system in architecture.many([mount.file_system]):
                yield Need(machine, system, NFS, (*machine.path, "mounts", point))


def _schemas(architecture: Architecture) -> Iterator[Need]:
    for database in architecture.of("databases"):
        assert isinstance(database.body, Database)
        schema = database.body.schema_
        for machine in architecture.many([schema.through]) if schema else ():
            yield Need(machine, database, database.body.port, (*database.path, "schema", "through"))


def _judges(architecture: Architecture) -> Iterator[Need]:
    """Load balancers that ask the machines of a group how they are."""
    for group in machine_groups(architecture):
        for index, name in enumerate(group.body.target_groups if group.body.health_check.type == "elb" else ()):
            for targets in architecture.many([name]):
                assert isinstance(targets.body, TargetGroup)
                for balancer in architecture.users_of(targets):
                    if balancer.section == "load_balancers":
                        path = (*group.member.path, "target_groups", index)
                        yield Need(balancer, group.member, targets.body.port, path)


def _told(why: Refusal, needs: Sequence[Need]) -> Diagnostic:
    """One finding of all that one rule too few keeps out."""
    first, *others = needs
    labels = [
        *(Label("This rule is of another port or protocol.", (*rule, "port")) for rule in why.near),
        Label(f"`{first.server.name}` is declared here.", first.server.path, "key"),
        *(Label(f"So has `{need.caller.name}`.", need.path) for need in others[:MOST]),
    ]
    caller, server = first.caller.name, first.server.name
    lack = f"no group of `{server}` admits it" if why.side == "ingress" else f"no group of `{caller}` lets it"
    message = f"`{caller}` has to call port {first.port} of `{server}`, and {lack}."
    rule = f"from: {caller}" if why.side == "ingress" else f"to: {server}"
    help_ = f"Add a rule to the `{why.side}` of one: `{{port: {first.port}, {rule}}}`."
    return Diagnostic(NOT_ADMITTED, message, first.path, related=tuple(labels), help=help_)
