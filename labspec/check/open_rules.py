"""Rules that are open to the world: on other ports than those of the web, or of a load balancer's listeners."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from ipaddress import IPv4Network
from typing import Any

from labspec.check.exposure import bearers, may_be_reached
from labspec.check.rule_ends import RuleEnd, rule_ends
from labspec.diagnostic import Diagnostic, Label, Rule, Severity
from labspec.model.architecture import Architecture, Member
from labspec.model.balance import LoadBalancer
from labspec.model.parts import existing_of
from labspec.model.word import Parameter
from labspec.model.words import Ports

# A warning, also where all ports are open, or a database's: AWS takes it, it works, and sometimes it is meant (a
# course, a trap for attackers). A hint where nothing with the group can be reached from the internet.
OPEN = Rule(
    "LS383",
    "open-to-the-world",
    "A rule lets the whole internet in on a port that is not the web's.",
    "Addresses of AWS are scanned all the time, and what answers is tried with lists of passwords and known faults."
    " Ports 80 and 443 are meant for everybody, and so is what a load balancer listens on"
    " (`vpc-sg-open-only-to-authorized-ports`, AWS Config).",
    "ingress: {ssh: {port: 22, from: internet}}",
    "parameters: {AdminCidr: {type: cidr, label: Where SSH may come from}}\n# ...\n"
    "ingress: {ssh: {port: 22, from: AdminCidr}}",
    Severity.WARNING,
)

WEB = frozenset({80, 443})
WIDEST = 8
"""A block with a shorter prefix is the world: nobody has that many addresses."""
LOGINS = {22: "SSH", 23: "Telnet", 3389: "RDP", 5900: "VNC", 5985: "WinRM"}
SERVICES = {
    **LOGINS,
    21: "FTP",
    25: "SMTP",
    111: "RPC",
    445: "SMB",
    1433: "SQL Server",
    1521: "Oracle",
    2049: "NFS",
    2375: "Docker",
    3306: "MySQL",
    5432: "PostgreSQL",
    5601: "Kibana",
    6379: "Redis",
    6443: "Kubernetes",
    9200: "OpenSearch",
    11211: "Memcached",
    27017: "MongoDB",
}
"""What listens on a port by custom (`Service Name and Transport Protocol Port Number Registry`, IANA); what has a
password of its own to try, or none at all."""


def check_open_rules(architecture: Architecture) -> Iterator[Diagnostic]:
    """Rules that let everybody in."""
    for end in rule_ends(architecture):
        if end.side == "ingress" and end.rule.protocol != "icmp" and _is_world(architecture, end.peer):
            around = bearers(architecture, end.holder)
            if not _is_served(_ports(end), around):
                yield _open(architecture, end, around)


def _is_world(architecture: Architecture, peer: Any) -> bool:
    """Whether a side is everybody; of a parameter, unless it is told otherwise."""
    if isinstance(peer, Parameter):
        default = re.fullmatch(r"[0-9.]+/([0-9]+)", architecture.spec.parameters[peer.name].default or "")
        return default is not None and int(default[1]) < WIDEST
    return peer == "internet" or (isinstance(peer, IPv4Network) and peer.prefixlen < WIDEST)


def _ports(end: RuleEnd) -> Ports:
    return Ports(0, 65535) if end.rule.protocol == "all" else end.rule.port


def _is_served(ports: Ports, around: Sequence[Member]) -> bool:
    """Whether all ports are the web's, or a load balancer of the group listens on them."""
    listened = {
        int(port) for member in around if isinstance(member.body, LoadBalancer) for port in member.body.listeners
    }
    meant = WEB | listened
    return ports.last - ports.first < len(meant) and meant.issuperset(range(ports.first, ports.last + 1))


def _open(architecture: Architecture, end: RuleEnd, around: Sequence[Member]) -> Diagnostic:
    unknown = not around or existing_of(end.holder.body) is not None
    reached = [member for member in around if may_be_reached(architecture, member)]
    help_ = f"Name who may come, or accept it with `silence: {{{OPEN.name}: the reason}}`."
    labels: tuple[Label, ...] = ()
    if isinstance(end.peer, Parameter):
        labels = (Label("Unless the console is told another.", ("parameters", end.peer.name, "default")),)
        help_ = f"Leave the default of `{end.peer.name}` out: the console asks."
    if reached or unknown:
        message = f"Anybody on the internet could {_deed(_ports(end), _whom(end.holder, reached))}."
        return Diagnostic(OPEN, message, end.path, related=labels, help=help_)
    message = f"`{end.name}` is open to the internet, which reaches nothing with the group `{end.holder.name}` today."
    return Diagnostic(OPEN, message, end.path, related=labels, help=help_, severity=Severity.HINT)


def _whom(holder: Member, reached: Sequence[Member]) -> str:
    if not reached:
        return f"what has the group `{holder.name}`"
    more = f" and {len(reached) - 1} more" if len(reached) > 1 else ""
    return f"`{reached[0].name}`{more}"


def _deed(ports: Ports, whom: str) -> str:
    """What somebody could do to whom on some ports."""
    if str(ports) == "all":
        return f"reach every port of {whom}"
    if ports.first == ports.last:
        service = SERVICES.get(ports.first)
        if ports.first in LOGINS:
            return f"try to log in to {whom}: port {ports.first} is {service}"
        return f"reach port {ports.first} of {whom}" + (f": it is {service}" if service else "")
    known = next((port for port in SERVICES if ports.first <= port <= ports.last), None)
    among = f", {SERVICES[known]} on {known} among them" if known is not None else ""
    return f"reach ports {ports} of {whom}{among}"
