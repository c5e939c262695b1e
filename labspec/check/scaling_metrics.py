"""What groups follow: requests that are counted, and processor use that is measured in time and can be reached."""

from __future__ import annotations

from collections.abc import Iterator

from labspec.check.machine_groups import MachineGroup, machine_groups
from labspec.diagnostic import Diagnostic, Label, Rule, Severity
from labspec.model.architecture import Architecture, Member

UNCOUNTED = Rule(
    "LS357",
    "requests-not-counted",
    "A group follows its requests, and it is not clear which load balancer counts them.",
    "`ALBRequestCountPerTarget` is measured for one target group behind one load balancer (`ResourceLabel` of"
    " `PredefinedMetricSpecification`, AWS::AutoScaling::ScalingPolicy).",
    "web: {scaling: {requests: 1000}, ...}",
    "web: {target_groups: [web], scaling: {requests: 1000}, ...}",
    binding=True,
)
SLOW = Rule(
    "LS358",
    "cpu-measured-slowly",
    "A group follows the processor use of machines that tell it every five minutes only.",
    "Scaling out comes minutes late, and looks broken (`Basic monitoring and detailed monitoring`, Amazon EC2).",
    "launch_templates: {web: {}}\n# ...\nscaling: {cpu: 50%}",
    "launch_templates: {web: {monitoring: detailed}}\n# ...\nscaling: {cpu: 50%}",
    Severity.WARNING,
)
THROTTLED = Rule(
    "LS359",
    "cpu-throttled",
    "A group follows the processor use of machines that AWS slows down before they reach it.",
    "Machines of the T3 and T4g families start without credits. With `standard` they are held at 10 % to 40 % of a"
    " processor, so that the average never gets to the target (`CPU credits and baseline utilization`, Amazon EC2).",
    "launch_templates: {web: {type: t3.micro, credits: standard}}\n# ...\nscaling: {cpu: 50%}",
    "launch_templates: {web: {type: t3.micro, credits: unlimited}}\n# ...\nscaling: {cpu: 50%}",
    Severity.WARNING,
)
FIXED = Rule(
    "LS366",
    "nothing-to-scale",
    "A group is to follow its load, and has one size only.",
    "A policy that follows a target does nothing where the smallest size is the largest, and cfn-lint refuses it"
    " (E3712; `Target tracking scaling policies`, Amazon EC2 Auto Scaling).",
    "size: {min: 2, max: 2}\nscaling: {cpu: 50%}",
    "size: {min: 2, max: 4}\nscaling: {cpu: 50%}",
)
WITHOUT_LAUNCH_CREDITS = ("t3.", "t3a.", "t4g.")


def check_scaling_metrics(architecture: Architecture) -> Iterator[Diagnostic]:
    """The metrics that each group follows."""
    for group in machine_groups(architecture):
        yield from _fixed(group)
        if group.body.scaling.requests is not None:
            yield from _requests(architecture, group)
        if group.body.scaling.cpu is not None:
            yield from _cpu(group)


def _fixed(group: MachineGroup) -> Iterator[Diagnostic]:
    size, scaling = group.body.size, group.body.scaling
    if size.min == size.max and (scaling.cpu is not None or scaling.requests is not None):
        message = f"`{group.member.name}` is to follow its load, and its smallest size is its largest."
        help_ = "Raise `max`, or leave `scaling` out."
        yield Diagnostic(FIXED, message, (*group.member.path, "size"), "key", help=help_)


def _requests(architecture: Architecture, group: MachineGroup) -> Iterator[Diagnostic]:
    counted = [
        target.name for target in architecture.many(group.body.target_groups) if _behind_balancer(architecture, target)
    ]
    if len(counted) == 1:
        return
    names = " and ".join(f"`{name}`" for name in counted)
    message = f"`{group.member.name}` has {names}, and requests can be counted for one of them only."
    help_ = "Write the policy under `resources` instead."
    if not counted:
        message = f"No load balancer forwards to `{group.member.name}`, so nobody counts its requests."
        help_ = "Name `target_groups` that a load balancer forwards to."
    yield Diagnostic(UNCOUNTED, message, (*group.member.path, "scaling", "requests"), help=help_)


def _behind_balancer(architecture: Architecture, target: Member) -> bool:
    return any(user.section == "load_balancers" for user in architecture.users_of(target))


def _cpu(group: MachineGroup) -> Iterator[Diagnostic]:
    path, machine = (*group.member.path, "scaling", "cpu"), group.machine
    if machine.monitoring == "basic":
        label = Label("Its machines are made from this template.", group.template.path, "key")
        message = f"`{group.member.name}` follows processor use, and hears of it every five minutes only."
        help_ = f"Say `monitoring: detailed` at `{group.template.name}`."
        yield Diagnostic(SLOW, message, path, related=(label,), help=help_)
    if machine.credits == "standard" and str(machine.type).startswith(WITHOUT_LAUNCH_CREDITS):
        label = Label("Here the credits are said.", (*group.template.path, "credits"))
        message = f"`{group.member.name}` follows processor use, and its {machine.type} machines are slowed down early."
        help_ = f"Say `credits: unlimited` at `{group.template.name}`, or lower the target."
        yield Diagnostic(THROTTLED, message, path, related=(label,), help=help_)
