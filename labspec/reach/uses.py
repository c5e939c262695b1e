"""Who uses whom, by what the templates say of it, and is not let in: what deploys, and then times out.

A machine uses a database or a file system that its setup speaks of, by itself or by the secret that holds a database's
login; a load balancer uses the targets of its listeners. No sentence under `expect` is needed for that: nobody names
what they do not mean to reach.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from labspec.diagnostic import Path, Rule, Severity
from labspec.reach.balancing import LISTENER, forwarded, targets
from labspec.reach.ends import End
from labspec.reach.question import Answer, Asked, Pair, ask
from labspec.reach.ranges import Ranges, ranges
from labspec.reach.site import Interface, Site
from labspec.reach.values import identity
from labspec.template import Joined, Resource
from labspec.template.intrinsics import mentioned

MACHINES = ("AWS::EC2::Instance", "AWS::AutoScaling::AutoScalingGroup")
DATABASES = ("AWS::RDS::DBInstance", "AWS::RDS::DBCluster")
FILES, MOUNT = "AWS::EFS::FileSystem", "AWS::EFS::MountTarget"
TEMPLATE, SECRET = "AWS::EC2::LaunchTemplate", "AWS::SecretsManager::SecretTargetAttachment"

SHUT_OUT = Rule(
    "LS713",
    "user-not-let-in",
    "What a machine or a load balancer uses does not let it in.",
    "Such a stack deploys, and then times out: the setup of a machine speaks of a database or a file system, or a load"
    " balancer has a target, and a security group, a network ACL or a route stops the connection.",
    wrong="""\
databases: {orders: {ingress: {mysql: {port: 3306, from: bastion}}, ...}}
instances: {web: {secrets: {/run/db.json: orders}, ...}}
""",
    right="""\
databases: {orders: {ingress: {mysql: {port: 3306, from: [bastion, web]}}, ...}}
instances: {web: {secrets: {/run/db.json: orders}, ...}}
""",
    severity=Severity.WARNING,
)


class Use(NamedTuple):
    """Who uses one of what (the mount targets of a file system are alike), where it is said, and on which ports."""

    user: str
    used: tuple[str, ...]
    said: tuple[str, Path]
    ports: Ranges | None = None
    """None for those that are listened on."""


def shut_out(site: Site, joined: Joined) -> Iterator[tuple[Use, Pair]]:
    """The uses that certainly cannot be, each with a connection that is stopped."""
    for use in dict.fromkeys([*_machines(joined), *_balancers(site, joined)]):
        found = [*_answers(site, joined, use)]
        if found and all(each.reaches is False for each in found):
            yield use, next(pair for each in found for pair in each.pairs if pair.passes is False)


def _answers(site: Site, joined: Joined, use: Use) -> Iterator[Answer]:
    """By each of the user's interfaces, to each of those of what is used."""
    for one in _interfaces(site, (use.user,)):
        for other in _interfaces(site, use.used):
            source, target = End(use.user, (one,)), End(other.address, (other,))
            yield ask(site, joined, source, target, Asked("tcp", use.ports))


def _interfaces(site: Site, addresses: tuple[str, ...]) -> Iterator[Interface]:
    return (interface for address in addresses for interface in site.interfaces.get(address, ()))


def _machines(joined: Joined) -> Iterator[Use]:
    """What setups speak of."""
    secrets = {
        identity(each.properties.get("SecretId")): identity(each.properties.get("TargetId"))
        for each in joined.resources.values()
        if each.type == SECRET
    }
    for machine in (each for each in joined.resources.values() if each.type in MACHINES):
        for said, text in _setups(joined, machine):
            for name in sorted({secrets.get(name, name) for name in mentioned(text)}):
                if used := _served_by(joined, name):
                    yield Use(machine.address, used, said)


def _setups(joined: Joined, machine: Resource) -> Iterator[tuple[tuple[str, Path], Any]]:
    """The user data of a machine, and of the launch template that it is started by."""
    path: Path = ("Properties", "UserData")
    yield (machine.address, path), machine.properties.get("UserData")
    named = machine.properties.get("LaunchTemplate")
    name = identity(named.get("LaunchTemplateId")) if isinstance(named, dict) else ""
    template = joined.resources.get(name)
    data = template.properties.get("LaunchTemplateData") if template and template.type == TEMPLATE else None
    if isinstance(data, dict):
        yield (name, ("Properties", "LaunchTemplateData", "UserData")), data.get("UserData")


def _served_by(joined: Joined, name: str) -> tuple[str, ...]:
    """Where what is spoken of is reached; nothing of what is no server."""
    resource = joined.resources.get(name)
    if resource is None or resource.condition is False:
        return ()
    if resource.type in DATABASES:
        return (name,)
    if resource.type != FILES:
        return ()
    mounts = (each for each in joined.resources.values() if each.type == MOUNT)
    return tuple(each.address for each in mounts if identity(each.properties.get("FileSystemId")) == name)


def _balancers(site: Site, joined: Joined) -> Iterator[Use]:
    """The targets of listeners, on the ports that they are registered with."""
    for listener in (each for each in joined.resources.values() if each.type == LISTENER):
        balancer = identity(listener.properties.get("LoadBalancerArn"))
        for name in forwarded(listener.properties.get("DefaultActions")) or ():
            group = joined.resources.get(name)
            if group and listener.condition is not False:
                for goal in targets(site, joined, group):
                    if goal.is_sure and goal.port is not None:
                        ports = ranges([(goal.port, goal.port)])
                        yield Use(balancer, (goal.interface.address,), (group.address, ("Properties",)), ports)
