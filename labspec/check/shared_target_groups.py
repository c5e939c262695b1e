"""Target groups that several load balancers forward to."""

from __future__ import annotations

from collections.abc import Iterator

from labspec.diagnostic import Diagnostic, Label, Rule
from labspec.model.architecture import Architecture

SHARED = Rule(
    "LS800",
    "target-group-shared",
    "Two load balancers forward to one target group.",
    "A target group has one load balancer: creating the second's listener fails (`TargetGroupAssociationLimit` of"
    " `CreateListener`).",
    "load_balancers:\n  front: {listeners: {80: web}, ...}\n  back: {listeners: {80: web}, ...}",
    "load_balancers:\n  front: {listeners: {80: web}, ...}\n  back: {listeners: {80: web-inside}, ...}",
)


def check_shared_target_groups(architecture: Architecture) -> Iterator[Diagnostic]:
    """Each load balancer after the first, at its listeners. Of two that may be absent, only one may be there."""
    for targets in architecture.of("target_groups"):
        users = [user for user in architecture.users_of(targets) if user.section == "load_balancers"]
        users = [user for user in users if user.body.when is None]
        for user in users[1:]:
            label = Label(f"`{users[0].name}` forwards to it.", (*users[0].path, "listeners"), "key")
            message = f"`{user.name}` forwards to `{targets.name}`, which has a load balancer already."
            help_ = f"Give `{user.name}` a target group of its own, with the same targets."
            yield Diagnostic(SHARED, message, (*user.path, "listeners"), "key", related=(label,), help=help_)
