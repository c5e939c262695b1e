"""Groups of machines, and what their size follows."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from troposphere import If, Sub, autoscaling
from troposphere.policies import (
    AutoScalingRollingUpdate,
    AutoScalingScheduledAction,
    CreationPolicy,
    ResourceSignal,
    UpdatePolicy,
)

from labspec.diagnostic import Path
from labspec.emit.emitter import Emitter, logical_id
from labspec.emit.hardware import TEMPLATE
from labspec.emit.machine import waits_for_mounts
from labspec.emit.order import listener_role, waits_for_gateway, waits_for_way_out
from labspec.graph import Body
from labspec.logical_ids import pascal
from labspec.model.architecture import Member
from labspec.model.balance import LoadBalancer
from labspec.model.bounds import bounds_of
from labspec.model.compute import Machine
from labspec.model.kind import When
from labspec.model.scaling import AutoScalingGroup, CpuTarget, RequestTarget
from labspec.model.word import Parameter

SUSPENDED = ["HealthCheck", "ReplaceUnhealthy", "AZRebalance", "AlarmNotification", "ScheduledActions"]
"""What a group must not do by itself while CloudFormation replaces its machines. Launching, terminating and registering
with load balancers go on: the update needs them (AWS re:Post, "Perform a rolling update on an Auto Scaling group")."""
EVENTS = [
    "autoscaling:EC2_INSTANCE_LAUNCH",
    "autoscaling:EC2_INSTANCE_LAUNCH_ERROR",
    "autoscaling:EC2_INSTANCE_TERMINATE",
    "autoscaling:EC2_INSTANCE_TERMINATE_ERROR",
]
"""What is told to whom a group notifies."""
MOST_VALUES = 20
"""The rules of CloudFormation compare no numbers; ranges of up to so many values are spelled out instead."""


# ------------------------------------------------------------------ groups


def auto_scaling_group(e: Emitter, member: Member) -> None:
    """A group of machines with its policies.

    It has no desired capacity: a template cannot tell a first deployment from an update, and every update would take
    the group back to that number. So it starts at its smallest size, and from then on scaling owns the number.
    """
    body = member.body
    assert isinstance(body, AutoScalingGroup)
    machine = e.architecture.one(body.launch_template).body
    assert isinstance(machine, Machine)
    identity = e.add(
        member,
        autoscaling.AutoScalingGroup,
        CreationPolicy=_ready(e, body, machine),
        UpdatePolicy=_update(e, body, machine),
        LaunchTemplate=autoscaling.LaunchTemplateSpecification(
            LaunchTemplateId=e.ref(member, TEMPLATE), Version=e.attr(member, "LatestVersionNumber", TEMPLATE)
        ),
        VPCZoneIdentifier=[e.ref(place) for place in e.architecture.many(body.subnets)],
        TargetGroupARNs=[e.ref(target) for target in e.architecture.many(body.target_groups)] or None,
        **_size(e, body),
        HealthCheckType=body.health_check.type.upper(),
        HealthCheckGracePeriod=_grace(body, machine),
        TerminationPolicies=[pascal(word) for word in body.termination],
        NotificationConfigurations=_notifications(e, body),
        Tags=[{"Key": key, "Value": value, "PropagateAtLaunch": True} for key, value in e.tag_values(member).items()],
        origins=ORIGINS,
        validation=False,  # laws judge its sizes, and can be lowered; troposphere would refuse what a spec accepts
    )
    _waits(e, identity, machine, e.architecture.many(body.subnets))
    _policies(e, member, body)
    _rule(e, member, body)


ORIGINS: dict[str, str | Path] = {
    "CreationPolicy": ("size", "min"),
    "UpdatePolicy": "update",
    "LaunchTemplate": "launch_template",
    "VPCZoneIdentifier": "subnets",
    "TargetGroupARNs": "target_groups",
    "MinSize": ("size", "min"),
    "MaxSize": ("size", "max"),
    "HealthCheckType": ("health_check", "type"),
    "HealthCheckGracePeriod": ("health_check", "grace"),
    "TerminationPolicies": "termination",
    "NotificationConfigurations": "notify",
    "Tags": "tags",
}
"""The fields behind the properties of a group."""


def _ready(e: Emitter, body: AutoScalingGroup, machine: Machine) -> CreationPolicy | None:
    """Each machine that the group starts with tells that it is ready. Of none, nothing is waited for."""
    if not machine.boots or body.size.min == 0:
        return None
    # A parameter can stand here, as in AWS's own aws-quickstart/quickstart-linux-bastion.
    signal = ResourceSignal(Count=e.value(body.size.min), Timeout=f"PT{machine.ready_within}S")
    return CreationPolicy(ResourceSignal=signal)


def _update(e: Emitter, body: AutoScalingGroup, machine: Machine) -> UpdatePolicy:
    """How machines are replaced. Where they do not tell that they are ready, each batch gets its time of grace."""
    said = body.update
    pause = said.wait_for_signal or machine.ready_within if machine.boots else _grace(body, machine)
    return UpdatePolicy(
        AutoScalingRollingUpdate=AutoScalingRollingUpdate(
            MaxBatchSize=said.batch,
            MinInstancesInService=_kept(e, body),
            PauseTime=f"PT{pause}S",
            SuspendProcesses=SUSPENDED,
            WaitOnResourceSignals=machine.boots,
        ),
        # Scaling may have changed the size since the last deployment.
        AutoScalingScheduledAction=AutoScalingScheduledAction(IgnoreUnmodifiedGroupSizeProperties=True),
    )


def _kept(e: Emitter, body: AutoScalingGroup) -> int:
    """How many machines stay during an update: one fewer than the smallest size, so that there is always room.

    CloudFormation does no sums with a parameter; then it is one fewer than the least that the parameter can be.
    """
    if body.update.keep_in_service is not None:
        return body.update.keep_in_service
    return max((bounds_of(e.architecture.spec, body.size.min).low or 0) - 1, 0)


def _grace(body: AutoScalingGroup, machine: Machine) -> int:
    """How long a new machine is left alone: as long as its setup may take, unless said."""
    if body.health_check.grace is not None:
        return body.health_check.grace
    return machine.ready_within if machine.boots else 300


def _size(e: Emitter, body: AutoScalingGroup) -> dict[str, Any]:
    sizes = {"MinSize": body.size.min, "MaxSize": body.size.max}
    return {name: str(size) if isinstance(size, int) else e.value(size) for name, size in sizes.items()}


def _notifications(e: Emitter, body: AutoScalingGroup) -> list[Any] | None:
    """A topic that may be absent takes the whole item along: so the item names it bare, without a list of its own."""
    if body.notify is None:
        return None
    topic = e.ref(e.architecture.one(body.notify))
    return [autoscaling.NotificationConfigurations(NotificationTypes=EVENTS, TopicARN=topic)]


def _waits(e: Emitter, identity: str, machine: Machine, places: list[Member]) -> None:
    """A group waits for what its machines need as they start, in each of its subnets."""
    before = len(e.graph.edges)
    for place in places:
        waits_for_gateway(e, identity, place)
        waits_for_way_out(e, identity, place)
    waits_for_mounts(e, identity, machine, places)
    # Subnets share gateways and routes; one edge to each is enough.
    e.graph.edges[before:] = {edge.target: edge for edge in e.graph.edges[before:]}.values()


def _rule(e: Emitter, member: Member, body: AutoScalingGroup) -> None:
    """Refuses, before anything is created, a smallest size above the largest where both are chosen in the console."""
    smallest, largest = body.size.min, body.size.max
    if not isinstance(smallest, Parameter) or not isinstance(largest, Parameter):
        return
    lows = bounds_of(e.architecture.spec, smallest).values(MOST_VALUES)
    highs = bounds_of(e.architecture.spec, largest).values(MOST_VALUES)
    wrong = [low for low in lows if any(high < low for high in highs)]
    assertions = [_assertion(smallest, largest, low, [high for high in highs if high >= low]) for low in wrong]
    if highs and assertions:
        e.graph.rules[pascal(member.key) + "Sizes"] = {"Assertions": assertions}


def _assertion(smallest: Parameter, largest: Parameter, low: int, highs: list[int]) -> Body:
    """With this smallest size, the largest is one of these."""
    other: Body = {"Fn::Not": [{"Fn::Equals": [{"Ref": smallest.name}, str(low)]}]}
    fits: Body = {"Fn::Contains": [[str(high) for high in highs], {"Ref": largest.name}]}
    return {
        "Assert": {"Fn::Or": [other, fits]} if highs else other,
        "AssertDescription": f"{smallest.name} must not be larger than {largest.name}.",
    }


# ------------------------------------------------------------------ what a group follows


def _policies(e: Emitter, member: Member, body: AutoScalingGroup) -> None:
    if (cpu := body.scaling.cpu) is not None:
        metric = autoscaling.PredefinedMetricSpecification(PredefinedMetricType="ASGAverageCPUUtilization")
        _policy(e, member, "cpu", cpu, metric)
    if (requests := body.scaling.requests) is not None:
        target, balancer, role = next(_fronts(e, body))
        label = Sub(
            "${LoadBalancer}/${TargetGroup}",
            LoadBalancer=e.attr(balancer, "LoadBalancerFullName"),
            TargetGroup=e.attr(target, "TargetGroupFullName"),
        )
        metric = autoscaling.PredefinedMetricSpecification(
            PredefinedMetricType="ALBRequestCountPerTarget", ResourceLabel=label
        )
        policy = _policy(e, member, "requests", requests, metric)
        why = "requests are counted once the load balancer forwards them"
        e.edge(policy, logical_id(balancer, role), why, origin=(*member.path, "scaling", "requests"))


def _policy(e: Emitter, member: Member, name: str, said: CpuTarget | RequestTarget, metric: Any) -> str:
    path = ("scaling", name)
    return e.add(
        member,
        autoscaling.ScalingPolicy,
        f"{name}_policy",
        AutoScalingGroupName=e.ref(member),
        EstimatedInstanceWarmup=said.warmup,
        PolicyType="TargetTrackingScaling",
        TargetTrackingConfiguration=autoscaling.TargetTrackingConfiguration(
            DisableScaleIn=_only_out(e, member, said, path),
            PredefinedMetricSpecification=metric,
            TargetValue=_number(e.value(said.target)),
        ),
        origins={"EstimatedInstanceWarmup": (*path, "warmup"), "TargetTrackingConfiguration": (*path, "target")},
    )


def _only_out(e: Emitter, member: Member, said: CpuTarget | RequestTarget, path: Path) -> Any:
    """Whether the group never shrinks: the opposite of what is said."""
    if not isinstance(said.scale_in, Parameter):
        return not said.scale_in
    return If(e.condition(When(said.scale_in), (*member.path, *path, "scale_in")), False, True)


def _number(value: Any) -> Any:
    """A whole number without its point."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _fronts(e: Emitter, body: AutoScalingGroup) -> Iterator[tuple[Member, Member, str]]:
    """The listeners that forward to a group: the target group, the load balancer, and the listener's role on it."""
    targets = e.architecture.many(body.target_groups)
    users = {user.path: user for target in targets for user in e.architecture.users_of(target)}
    for _, balancer in sorted(users.items()):
        if not isinstance(balancer.body, LoadBalancer):
            continue
        for port, listener in sorted(balancer.body.listeners.items()):
            target = e.architecture.one(listener.forward) if listener.forward is not None else None
            if target is not None and target in targets:
                yield target, balancer, listener_role(port, listener)


EMITTERS = {"auto_scaling_groups": auto_scaling_group}
ATTRIBUTES = {
    "auto_scaling_groups": {
        "name": lambda e, m: e.ref(m),
        "arn": lambda e, m: e.attr(m, "AutoScalingGroupARN"),
    },
}
