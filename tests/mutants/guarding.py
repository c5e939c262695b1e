"""What is lost, and who gets in: data, and the ways to it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from ipaddress import IPv4Network
from itertools import combinations
from typing import Any

from tests.joining import Thing
from tests.mutants.site import ANYWHERE, Site, named

DATA = ("EC2::Volume", "EFS::FileSystem", "RDS::DBInstance", "S3::Bucket", "SecretsManager::Secret")
"""What is lost with its resource."""
RULE = re.compile(r"[^:]+: (?P<protocol>\S+) (?P<ports>\S+) (?:from|to) (?P<peer>\S+)")
"""How a rule is described that says nothing of itself."""


def kept(site: Site) -> Iterator[str]:
    """Data says what becomes of it, as it is deleted and as it is replaced; a copy goes; nothing else is left over."""
    for thing in site.things.values():
        policies = [thing.attributes.get(name) for name in ("DeletionPolicy", "UpdateReplacePolicy")]
        kind = thing.type.removeprefix("AWS::")
        if kind in DATA and None in policies:
            yield f"{thing.id} does not say what becomes of it"
        if "SourceDBInstanceIdentifier" in thing.properties and policies != ["Delete"] * 2:
            yield f"{thing.id} is a copy that stays"
        if kind not in DATA and not kind.startswith("RDS::") and {*policies} & {"Retain", "Snapshot"}:
            yield f"{thing.id} is left over"


def backed(site: Site) -> Iterator[str]:
    """A database that is copied keeps backups."""
    for copy in site.of("RDS::DBInstance"):
        for source in site.inside(copy.properties.get("SourceDBInstanceIdentifier")):
            if not site.things[source].properties.get("BackupRetentionPeriod"):
                yield f"{source} keeps no backups, and {copy.id} is a copy of it"


def single(site: Site) -> Iterator[str]:
    """A database has one password: RDS takes none beside one that it manages itself."""
    for database in site.of("RDS::DBInstance"):
        if database.properties.get("ManageMasterUserPassword") is True and "MasterUserPassword" in database.properties:
            yield f"{database.id} has two passwords"


def hidden(site: Site) -> Iterator[str]:
    """A database is public only where all of its subnets lead to the internet."""
    for database in site.of("RDS::DBInstance"):
        if database.properties.get("PubliclyAccessible") is not True:
            continue
        for group in site.inside(database.properties.get("DBSubnetGroupName")):
            for place in named(site.things[group].properties["SubnetIds"]):
                if not any("GatewayId" in site.things[way].properties for way in site.ways.get(place, ())):
                    yield f"{database.id} is public, and {place} does not lead to the internet"


def encrypted(site: Site) -> Iterator[str]:
    """Files travel by TLS: to buckets that are not public to the world, and where others may mount a file system."""
    for policy in site.of("S3::BucketPolicy", "EFS::FileSystem"):
        said = policy.properties.get("PolicyDocument", policy.properties.get("FileSystemPolicy"))
        public = any(_is_open(site.things[name]) for name in site.inside(policy.properties.get("Bucket")))
        if said and not public and "aws:SecureTransport" not in str(_denied(said)):
            yield f"{policy.id} does not ask for TLS"


def _denied(policy: Mapping[str, Any]) -> list[Any]:
    return [said for said in policy["Statement"] if said["Effect"] == "Deny"]


def _is_open(bucket: Thing) -> bool:
    return bucket.properties.get("PublicAccessBlockConfiguration", {}).get("BlockPublicPolicy") is False


def told(site: Site) -> Iterator[str]:
    """A rule does what it is described to do, and is open to the world only if it says so."""
    for rule in site.of("EC2::SecurityGroupIngress", "EC2::SecurityGroupEgress"):
        said = rule.properties
        described = RULE.fullmatch(str(said.get("Description", "")))
        if described and (said.get("CidrIp") == ANYWHERE) != (described["peer"] in ("internet", ANYWHERE)):
            yield f"{rule.id} is open to the world, or is not: {described[0]}"
        ports = "-".join(dict.fromkeys(str(said.get(port)) for port in ("FromPort", "ToPort")))
        if described and described["protocol"] in ("tcp", "udp") and described["ports"] not in (ports, "all"):
            yield f"{rule.id} is for ports {ports}: {described[0]}"


def closed(site: Site) -> Iterator[str]:
    """A group with rules for what goes out has one of its own, or EC2 lets everything out beside them."""
    for rule in site.of("EC2::SecurityGroupEgress"):
        for group in site.inside(rule.properties["GroupId"]):
            if not site.things[group].properties.get("SecurityGroupEgress"):
                yield f"{group} lets everything out beside {rule.id}"


def apart(site: Site) -> Iterator[str]:
    """Subnets lie within their VPC, and no two share addresses."""
    by_network: dict[str, list[Thing]] = {}
    for place in site.of("EC2::Subnet"):
        for network in site.inside(place.properties["VpcId"]):
            by_network.setdefault(network, []).append(place)
    for network, places in by_network.items():
        blocks = {place.id: IPv4Network(place.properties["CidrBlock"]) for place in places}
        whole = IPv4Network(site.things[network].properties["CidrBlock"])
        yield from (f"{name} is not within {network}" for name, block in blocks.items() if not block.subnet_of(whole))
        yield from (
            f"{one} and {other} overlap"
            for one, other in combinations(blocks, 2)
            if blocks[one].overlaps(blocks[other])
        )


def spread(site: Site) -> Iterator[str]:
    """Load balancers and databases stand in two zones."""
    for thing in site.of("ElasticLoadBalancingV2::LoadBalancer", "RDS::DBSubnetGroup"):
        names = named(thing.properties.get("Subnets", thing.properties.get("SubnetIds")))
        zones = {str(site.things[name].properties.get("AvailabilityZone")) for name in names if name in site.things}
        if len(names) > 1 and all(name in site.things for name in names) and len(zones) < 2:
            yield f"{thing.id} stands in one zone"
