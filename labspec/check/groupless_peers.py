"""Rules that name a member mean its security group: there is one."""

from __future__ import annotations

from collections.abc import Iterator

from labspec.check.rule_ends import named, rule_ends
from labspec.diagnostic import Diagnostic, Label, Rule
from labspec.model.architecture import Architecture, Member
from labspec.model.parts import existing_of
from labspec.model.scaling import AutoScalingGroup

NO_GROUP = Rule(
    "LS382",
    "peer-without-group",
    "A rule names a member that has no security group.",
    "A rule that names a member lets in what has that member's security groups. What has none gets the VPC's default"
    " group, which the spec does not know: the rule would be about nobody.",
    "security_groups: {data-sg: {ingress: {mysql: {port: 3306, from: worker}}}}\ninstances: {worker: {subnet: app-a}}",
    "security_groups: {data-sg: {ingress: {mysql: {port: 3306, from: worker}}}}\n"
    "instances: {worker: {subnet: app-a, ingress: {}}}",
)


def check_groupless_peers(architecture: Architecture) -> Iterator[Diagnostic]:
    """Rules whose other side has no group."""
    for end in rule_ends(architecture):
        for member in named(architecture, end):
            if not architecture.groups_of(member):
                label = Label(f"`{member.name}` is declared here.", member.path, "key")
                message = f"`{member.name}` has no security group that a rule could name."
                yield Diagnostic(NO_GROUP, message, end.path, related=(label,), help=_help(member))


def _help(member: Member) -> str:
    if existing_of(member.body) is not None:
        return "Say its `security_groups`: facts about it."
    of = f"`{member.body.launch_template}`" if isinstance(member.body, AutoScalingGroup) else f"`{member.name}`"
    return f"Give {of} one: name `security_groups`, or write `ingress: {{}}` for one of its own."
