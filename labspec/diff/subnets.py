"""Addresses of a subnet that is made while those that stood before still stand."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterator, Sequence
from ipaddress import IPv4Network, ip_network
from typing import Any, NamedTuple

from labspec.diff.difference import Refusal
from labspec.diff.scene import SUBNET, Scene, spoken

PAGE = "AWS::EC2::Subnet, AvailabilityZone; CreateSubnet, Amazon EC2 API Reference"


class Stretch(NamedTuple):
    """The first and the last address of a subnet, as numbers, and whose they are."""

    first: int
    last: int
    address: str


def overlapping_subnets(scene: Scene) -> Iterator[Refusal]:
    """New subnets whose addresses overlap those of one of their VPC that is still there."""
    standing = _standing(scene)
    for address in scene.of(SUBNET):
        change = scene.makes(address)
        vpc, network = spoken(scene.now(address, "VpcId")), _network(scene.now(address, "CidrBlock"))
        if change is None or vpc is None or network is None or scene.anew(vpc):
            continue
        for other in _met(standing.get(vpc, ()), network):
            yield Refusal(address, ("Properties", "CidrBlock"), *_told(other, other == address), PAGE, change.sure)


def _told(other: str, is_itself: bool) -> tuple[str, str]:
    """The message and the way out."""
    whose = "it has itself before" if is_itself else f"of {other}, which is still there then"
    message = f"The new subnet is made first, and its addresses overlap those {whose}."
    if is_itself:
        return message, "Give it other addresses in the same update."
    return message, "Give it addresses that are free, or remove the other subnet in an update before this one."


def _standing(scene: Scene) -> dict[str, list[Stretch]]:
    """The addresses of all subnets before, by their VPC and in order: those of one VPC do not overlap."""
    found: dict[str, list[Stretch]] = defaultdict(list)
    for address in scene.formerly(SUBNET):
        vpc, network = spoken(scene.was(address, "VpcId")), _network(scene.was(address, "CidrBlock"))
        if vpc and network:
            found[vpc].append(Stretch(*_ends(network), address))
    return {vpc: sorted(stretches) for vpc, stretches in found.items()}


def _met(standing: Sequence[Stretch], network: IPv4Network) -> Iterator[str]:
    first, last = _ends(network)
    at = bisect_right(standing, last, key=lambda stretch: stretch.first)
    while at > 0 and standing[at - 1].last >= first:
        at -= 1
        yield standing[at].address


def _ends(network: IPv4Network) -> tuple[int, int]:
    return int(network.network_address), int(network.broadcast_address)


def _network(value: Any) -> IPv4Network | None:
    try:
        network = ip_network(value, strict=False) if isinstance(value, str) else None
    except ValueError:
        return None
    return network if isinstance(network, IPv4Network) else None
