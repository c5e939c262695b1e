"""Regions, by the names that AWS gives them and people write otherwise."""

from __future__ import annotations

import re
from collections.abc import Iterator

import botocore.session

from labspec.cloud.refusal import Refused
from labspec.diagnostic import Diagnostic, Rule, Severity
from labspec.nearest import TIED, offer, offered

OTHER_REGION = Rule(
    "LS704",
    "other-region",
    "What is meant for one region goes to another.",
    "A spec's `region` is the one that it was checked against: another may lack a zone, a machine type or a service,"
    " and a stack in a region at which nobody looks costs as much. Without `--region`, the AWS CLI's own is taken.",
    severity=Severity.WARNING,
    binding=True,
)


def elsewhere(meant: str, region: str) -> Iterator[Diagnostic]:
    """That what is meant for one region goes to another, if so."""
    if meant != region:
        message = f"The spec is meant for the region `{meant}`, and this goes to `{region}`."
        help_ = f"Add `--region {meant}`, or write `region: {region}` in the spec."
        yield Diagnostic(OTHER_REGION, message, help=help_)


def no_region(name: str) -> Refused:
    """That there is no such region, with the ones that may be meant."""
    help_ = _meant(name) or "Write it as `us-east-1`: `aws account list-regions` lists yours."
    return Refused(f"There is no region `{name}`.", help_)


def _meant(name: str) -> str:
    """What is meant: a zone of it was written, its beginning, the place where it is, or it was mistyped."""
    known = _known()
    said = re.sub(r"[\W_]+", "-", name.lower()).strip("-")
    if (region := re.sub(r"(?<=\d)[a-z]$", "", said)) in known:
        return offer([region])
    begun = [each for each in known if each.startswith(f"{said}-")]
    there = [each for each, place in known.items() if said in re.findall(r"\w+", place.lower())]
    return offer((begun or there)[:TIED]) or offered(said, known)


def _known() -> dict[str, str]:
    """What boto3 knows: each region, and where it is, such as `Asia Pacific (Seoul)`."""
    partitions = botocore.session.get_session().get_data("endpoints")["partitions"]
    return {name: region["description"] for each in partitions for name, region in each["regions"].items()}
