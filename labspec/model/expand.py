"""Members inside members, and the zoned form of networks spelled out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from ipaddress import IPv4Network
from typing import Any

from labspec.diagnostic import At, Diagnostic, Label, Path, Rule
from labspec.model.architecture import Member
from labspec.model.database import Database
from labspec.model.kind import Kind
from labspec.model.network import InternetGateway, NatGateway, RouteTable, Subnet, Vpc
from labspec.model.parts import Existing
from labspec.model.pieces import MOST, Lack, no_piece, piece, wrong_zone
from labspec.model.word import Name
from labspec.model.words import ZONES

SUBNET_FORM = Rule(
    "LS210",
    "subnet-form",
    "A subnet is neither one subnet nor one per zone.",
    "One subnet says `zone` and `cidr`. One per zone says `cidr` and `each`, and its VPC says `zones`.",
    "subnets: {public: {cidr: 10.0.0.0/24}}",
    "subnets: {public-a: {zone: a, cidr: 10.0.0.0/24, access: public}}",
)
UNROUTED = Rule(
    "LS212",
    "subnet-routes",
    "A subnet is routed by nothing, or twice.",
    "Either a route table lists it, or its `access` says where it leads; otherwise it would follow the VPC's main table"
    " in silence.",
    "subnets: {app-a: {zone: a, cidr: 10.0.0.0/24}}",
    "subnets: {app-a: {zone: a, cidr: 10.0.0.0/24, access: isolated}}",
)
NO_NAT = Rule(
    "LS213",
    "no-nat",
    "A private subnet has no NAT gateway to lead through.",
    "`access: private` leads to the internet through NAT. The VPC says `nat: single` or `nat: per_zone`, and has a"
    " public subnet for it to stand in.",
    "nat: none\nsubnets: {app: {access: private, cidr: 10.0.0.0/20, each: /24}}",
    "nat: single\nsubnets: {app: {access: private, ...}, public: {access: public, ...}}",
)


@dataclass(slots=True)
class Expansion:
    """What stands inside a member."""

    members: list[Member] = field(default_factory=list)
    families: dict[tuple[str, str], tuple[str, ...]] = field(default_factory=dict)
    diagnostics: list[Diagnostic] = field(default_factory=list)
    broken: set[tuple[str, str]] = field(default_factory=set)
    """Members (section, name) of which something is wrong and told: what follows from it is not."""


def expand(owner: Member) -> Expansion:
    """The members inside a member: nested ones as written, zoned ones spelled out."""
    if isinstance(owner.body, Vpc):
        return _Network(owner, owner.body).expand()
    expansion = Expansion()
    if isinstance(owner.body, Database):
        for name, replica in owner.body.replicas.items():
            expansion.members.append(Member("replicas", name, replica, (*owner.path, "replicas", name), owner))
    return expansion


class _Network:
    def __init__(self, owner: Member, vpc: Vpc) -> None:
        self.owner = owner
        self.vpc = vpc
        self.out = Expansion()
        self.subnets: list[tuple[str, Subnet, Path]] = []
        self.nats: dict[str | int | None, str] = {}
        self.strays: set[str] = set()
        self.zoneless: list[Path] = []
        self.roomless: dict[str | int, list[Lack]] = {}

    def expand(self) -> Expansion:
        for name, subnet in self.vpc.subnets.items():
            self._subnet(name, subnet, (*self.owner.path, "subnets", name))
        self._tell_zones()
        for name, subnet, path in self.subnets:
            self._add("subnets", name, subnet, path)
        self._gateways()
        for name, table in self.vpc.route_tables.items():
            self._add("route_tables", name, table, (*self.owner.path, "route_tables", name))
        self.nats = self._nats()
        listed = self._listed()
        self.strays = listed - {name for name, _, _ in self.subnets} - self.vpc.subnets.keys()
        for name, subnet, path in self.subnets:
            self._route(name, subnet, path, name in listed)
        return self.out

    def _add(self, section: str, name: str, body: Kind, path: Path, named: At | None = "key") -> None:
        self.out.members.append(Member(section, name, body, path, self.owner, named))

    def _wrong(self, rule: Rule, message: str, path: Path, help: str = "") -> None:
        self.out.diagnostics.append(Diagnostic(rule, message, path, "key", help=help))

    # -------------------------------------------------------------- subnets

    def _subnet(self, name: str, subnet: Subnet, path: Path) -> None:
        if subnet.existing is not None:
            self._existing(name, subnet, subnet.existing, path)
        elif subnet.cidr is None:
            self._no_subnet(name, f"`{name}` has no addresses.", path, "Say `cidr`.")
        elif subnet.each is None and subnet.zone is None:
            self._no_subnet(name, f"`{name}` says neither its `zone` nor the size of `each` zone's subnet.", path)
        elif subnet.each is None:
            self.subnets.append((name, subnet, path))
        else:
            self._zoned(name, subnet, subnet.cidr, subnet.each, path)

    def _no_subnet(self, name: str, message: str, path: Path, help: str = "") -> None:
        self._wrong(SUBNET_FORM, message, path, help)
        self._break(name)

    def _break(self, name: str) -> None:
        """Say nothing of a subnet, nor of those that one per zone could be."""
        self.out.broken.update(("subnets", each) for each in (name, *(f"{name}-{zone}" for zone in ZONES)))

    def _existing(self, name: str, subnet: Subnet, existing: Existing, path: Path) -> None:
        """A subnet that is there already; or one in each zone, of which the zone is what differs."""
        if not existing.is_zoned:
            self.subnets.append((name, subnet, path))
        elif subnet.zone is not None:
            body = subnet.model_copy(update={"existing": existing.in_zone(subnet.zone)})
            self.subnets.append((name, body, path))
        elif subnet.cidr is not None and subnet.each is None:
            self._no_subnet(name, f"`{name}` is one subnet per zone; `cidr` is all of them.", path, "Say `each`.")
        else:
            self._zoned(name, subnet, subnet.cidr, subnet.each or 0, path)

    def _zoned(self, name: str, subnet: Subnet, cidr: IPv4Network | None, each: int, path: Path) -> None:
        zones = (subnet.zone,) if subnet.zone is not None else self.vpc.zones
        if not zones:
            self.zoneless.append(path)
            self._break(name)
        family: list[str] = []
        for zone in zones:
            block = piece(cidr, each, zone) if cidr is not None else None
            if block is None and cidr is not None:
                self.roomless.setdefault(zone, []).append(Lack(zone, cidr, each, path))
                continue
            inner = f"{name}-{zone}"
            family.append(inner)
            said: dict[str, Any] = {"zone": zone, "cidr": block, "each": None}
            if subnet.existing is not None:
                said["existing"] = subnet.existing.in_zone(zone)
            self.subnets.append((inner, subnet.model_copy(update=said), path))
        self.out.families["subnets", name] = tuple(family)

    def _tell_zones(self) -> None:
        """What the VPC's zones are not for its subnets that are one per zone."""
        if self.zoneless:
            first, *others = self.zoneless
            message = f"`{self.owner.name}` says no `zones`, and `{first[-1]}` is one subnet per zone."
            labels = tuple(Label(f"So is `{path[-1]}`.", path, "key") for path in others[:MOST])
            help_ = "Say the zones, such as `zones: [a, c]`."
            found = Diagnostic(SUBNET_FORM, message, self.owner.path, "key", related=labels, help=help_)
            self.out.diagnostics.append(found)
        zoned = sum(subnet.each is not None for subnet in self.vpc.subnets.values())
        for zone, lacks in self.roomless.items():
            if zone in self.vpc.zones and 1 < len(lacks) == zoned:
                place = (*self.owner.path, "zones", self.vpc.zones.index(zone))
                self.out.diagnostics.append(wrong_zone(lacks, place))
                self._break_unmade(lacks, ZONES)
            else:
                self.out.diagnostics += no_piece(lacks)
                self._break_unmade(lacks, (zone,))

    def _break_unmade(self, lacks: Iterable[Lack], zones: Iterable[str | int]) -> None:
        """Say nothing of the subnets that some subnets per zone lack in some zones."""
        made = {("subnets", name) for name, _, _ in self.subnets}
        self.out.broken |= {("subnets", f"{lack.name}-{zone}") for lack in lacks for zone in zones} - made

    # -------------------------------------------------------------- gateways and routes

    @property
    def _igw(self) -> str:
        return self.vpc.internet_gateway or f"{self.owner.name}-igw"

    def _gateways(self) -> None:
        public = sorted(
            ((name, subnet) for name, subnet, _ in self.subnets if subnet.access == "public"),
            key=lambda each: (self._rank(each[1]), each[0]),  # in whatever order they are written
        )
        if self.vpc.internet_gateway or any(subnet.existing is None for _, subnet in public):
            self._internet_gateway("internet_gateway" if self.vpc.internet_gateway else "subnets")
        for name, gateway in self.vpc.nat_gateways.items():
            self._add("nat_gateways", name, gateway, (*self.owner.path, "nat_gateways", name))
        for name, subnet in self._nat_places(public):
            nat = NatGateway.model_construct(subnet=Name(subnet, ("subnets",)))
            self._add("nat_gateways", name, nat, (*self.owner.path, "nat"), None)

    def _internet_gateway(self, said: str) -> None:
        """The one that the VPC names, or that its public subnets need."""
        named: At | None = "value" if self.vpc.internet_gateway else None
        body = InternetGateway.model_construct()
        self._add("internet_gateways", self._igw, body, (*self.owner.path, said), named)

    def _rank(self, subnet: Subnet) -> tuple[int, str]:
        """What puts a subnet before others: its zone's place in `zones`, then in the alphabet."""
        zones = self.vpc.zones
        return zones.index(subnet.zone) if subnet.zone in zones else len(zones), str(subnet.zone)

    def _nat_places(self, public: list[tuple[str, Subnet]]) -> Iterator[tuple[str, str]]:
        """Name and subnet of each NAT gateway that `nat` asks for."""
        if self.vpc.nat == "none":
            return
        untold = (subnet.access is None for _, subnet, _ in self.subnets)
        if not public and (self.out.broken or any(untold)):
            return  # one of those may be meant
        if not public:
            self._wrong(NO_NAT, "NAT gateways need a public subnet to stand in.", (*self.owner.path, "nat"))
            return
        if self.vpc.nat == "single":
            yield f"{self.owner.name}-nat", public[0][0]
            return
        for zone in dict.fromkeys(subnet.zone for _, subnet, _ in self.subnets if subnet.access == "private"):
            place = next((name for name, subnet in public if subnet.zone == zone), None)
            if place is None:
                self._wrong(NO_NAT, f"Zone {zone} has no public subnet for its NAT gateway.", (*self.owner.path, "nat"))
            else:
                yield f"{self.owner.name}-nat-{zone}", place

    def _listed(self) -> set[str]:
        """The subnets that route tables name, those of a family by its name."""
        names = [str(name) for table in self.vpc.route_tables.values() for name in table.subnets]
        return {subnet for name in names for subnet in (name, *self.out.families.get(("subnets", name), ()))}

    def _nats(self) -> dict[str | int | None, str]:
        """The NAT gateway of each zone, the first where there are several; the only one there is serves every zone."""
        zones = {name: subnet.zone for name, subnet, _ in self.subnets}
        found = sorted((m.name, m.body.subnet) for m in self.out.members if isinstance(m.body, NatGateway))
        if len(found) == 1:
            return dict.fromkeys(zones.values(), found[0][0])
        return {zones.get(str(subnet)): name for name, subnet in reversed(found)}

    def _route(self, name: str, subnet: Subnet, path: Path, listed: bool) -> None:
        if subnet.existing is not None:
            return
        if subnet.access is None and not listed:
            if self.strays:
                return  # a route table may mean it by a name that is told of
            written = str(path[-1])  # of the subnets of one line, too, this is told once
            if ("subnets", written) not in self.out.broken:
                help_ = "List it in a route table, or say its `access`."
                self._wrong(UNROUTED, f"Nothing routes `{written}`.", path, help_)
            self.out.broken.update((("subnets", written), ("subnets", name)))
        elif subnet.access is not None and listed:
            self._wrong(UNROUTED, f"`{name}` is in a route table and says its `access`.", path, "Keep one of them.")
        elif subnet.access is not None:
            self._add("route_tables", name, self._table(name, subnet, path), path)

    def _table(self, name: str, subnet: Subnet, path: Path) -> RouteTable:
        names = (Name(name, ("subnets",)),)
        said: dict[str, Any] = {"override": subnet.override, "tags": subnet.tags, "when": subnet.when}
        if subnet.access == "isolated":
            return RouteTable.model_construct(subnets=names, **said)
        section, gateway = (
            ("internet_gateways", self._igw)
            if subnet.access == "public"
            else ("nat_gateways", self._nat(name, subnet, path))
        )
        if not gateway:
            return RouteTable.model_construct(subnets=names, **said)
        return RouteTable.model_construct(subnets=names, **said, routes={"internet": Name(gateway, (section,))})

    def _nat(self, name: str, subnet: Subnet, path: Path) -> str:
        if subnet.zone in self.nats:
            return self.nats[subnet.zone]
        if not self.out.diagnostics:
            self._wrong(
                NO_NAT,
                f"`{name}` is private, and there is no NAT gateway for it.",
                path,
                "Say `nat: single` or `nat: per_zone` on the VPC.",
            )
            self.out.broken.add(("subnets", name))
        return ""
