"""Who can be reached from the internet, for the laws about it: what has a public address in a public subnet."""

from __future__ import annotations

from labspec.check.places import is_public, places
from labspec.model.architecture import Architecture, Member
from labspec.model.balance import LoadBalancer
from labspec.model.compute import Instance
from labspec.model.database import Database
from labspec.model.network import Subnet
from labspec.model.scaling import AutoScalingGroup


def may_be_reached(architecture: Architecture, member: Member) -> bool:
    """Whether the internet can reach something, but for its groups. What is not known of existing subnets may be so."""
    body = member.body
    if isinstance(body, LoadBalancer):
        return body.scheme == "internet-facing"
    if isinstance(body, Database):
        return body.public
    if isinstance(body, Instance):
        return _reached_in(architecture, architecture.one(body.subnet), addressed=body.elastic_ip or body.public_ip)
    if isinstance(body, AutoScalingGroup):
        stands = places(architecture, body.subnets) or []
        return any(_reached_in(architecture, place.subnet, addressed=False) for place in stands)
    return False  # a file system has private addresses only, and a launch template is nowhere


def _reached_in(architecture: Architecture, subnet: Member, addressed: bool) -> bool:
    assert isinstance(subnet.body, Subnet)
    public = is_public(architecture, subnet)
    return public is None or (public and (addressed or subnet.body.auto_public_ip))


def bearers(architecture: Architecture, holder: Member) -> list[Member]:
    """What a group is around: of a launch template's, the groups of machines that are made from it."""
    users = architecture.users_of(holder) if holder.section == "security_groups" else [holder]
    return [
        member
        for user in users
        for member in (architecture.users_of(user) if user.section == "launch_templates" else [user])
    ]
