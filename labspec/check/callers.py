"""What cannot work, or not even be deployed, because groups keep one member from another."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from labspec.check.admission import Refusal, refusal, shut
from labspec.check.balanced import balanced
from labspec.diagnostic import Diagnostic, Label, Path, Rule, Severity
from labspec.model.architecture import Architecture, Member
from labspec.model.balance import LoadBalancer
from labspec.model.compute import Machine
from labspec.model.database import Database

NOT_ADMITTED = Rule(
    "LS399",
    "not-admitted",
    "Security groups keep something from what it has to call.",
    "A machine that cannot mount its file system, or run a database's schema, lets the stack wait and roll back; a"
    " load balancer that cannot reach its machines answers with errors, and a group that heeds it replaces them for"
    " ever (`Control traffic to your AWS resources using security groups`, Amazon VPC User Guide).",
    "file_systems: {shared: {ingress: {nfs: {port: 2049, from: app-sg}}, ...}}\n"
    "instances: {web: {security_groups: web-sg, mounts: {/srv: shared}}}",
    "file_systems: {shared: {ingress: {nfs: {port: 2049, from: web-sg}}, ...}}\n"
    "instances: {web: {security_groups: web-sg, mounts: {/srv: shared}}}",
    Severity.WARNING,
)
NFS = 2049
MOST = 4
"""Places that a finding shows beside its own."""
OTHER_PORT = "This rule is of another port or protocol."


class Need(NamedTuple):
    """What has to call what, on which TCP port, and where the spec says so."""

    caller: Member
    server: Member
    port: int
    path: Path


def check_callers(architecture: Architecture) -> Iterator[Diagnostic]:
    """Mounts, schemas, logins to databases, machines behind load balancers, and these themselves."""
    refused: dict[tuple[str, int, Refusal], list[Need]] = {}
    behind = (Need(*each) for each in balanced(architecture))
    for need in (*_mounts(architecture), *_schemas(architecture), *behind, *_readers(architecture)):
        if why := refusal(architecture, need.caller, need.server, need.port):
            refused.setdefault((need.server.selector, need.port, why), []).append(need)
    for (_, _, why), needs in refused.items():
        yield _told(why, needs)
    yield from _listeners(architecture)


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


def _readers(architecture: Architecture) -> Iterator[Need]:
    """Machines that read how to log in to a database which admits them on another port.

    One that is not admitted at all may read that for others.
    """
    for machine in (*architecture.of("instances"), *architecture.of("launch_templates")):
        assert isinstance(machine.body, Machine)
        for file, secret in machine.body.secrets.items():
            for database in (named.owner or named for named in architecture.many([secret.from_])):
                assert isinstance(database.body, Database)
                port = database.body.port
                why = refusal(architecture, machine, database, port)
                if why and why.side == "ingress" and why.near:
                    yield Need(machine, database, port, (*machine.path, "secrets", file))


def _listeners(architecture: Architecture) -> Iterator[Diagnostic]:
    """Ports on which a load balancer listens in vain: its groups admit somebody, but on other ports."""
    for balancer in architecture.of("load_balancers"):
        assert isinstance(balancer.body, LoadBalancer)
        for port in balancer.body.listeners:
            if others := shut(architecture, balancer, int(port)):
                labels = tuple(Label(OTHER_PORT, (*rule, "port")) for rule in others[:MOST])
                message = f"`{balancer.name}` listens on port {port}, and no group of it admits anybody there."
                help_ = f"Add a rule to the `ingress` of one: `{{port: {port}, from: ...}}`."
                path = (*balancer.path, "listeners", port)
                yield Diagnostic(NOT_ADMITTED, message, path, "key", related=labels, help=help_)


def _told(why: Refusal, needs: Sequence[Need]) -> Diagnostic:
    """One finding of all that one rule too few keeps out."""
    first, *others = needs
    labels = [
        *(Label(OTHER_PORT, (*rule, "port")) for rule in why.near),
        Label(f"`{first.server.name}` is declared here.", first.server.path, "key"),
        *(Label(f"So has `{need.caller.name}`.", need.path) for need in others[:MOST]),
    ]
    caller, server = first.caller.name, first.server.name
    lack = f"no group of `{server}` admits it" if why.side == "ingress" else f"no group of `{caller}` lets it"
    message = f"`{caller}` has to call port {first.port} of `{server}`, and {lack}."
    rule = f"from: {caller}" if why.side == "ingress" else f"to: {server}"
    help_ = f"Add a rule to the `{why.side}` of one: `{{port: {first.port}, {rule}}}`."
    return Diagnostic(NOT_ADMITTED, message, first.path, related=tuple(labels), help=help_)
