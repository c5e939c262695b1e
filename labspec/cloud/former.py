"""What members were called that a spec no longer has, and which of those that it has now they may have become.

A stack knows logical ids only. They are made of names (`logical_ids`), and are taken apart here again.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import NamedTuple

from labspec.cloud.changes import Change
from labspec.logical_ids import pascal

FORMS = {
    "AWS::AutoScaling::AutoScalingGroup": (("auto_scaling_groups", "AutoScalingGroup"),),
    "AWS::EC2::Instance": (("instances", "Instance"),),
    "AWS::EC2::KeyPair": (("key_pairs", "KeyPair"),),
    "AWS::EC2::NatGateway": (("nat_gateways", "NatGateway"),),
    "AWS::EC2::SecurityGroup": (("security_groups", "SecurityGroup"),),
    "AWS::EC2::Subnet": (("subnets", "Subnet"),),
    "AWS::EC2::VPC": (("vpcs", "Vpc"),),
    "AWS::EFS::FileSystem": (("file_systems", "FileSystem"),),
    "AWS::ElasticLoadBalancingV2::LoadBalancer": (("load_balancers", "LoadBalancer"),),
    "AWS::ElasticLoadBalancingV2::TargetGroup": (("target_groups", "TargetGroup"),),
    "AWS::RDS::DBInstance": (("databases", "Database"), ("replicas", "Replica")),
    "AWS::S3::Bucket": (("websites", "Bucket"),),
    "Custom::Image": (("images", "Image"),),
}
"""Of types that only members have: their sections, and how the logical ids end."""


OWNED = ("security_groups", "subnets", "target_groups", "replicas", "key_pairs")
"""Sections of members that others may have as their own, and that are then called as these are."""


class Renaming(NamedTuple):
    """A member that is gone, and the members that it may be now."""

    gone: str
    """With its section: `file_systems.shared`."""
    now: Sequence[str]

    @property
    def names(self) -> tuple[str, ...]:
        """The names alone, without their sections."""
        return tuple(member.partition(".")[2] for member in (self.gone, *self.now))

    @property
    def hint(self) -> str:
        """How to say that it was only renamed."""
        return f"If `{self.gone}` is now `{'` or `'.join(self.now)}`, write `was: {self.names[0]}` there."


def former(found: Sequence[Change]) -> dict[str, str]:
    """What was removed, by its logical id: the member that it was, with its section, as far as that is known."""
    ids = {change.id for change in found}
    removed = (change for change in found if change.verb == "remove")
    return {change.id: member for change in removed if (member := _member(change, ids))}


def renamings(found: Sequence[Change], gone: Mapping[str, str], members: Mapping[str, str]) -> list[Renaming]:
    """Members that are gone while others of their section appear; `gone` are those of removed logical ids.

    What only moves to another stack is neither. What is called as its owner is, and is renamed with it, is left out.
    """
    all_ = sorted(_renamings(found, gone, members), key=lambda each: each.gone.partition(".")[0] in OWNED)
    return [each for number, each in enumerate(all_) if each.names not in [other.names for other in all_[:number]]]


def _renamings(found: Sequence[Change], gone: Mapping[str, str], members: Mapping[str, str]) -> Iterator[Renaming]:
    added = {change.id: change.type for change in found if change.verb == "add"}
    for change in (change for change in found if change.id in gone and change.id not in added):
        section = gone[change.id].partition(".")[0]
        now = [
            members[identity]
            for identity, kind in added.items()
            if kind == change.type and members.get(identity, "").partition(".")[0] == section
        ]
        if change.verb == "remove" and now:
            yield Renaming(gone[change.id], now)


def _member(change: Change, ids: Collection[str]) -> str:
    for section, suffix in FORMS.get(change.type, ()):
        if change.id.endswith(suffix):
            stem = change.id.removesuffix(suffix)
            return f"{section}.{_name(change.id if _is_whole(change.id, stem, ids) else stem)}"
    return ""


def _is_whole(identity: str, stem: str, ids: Collection[str]) -> bool:
    """Whether an id is a name that ends like its kind, and is not doubled: most of its member's other ids tell."""
    theirs = Counter(other.startswith(identity) for other in ids if other.startswith(stem) and other != identity)
    return not stem or theirs[True] > theirs[False]


def _name(identity: str) -> str:
    """A name that `pascal` makes this of."""
    name = "-".join(part.lower() for part in re.findall(r"[A-Z]?[^A-Z]+|[A-Z]", identity))
    return name if pascal(name) == identity else identity
