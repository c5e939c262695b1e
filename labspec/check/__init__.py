"""Laws that no schema states: one file per law, listed in `CHECKS`."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from labspec.check.addresses import check_addresses
from labspec.check.bucket_names import check_bucket_names
from labspec.check.content import check_content
from labspec.check.health_checks import check_health_checks
from labspec.check.load_balancer_names import check_load_balancer_names
from labspec.check.mounts import check_mounts
from labspec.check.one_per_zone import check_one_per_zone
from labspec.check.public_websites import check_public_websites
from labspec.check.redirects import check_redirects
from labspec.check.rules import check_rules
from labspec.check.target_groups import check_target_groups
from labspec.check.throughput import check_throughput
from labspec.check.ways import check_ways
from labspec.check.website_addresses import check_website_addresses
from labspec.diagnostic import Diagnostic
from labspec.model.architecture import Architecture

Check = Callable[[Architecture], Iterator[Diagnostic]]
CHECKS: tuple[Check, ...] = (
    check_addresses,
    check_bucket_names,
    check_content,
    check_health_checks,
    check_load_balancer_names,
    check_mounts,
    check_one_per_zone,
    check_public_websites,
    check_redirects,
    check_rules,
    check_target_groups,
    check_throughput,
    check_ways,
    check_website_addresses,
)


def check(architecture: Architecture) -> Iterator[Diagnostic]:
    """Every finding of every law."""
    for law in CHECKS:
        yield from law(architecture)
