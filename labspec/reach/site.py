"""A site: networks as templates make them, and who stands in them. What is not known of it is said to be so."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, NamedTuple

from labspec.diagnostic import Path
from labspec.reach.addresses import Block, Symbol
from labspec.reach.ranges import Ranges
from labspec.template.conditions import Condition


class At(NamedTuple):
    """A place in the joined stacks: a resource's address, and the path in its body."""

    address: str
    path: Path = ()


class Group(NamedTuple):
    """The members of a security group, as a rule speaks of them."""

    identity: str


Peer = Block | Symbol | Group


class Rule(NamedTuple):
    """A rule of a security group, or an entry of a network ACL, which has a number and may deny."""

    at: At
    protocol: Any
    first: Any
    last: Any
    peer: Peer
    condition: Condition
    number: int | None = None
    allows: bool = True


class Target(NamedTuple):
    """What a route leads to: its kind, such as `NatGatewayId`, and what that names."""

    kind: str
    identity: str


class Route(NamedTuple):
    """A route: the longest prefix that fits is taken."""

    at: At
    destination: Block | Symbol
    length: int
    target: Target
    condition: Condition


class Subnet(NamedTuple):
    """A subnet. Of one that exists already, its address is empty and most is not known."""

    identity: str
    address: str
    vpc: str
    blocks: tuple[Block | Symbol, ...]
    gives_public: bool | None
    gives_six: bool | None = False
    """Whether interfaces get an IPv6 address; False where it has none to give."""
    has_four: bool = True


class Nat(NamedTuple):
    """A NAT gateway; whether it has a public address may not be known."""

    address: str
    subnet: str
    is_public: bool | None
    condition: Condition


class Peering(NamedTuple):
    """A peering connection between two VPCs."""

    address: str
    vpcs: tuple[str, str]
    condition: Condition


class Member(NamedTuple):
    """That an interface is in a security group; the identity is None where it is not known which."""

    identity: str | None
    condition: Condition


class Interface(NamedTuple):
    """A network interface: of a resource, in a subnet."""

    address: str
    owner: str
    """The address of what it serves: a mount target's file system; its own otherwise."""
    kind: str
    """What it is of: `instance`, `group`, `load balancer`, `database`, `file system`, `endpoint`, `host`."""
    subnet: str
    groups: tuple[Member, ...]
    is_open: bool
    """Whether it stands for any host there, with every security group open."""
    public: bool | None
    condition: Condition
    at: At
    six: bool | None = None
    """Whether it has an IPv6 address, which is a public one; None where its subnet decides."""
    is_accelerated: bool = False
    """Whether Global Accelerator may lead to it, past public addresses and routes."""
    is_second: bool = False
    """Whether the machine has another one, which comes first."""


@dataclass
class Site:
    """Everything by its identity: the address of what the stacks make, a text or an expression of what they do not."""

    vpcs: dict[str, tuple[Block | Symbol, ...]] = field(default_factory=dict)
    subnets: dict[str, Subnet] = field(default_factory=dict)
    tables: dict[str, list[Member]] = field(default_factory=dict)
    """The route tables that a subnet is associated with."""
    routes: dict[str, list[Route]] = field(default_factory=dict)
    acls: dict[str, list[Member]] = field(default_factory=dict)
    """The network ACLs that a subnet is associated with."""
    made: set[str] = field(default_factory=set)
    """VPCs and route tables that the stacks make, so that all of their rules and routes are known."""
    with_egress: set[str] = field(default_factory=set)
    """Security groups with rules for what goes out that are resources of their own."""
    stray: dict[str, list[Rule]] = field(default_factory=dict)
    """By direction, rules of which it is not known whose they are."""
    endpoints: set[str] = field(default_factory=set)
    """Gateway endpoints."""
    is_shut: bool = False
    """Whether something may shut VPCs off from the internet."""
    unread: list[str] = field(default_factory=list)
    """What of the stacks was not read, and may change who reaches whom."""
    strangers: dict[str, list[str]] = field(default_factory=dict)
    """By security group, resources in it that have interfaces and are not modelled."""
    made_acls: set[str] = field(default_factory=set)
    """Those that the stacks make, so that all of their entries are known."""
    entries: dict[tuple[str, str], list[Rule]] = field(default_factory=dict)
    """Of a network ACL and a direction, `ingress` or `egress`."""
    rules: dict[tuple[str, str], list[Rule]] = field(default_factory=dict)
    """Of a security group and a direction."""
    groups: dict[str, str] = field(default_factory=dict)
    """Security groups, and their VPCs."""
    gateways: dict[str, list[Member]] = field(default_factory=dict)
    """The internet gateways, and the VPCs that each is attached to."""
    edges: set[str] = field(default_factory=set)
    """Gateways that send what comes in to an appliance."""
    nats: dict[str, Nat] = field(default_factory=dict)
    peerings: dict[str, Peering] = field(default_factory=dict)
    interfaces: dict[str, list[Interface]] = field(default_factory=dict)
    """By the address of what they belong to."""
    ports: dict[str, tuple[Ranges | None, At]] = field(default_factory=dict)
    """The TCP ports that a resource listens on, None where they are not known, and where that is said."""
