"""Subnets that are named in zones which their VPC does not have: what is mistyped may be its `zones`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

from labspec.diagnostic import Diagnostic
from labspec.link.declared import Declared
from labspec.link.unknown import UNKNOWN_NAME, Unknown, places_of
from labspec.model.architecture import Architecture, Member
from labspec.model.network import Vpc
from labspec.model.words import ZONES, read_zone
from labspec.wording import series

Zone = str | int


class Stray(NamedTuple):
    """A word that would be the name of a subnet if its VPC had a zone."""

    use: Unknown
    zone: Zone
    vpc: Member


def wrong_zones(
    found: Sequence[Unknown], declared: Declared, written: Callable[[], set[str]]
) -> tuple[list[Diagnostic], list[Unknown]]:
    """What to say of the zones of VPCs, and the words that name nothing for another reason.

    `written` are all words that stand where names do.
    """
    by_vpc: dict[str, list[Stray]] = {}
    for use in found:
        if stray := _stray(use, declared.architecture):
            by_vpc.setdefault(stray.vpc.name, []).append(stray)
    told: list[Diagnostic] = []
    explained: set[int] = set()
    for strays in by_vpc.values():
        if _are_meant_otherwise(strays, declared.architecture, written()):
            told.append(_wrong(strays, _idle(strays[0].vpc, declared.architecture, written())))
            explained.update(id(stray.use) for stray in strays)
    return told, [use for use in found if id(use) not in explained]


def _stray(use: Unknown, architecture: Architecture) -> Stray | None:
    family, _, zone = use.word.rpartition("-")
    inner = architecture.families.get(("subnets", family), ())
    if "subnets" not in use.sections or use.other or not inner or zone not in ZONES:
        return None
    vpc = architecture.members["subnets", inner[0]].owner
    assert vpc is not None
    return Stray(use, read_zone(zone), vpc)


def _zones(vpc: Member) -> tuple[Zone, ...]:
    assert isinstance(vpc.body, Vpc)
    return vpc.body.zones


def _is_counted(vpc: Member) -> bool:
    """Whether the zones of a VPC read like their number."""
    zones = _zones(vpc)
    return len(zones) == 1 and isinstance(zones[0], int)


def _idle(vpc: Member, architecture: Architecture, written: set[str]) -> list[Zone]:
    """The zones of a VPC in which no subnet is named."""
    families = [
        family
        for (section, family), inner in architecture.families.items()
        if section == "subnets" and inner and architecture.members["subnets", inner[0]].owner is vpc
    ]
    return [zone for zone in _zones(vpc) if not any(f"{family}-{zone}" in written for family in families)]


def _are_meant_otherwise(strays: Sequence[Stray], architecture: Architecture, written: set[str]) -> bool:
    """Whether the zones of a VPC are at fault, and not the words."""
    vpc = strays[0].vpc
    return _is_counted(vpc) or _agree(strays) or (len(strays) > 1 and bool(_idle(vpc, architecture, written)))


def _agree(strays: Sequence[Stray]) -> bool:
    """Whether several words name one zone, as no slip of the pen does, and it is written as those of their VPC are."""
    forms = {type(zone) for zone in (*_zones(strays[0].vpc), *(stray.zone for stray in strays))}
    return len(forms) == 1 and len({stray.use.word for stray in strays}) > len({stray.zone for stray in strays})


def _wrong(strays: Sequence[Stray], idle: Sequence[Zone]) -> Diagnostic:
    """Zones of a VPC that are not those in which its subnets are named."""
    vpc = strays[0].vpc
    zones, named = _zones(vpc), sorted({stray.zone for stray in strays}, key=str)
    kept = zones if all(isinstance(zone, int) for zone in named) and _is_counted(vpc) else {*zones} - {*idle}
    meant = sorted({*named, *kept}, key=str)
    help_ = f"Write `zones: [{', '.join(map(str, meant))}]`."
    if _is_counted(vpc):
        help_ = f"`zones: {zones[0]}` is the zone with number {zones[0]}. {help_}"
    message = f"Subnets are named in {_listed(named)}; `{vpc.name}` has {_listed(zones)}."
    place = (*vpc.path, "zones", *([zones.index(idle[0])] if len(idle) == 1 < len(zones) else []))
    related = places_of([stray.use for stray in strays], "It is named here")
    return Diagnostic(UNKNOWN_NAME, message, place, related=related, help=help_)


def _listed(zones: Iterable[Zone]) -> str:
    words = [f"`{zone}`" for zone in zones]
    return f"zone{'s' if words[1:] else ''} {series(words, 'and')}"
