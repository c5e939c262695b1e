"""What a change opens and shuts in the network, as it is told."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from labspec.diff import Difference
    from labspec.reach.change import Opening
    from labspec.template import Joined

PARTS = (
    "AWS::AutoScaling::",
    "AWS::CloudFront::",
    "AWS::EC2::",
    "AWS::EFS::",
    "AWS::ElasticLoadBalancing",
    "AWS::GlobalAccelerator::",
    "AWS::Lambda::Function",
    "AWS::RDS::",
    "AWS::S3::",
)
"""How types begin that make a network, or stand in one, as `reach` knows them."""


class Opened(NamedTuple):
    """Who newly reaches something by which ports, or no longer does. Where it is not `certain`, perhaps."""

    sources: tuple[str, ...]
    target: str
    ports: str
    opened: bool
    certain: bool


def opened(old: Joined, new: Joined, difference: Difference, called: Callable[[str], str]) -> list[Opened] | None:
    """What a difference opens, and what it shuts; None where there are too many pairs to compare.

    `called` says what the user calls a logical id.
    """
    if not any(change.type.startswith(PARTS) for change in difference.changes.values()):
        return []
    from labspec.reach import site_of
    from labspec.reach.change import TooManyError, openings

    try:
        found = list(openings(site_of(old), site_of(new)))
    except TooManyError:
        return None
    return sorted(_grouped(found, called), key=_gravest)


def _gravest(one: Opened) -> tuple[bool, bool, str, str]:
    return not one.opened, not one.certain, one.target, one.ports


def _grouped(found: list[Opening], called: Callable[[str], str]) -> Iterator[Opened]:
    """Those who reach the same in the same way, together."""
    from labspec.reach.words import ports

    groups: dict[tuple[str, str, bool, bool], list[str]] = {}
    for each in found:
        place = (each.target, ports(each.ports, each.protocol), each.opened, each.certain)
        groups.setdefault(place, []).append(each.source)
    for (target, said, is_opened, certain), sources in groups.items():
        names = sorted({_party(source, called) for source in sources})
        yield Opened(tuple(names), _party(target, called), said, is_opened, certain)


def _party(name: str, called: Callable[[str], str]) -> str:
    return "the internet" if name == "internet" else called(name)
