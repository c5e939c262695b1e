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


def answering(site: Site, joined: Joined, balancer: Interface, wanted: Ranges) -> Iterator[Gate]:
    """The gates behind a load balancer: that it listens, and that a target answers, which only matters to a proof."""
    whole = WHOLE["tcp"]
    ports, at = site.ports.get(balancer.address, (NONE, balancer.at))
    listeners = [each for each in joined.resources.values() if each.type == LISTENER and _is_of(each, balancer.address)]
    is_sure = all(each.condition is True and number(each.properties.get("Port")) is not None for each in listeners)
    yield Gate(MISMATCH, at, ports, ports if is_sure else whole)
    for listener in listeners:
        port = number(listener.properties.get("Port"))
        if port is None or ranges([(port, port)]) & wanted:
            yield from _served(site, joined, balancer, listener)


def _is_of(listener: Resource, balancer: str) -> bool:
    return listener.condition is not False and identity(listener.properties.get("LoadBalancerArn")) == balancer


def _served(site: Site, joined: Joined, balancer: Interface, listener: Resource) -> Iterator[Gate]:
    """For each target group that a listener forwards to, whether somebody of it answers."""
    whole = WHOLE["tcp"]
    for name in _groups(listener.properties.get("DefaultActions")):
        group = joined.resources.get(name)
        if group is None:
            yield Gate(REFUSED, At(listener.address), NONE, whole)
            continue
        targets = [*_targets(site, joined, group)]
        if not targets:
            yield Gate(EMPTY, At(group.address), NONE, whole)
            continue
        answers = any(_is_reached(site, balancer, each, group) for each in targets)
        yield Gate(REFUSED, At(group.address), whole if answers else NONE, whole)


def _groups(actions: Any) -> Iterator[str]:
    for action in items(actions, ()):
        if isinstance(action.value, dict) and action.value.get("Type") == "forward":
            own = action.value.get("TargetGroupArn")
            more = (action.value.get("ForwardConfig") or {}).get("TargetGroups") or []
            arns = [own, *(each.get("TargetGroupArn") for each in more if isinstance(each, dict))]
            yield from dict.fromkeys(identity(arn) for arn in arns if arn is not None)


def _targets(site: Site, joined: Joined, group: Resource) -> Iterator[Interface]:
    for target in items(group.properties.get("Targets"), ()):
        if isinstance(target.value, dict):
            yield from site.interfaces.get(identity(target.value.get("Id")), ())
    for scaling in joined.resources.values():
        if scaling.type == "AWS::AutoScaling::AutoScalingGroup" and group.address in _served_by(scaling):
            yield from site.interfaces.get(scaling.address, ())


def _served_by(scaling: Resource) -> list[str]:
    """The target groups that an Auto Scaling group puts its machines into."""
    return [identity(each.value) for each in items(scaling.properties.get("TargetGroupARNs"), ())]


def _is_reached(site: Site, balancer: Interface, target: Interface, group: Resource) -> bool:
    """Whether a target certainly gets requests, and is asked how it is."""
    port = number(group.properties.get("Port"))
    checked = group.properties.get("HealthCheckPort", "traffic-port")
    check = port if known(checked) == "traffic-port" else number(checked)
    if port is None or check is None:
        return False
    found = flow(site, standing(site, balancer), standing(site, target), "tcp")
    return found.must.covers(ranges([(port, port), (check, check)]))
