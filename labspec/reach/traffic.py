"""Protocols and ports: what of them a rule speaks of, and what a question asks."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, NamedTuple

from labspec.reach.ranges import Ranges, ranges
from labspec.template.intrinsics import known

ALL_PORTS = ranges([(0, 65_535)])
NONE = Ranges()
TYPES = ranges([(0, 255)])
ONE = ranges([(0, 0)])
WHOLE: Mapping[str, Ranges] = {"tcp": ALL_PORTS, "udp": ALL_PORTS, "icmp": TYPES, "other": ONE}
"""All of each protocol: ports of TCP and UDP, types of ICMP; `other` is every other protocol at once."""
EPHEMERAL = ranges([(1_024, 65_535)])
"""The ports that answers go to (`Ephemeral ports`, Amazon VPC User Guide: network ACLs)."""
NUMBERS = {"1": "icmp", "6": "tcp", "17": "udp", "58": "icmp", "icmpv6": "icmp"}
EVERY = ("-1", "all")


class Spoken(NamedTuple):
    """What a rule speaks of: the ports that it certainly and possibly means, of one protocol."""

    must: Ranges
    may: Ranges


NOTHING = Spoken(NONE, NONE)


def spoken(protocol: Any, first: Any, last: Any, asked: str) -> Spoken:
    """What of the asked protocol a rule means; where its parts are not known, perhaps all and certainly nothing."""
    whole = WHOLE[asked]
    text = known(protocol)
    if text is None:
        return Spoken(NONE, whole)
    if text.lower() in EVERY:
        return Spoken(whole, whole)
    named = NUMBERS.get(text.lower(), text.lower())
    if named != asked:
        return Spoken(NONE, whole) if asked == "other" and named not in WHOLE else NOTHING
    return _ports(first, last, asked)


def _ports(first: Any, last: Any, asked: str) -> Spoken:
    whole = WHOLE[asked]
    if first is None and last is None:
        return Spoken(whole, whole)
    start, end = number(first), number(last if last is not None else first)
    if start is None or end is None:
        return Spoken(NONE, whole)
    if asked == "icmp":  # a type, and a code of it; -1 is every one
        types = whole if start == -1 else ranges([(start, start)])
        return Spoken(types if end == -1 else NONE, types)
    ports = whole if -1 in (start, end) else ranges([(start, end)])
    return Spoken(ports, ports)


def number(value: Any) -> int | None:
    """A whole number that is known; None where it is not."""
    text = known(value)
    return int(text) if text is not None and re.fullmatch("-?[0-9]{1,9}", text) else None
