"""What stands behind a load balancer: the second connection, to a target that serves and is found healthy."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from labspec.reach.flow import Gate, flow, standing
from labspec.reach.ranges import Ranges, ranges
from labspec.reach.site import At, Interface, Site
from labspec.reach.traffic import NONE, WHOLE, number
from labspec.reach.values import identity, items
from labspec.template import Joined, Resource
from labspec.template.conditions import facts_of, under
from labspec.template.intrinsics import call, known

LISTENER, GROUP = "AWS::ElasticLoadBalancingV2::Listener", "AWS::ElasticLoadBalancingV2::TargetGroup"
TCP = frozenset({"HTTP", "HTTPS", "TCP", "TLS"})
"""What listeners speak that are connected to by TCP alone."""
MISMATCH, EMPTY, REFUSED = "ELBV2_LISTENERS_MISMATCH", "ELBV2_LISTENER_HAS_NO_TG", "ELBV2_LISTENER_REQUIRES_TG_ACCEPT"


def listening(site: Site, joined: Joined, balancer: Interface, protocol: str) -> Gate:
    """Whether a load balancer listens: by its listeners, where their ports and protocols are known."""
    ports, at = site.ports.get(balancer.address, (NONE, balancer.at))
    whole = WHOLE[protocol]
    listeners = _listeners(joined, balancer)
    spoken = {known(each.properties.get("Protocol")) for each in listeners}
    if protocol != "tcp":
        return Gate(MISMATCH, at, NONE, whole if not spoken <= TCP else NONE)
    is_sure = ports is not None and spoken <= TCP and all(each.condition is True for each in listeners)
    return Gate(MISMATCH, at, ports or NONE if is_sure else NONE, ports or NONE if is_sure else whole)


def served(site: Site, joined: Joined, balancer: Interface, wanted: Ranges) -> Iterator[Gate]:
    """Whether somebody answers behind the listeners that are asked for."""
    listeners = _listeners(joined, balancer)
    if not listeners:
        yield Gate(REFUSED, balancer.at, NONE, WHOLE["tcp"])  # a Classic Load Balancer: its instances are not followed
    for listener in listeners:
        port = number(listener.properties.get("Port"))
        if port is None or ranges([(port, port)]) & wanted:
            groups = forwarded(listener.properties.get("DefaultActions"))
            if groups is None:
                yield Gate(REFUSED, At(listener.address), NONE, WHOLE["tcp"])
            for name in groups or ():
                yield _answered(site, joined, balancer, At(listener.address), joined.resources.get(name))


def _listeners(joined: Joined, balancer: Interface) -> list[Resource]:
    return [each for each in joined.resources.values() if each.type == LISTENER and _is_of(each, balancer.address)]


def _is_of(listener: Resource, balancer: str) -> bool:
    return listener.condition is not False and identity(listener.properties.get("LoadBalancerArn")) == balancer


def _answered(site: Site, joined: Joined, balancer: Interface, at: At, group: Resource | None) -> Gate:
    """Whether somebody of a target group answers: certainly, or perhaps."""
    whole = WHOLE["tcp"]
    if group is None:
        return Gate(REFUSED, at, NONE, whole)
    goals = [*targets(site, joined, group)]
    found = [_is_reached(site, balancer, each, group) for each in goals]
    is_shut = bool(goals) and set(found) == {False} and not _strangers(site, group)
    must, may = whole if True in found else NONE, NONE if is_shut else whole
    if not goals and _has_known_targets(group):
        return Gate(EMPTY, At(group.address), NONE, whole)
    return Gate(REFUSED, At(group.address), must, may)


def _strangers(site: Site, group: Resource) -> bool:
    """Whether a target is named of which it is not known where it stands."""
    named = (each.value for each in items(group.properties.get("Targets"), ()))
    return any(not isinstance(each, dict) or identity(each.get("Id")) not in site.interfaces for each in named)


def _has_known_targets(group: Resource) -> bool:
    """Whether nobody else can be a target: none is named, and the stacks' groups were asked."""
    return group.properties.get("Targets") in (None, [])


def forwarded(actions: Any) -> list[str] | None:
    """The target groups that are forwarded to, none of a redirection; None where it is not known."""
    found: list[str] = []
    for action in items(actions, ()):
        body = action.value
        if action.condition is not True or not isinstance(body, dict) or call(body)[0]:
            return None
        if body.get("Type") in ("redirect", "fixed-response"):
            continue
        config = body.get("ForwardConfig") or {}
        more = config.get("TargetGroups") if isinstance(config, dict) and not call(config)[0] else None
        if more is not None and not isinstance(more, list):
            return None
        arns = [
            body.get("TargetGroupArn"),
            *(each.get("TargetGroupArn") for each in more or () if isinstance(each, dict)),
        ]
        own = [identity(arn) for arn in arns if arn is not None]
        if not own:
            return None
        found += own
    return list(dict.fromkeys(found))


class Goal(NamedTuple):
    """A target, the port that it is registered with, and whether it certainly is one."""

    interface: Interface
    port: int | None
    is_sure: bool


def targets(site: Site, joined: Joined, group: Resource) -> Iterator[Goal]:
    """The machines of a target group that are known."""
    port = number(group.properties.get("Port"))
    for target in items(group.properties.get("Targets"), ()):
        if isinstance(target.value, dict):
            own = number(target.value["Port"]) if target.value.get("Port") is not None else port
            for each in site.interfaces.get(identity(target.value.get("Id")), ()):
                yield Goal(each, own, target.condition is True)
    for scaling in joined.resources.values():
        if scaling.type == "AWS::AutoScaling::AutoScalingGroup" and group.address in _served_by(scaling):
            yield from (Goal(each, port, True) for each in site.interfaces.get(scaling.address, ()))


def _served_by(scaling: Resource) -> list[str]:
    """The target groups that an Auto Scaling group puts its machines into."""
    return [identity(each.value) for each in items(scaling.properties.get("TargetGroupARNs"), ())]


def _is_reached(site: Site, balancer: Interface, goal: Goal, group: Resource) -> bool | None:
    """Whether a target gets requests, and is asked how it is; None where that is not known."""
    checked = group.properties.get("HealthCheckPort", "traffic-port")
    check = goal.port if known(checked) == "traffic-port" else number(checked)
    if goal.port is None or check is None:
        return None
    found = flow(site, standing(site, balancer), standing(site, goal.interface), "tcp")
    wanted = ranges([(goal.port, goal.port), (check, check)])
    if not found.may.covers(wanted):
        return False
    there = under(goal.interface.condition, facts_of(balancer.condition)) is True
    keeps_client = known(group.properties.get("Protocol")) not in (
        "HTTP",
        "HTTPS",
    )  # its address is the target's caller
    return True if found.must.covers(wanted) and goal.is_sure and there and not keeps_client else None
