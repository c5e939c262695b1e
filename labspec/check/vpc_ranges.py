"""Addresses of VPCs: private ones, and none that AWS's own services take for themselves."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import IPv4Network

from labspec.diagnostic import Diagnostic, Rule, Severity
from labspec.model.architecture import Architecture
from labspec.model.network import Vpc

NOT_PRIVATE = Rule(
    "LS389",
    "public-vpc-range",
    "The addresses of a VPC are not private.",
    "They belong to somebody on the internet, whom nothing in the VPC can reach then: packets to these addresses stay"
    " inside. AWS recommends the private ranges of RFC 1918 (`VPC CIDR blocks`, Amazon VPC User Guide).",
    "vpcs: {web: {cidr: 52.0.0.0/16}}",
    "vpcs: {web: {cidr: 10.0.0.0/16}}",
    Severity.HINT,
)
DOCKER = Rule(
    "LS390",
    "docker-range",
    "The addresses of a VPC are those of Docker's own network.",
    "Docker uses 172.17.0.0/16 on each machine, and so do services that run on it, such as AWS Cloud9 and Amazon"
    " SageMaker AI: from there, such a VPC cannot be reached (`VPC CIDR blocks`, Amazon VPC User Guide).",
    "vpcs: {web: {cidr: 172.17.0.0/16}}",
    "vpcs: {web: {cidr: 172.18.0.0/16}}",
    Severity.HINT,
)

# RFC 1918; and RFC 6598, addresses between carriers and their customers, which nobody on the internet has either.
PRIVATE = tuple(map(IPv4Network, ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10")))
DOCKERS = IPv4Network("172.17.0.0/16")


def check_vpc_ranges(architecture: Architecture) -> Iterator[Diagnostic]:
    """VPCs whose addresses are somebody else's. Of one that exists, nothing can be changed."""
    for vpc in architecture.of("vpcs"):
        assert isinstance(vpc.body, Vpc)
        cidr = vpc.body.cidr
        if cidr is None or vpc.body.existing is not None:
            continue
        path = (*vpc.path, "cidr")
        if not any(cidr.subnet_of(private) for private in PRIVATE):
            message = f"`{cidr}` is not a private range: `{vpc.name}` hides who has these addresses on the internet."
            help_ = "Take it from 10.0.0.0/8, 172.16.0.0/12 or 192.168.0.0/16."
            yield Diagnostic(NOT_PRIVATE, message, path, help=help_)
        elif cidr.overlaps(DOCKERS):
            message = f"`{cidr}` of `{vpc.name}` overlaps {DOCKERS}, which Docker takes for itself."
            yield Diagnostic(DOCKER, message, path, help="Take another range, such as 172.18.0.0/16.")
