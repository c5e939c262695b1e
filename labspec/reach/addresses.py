"""Addresses: blocks of them, what the internet is, and what is only known by a parameter's name."""

from __future__ import annotations

import ipaddress
from functools import cache
from typing import Any, NamedTuple

from labspec.reach.ranges import Ranges, ranges
from labspec.template.intrinsics import call, key, text_of

IPV4, IPV6 = 4, 6
LARGEST = {IPV4: 2**32 - 1, IPV6: 2**128 - 1}
RESERVED = (
    *("0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12"),
    *("192.0.0.0/24", "192.168.0.0/16", "198.18.0.0/15", "224.0.0.0/3"),
)
"""What no packet of the internet comes from or goes to (RFC 6890). Addresses for documentation count as the internet's:
examples use them."""
GLOBAL = "2000::/3"
"""What of IPv6 is global unicast (RFC 4291)."""


class Block(NamedTuple):
    """Addresses of one family."""

    family: int
    addresses: Ranges

    def covers(self, other: Block) -> bool:
        """Whether all of the other's addresses are here."""
        return self.family == other.family and self.addresses.covers(other.addresses)

    def meets(self, other: Block) -> bool:
        """Whether they have an address in common."""
        return self.family == other.family and bool(self.addresses & other.addresses)


class Symbol(NamedTuple):
    """Addresses that are not known before deployment: equal to themselves only."""

    name: str


@cache
def block_of(text: str) -> Block | None:
    """The block that a text is, such as `10.0.0.0/16`; None where it is none."""
    try:
        network = ipaddress.ip_network(text.strip(), strict=False)
    except ValueError:
        return None
    return Block(network.version, ranges([(int(network.network_address), int(network.broadcast_address))]))


def block(value: Any) -> Block | Symbol:
    """What a resolved value says of addresses."""
    text = text_of(value)
    return (block_of(text) if text else None) or Symbol(symbol(value))


def symbol(value: Any) -> str:
    """The name of a value that is not known: a parameter's own, or the value itself."""
    name, argument = call(value)
    return argument if name == "Ref" and isinstance(argument, str) else key(value)


def prefix(text: str) -> int:
    """How many bits of a destination are given: the longest of those that fit is taken."""
    return ipaddress.ip_network(text.strip(), strict=False).prefixlen


@cache
def private() -> Ranges:
    """The private and shared addresses of IPv4 (RFC 1918, RFC 6598)."""
    texts = ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10")
    return ranges(each.addresses.pairs[0] for text in texts if (each := block_of(text)))


@cache
def internet(family: int) -> Block:
    """The addresses of the internet."""
    if family == IPV6:
        found = block_of(GLOBAL)
        assert found
        return found
    reserved = [each.addresses.pairs[0] for text in RESERVED if (each := block_of(text))]
    return Block(IPV4, ranges([(0, LARGEST[IPV4])]) - ranges(reserved))


def shown(block: Block) -> str:
    """A block as it is written: the networks that make it up, at most three of them."""
    make = ipaddress.IPv4Address if block.family == IPV4 else ipaddress.IPv6Address
    networks = [
        str(network)
        for first, last in block.addresses.pairs
        for network in ipaddress.summarize_address_range(make(first), make(last))
    ]
    return ", ".join(networks) if len(networks) < 4 else f"{', '.join(networks[:3])} and {len(networks) - 3} more"
