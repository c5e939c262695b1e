"""What waits for what: references do not show it, and no emulator minds."""

from __future__ import annotations

from collections.abc import Iterator

from tests.joining import Thing
from tests.mutants.site import MACHINES, Site, named


def attached(site: Site) -> Iterator[str]:
    """What is reached from the internet waits until a gateway is attached; so does each route to a gateway."""
    gates = {gate.id for gate in site.of("EC2::VPCGatewayAttachment")}
    for thing in site.things.values():
        if gates and _is_public(site, thing) and not gates & site.order[thing.id]:
            yield f"{thing.id} does not wait for the gateway's attachment"


def _is_public(site: Site, thing: Thing) -> bool:
    said = thing.properties
    match thing.type.removeprefix("AWS::"):
        case "EC2::EIP" | "EC2::EIPAssociation" | "EC2::NatGateway":
            return True
        case "EC2::Route":
            return any(site.things[name].type == "AWS::EC2::InternetGateway" for name in site.inside(said))
        case "ElasticLoadBalancingV2::LoadBalancer":
            return bool(said.get("Scheme") == "internet-facing")
        case "EC2::Instance":
            return any(each.get("AssociatePublicIpAddress") is True for each in site.interfaces(thing))
        case "RDS::DBInstance":
            return said.get("PubliclyAccessible") is True
    return False


def led(site: Site) -> Iterator[str]:
    """What calls out as it starts waits until its subnets lead out, and what the internet calls until they lead in."""
    for thing in site.of("EC2::NatGateway", *MACHINES, "ElasticLoadBalancingV2::LoadBalancer"):
        for place in site.places(thing):
            if missing := site.ways.get(place, frozenset()) - site.order[thing.id]:
                yield f"{thing.id} does not wait for {', '.join(sorted(missing))}"


def mounted(site: Site) -> Iterator[str]:
    """A machine that mounts a file system waits for a mount target of it."""
    for machine in site.of(*MACHINES):
        for name in site.inside(site.template(machine).get("UserData")):
            targets = {each.id for each in site.of("EFS::MountTarget") if name in named(each.properties)}
            if targets and not targets & site.order[machine.id]:
                yield f"{machine.id} does not wait for a mount target of {name}"
