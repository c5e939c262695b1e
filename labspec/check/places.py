"""Where things stand, as far as the spec says: what laws about zones have in common.

A name that means nothing belongs to a member that was wrong and is told already. A subnet that exists may say no zone,
and a zone's letter cannot be compared with another's number: what is not known breaks no law.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from labspec.model.architecture import Architecture, Member
from labspec.model.parts import existing_of
from labspec.model.word import Name


@dataclass(frozen=True, slots=True)
class Place:
    """A subnet, and the item of a list that means it."""

    index: int
    subnet: Member
    zone: str | int | None


def places(architecture: Architecture, names: Iterable[Name]) -> list[Place] | None:
    """The subnets that a list means; None where an item means nothing."""
    found: list[Place] = []
    for index, name in enumerate(names):
        subnets = architecture.many([name])
        if not subnets:
            return None
        found += [Place(index, subnet, architecture.zone_of(subnet)) for subnet in subnets]
    return found


def doubled(found: Iterable[Place]) -> Iterator[tuple[Place, Place]]:
    """Pairs of subnets of a VPC that surely stand in one zone: the first in it, and each that follows."""
    first: dict[tuple[str | int, str], Place] = {}
    for place in found:
        if place.zone is None:
            continue
        key = (place.zone, place.subnet.owner.name if place.subnet.owner else "")
        if key in first:
            yield first[key], place
        first.setdefault(key, place)


def surely_without(found: Iterable[Place], zone: str | int | None) -> bool:
    """Whether none of some subnets can be in a zone."""
    return zone is not None and all(place.zone != zone and isinstance(place.zone, type(zone)) for place in found)


def is_public(architecture: Architecture, subnet: Member) -> bool | None:
    """Whether a subnet's way out is an internet gateway; None where it exists: its routes are not the spec's."""
    if existing_of(subnet.body) is not None:
        return None
    way = architecture.way_out(subnet)
    return way is not None and way.section == "internet_gateways"
