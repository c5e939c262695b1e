"""Zones: the region has them."""

from __future__ import annotations

from collections.abc import Iterator

from labspec.diagnostic import Diagnostic, Label, Path, Rule, Severity
from labspec.model.architecture import Architecture, Member
from labspec.model.database import Database
from labspec.model.network import Vpc
from labspec.model.word import Parameter
from labspec.wording import series
from labspec.zones import letters

# A warning, since the list ages: AWS opens zones, and an account can have others than most.
NO_ZONE = Rule(
    "LS392",
    "no-such-zone",
    "A zone is none of the region's.",
    "Most regions have three zones, `a` to `c`, some have more. An account may have other letters than its neighbour"
    " (`Availability Zone IDs for your AWS resources`, AWS RAM User Guide); none has this one, as far as is known.",
    "region: ap-northeast-2\nvpcs: {web: {zones: [a, e], ...}}",
    "region: ap-northeast-2\nvpcs: {web: {zones: [a, c], ...}}",
    Severity.WARNING,
)


def check_zone_names(architecture: Architecture) -> Iterator[Diagnostic]:
    """Zones of VPCs, subnets and replicas, by letter and by number."""
    region = architecture.spec.region
    if region is None:
        return
    there = letters(region)
    for path, zone in _zones(architecture):
        if not _is_there(zone, there):
            label = Label("This is the region.", ("region",))
            names = series([f"`{letter}`" for letter in there], "and")
            message = f"`{region}` has no zone `{zone}`."
            help_ = f"It has {names}; by number, 1 to {len(there)}."
            yield Diagnostic(NO_ZONE, message, path, related=(label,), help=help_)


def _is_there(zone: str | int, there: str) -> bool:
    return zone <= len(there) if isinstance(zone, int) else zone in there


def _zones(architecture: Architecture) -> Iterator[tuple[Path, str | int]]:
    """Every zone that is written, where it is written. A parameter's are those of the subnets that it must fit."""
    for vpc in architecture.of("vpcs"):
        assert isinstance(vpc.body, Vpc)
        yield from (((*vpc.path, "zones", index), zone) for index, zone in enumerate(vpc.body.zones))
        for name, subnet in vpc.body.subnets.items():
            if subnet.zone is not None:
                yield (*vpc.path, "subnets", name, "zone"), subnet.zone
    for database in architecture.of("databases"):
        yield from _replicas(database)


def _replicas(database: Member) -> Iterator[tuple[Path, str | int]]:
    assert isinstance(database.body, Database)
    for name, replica in database.body.replicas.items():
        if replica.zone is not None and not isinstance(replica.zone, Parameter):
            yield (*database.path, "replicas", name, "zone"), replica.zone
