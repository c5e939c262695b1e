"""Networks: VPCs with what stands in them."""

from __future__ import annotations

import re
from typing import Annotated, Any, ClassVar, Literal

from pydantic import AfterValidator, BeforeValidator

from labspec.model.kind import Entries, Kind, ListOf, MemberName, MembersOf
from labspec.model.parts import Existing
from labspec.model.refusal import wrong
from labspec.model.word import Choice, Name, Names, Word
from labspec.model.words import CIDR, Boolean, Cidr, Zone, read_cidr
from labspec.nearest import meant


def _prefix(text: str) -> int:
    if not text.startswith("/") or not text[1:].isdigit() or not 16 <= int(text[1:]) <= 28:
        wrong(f"`{text}` is not a size for a subnet.", "Write it as `/24`; AWS allows /16 to /28.")
    return int(text[1:])


class Subnet(Kind):
    """A subnet. With `zone` it is one; without, `each` carves one for every zone of the VPC out of `cidr`.

    ```yaml
    subnets:
      public-subnet-a1: {zone: a, cidr: 10.1.1.0/24}
      app: {access: private, cidr: 10.1.16.0/20, each: /24}    # app-a, app-c
      old: {access: private, existing: {ssm: "/network/old-${{ each.key }}"}}     # in a VPC that exists, too
    ```
    """

    section: ClassVar[str] = "subnets"
    suffix: ClassVar[str] = "Subnet"

    cidr: Cidr | None = None
    """Its addresses; with `each`, the addresses that its zones share out."""
    zone: Zone | None = None
    """Its zone's letter, or number."""
    each: Annotated[int, Word(_prefix, "the size of each zone's subnet, such as /24", "/[12][0-9]")] | None = None
    """The size of each zone's subnet. The zone's letter or number decides which piece it gets."""
    access: Annotated[Literal["public", "private", "isolated"], Choice()] | None = None
    """Routes it: `public` to the internet gateway, `private` through NAT, `isolated` nowhere."""
    auto_public_ip: Boolean = False
    """Whether what starts here gets a public address without asking."""
    existing: Existing | None = None
    """A subnet that is already there."""


class NatGateway(Kind):
    """A NAT gateway with an elastic address, the way out of private subnets.

    ```yaml
    nat_gateways:
      nat-gateway-a1: {subnet: public-subnet-a1}     # or, short: nat-gateway-a1: public-subnet-a1
    ```
    """

    section: ClassVar[str] = "nat_gateways"
    suffix: ClassVar[str] = "NatGateway"
    short: ClassVar[str] = "subnet"

    subnet: Annotated[Name, Names("subnets")]
    """The public subnet that it stands in."""


def _destination(text: str) -> str:
    if not re.match(r"[0-9]", text) and text != "internet":
        wrong(f"`{text}` is not a destination.", "Write `internet`, or an address block.", meant(text, ["internet"]))
    return str(text) if text == "internet" else str(read_cidr(text))


Destination = Annotated[str, Word(_destination, "`internet` or an address block", f"internet|{CIDR}")]


def _routes(routes: Any) -> Any:
    if {"internet", "0.0.0.0/0"} <= {str(destination) for destination in routes}:
        wrong("`internet` and `0.0.0.0/0` are the same: a table has one route there.", "Remove one of them.")
    return routes


class RouteTable(Kind):
    """A route table and the subnets that follow it.

    ```yaml
    route_tables:
      public-rt: {subnets: [public-a, public-c], routes: {internet: lab-vpc-igw}}
    ```
    """

    section: ClassVar[str] = "route_tables"
    suffix: ClassVar[str] = "RouteTable"

    subnets: ListOf[Annotated[Name, Names("subnets")]]
    """The subnets that follow it."""
    routes: Annotated[
        dict[Destination, Annotated[Name, Names("internet_gateways", "nat_gateways")]],
        BeforeValidator(_routes),
        Entries("internet: {0}"),
    ] = {}
    """`internet` or a CIDR, and the gateway that leads there."""


class InternetGateway(Kind):
    """An internet gateway: named by its VPC, and nothing to say of it.

    ```yaml
    vpcs:
      web: {cidr: 10.0.0.0/16, internet_gateway: web-igw}
    ```
    """

    section: ClassVar[str] = "internet_gateways"
    suffix: ClassVar[str] = "InternetGateway"


def _each_once(zones: tuple[str | int, ...]) -> tuple[str | int, ...]:
    for index, zone in enumerate(zones):
        if zone in zones[:index]:
            wrong(f"Zone `{zone}` is listed twice.", "Write another one, or remove it.", place=(index,))
    return zones


class Vpc(Kind):
    """A network of your own, and everything that stands in it.

    ```yaml
    vpcs:
      web:
        cidr: 10.0.0.0/16
        zones: [a, c]
        nat: single
        subnets:
          public: {access: public, cidr: 10.0.0.0/20, each: /24}
          app: {access: private, cidr: 10.0.16.0/20, each: /24}
    ```
    """

    section: ClassVar[str] = "vpcs"
    suffix: ClassVar[str] = "Vpc"

    cidr: Cidr | None = None
    """Its addresses."""
    dns_hostnames: Boolean = True
    """Whether machines get DNS names; a file system's and a database's names need it."""
    dns_support: Boolean = True
    """Whether Amazon's resolver answers inside."""
    internet_gateway: MemberName | None = None
    """The name of its internet gateway. Subnets with `access: public` bring one along."""
    zones: Annotated[ListOf[Zone], AfterValidator(_each_once)] = ()
    """The zones that subnets with `each` are spread over."""
    nat: Annotated[Literal["none", "single", "per_zone"], Choice()] = "none"
    """NAT gateways for subnets with `access: private`: `none`, a `single` one for all, or one `per_zone`."""
    subnets: MembersOf[Subnet] = {}
    """Its subnets."""
    nat_gateways: MembersOf[NatGateway] = {}
    """Its NAT gateways, where `nat` does not say."""
    route_tables: MembersOf[RouteTable] = {}
    """Its route tables, for subnets without `access`."""
    existing: Existing | None = None
    """A VPC that is already there."""
