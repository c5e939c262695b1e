"""Ways out: what has a public address stands in a public subnet, and what sets itself up can reach what it needs."""

from __future__ import annotations

from collections.abc import Iterator

from labspec.check.admission import is_shut_in
from labspec.check.places import is_public, places
from labspec.diagnostic import Diagnostic, Label, Path, Rule, Severity
from labspec.model.architecture import Architecture, Member
from labspec.model.balance import LoadBalancer
from labspec.model.boot import MOST_USER_DATA, size
from labspec.model.compute import Instance, LaunchTemplate, Machine
from labspec.model.database import Database
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
    "A machine that sets itself up has no way out: its subnet has none, or its security groups leave none.",
    "Packages come from the internet, and so does the answer to CloudFormation's question whether the machine is ready."
    " Without a way out (NAT, an internet gateway with a public address, or endpoints) the stack waits and rolls back."
    " A `user_data` of over 16 KB is fetched, too: a machine that cannot fetch it does nothing, and nobody is told.",
    "instances: {web: {subnet: data-a, setup: {packages: [httpd]}}}      # data-a is isolated",
    "instances: {web: {subnet: app-a, setup: {packages: [httpd]}}}       # app-a leads through NAT",
    Severity.WARNING,
)
HTTPS = 443


def check_ways(architecture: Architecture) -> Iterator[Diagnostic]:
    """What has a public address, and machines that need the internet as they start."""
    for gateway in architecture.of("nat_gateways"):
        place = architecture.nat_subnet(gateway)
        if is_public(architecture, place) is False:
            yield _not_public(gateway, place, (*gateway.path, "subnet") if gateway.path[-1] != "nat" else gateway.path)
    for member in architecture.of("instances"):
        yield from _machine(architecture, member)
    for member in architecture.of("auto_scaling_groups"):
        yield from _group(architecture, member)
    for member in (*architecture.of("load_balancers"), *architecture.of("databases")):
        yield from _faces_internet(architecture, member)


def _machine(architecture: Architecture, member: Member) -> Iterator[Diagnostic]:
    body = member.body
    assert isinstance(body, Instance)
    place = architecture.one(body.subnet)
    public = is_public(architecture, place)
    if public is None:
        return
    addressed = body.elastic_ip or body.public_ip
    if addressed and not public:
        yield _not_public(member, place, (*member.path, "subnet"))
    elif (need := _need(architecture, body)) and not _leads_out(architecture, place, addressed):
        yield _no_way_out(member, need, place, (*member.path, "subnet"))
    elif need and is_shut_in(architecture, member, HTTPS):
        yield _shut_in(member, need)


def _group(architecture: Architecture, member: Member) -> Iterator[Diagnostic]:
    body = member.body
    assert isinstance(body, AutoScalingGroup)
    template = architecture.one(body.launch_template)
    assert isinstance(template.body, LaunchTemplate)
    need = _need(architecture, template.body)
    if need and is_shut_in(architecture, member, HTTPS):
        yield _shut_in(template, need)
        return
    for stands in places(architecture, body.subnets) or () if need else ():
        if not _leads_out(architecture, stands.subnet, addressed=False):
            yield _no_way_out(member, need, stands.subnet, (*member.path, "subnets", stands.index))


NEEDS = {"setup": "sets itself up", "user_data": "fetches its script"}
"""What a machine calls out for as it starts, by the field that says so."""


def _need(architecture: Architecture, body: Machine) -> str:
    """The field for which a machine calls out as it starts; empty where none does."""
    if body.user_data is None:
        return "setup" if body.boots else ""
    script = architecture.script(body.user_data)
    # What is no script is not fetched.
    large = script is not None and size(script.parts) > MOST_USER_DATA
    return "user_data" if script and large and str(script.parts[0]).startswith("#!") else ""


def _faces_internet(architecture: Architecture, member: Member) -> Iterator[Diagnostic]:
    """A load balancer or a database for the internet, which stands in several subnets."""
    body = member.body
    assert isinstance(body, (LoadBalancer, Database))
    faces = body.scheme == "internet-facing" if isinstance(body, LoadBalancer) else body.public
    for stands in places(architecture, body.subnets) or () if faces else ():
        if is_public(architecture, stands.subnet) is False:
            yield _not_public(member, stands.subnet, (*member.path, "subnets", stands.index))


def _no_way_out(member: Member, need: str, place: Member, path: Path) -> Diagnostic:
    message = f"`{member.name}` {NEEDS[need]} in `{place.name}`, which leads nowhere."
    return Diagnostic(
        NO_WAY_OUT, message, path, help="Choose a subnet that leads through NAT, or give it a public address."
    )


def _shut_in(member: Member, need: str) -> Diagnostic:
    message = f"`{member.name}` {NEEDS[need]}, and none of its groups lets it call port {HTTPS} of the internet."
    help_ = f"Add a rule to one of them: `egress: {{https: {{port: {HTTPS}, to: internet}}}}`."
    return Diagnostic(NO_WAY_OUT, message, (*member.path, need), "key", help=help_)


def _leads_out(architecture: Architecture, place: Member, addressed: bool) -> bool:
    """Whether a machine can call out; one in a subnet that exists already is believed to."""
    public = is_public(architecture, place)
    if public:
        return addressed or (isinstance(place.body, Subnet) and place.body.auto_public_ip)
    return public is None or architecture.way_out(place) is not None


def _not_public(member: Member, place: Member, path: Path) -> Diagnostic:
    label = Label(f"`{place.name}` has no route to an internet gateway.", place.path, "key")
    message = f"`{member.name}` has a public address, and `{place.name}` is not a public subnet."
    return Diagnostic(NOT_PUBLIC, message, path, related=(label,))
