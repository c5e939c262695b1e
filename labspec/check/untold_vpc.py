"""Groups: the VPC of each can be told."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from labspec.diagnostic import Diagnostic, Label, Rule
from labspec.model.architecture import Architecture, Member
from labspec.model.parts import existing_of

UNTOLD = Rule(
    "LS381",
    "untold-vpc",
    "It cannot be told which VPC a security group or a target group is in.",
    "A group is in one VPC. It is the one that the group says, the one that all stand in that use it, or the only one"
    " there is. Without any, CloudFormation would make a security group in the account's default VPC, where nothing"
    " of the spec stands (`AWS::EC2::SecurityGroup VpcId`).",
    "vpcs: {shop: {...}, tools: {...}}\nsecurity_groups: {web-sg: {...}}",
    "vpcs: {shop: {...}, tools: {...}}\nsecurity_groups: {web-sg: {vpc: shop, ...}}",
)


def check_untold_vpc(architecture: Architecture) -> Iterator[Diagnostic]:
    """Groups whose users stand nowhere, or in several VPCs. A launch template's own group counts."""
    vpcs = architecture.of("vpcs")
    if len(vpcs) < 2:
        return
    for section in ("security_groups", "target_groups", "launch_templates"):
        for member in architecture.of(section):
            stands = architecture.vpcs_of(member)
            if len(stands) > 1 and (section != "launch_templates" or architecture.has_own_group(member)):
                yield _torn(architecture, member, stands)
            elif not stands and _is_made(architecture, member):
                yield _nowhere(member, vpcs)


def _is_made(architecture: Architecture, member: Member) -> bool:
    """Whether a security group is made here. Of target groups that stand nowhere another law speaks."""
    if member.section == "security_groups":
        return existing_of(member.body) is None
    return architecture.has_own_group(member)


def _nowhere(member: Member, vpcs: Sequence[Member]) -> Diagnostic:
    if member.section == "launch_templates":
        message = f"Nothing says which VPC the security group of `{member.name}` is in."
        help_ = "Make an auto scaling group from it, or name `security_groups` in place of its own rules."
        return Diagnostic(UNTOLD, message, member.path, "key", help=help_)
    choices = " or ".join(f"`{vpc.name}`" for vpc in vpcs)
    message = f"Nothing says which VPC `{member.name}` is in."
    return Diagnostic(UNTOLD, message, member.path, "key", help=f"Say its `vpc`: {choices}.")


def _torn(architecture: Architecture, member: Member, stands: Sequence[Member]) -> Diagnostic:
    users = [_user_in(architecture, member, vpc) for vpc in stands[:2]]
    one, other = stands[0].name, stands[1].name
    labels = tuple(Label(f"`{user.name}` stands in `{vpc.name}`.", user.path, "key") for user, vpc in users)
    noun = "a launch template with rules of its own" if member.section == "launch_templates" else "a group"
    message = f"`{member.name}` is used in `{one}` and in `{other}`; {noun} serves one VPC."
    help_ = f"Make one for `{one}` and one for `{other}`."
    return Diagnostic(UNTOLD, message, member.path, "key", related=labels, help=help_)


def _user_in(architecture: Architecture, member: Member, vpc: Member) -> tuple[Member, Member]:
    return next((user, vpc) for user in architecture.users_of(member) if vpc in architecture.vpcs_of(user))
