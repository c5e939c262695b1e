"""The pieces of a subnet's addresses that its zones get."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from ipaddress import IPv4Network
from typing import NamedTuple

from labspec.diagnostic import Diagnostic, Label, Path, Rule
from labspec.wording import series

NO_PIECE = Rule(
    "LS211",
    "no-room-for-zone",
    "The addresses of a zoned subnet have no piece for a zone.",
    "A zone's letter or number decides which piece it gets, so that a zone that leaves does not move the others: zone"
    " `c` gets the third.",
    "zones: [a, c]\nsubnets: {app: {cidr: 10.0.0.0/23, each: /24}}",
    "zones: [a, c]\nsubnets: {app: {cidr: 10.0.0.0/22, each: /24}}",
)
MOST = 4
"""Places that a finding shows beside its own."""


class Lack(NamedTuple):
    """Addresses that have no piece of a size for a zone, and the subnet whose they are."""

    zone: str | int
    cidr: IPv4Network
    each: int
    path: Path

    @property
    def name(self) -> str:
        """The name of the one per zone."""
        return str(self.path[-1])


def piece(cidr: IPv4Network, each: int, zone: str | int) -> IPv4Network | None:
    """The zone's piece of the addresses: the n-th for number n, the first for letter `a`."""
    index = zone - 1 if isinstance(zone, int) else ord(zone) - ord("a")
    if each < cidr.prefixlen or index >= 1 << (each - cidr.prefixlen):
        return None
    start = int(cidr.network_address) + index * (1 << (32 - each))
    return IPv4Network((start, each))


def no_piece(lacks: Sequence[Lack]) -> Iterator[Diagnostic]:
    """Of addresses without a piece for a zone, each told where it stands."""
    for lack in lacks:
        message = f"`{lack.cidr}` has no /{lack.each} for zone {lack.zone}."
        yield Diagnostic(NO_PIECE, message, (*lack.path, "cidr"), "key")


def wrong_zone(lacks: Sequence[Lack], place: Path) -> Diagnostic:
    """A zone for which none of several subnets has a piece: the zone is what may be meant otherwise."""
    blocks = series([f"`{lack.cidr}`" for lack in lacks[:MOST]], "or")
    labels = tuple(Label(f"`{lack.name}` is one subnet per zone.", lack.path, "key") for lack in lacks[:MOST])
    return Diagnostic(NO_PIECE, f"There is no piece of {blocks} for zone {lacks[0].zone}.", place, related=labels)
