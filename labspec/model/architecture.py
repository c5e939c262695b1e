"""The architecture: every member with its name resolved, zoned forms spelled out, files at hand."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, NamedTuple

from labspec.diagnostic import At, Path
from labspec.model.balance import LoadBalancer
from labspec.model.boot import SetupFile, UserData
from labspec.model.kind import Kind, leaves
from labspec.model.network import NatGateway, RouteTable, Subnet
from labspec.model.parts import Connected
from labspec.model.scaling import AutoScalingGroup
from labspec.model.spec import Spec
from labspec.model.text import Text
from labspec.model.word import FileName, Name

USERS = ("load_balancers", "auto_scaling_groups", "instances", "launch_templates", "databases", "file_systems")
"""Sections whose members use groups, and templates, of the VPC that they stand in."""


class Member(NamedTuple):
    """A named thing of the spec: its section and name, what it says, where, and what it stands in.

    `named` is the half of the entry at its path that holds the name; None where the name follows from its owner's.
    """

    section: str
    name: str
    body: Kind
    path: Path
    owner: Member | None = None
    named: At | None = "key"

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
    """What mentioned files hold.

    `files` are their bytes, `folders` the names of the files in mentioned folders, `pages` what the texts among these
    contain, `archives` all of their files in one, where they are not too large for that. `texts` are those of files
    that are used as texts, with variables filled in.
    """

    files: Mapping[FileName, bytes] = field(default_factory=dict)
    folders: Mapping[FileName, tuple[str, ...]] = field(default_factory=dict)
    pages: Mapping[FileName, Mapping[str, bytes]] = field(default_factory=dict)
    texts: Mapping[FileName, Text] = field(default_factory=dict)
    archives: Mapping[FileName, bytes] = field(default_factory=dict)


@dataclass(frozen=True)
class Architecture:
    """What emitters read.

    `families` are the bare names of zoned members, and the members that they mean. `variables` are those that were
    used: their values stand in the spec.
    """

    spec: Spec
    members: Mapping[tuple[str, str], Member]
    families: Mapping[tuple[str, str], tuple[str, ...]]
    contents: Contents = field(default_factory=Contents)
    variables: frozenset[str] = frozenset()

    @cached_property
    def leaves(self) -> list[tuple[Path, Any]]:
        """Every name, parameter, text and file name of the spec, with its path; the text of a file beside its name."""
        return list(self.with_texts(leaves(self.spec)))

    def with_texts(self, named: Iterable[tuple[Path, Any]]) -> Iterator[tuple[Path, Any]]:
        """Leaves of the spec, and beside the name of each file that is used as a text that text, at the same path."""
        for path, leaf in named:
            yield path, leaf
            if isinstance(leaf, FileName) and leaf in self.contents.texts:
                yield path, self.contents.texts[leaf]

    def content(self, file: SetupFile) -> str:
        """What a file of a machine contains, as text; nothing where only the deployment knows it."""
        if file.source is not None:
            return self.contents.files.get(file.source, b"").decode("utf-8", "replace")
        return (file.text.literal or "") if file.text else ""

    def script(self, said: UserData) -> Text | None:
        """What a machine runs instead of being set up; None where its file could not be read."""
        return self.contents.texts.get(said.source) if said.source is not None else said.text

    @cached_property
    def _sections(self) -> dict[str, list[Member]]:
        found: dict[str, list[Member]] = {}
        for member in self.members.values():
            found.setdefault(member.section, []).append(member)
        return found

    @cached_property
    def _names(self) -> dict[str, list[Member]]:
        found: dict[str, list[Member]] = {}
        for member in self.members.values():
            found.setdefault(member.name, []).append(member)
        return found

    def called(self, name: str) -> Sequence[Member]:
        """The members of all sections that have a name."""
        return self._names.get(name, ())

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
        return next(iter(self.vpcs_of(member)), None)

    def vpcs_of(self, member: Member) -> Sequence[Member]:
        """The VPC that something stands in; several where what uses it does not agree, none where nothing tells."""
        if member.selector not in self._vpcs:
            self._vpcs[member.selector] = self._followed(member)
        return self._vpcs[member.selector]

    @cached_property
    def _vpcs(self) -> dict[str, Sequence[Member]]:
        return {}

    def _followed(self, member: Member) -> Sequence[Member]:
        if member.section == "vpcs":
            return (member,)
        if member.owner is not None:
            return self.vpcs_of(member.owner)
        for field_name in member.body.stands_in:
            value = getattr(member.body, field_name)
            for found in self.many([value] if isinstance(value, Name) else value or ()):
                return self.vpcs_of(found)
        led = {vpc.selector: vpc for user in self.users_of(member) for vpc in self.vpcs_of(user)}
        vpcs = self.of("vpcs")
        return tuple(led.values()) or (vpcs if len(vpcs) == 1 else ())

    @cached_property
    def _users(self) -> dict[str, list[Member]]:
        found: dict[str, list[Member]] = {}
        for member in (user for section in USERS for user in self.of(section)):
            for used in dict.fromkeys(meant.selector for meant in self.many(_used_by(member))):
                found.setdefault(used, []).append(member)
        return found

    def users_of(self, used: Member) -> Sequence[Member]:
        """What uses something that stands where it does.

        What a security group is around; what forwards to a target group, then what registers in it; what is made from
        a launch template.
        """
        return self._users.get(used.selector, ())

    @cached_property
    def raw_types(self) -> frozenset[str]:
        """The types of the raw resources."""
        return frozenset(str(body.get("Type")) for body in self.spec.resources.values())

    def has_own_group(self, member: Member) -> bool:
        """Whether a member brings a security group of its own along."""
        body = member.body
        return isinstance(body, Connected) and (body.ingress is not None or body.egress is not None)

    def groups_of(self, member: Member) -> Sequence[Member]:
        """The members whose security groups are around a member: itself where it brings one, then those that it names.

        Around a group of machines are those of its launch template; a security group is its own.
        """
        if member.section == "security_groups":
            return (member,)
        if isinstance(member.body, AutoScalingGroup):
            return self.groups_of(self.one(member.body.launch_template))
        own = (member,) if self.has_own_group(member) else ()
        return (*own, *self.many(getattr(member.body, "security_groups", ())))

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
    """The groups around something; what a load balancer forwards to; where a group registers, and what makes it."""
    body = user.body
    if isinstance(body, AutoScalingGroup):
        return [*body.target_groups, body.launch_template]
    groups = [*body.security_groups] if isinstance(body, Connected) else []
    if isinstance(body, LoadBalancer):
        groups += [listener.forward for listener in body.listeners.values() if listener.forward]
    return groups
