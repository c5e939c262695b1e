"""Ways out: what has a public address stands in a public subnet, and what sets itself up can reach what it needs."""

from __future__ import annotations

from collections.abc import Iterator

from labspec.diagnostic import Diagnostic, Label, Path, Rule, Severity
from labspec.model.architecture import Architecture, Member
from labspec.model.compute import Instance, LaunchTemplate, Machine
from labspec.model.network import Subnet
from labspec.model.scaling import AutoScalingGroup

NOT_PUBLIC = Rule(
    "LS374",
    "public-address-without-way",
    "Something with a public address stands in a subnet that no internet gateway serves.",
    "A public address works only where the subnet's default route leads to an internet gateway"
    " (`Connect to the internet using an internet gateway`, Amazon VPC User Guide).",
    "instances: {web: {subnet: app-a, elastic_ip: true}}      # app-a is private",
    "instances: {web: {subnet: public-a, elastic_ip: true}}",
)
NO_WAY_OUT = Rule(
    "LS375",
    "setup-without-way-out",
    "A machine sets itself up in a subnet without a way out.",
    "Packages come from the internet, and so does the answer to CloudFormation's question whether the machine is ready."
    " Without a way out (NAT, an internet gateway with a public address, or endpoints) the stack waits and rolls back.",
    "instances: {web: {subnet: data-a, setup: {packages: [httpd]}}}      # data-a is isolated",
    "instances: {web: {subnet: app-a, setup: {packages: [httpd]}}}       # app-a leads through NAT",
    Severity.WARNING,
)


def check_ways(architecture: Architecture) -> Iterator[Diagnostic]:
    """NAT gateways, machines with public addresses, and machines that need the internet as they start."""
    for gateway in architecture.of("nat_gateways"):
        place = architecture.nat_subnet(gateway)
        if not _known(place) and not _public(architecture, place):
            yield _not_public(gateway, place, "subnet" if gateway.path[-1] != "nat" else "")
    for member in architecture.of("instances"):
        yield from _machine(architecture, member)
    for member in architecture.of("auto_scaling_groups"):
        yield from _group(architecture, member)


def _machine(architecture: Architecture, member: Member) -> Iterator[Diagnostic]:
    body = member.body
    assert isinstance(body, Instance)
    place = architecture.one(body.subnet)
    if _known(place):
        return
    addressed = body.elastic_ip or body.public_ip
    if addressed and not _public(architecture, place):
        yield _not_public(member, place, "subnet")
    elif _sets_up(body) and not _leads_out(architecture, place, addressed):
        yield _no_way_out(member, place, (*member.path, "subnet"))


def _group(architecture: Architecture, member: Member) -> Iterator[Diagnostic]:
    body = member.body
    assert isinstance(body, AutoScalingGroup)
    template = architecture.one(body.launch_template).body
    assert isinstance(template, LaunchTemplate)
    for index, name in enumerate(body.subnets):
        for place in architecture.many([name]):
            if _sets_up(template) and not _known(place) and not _leads_out(architecture, place, addressed=False):
                yield _no_way_out(member, place, (*member.path, "subnets", index))


def _sets_up(body: Machine) -> bool:
    return bool(body.setup or body.mounts or body.secrets)


def _no_way_out(member: Member, place: Member, path: Path) -> Diagnostic:
    message = f"`{member.name}` sets itself up in `{place.name}`, which leads nowhere."
    return Diagnostic(
        NO_WAY_OUT, message, path, help="Choose a subnet that leads through NAT, or give it a public address."
    )


def _known(place: Member) -> bool:
    """Whether a subnet already exists: its routes are not the spec's."""
    return isinstance(place.body, Subnet) and place.body.existing is not None


def _public(architecture: Architecture, place: Member) -> bool:
    way = architecture.way_out(place)
    return way is not None and way.section == "internet_gateways"


def _leads_out(architecture: Architecture, place: Member, addressed: bool) -> bool:
    if not _public(architecture, place):
        return architecture.way_out(place) is not None
    return addressed or (isinstance(place.body, Subnet) and place.body.auto_public_ip)


def _not_public(member: Member, place: Member, field: str) -> Diagnostic:
    path = (*member.path, field) if field else member.path
    label = Label(f"`{place.name}` has no route to an internet gateway.", place.path, "key")
    return Diagnostic(
        NOT_PUBLIC,
        f"`{member.name}` has a public address, and `{place.name}` is not a public subnet.",
        path,
        related=(label,),
    )
