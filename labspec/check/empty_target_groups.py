"""Target groups that a load balancer forwards to: somebody is in them."""

from __future__ import annotations

from collections.abc import Iterator

from labspec.diagnostic import Diagnostic, Label, Rule, Severity
from labspec.model.architecture import Architecture
from labspec.model.balance import TargetGroup
from labspec.model.text import Text

EMPTY = Rule(
    "LS338",
    "empty-target-group",
    "A load balancer forwards to a target group without targets.",
    "It answers everybody with 503 until somebody registers targets by hand (`Troubleshoot your Application Load"
    " Balancers`: HTTP 503). A target group lists `targets`, or an auto scaling group registers its machines in it.",
    "target_groups: {web: {port: 80}}\nload_balancers: {front: {listeners: {80: web}, ...}}",
    "target_groups: {web: {port: 80, targets: [web-a, web-c]}}\nload_balancers: {front: {listeners: {80: web}, ...}}",
    Severity.HINT,
)


def check_empty_target_groups(architecture: Architecture) -> Iterator[Diagnostic]:
    """Target groups that nobody registers in. Raw resources may do so, and so may whoever asks for one's ARN."""
    asked = {
        word
        for _, leaf in architecture.leaves
        if isinstance(leaf, Text)
        for expression in leaf.expressions
        for word in expression.words
    }
    for member in () if architecture.spec.resources else architecture.of("target_groups"):
        assert isinstance(member.body, TargetGroup)
        users = architecture.users_of(member)
        registered = member.body.targets or member.body.override or any(u.section != "load_balancers" for u in users)
        if users and not registered and member.name not in asked:
            message = f"Nothing is in `{member.name}`: whoever comes to `{users[0].name}` is answered with 503."
            label = Label(f"`{users[0].name}` forwards to it.", (*users[0].path, "listeners"), "key")
            help_ = "List `targets`, or name it in `target_groups` of an auto scaling group."
            yield Diagnostic(EMPTY, message, member.path, "key", related=(label,), help=help_)
