"""Ways out through NAT: through the gateway of the subnet's own zone, where there is more than one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from labspec.check.places import Place, places
from labspec.diagnostic import Diagnostic, Label, Rule, Severity
from labspec.model.architecture import Architecture, Member
from labspec.model.network import RouteTable

# Not where the VPC has a single NAT gateway: that saves its price, and is meant.
OTHER_ZONE = Rule(
    "LS393",
    "nat-in-other-zone",
    "A subnet leads through a NAT gateway of another zone, though the VPC has several.",
    "When that zone fails, this one loses its way out, too, and what passes between zones is paid for"
    " (`NAT gateway basics`, Amazon VPC User Guide).",
    "nat_gateways: {nat-a: public-a, nat-c: public-c}\nroute_tables: {app-c-rt: {subnets: app-c, routes: {internet:"
    " nat-a}}}",
    "nat_gateways: {nat-a: public-a, nat-c: public-c}\nroute_tables: {app-c-rt: {subnets: app-c, routes: {internet:"
    " nat-c}}}",
    Severity.HINT,
)


def check_nat_zones(architecture: Architecture) -> Iterator[Diagnostic]:
    """Subnets whose default route crosses zones without need."""
    for table in architecture.of("route_tables"):
        assert isinstance(table.body, RouteTable)
        assert table.owner is not None
        gateways = architecture.inside(table.owner, "nat_gateways")
        for place in places(architecture, table.body.subnets) or () if len(gateways) > 1 else ():
            gateway = architecture.way_out(place.subnet)
            if gateway is not None and gateway.section == "nat_gateways":
                yield from _crossing(architecture, table, place, gateway, gateways)


def _crossing(
    architecture: Architecture, table: Member, place: Place, gateway: Member, gateways: Sequence[Member]
) -> Iterator[Diagnostic]:
    zones = {each.name: architecture.zone_of(architecture.nat_subnet(each)) for each in gateways}
    zone = zones[gateway.name]
    if place.zone == zone or type(place.zone) is not type(zone):
        return  # it is in its own, or a letter cannot be compared with a number
    near = next((name for name, other in zones.items() if other == place.zone), None)
    help_ = f"Lead it through `{near}`." if near else f"Give zone {place.zone} a NAT gateway of its own."
    label = Label(f"`{gateway.name}` is in zone {zone}.", gateway.path, "key")
    message = f"`{place.subnet.name}` is in zone {place.zone}, and leads through `{gateway.name}` in zone {zone}."
    yield Diagnostic(OTHER_ZONE, message, (*table.path, "subnets", place.index), related=(label,), help=help_)
