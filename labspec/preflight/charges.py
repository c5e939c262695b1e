"""What is paid for month after month: by the hour, by the gigabyte that is reserved, and by use, which nobody knows."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any, Final, NamedTuple

from labspec.preflight.amounts import ONE, UNKNOWN, Amount, amount, existence, items, part, target, texts
from labspec.preflight.machines import GROUP, INSTANCE, Machines, machines
from labspec.preflight.prices import Sought
from labspec.template import Joined, Resource
from labspec.template.intrinsics import known

HOURS: Final = 730
"""The hours of a month, as AWS's own calculator counts them (`AWS Pricing Calculator assumptions`)."""


class Charge(NamedTuple):
    """Something that costs: so many units a month, of a product. Without a product it is charged by use.

    `problem` says why the product cannot be told.
    """

    address: str
    what: str
    unit: str = ""
    quantity: Amount = UNKNOWN
    sought: Sought | None = None
    problem: str = ""


def charges(joined: Joined) -> list[Charge]:
    """What all stacks cost by the month, and what they cost by use."""
    found = [charge for each in machines(joined) for charge in _machines(joined, each)]
    for resource in joined.resources.values():
        there = existence(resource.condition)
        if there.most == 0 or resource.type not in KINDS:
            continue
        every = KINDS[resource.type](joined, resource)
        found += [charge._replace(quantity=there.times(charge.quantity)) for charge in every]
    return [charge for charge in found if charge.quantity.most != 0]


def unpriced(joined: Joined) -> dict[str, list[str]]:
    """The resources of types of which it is not known what they cost, by their types."""
    found: dict[str, list[str]] = {}
    for resource in joined.resources.values():
        is_known = resource.type in KINDS or resource.type in (INSTANCE, GROUP) or resource.type in FREE
        if resource.condition is not False and not is_known and not resource.type.startswith(FREE_SERVICES):
            found.setdefault(resource.type, []).append(resource.address)
    return found


def hourly(address: str, what: str, many: Amount, sought: Sought) -> Charge:
    """Something that is there all month."""
    return Charge(address, what, "Hrs", many.times(Amount(HOURS, HOURS)), sought)


def _machines(joined: Joined, found: Machines) -> Iterator[Charge]:
    many = Amount(found.first.least, found.ever.most)
    if found.spot:
        yield Charge(found.address, "machines at the price of the spot market")
    elif found.kinds is None or len(found.kinds) != 1:
        kinds = " or ".join(found.kinds or ())
        what = f"machines ({kinds})" if kinds else "machines"
        yield Charge(found.address, what, "Hrs", many.times(Amount(HOURS, HOURS)), None, "their type is not known")
    elif (tenancy := TENANCIES.get(_tenancy(found))) is None:
        yield Charge(found.address, "machines", "Hrs", UNKNOWN, None, "whose hardware they run on is not known")
    else:
        yield _machine(found, many, tenancy)
    yield from _disks(joined, found, many)
    monitored = found.body.get("Monitoring")
    if known(part(monitored, "Enabled") if isinstance(monitored, dict) else monitored) == "true":
        yield Charge(found.address, "metrics of detailed monitoring", quantity=many)
    public = many.times(_public(joined, found))
    if public.most != 0:
        yield _address(found.address, public)


TENANCIES: Final = {"default": "Shared", "dedicated": "Dedicated"}
"""As templates and as the price list call it; a machine on a host of its own is paid for by that."""


def _tenancy(found: Machines) -> str:
    said = found.body.get("Tenancy") or part(found.body, "Placement", "Tenancy")
    return "default" if said is None else known(said) or ""


def _machine(found: Machines, many: Amount, tenancy: str) -> Charge:
    (kind,) = found.kinds or ("",)
    windows = "windows" in json.dumps(found.body.get("ImageId"), default=str).lower()
    system = "Windows" if windows else "Linux"
    wanted = (
        ("instanceType", kind),
        ("operatingSystem", system),
        ("tenancy", tenancy),
        ("preInstalledSw", "NA"),
        ("capacitystatus", "Used"),
        ("licenseModel", "No License required"),
    )
    family = "Compute Instance (bare metal)" if ".metal" in kind else "Compute Instance"
    return hourly(found.address, f"{kind}, {system}, on demand", many, Sought("AmazonEC2", family, wanted))


def _disks(joined: Joined, found: Machines, many: Amount) -> Iterator[Charge]:
    listed = items(found.body.get("BlockDeviceMappings"))
    sized = [part(each, "Ebs") for each in listed or [] if part(each, "Ebs", "VolumeSize") is not None]
    for disk in sized:
        yield _volume(joined, found.address, disk, many, "VolumeSize")
    if len(sized) < max(1, len(listed or [])):
        yield Charge(found.address, "disk of the image's size", "GB-Mo", UNKNOWN, None, "its size is not said")


def _volume(joined: Joined, address: str, body: Any, many: Amount, size: str) -> Charge:
    kinds = texts(joined, part(body, "VolumeType") or "gp2")  # `AWS::EC2::Volume`: gp2 unless said
    gigabytes = many.times(amount(joined, part(body, size)))
    if kinds is None or len(kinds) != 1:
        return Charge(address, "disk", "GB-Mo", gigabytes, None, "its type is not known")
    sought = Sought("AmazonEC2", "Storage", (("volumeApiName", kinds[0]),), r"EBS:VolumeUsage(\.[a-z0-9]+)?")
    return Charge(address, f"{kinds[0]} disk", "GB-Mo", gigabytes, sought)


def _public(joined: Joined, found: Machines) -> Amount:
    """Whether each of some machines keeps a public address of its own: not where an elastic one takes its place."""
    for resource in joined.resources.values():
        if resource.type in ("AWS::EC2::EIPAssociation", "AWS::EC2::EIP") and resource.condition is not False:
            machine = target(joined, resource.properties.get("InstanceId"))
            if machine is not None and machine.address == found.address:
                return Amount()
    interfaces = items(found.body.get("NetworkInterfaces")) or []
    first = interfaces[0] if interfaces else None
    said = part(first, "AssociatePublicIpAddress")
    if said is not None:
        return Amount(1, 1) if known(said) == "true" else Amount()
    resource = joined.resources[found.address]
    subnets = [part(first, "SubnetId") or found.body.get("SubnetId")]
    subnets = items(resource.properties.get("VPCZoneIdentifier")) or subnets
    public = [target(joined, each) for each in subnets]
    if None in public:
        return Amount(0, 1)
    return (
        ONE
        if any(each and known(each.properties.get("MapPublicIpOnLaunch")) == "true" for each in public)
        else Amount()
    )


def _address(address: str, many: Amount) -> Charge:
    return hourly(address, "public IPv4 address", many, Sought("AmazonVPC", "", (), "PublicIPv4:InUseAddress"))


def _elastic(_: Joined, resource: Resource) -> Iterator[Charge]:
    yield _address(resource.address, ONE)


def _nat(_: Joined, resource: Resource) -> Iterator[Charge]:
    yield hourly(resource.address, "NAT gateway", ONE, Sought("AmazonEC2", "NAT Gateway", (), "NatGateway-Hours"))
    yield Charge(resource.address, "data through the NAT gateway")


def _balancer(_: Joined, resource: Resource) -> Iterator[Charge]:
    kind = known(resource.properties.get("Type", "application")) or ""
    sought = Sought("AWSELB", f"Load Balancer-{kind.title()}", (), "LoadBalancerUsage")
    yield hourly(resource.address, f"{kind} load balancer", ONE, sought)
    is_public = known(resource.properties.get("Scheme", "internet-facing")) == "internet-facing"
    if kind != "gateway" and is_public:
        subnets = items(resource.properties.get("Subnets") or resource.properties.get("SubnetMappings"))
        own = [each for each in subnets or () if part(each, "AllocationId") is None]  # an elastic one is counted itself
        yield _address(resource.address, UNKNOWN if subnets is None else Amount(len(own), len(own)))
    yield Charge(resource.address, "load balancer capacity units")


ENGINES: Final = {
    "aurora-mysql": "Aurora MySQL",
    "aurora-postgresql": "Aurora PostgreSQL",
    "mariadb": "MariaDB",
    "mysql": "MySQL",
    "postgres": "PostgreSQL",
}
"""The engines of RDS whose licence costs nothing, as the price list calls them."""
STORAGES: Final = {"gp2": "GP2-Storage", "gp3": "GP3-Storage", "io1": "PIOPS-Storage"}


def _database(joined: Joined, resource: Resource) -> Iterator[Charge]:
    source = target(joined, resource.properties.get("SourceDBInstanceIdentifier"))
    said = resource.properties
    body = {**source.properties, **said, "MultiAZ": said.get("MultiAZ")} if source else dict(said)
    standby = known(body.get("MultiAZ")) == "true"
    place = "Multi-AZ" if standby else "Single-AZ"
    kinds, engines = texts(joined, body.get("DBInstanceClass")), texts(joined, body.get("Engine"))
    if not kinds or len(kinds) != 1 or not engines or len(engines) != 1 or engines[0] not in ENGINES:
        yield Charge(resource.address, "database", "Hrs", UNKNOWN, None, "its class, engine or licence is not known")
    else:
        wanted = (("instanceType", kinds[0]), ("databaseEngine", ENGINES[engines[0]]), ("deploymentOption", place))
        yield hourly(
            resource.address,
            f"{kinds[0]}, {ENGINES[engines[0]]}, {place}",
            ONE,
            Sought("AmazonRDS", "Database Instance", wanted, f".*{kinds[0].replace('.', '[.]')}"),
        )
    if "DBClusterIdentifier" not in body:
        yield _stored(joined, resource, body, standby)
    if known(body.get("PubliclyAccessible")) == "true":
        yield _address(resource.address, ONE)
    if known(said.get("ManageMasterUserPassword")) == "true":
        yield Charge(resource.address, "secret", "", ONE, SECRET)


def _stored(joined: Joined, resource: Resource, body: dict[str, Any], standby: bool) -> Charge:
    gigabytes = amount(joined, body.get("AllocatedStorage"))
    kinds = texts(joined, body.get("StorageType"))
    if not kinds or len(kinds) != 1 or kinds[0] not in STORAGES:
        return Charge(resource.address, "database storage", "GB-Mo", gigabytes, None, "its type is not said")
    usage = f"RDS:{'Multi-AZ-' if standby else ''}{STORAGES[kinds[0]]}"
    sought = Sought("AmazonRDS", "Database Storage", (("databaseEngine", "Any"),), usage)
    return Charge(resource.address, f"{kinds[0]} database storage", "GB-Mo", gigabytes, sought)


def _disk(joined: Joined, resource: Resource) -> Iterator[Charge]:
    yield _volume(joined, resource.address, resource.properties, ONE, "Size")


def _endpoint(_: Joined, resource: Resource) -> Iterator[Charge]:
    kind = known(resource.properties.get("VpcEndpointType", "Gateway"))
    if kind == "Interface":
        subnets = items(resource.properties.get("SubnetIds"))
        many = UNKNOWN if subnets is None else Amount(len(subnets), len(subnets))
        sought = Sought("AmazonVPC", "VpcEndpoint", (), "VpcEndpoint-Hours")
        yield hourly(resource.address, "interface endpoint", many, sought)
        yield Charge(resource.address, "data through the endpoint")
    elif kind != "Gateway":
        yield Charge(resource.address, "endpoint", "Hrs", UNKNOWN, None, "prices of its kind are not looked up")


SECRET: Final = Sought("AWSSecretsManager", "Secret")


def _secret(_: Joined, resource: Resource) -> Iterator[Charge]:
    replicas = items(resource.properties.get("ReplicaRegions"))
    yield Charge(resource.address, "secret", "", ONE, SECRET)
    if replicas != []:
        many = UNKNOWN if replicas is None else Amount(len(replicas), len(replicas))
        yield Charge(resource.address, "replicas of a secret", "", many, None, "they are in other regions")


def _alarm(_: Joined, resource: Resource) -> Iterator[Charge]:
    sought = Sought("AmazonCloudWatch", "Alarm", (("alarmType", "Standard"),), "CW:AlarmMonitorUsage")
    yield Charge(resource.address, "alarm", "", ONE, sought)


def _used(what: str) -> Callable[[Joined, Resource], Iterator[Charge]]:
    def charge(_: Joined, resource: Resource) -> Iterator[Charge]:
        yield Charge(resource.address, what)

    return charge


KINDS: Final[dict[str, Callable[[Joined, Resource], Iterator[Charge]]]] = {
    "AWS::CloudFront::Distribution": _used("requests and data from CloudFront"),
    "AWS::CloudWatch::Alarm": _alarm,
    "AWS::DynamoDB::Table": _used("storage, reads and writes of a table"),
    "AWS::EC2::EIP": _elastic,
    "AWS::EC2::NatGateway": _nat,
    "AWS::EC2::VPCEndpoint": _endpoint,
    "AWS::EC2::Volume": _disk,
    "AWS::EFS::FileSystem": _used("storage of a file system by the GB"),
    "AWS::ElasticLoadBalancingV2::LoadBalancer": _balancer,
    "AWS::Lambda::Function": _used("requests and seconds of a function"),
    "AWS::Logs::LogGroup": _used("logs that are taken in and kept"),
    "AWS::RDS::DBInstance": _database,
    "AWS::S3::Bucket": _used("storage and requests of a bucket"),
    "AWS::SNS::Topic": _used("messages of a topic"),
    "AWS::SQS::Queue": _used("requests of a queue"),
    "AWS::SecretsManager::Secret": _secret,
}

FREE_SERVICES: Final = ("AWS::AutoScaling::", "AWS::CloudFormation::WaitCondition", "AWS::IAM::")
FREE: Final = {
    *(f"AWS::CloudFront::{name}" for name in ("OriginAccessControl", "CloudFrontOriginAccessIdentity", "CachePolicy")),
    *("AWS::EC2::" + name for name in ("EIPAssociation", "EgressOnlyInternetGateway", "InternetGateway", "KeyPair")),
    *("AWS::EC2::" + name for name in ("LaunchTemplate", "NetworkAcl", "NetworkAclEntry", "NetworkInterface")),
    *("AWS::EC2::" + name for name in ("PrefixList", "Route", "RouteTable", "SecurityGroup", "SecurityGroupEgress")),
    *("AWS::EC2::" + name for name in ("SecurityGroupIngress", "Subnet", "SubnetNetworkAclAssociation", "VPC")),
    *("AWS::EC2::" + name for name in ("SubnetRouteTableAssociation", "VPCDHCPOptionsAssociation", "DHCPOptions")),
    *("AWS::EC2::" + name for name in ("VPCGatewayAttachment", "VolumeAttachment", "VPCPeeringConnection")),
    *("AWS::ElasticLoadBalancingV2::" + name for name in ("Listener", "ListenerRule", "TargetGroup")),
    *("AWS::EFS::" + name for name in ("AccessPoint", "MountTarget")),
    *("AWS::Lambda::" + name for name in ("EventSourceMapping", "LayerVersion", "Permission", "Version")),
    *("AWS::RDS::" + name for name in ("DBClusterParameterGroup", "DBParameterGroup", "DBSubnetGroup", "OptionGroup")),
    *("AWS::S3::BucketPolicy", "AWS::SNS::Subscription", "AWS::SNS::TopicPolicy", "AWS::SQS::QueuePolicy"),
    *("AWS::SSM::" + name for name in ("Association", "Document")),
    *("AWS::SecretsManager::" + name for name in ("ResourcePolicy", "RotationSchedule", "SecretTargetAttachment")),
}
"""Types that cost nothing by themselves: what goes through them, or stands behind them, does."""
