"""The architecture: every member with its name resolved, zoned forms spelled out, files at hand."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from labspec.diagnostic import Path
from labspec.model.balance import LoadBalancer
from labspec.model.kind import Kind, leaves
from labspec.model.network import NatGateway, RouteTable, Subnet
from labspec.model.parts import Connected
from labspec.model.scaling import AutoScalingGroup
from labspec.model.spec import Spec
from labspec.model.text import Text
from labspec.model.word import FileName, Name


@dataclass(frozen=True, slots=True)
class Member:
    """A named thing of the spec: its section and name, what it says, where, and what it stands in."""

    section: str
    name: str
    body: Kind
    path: Path
    owner: Member | None = None

    @property
    def key(self) -> str:
        """The name that its logical ids are made of."""
        return self.body.was or self.name

    @property
    def selector(self) -> str:
        """`section.name`, as the spec writes it."""
        return f"{self.section}.{self.name}"


@dataclass(frozen=True, slots=True)
class Contents:
    """What mentioned files contain, the names of the files in mentioned folders, the texts of files used as texts."""

    files: dict[FileName, bytes] = field(default_factory=dict)
    folders: dict[FileName, tuple[str, ...]] = field(default_factory=dict)
    texts: dict[FileName, Text] = field(default_factory=dict)


@dataclass(frozen=True)
class Architecture:
    """What emitters read.

    `families` are the bare names of zoned members, and the members that they mean. `files` hold what mentioned files
    contain, `folders` the names of the files in mentioned folders, `texts` the texts of files that are used as texts,
    with variables filled in.
    """

    spec: Spec
    members: Mapping[tuple[str, str], Member]
    families: Mapping[tuple[str, str], tuple[str, ...]]
    files: Mapping[FileName, bytes] = field(default_factory=dict)
    folders: Mapping[FileName, tuple[str, ...]] = field(default_factory=dict)
    texts: Mapping[FileName, Text] = field(default_factory=dict)

    @cached_property
    def leaves(self) -> list[tuple[Path, Any]]:
        """Every name, parameter, text and file name of the spec, with its path; the text of a file beside its name."""
        return list(self.with_texts(leaves(self.spec)))

    def with_texts(self, named: Iterable[tuple[Path, Any]]) -> Iterator[tuple[Path, Any]]:
        """Leaves of the spec, and beside the name of each file that is used as a text that text, at the same path."""
        for path, leaf in named:
            yield path, leaf
            if isinstance(leaf, FileName) and leaf in self.texts:
                yield path, self.texts[leaf]

    @cached_property
    def _sections(self) -> dict[str, list[Member]]:
        found: dict[str, list[Member]] = {}
        for member in self.members.values():
            found.setdefault(member.section, []).append(member)
        return found

    def of(self, section: str) -> Sequence[Member]:
        """The members of a section, as written."""
        return self._sections.get(section, ())

    @cached_property
    def _inside(self) -> dict[tuple[str, str], list[Member]]:
        found: dict[tuple[str, str], list[Member]] = {}
        for member in self.members.values():
            if member.owner is not None:
                found.setdefault((member.owner.selector, member.section), []).append(member)
        return found

    def inside(self, owner: Member, section: str) -> Sequence[Member]:
        """The members of a section that stand in a member, as written."""
        return self._inside.get((owner.selector, section), ())

    def get(self, section: str, name: str) -> Member | None:
        """A member by section and bare name."""
        return self.members.get((section, name))

    def one(self, name: Name) -> Member:
        """The member that a linked name means."""
        (member,) = self.many([name])
        return member

    def many(self, names: Iterable[Name]) -> list[Member]:
        """The members that linked names mean; a family's name means all of them."""
        return [member for name in names for member in self.meant(name)]

    def meant(self, name: Name) -> list[Member]:
        """The members that a name can mean: none if it is unknown, of several sections if it is ambiguous."""
        section, _, bare = name.text.rpartition(".")
        sections = (section,) if section else name.sections
        found: list[Member] = []
        for candidate in sections:
            if (member := self.members.get((candidate, bare))) is not None:
                found.append(member)
            found += [self.members[candidate, inner] for inner in self.families.get((candidate, bare), ())]
        return found

    # -------------------------------------------------------------- what follows from where things stand

    def subnets(self, names: Iterable[Name]) -> list[tuple[Member, Subnet]]:
        """Linked subnets with their bodies."""
        return [(member, body) for member in self.many(names) if isinstance(body := member.body, Subnet)]

    def zone_of(self, subnet: Member) -> str | int | None:
        """A subnet's zone: its letter or number."""
        body = subnet.body
        assert isinstance(body, Subnet)
        return body.zone

    def vpc_of(self, member: Member) -> Member | None:
        """The VPC that something stands in: said, followed from its subnets or from what uses it, or the only one."""
        if member.section == "vpcs":
            return member
        if member.owner is not None and member.owner.section == "vpcs":
            return member.owner
        body = member.body
        for field_name in ("vpc", "subnet", "subnets", "targets"):
            value = getattr(body, field_name, None)
            names = [value] if isinstance(value, Name) else list(value or ())
            for found in self.many(names):
                return self.vpc_of(found)
        for user in self.users_of(member):
            return self.vpc_of(user)
        vpcs = self.of("vpcs")
        return vpcs[0] if len(vpcs) == 1 else None

    @cached_property
    def _users(self) -> dict[str, list[Member]]:
        found: dict[str, list[Member]] = {}
        for member in (*self.of("load_balancers"), *self.of("auto_scaling_groups")):
            for used in dict.fromkeys(meant.selector for meant in self.many(_used_by(member))):
                found.setdefault(used, []).append(member)
        return found

    def users_of(self, used: Member) -> Sequence[Member]:
        """What forwards to a target group, then what registers in it; what is made from a launch template."""
        return self._users.get(used.selector, ())

    def has_own_group(self, member: Member) -> bool:
        """Whether a member brings a security group of its own along."""
        body = member.body
        return isinstance(body, Connected) and (body.ingress is not None or body.egress is not None)

    @cached_property
    def _route_tables(self) -> dict[str, Member]:
        found: dict[str, Member] = {}
        for table in self.of("route_tables"):
            assert isinstance(table.body, RouteTable)
            for subnet in self.many(table.body.subnets):
                found.setdefault(subnet.selector, table)
        return found

    def route_table_of(self, subnet: Member) -> Member | None:
        """The route table that a subnet follows."""
        return self._route_tables.get(subnet.selector)

    def way_out(self, subnet: Member) -> Member | None:
        """The gateway to the internet of a subnet: an internet gateway, a NAT gateway, or none."""
        table = self.route_table_of(subnet)
        if table is None:
            return None
        assert isinstance(table.body, RouteTable)
        name = table.body.routes.get("internet") or table.body.routes.get("0.0.0.0/0")
        return self.one(name) if name else None

    def nat_subnet(self, gateway: Member) -> Member:
        """The subnet that a NAT gateway stands in."""
        assert isinstance(gateway.body, NatGateway)
        return self.one(gateway.body.subnet)


def _used_by(user: Member) -> list[Name]:
    """What a load balancer forwards to; where a group registers, and what it is made from."""
    if isinstance(user.body, LoadBalancer):
        return [listener.forward for listener in user.body.listeners.values() if listener.forward]
    assert isinstance(user.body, AutoScalingGroup)
    return [*user.body.target_groups, user.body.launch_template]
