"""Groups whose machines cannot say in time that they are ready."""

from __future__ import annotations

from collections.abc import Iterator

from labspec.check.machine_groups import machine_groups
from labspec.diagnostic import Diagnostic, Label, Rule
from labspec.model.architecture import Architecture
from labspec.model.balance import TargetGroup

LATE = Rule(
    "LS801",
    "ready-too-late",
    "A load balancer needs longer to find a machine healthy than its group is waited for.",
    "A machine of a group says that it is ready once its load balancers have asked as often as they want to be answered"
    " well. Where that alone takes longer than `ready_within`, CloudFormation gives up before, and rolls back.",
    "ready_within: 5m\n# ...\nhealth_check: {path: /, interval: 2m, healthy: 5}",
    "ready_within: 15m\n# ...\nhealth_check: {path: /, interval: 2m, healthy: 5}",
)


def check_late_signals(architecture: Architecture) -> Iterator[Diagnostic]:
    """Groups that are waited for, by the slowest of their target groups."""
    for group in machine_groups(architecture):
        if not group.machine.boots:
            continue
        for targets in architecture.many(group.body.target_groups):
            assert isinstance(targets.body, TargetGroup)
            asked = targets.body.health_check
            if (takes := asked.interval * asked.healthy) >= group.machine.ready_within:
                label = Label(f"It asks {asked.healthy} times, every {asked.interval}s.", targets.path, "key")
                within = group.machine.ready_within
                message = f"`{targets.name}` finds a machine healthy after {takes}s; it is waited for {within}s."
                path = (*group.template.path, "ready_within")
                help_ = "Ask more often, or raise `ready_within`: setting up takes its time as well."
                yield Diagnostic(LATE, message, path, related=(label,), help=help_)
