"""Target groups: the VPC of each can be told."""

from __future__ import annotations

from collections.abc import Iterator

from labspec.diagnostic import Diagnostic, Rule
from labspec.model.architecture import Architecture
from labspec.model.balance import TargetGroup

NO_VPC = Rule(
    "LS306",
    "target-group-without-vpc",
    "It cannot be told which VPC a target group is in.",
    "A target group stands in the VPC of its targets, of the load balancer that forwards to it or of the auto scaling"
    " group that registers in it, or in the only one there is.",
    "vpcs: {shop: {...}, tools: {...}}\ntarget_groups: {web: {port: 80}}",
    "vpcs: {shop: {...}, tools: {...}}\ntarget_groups: {web: {port: 80, vpc: shop}}",
    binding=True,
)


def check_target_groups(architecture: Architecture) -> Iterator[Diagnostic]:
    """Target groups that nothing places. One whose own names lead nowhere is not the fault: what they mean is."""
    for member in architecture.of("target_groups"):
        body = member.body
        assert isinstance(body, TargetGroup)
        led = body.vpc or body.targets or architecture.users_of(member)
        if not led and architecture.vpc_of(member) is None:
            message = f"Nothing says which VPC `{member.name}` is in."
            yield Diagnostic(NO_VPC, message, member.path, "key", help="Say its `vpc`.")
