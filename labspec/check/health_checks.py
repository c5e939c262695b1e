"""Health checks: an answer is due before the next question."""

from __future__ import annotations

from collections.abc import Iterator

from labspec.diagnostic import Diagnostic, Label, Rule
from labspec.model.architecture import Architecture, Member
from labspec.model.balance import TargetGroup

LATE = Rule(
    "LS303",
    "health-check-timeout",
    "A health check's timeout is not shorter than its interval.",
    "AWS refuses it: `Health check interval must be greater than the timeout` (`CreateTargetGroup`, Elastic Load"
    " Balancing). The timeout is 5s unless said, the interval 30s.",
    "health_check: {interval: 5s}",
    "health_check: {interval: 5s, timeout: 2s}",
)


def check_health_checks(architecture: Architecture) -> Iterator[Diagnostic]:
    """Target groups whose health checks would overtake themselves."""
    for member in architecture.of("target_groups"):
        assert isinstance(member.body, TargetGroup)
        if member.body.health_check.timeout >= member.body.health_check.interval:
            yield _late(member, member.body)


def _late(member: Member, body: TargetGroup) -> Diagnostic:
    """At the timeout, where it is said; else at the interval, which then is the one that is wrong."""
    check = body.health_check
    path = (*member.path, "health_check")
    message = f"`{member.name}` asks every {check.interval}s and waits {check.timeout}s for an answer."
    help_ = "Make the timeout shorter than the interval."
    if "timeout" not in check.model_fields_set:
        return Diagnostic(LATE, message, (*path, "interval"), help=f"{help_} It is 5s unless said.")
    label = Label(f"It asks every {check.interval}s.", (*path, "interval"))
    return Diagnostic(LATE, message, (*path, "timeout"), related=(label,), help=help_)
