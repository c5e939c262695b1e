"""Quotas: what a spec makes more of than an account may have, unless AWS has raised its quota."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from labspec.check.rule_ends import rule_ends
from labspec.diagnostic import At, Diagnostic, Path, Rule, Severity
from labspec.model.architecture import Architecture, Member
from labspec.model.balance import LoadBalancer
from labspec.model.compute import Instance
from labspec.model.parts import Connected, existing_of
from labspec.quotas import (
    ADDRESSES,
    BALANCERS,
    DATABASES,
    ENTERING,
    GROUPS,
    LEAVING,
    LISTENERS,
    NATS,
    SUBNETS,
    VPCS,
    Quota,
)

# What else there is in the account is not known, so the count is the least that is needed: a hint, and no more.
OVER = Rule(
    "LS394",
    "over-quota",
    "A spec needs more of something than AWS gives an account by default.",
    "What is over the quota is refused, and the stack rolls back. Most quotas are raised on request, in the console of"
    " Service Quotas; what other stacks of the account and region have counts, too (`Amazon VPC quotas`, `Quotas for"
    " your Application Load Balancers`, `Quotas and constraints for Amazon RDS`).",
    "instances:\n  web-1: {elastic_ip: true, ...}      # and web-2 to web-6",
    "instances:\n  web-1: {...}      # and web-2 to web-6, behind a load balancer",
    Severity.HINT,
)


def check_quotas(architecture: Architecture) -> Iterator[Diagnostic]:
    """What is over a quota of the region, of a VPC, of a group or of a load balancer."""
    yield from _region(architecture)
    for vpc in architecture.of("vpcs"):
        yield from _over(SUBNETS, f"`{vpc.name}`", _paths(architecture.inside(vpc, "subnets")))
    yield from _zones(architecture)
    yield from _groups(architecture)
    for member in architecture.of("load_balancers"):
        assert isinstance(member.body, LoadBalancer)
        ports = [(*member.path, "listeners", port) for port in member.body.listeners]
        yield from _over(LISTENERS, f"`{member.name}`", ports)


def _region(architecture: Architecture) -> Iterator[Diagnostic]:
    machines = [m for m in architecture.of("instances") if isinstance(m.body, Instance) and m.body.elastic_ip]
    yield from _over(VPCS, "The spec", _paths(architecture.of("vpcs")))
    yield from _over(ADDRESSES, "The spec", _paths([*architecture.of("nat_gateways"), *machines]))
    yield from _over(BALANCERS, "The spec", _paths(architecture.of("load_balancers")))
    yield from _over(DATABASES, "The spec", _paths([*architecture.of("databases"), *architecture.of("replicas")]))


def _zones(architecture: Architecture) -> Iterator[Diagnostic]:
    zones: dict[str | int | None, list[Member]] = {}
    for gateway in architecture.of("nat_gateways"):
        zones.setdefault(architecture.zone_of(architecture.nat_subnet(gateway)), []).append(gateway)
    for zone, gateways in zones.items():
        if zone is not None:
            yield from _over(NATS, f"Zone {zone}", _paths(gateways))


def _groups(architecture: Architecture) -> Iterator[Diagnostic]:
    """Rules, each with one other side, and the groups around each member."""
    rules: dict[tuple[Path, str], list[Path]] = {}
    for end in rule_ends(architecture):
        rules.setdefault((end.holder.path, end.side), []).append(end.path)
    for (holder, side), paths in rules.items():
        yield from _over(ENTERING if side == "ingress" else LEAVING, f"`{holder[-1]}`", paths)
    for member in architecture.members.values():
        if isinstance(member.body, Connected):
            own = [member.path] if architecture.has_own_group(member) else []
            named = [(*member.path, "security_groups", index) for index, _ in enumerate(member.body.security_groups)]
            yield from _over(GROUPS, f"`{member.name}`", [*own, *named])


def _paths(members: Sequence[Member]) -> list[Path]:
    return [member.path for member in members if existing_of(member.body) is None]


def _over(quota: Quota, whose: str, paths: Sequence[Path]) -> Iterator[Diagnostic]:
    """One finding, at the first that is over."""
    if quota.most is not None and len(paths) > quota.most:
        may = quota.holder.format(quota.most)
        message = f"{whose} has {len(paths)} {quota.noun}; {may} unless AWS has allowed more."
        path = paths[quota.most]
        at: At = "value" if isinstance(path[-1], int) else "key"
        yield Diagnostic(OVER, message, path, at, help="Ask for more in Service Quotas before you deploy.")
