"""Health of groups: no machine is judged before it can be well, nor by a load balancer that it does not have."""

from __future__ import annotations

from collections.abc import Iterator

from labspec.check.machine_groups import machine_groups
from labspec.diagnostic import Diagnostic, Label, Rule, Severity
from labspec.model.architecture import Architecture

TOO_EARLY = Rule(
    "LS355",
    "judged-too-early",
    "A group's machines are judged by their load balancer while they may still be setting themselves up.",
    "A machine that does not answer yet when its grace is over counts as unhealthy. It is replaced by one that fares no"
    " better, for ever (`Health check grace period`, Amazon EC2 Auto Scaling).",
    "ready_within: 15m\n# ...\nhealth_check: {type: elb, grace: 2m}",
    "ready_within: 15m\n# ...\nhealth_check: {type: elb}",
    Severity.WARNING,
)
NO_JUDGE = Rule(
    "LS356",
    "health-without-load-balancer",
    "A group's health is asked of a load balancer, and the group has no target group.",
    "A load balancer knows the machines of its target groups only. Without one, nobody ever says that a machine is not"
    " well.",
    "web: {health_check: elb, size: {min: 1, max: 2}, ...}",
    "web: {health_check: elb, target_groups: [web], size: {min: 1, max: 2}, ...}",
    Severity.WARNING,
)


def check_group_health(architecture: Architecture) -> Iterator[Diagnostic]:
    """Groups whose load balancer says whether their machines are well."""
    for group in machine_groups(architecture):
        health = group.body.health_check
        if health.type != "elb":
            continue
        if not group.body.target_groups:
            message = f"`{group.member.name}` has no target group, so no load balancer knows its machines."
            yield Diagnostic(NO_JUDGE, message, (*group.member.path, "health_check"), help="Name `target_groups`.")
        needed = group.machine.ready_within
        # What an image holds is there at once; only what is installed takes its time.
        if health.grace is not None and group.machine.setup is not None and health.grace < needed:
            label = Label(f"Its setup may take {needed}s.", (*group.template.path, "setup"), "key")
            message = f"The machines of `{group.member.name}` are judged after {health.grace}s; they may not be ready."
            path = (*group.member.path, "health_check", "grace")
            yield Diagnostic(
                TOO_EARLY, message, path, related=(label,), help="Leave `grace` out, or lower `ready_within`."
            )
