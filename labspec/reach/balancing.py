"""What stands behind a load balancer: the second connection, to a target that serves and is found healthy."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from labspec.reach.flow import Gate, flow, standing
from labspec.reach.ranges import Ranges, ranges
from labspec.reach.site import At, Interface, Site
from labspec.reach.traffic import NONE, WHOLE, number
from labspec.reach.values import identity, items
from labspec.template import Joined, Resource
from labspec.template.intrinsics import known

LISTENER, GROUP = "AWS::ElasticLoadBalancingV2::Listener", "AWS::ElasticLoadBalancingV2::TargetGroup"
MISMATCH, EMPTY, REFUSED = "ELBV2_LISTENERS_MISMATCH", "ELBV2_LISTENER_HAS_NO_TG", "ELBV2_LISTENER_REQUIRES_TG_ACCEPT"


def listening(site: Site, joined: Joined, balancer: Interface) -> Gate:
    """Whether a load balancer listens: by its listeners, where their ports are known."""
    ports, at = site.ports.get(balancer.address, (NONE, balancer.at))
    listeners = _listeners(joined, balancer)
    is_sure = all(each.condition is True and number(each.properties.get("Port")) is not None for each in listeners)
    return Gate(MISMATCH, at, ports, ports if is_sure else WHOLE["tcp"])


def served(site: Site, joined: Joined, balancer: Interface, wanted: Ranges) -> Iterator[Gate]:
    """Whether somebody answers behind the listeners that are asked for."""
    for listener in _listeners(joined, balancer):
        port = number(listener.properties.get("Port"))
        if port is None or ranges([(port, port)]) & wanted:
            for name in forwarded(listener.properties.get("DefaultActions")):
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
    served_by = [*targets(site, joined, group)]
    found = [_is_reached(site, balancer, each, group) for each in served_by]
    must, may = whole if True in found else NONE, NONE if served_by and set(found) == {False} else whole
    if not served_by and _has_known_targets(group):
        return Gate(EMPTY, At(group.address), NONE, whole)
    return Gate(REFUSED, At(group.address), must, may)


def _has_known_targets(group: Resource) -> bool:
    """Whether nobody else can be a target: none is named, and the stacks' groups were asked."""
    return group.properties.get("Targets") in (None, [])


def forwarded(actions: Any) -> Iterator[str]:
    """The target groups that actions lead to."""
    for action in items(actions, ()):
        if isinstance(action.value, dict) and action.value.get("Type") == "forward":
            own = action.value.get("TargetGroupArn")
            more = (action.value.get("ForwardConfig") or {}).get("TargetGroups") or []
            arns = [own, *(each.get("TargetGroupArn") for each in more if isinstance(each, dict))]
            yield from dict.fromkeys(identity(arn) for arn in arns if arn is not None)


def targets(site: Site, joined: Joined, group: Resource) -> Iterator[Interface]:
    """The machines of a target group that are known."""
    for target in items(group.properties.get("Targets"), ()):
        if isinstance(target.value, dict):
            yield from site.interfaces.get(identity(target.value.get("Id")), ())
    for scaling in joined.resources.values():
        if scaling.type == "AWS::AutoScaling::AutoScalingGroup" and group.address in _served_by(scaling):
            yield from site.interfaces.get(scaling.address, ())


def _served_by(scaling: Resource) -> list[str]:
    """The target groups that an Auto Scaling group puts its machines into."""
    return [identity(each.value) for each in items(scaling.properties.get("TargetGroupARNs"), ())]


def _is_reached(site: Site, balancer: Interface, target: Interface, group: Resource) -> bool | None:
    """Whether a target gets requests, and is asked how it is; None where that is not known."""
    port = number(group.properties.get("Port"))
    checked = group.properties.get("HealthCheckPort", "traffic-port")
    check = port if known(checked) == "traffic-port" else number(checked)
    if port is None or check is None:
        return None
    found = flow(site, standing(site, balancer), standing(site, target), "tcp")
    wanted = ranges([(port, port), (check, check)])
    return found.must.covers(wanted) or (None if found.may.covers(wanted) else False)
