"""Order that references do not show: who waits for gateways, routes and one another."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from labspec.emit.emitter import Emitter, logical_id
from labspec.model.architecture import Member
from labspec.model.balance import Listener
from labspec.model.network import RouteTable

ATTACHMENT = "attachment"
"""The role of an internet gateway's attachment."""
ASSOCIATION = "route_table_association"
"""The role, on a subnet, of its association with a route table."""


def route_role(destination: str) -> str:
    """The role of a route, from where it leads: the same however that is spelled, or it would be lost on its way."""
    return "to_" + address_name("internet" if destination == "0.0.0.0/0" else destination)


def address_name(addresses: str) -> str:
    """An address block as part of a name, in which 19.20.2.0/24 is not 192.0.2.0/24."""
    return addresses.replace(".", "x").replace("/", "x")


def waits_for_gateway(e: Emitter, waiting: str, place: Member) -> None:
    """What gets a public address waits for the attachment of the internet gateway."""
    vpc_member = e.architecture.vpc_of(place)
    for gateway in e.architecture.inside(vpc_member, "internet_gateways") if vpc_member else ():
        why = "a public address needs the gateway attached"
        e.edge(waiting, logical_id(gateway, ATTACHMENT), why, origin=place.path)


def waits_for_way_out(e: Emitter, waiting: str, place: Member) -> None:
    """What calls out as it starts waits for its subnet's default route and for the subnet to follow it."""
    for needed in _way_out(e, place):
        e.edge(waiting, needed, "it calls out as it starts", origin=place.path)


def waits_for_way_in(e: Emitter, waiting: str, places: Iterable[Member]) -> None:
    """What the internet calls is ready when all its subnets lead there; several may follow one route table."""
    needed = {identity: place for place in places for identity in _way_out(e, place)}
    for identity, place in needed.items():
        e.edge(waiting, identity, "the internet reaches it through this route", origin=place.path)


def _way_out(e: Emitter, place: Member) -> Iterator[str]:
    """The default route of a subnet, and the association that makes the subnet follow it."""
    table = e.architecture.route_table_of(place)
    if table is None or not isinstance(table.body, RouteTable):
        return
    for destination in ("internet", "0.0.0.0/0"):
        if destination in table.body.routes:
            yield logical_id(table, route_role(destination))
            yield logical_id(place, ASSOCIATION)


def listener_role(port: str, listener: Listener) -> str:
    """The role, on a load balancer, of its listener on a port."""
    return f"listener_{listener.was or port}"


def mount_target_role(place: Member) -> str:
    """The role, on a file system, of its mount target in a subnet."""
    return f"mount_target_{place.key.replace('-', '_')}"
