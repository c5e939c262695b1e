"""What there is once only: a rule of a security group, a route, a listener on its port, an alias, a record.

Under another logical id it is made while the one of before still stands, which AWS refuses.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final, NamedTuple

from labspec.diff.canonical import references
from labspec.diff.difference import Change, Refusal
from labspec.diff.scene import Scene
from labspec.template.conditions import all_of
from labspec.template.intrinsics import key, text_of

Properties = Mapping[str, Any]
Identity = tuple[Any, ...]


class Once(NamedTuple):
    """What one of a type occupies, by its properties; what that is called; and the page that says it is there once.

    Where the refusal is not `sure`, the service may take the second one for the first, which the clean-up then removes.
    """

    of: Callable[[Properties], Iterator[Identity]]
    noun: str
    page: str
    sure: bool = True


def taken_places(scene: Scene) -> Iterator[Refusal]:
    """What is to be made, or changed, to be what something else is that still stands then."""
    holders = _holders(scene)
    for address in scene.of(*ONCE):
        once = ONCE[scene.new.resources[address].type]
        change = scene.changes.get(address)
        if change is None or change.is_swapped or change.verb == "remove":
            continue
        for identity in _come(scene, address, once):
            found = [other for other in holders.get(identity, ()) if _meet(scene, address, other)]
            if found:
                other = found[0]
                sure = once.sure and change.sure and _still_stands(scene, address, other)
                said = _message(once, other, other == address)
                yield Refusal(address, ("Properties",), said, _help(change, other), once.page, sure)
                break


def _holders(scene: Scene) -> dict[str, list[str]]:
    """Who is what before."""
    found: dict[str, list[str]] = defaultdict(list)
    for address in scene.formerly(*ONCE):
        kind = scene.former_type(address)
        for identity in ONCE[kind].of(scene.before[address]["Properties"]):
            found[key([kind, *identity])].append(address)
    return found


def _come(scene: Scene, address: str, once: Once) -> Iterator[str]:
    """What one is afterwards, and was not before, unless it is made anew; of what is itself made anew, nothing."""
    kind = scene.new.resources[address].type
    was = set()
    if address in scene.before and not scene.makes(address):
        was = {key([kind, *each]) for each in once.of(scene.before[address]["Properties"])}
    for identity in once.of(scene.after[address]["Properties"]):
        said = key([kind, *identity])
        if said not in was and not any(scene.anew(of) for _, of, _ in references(list(identity))):
            yield said


def _meet(scene: Scene, address: str, other: str) -> bool:
    """Whether both can stand at one time: not where their conditions exclude each other."""
    change = scene.changes.get(other)
    former = scene.old.resources[change.was if change and change.was else other]
    return all_of([scene.new.resources[address].condition, former.condition]) is not False


def _still_stands(scene: Scene, address: str, other: str) -> bool:
    """Whether the other one certainly is there as this one comes: it is changed first, perhaps, unless both swap."""
    change = scene.changes.get(other)
    if change is None:
        return True
    if change.verb != "change":
        return not change.is_swapped and change.when is True
    kind = scene.new.resources[address].type
    mine = {key([kind, *each]) for each in ONCE[kind].of(scene.before.get(address, {}).get("Properties", {}))}
    return any(key([kind, *each]) in mine for each in ONCE[kind].of(scene.after[other]["Properties"]))


def _message(once: Once, other: str, is_itself: bool) -> str:
    who = "what it replaces" if is_itself else other
    said = f"It comes while {who} still stands, and AWS has each {once.noun} once."
    return said if once.sure else f"{said} If it takes both for one, the clean-up removes that one."


def _help(change: Change, other: str) -> str:
    if change.verb == "change":
        return f"Take a value that is free, or change {other} in an update before this one."
    if other == change.address:
        return "Remove it in one update, and add it in the next."
    return f"If it is {other} under a new name, keep the logical id (in a spec: `was`); else remove {other} first."


def _by(*names: str, needs: int = 2) -> Callable[[Properties], Iterator[Identity]]:
    """What is told apart by some properties, of which the first `needs` are said."""

    def of(properties: Properties) -> Iterator[Identity]:
        values = [properties.get(name) for name in names]
        if all(value is not None for value in values[:needs]):
            yield tuple(values)

    return of


def _endpoint(properties: Properties) -> Iterator[Identity]:
    """A gateway by its routes in each table, an interface by its private names."""
    place = (properties.get("VpcId"), properties.get("ServiceName"))
    if properties.get("VpcEndpointType", "Gateway") == "Gateway":
        tables = properties.get("RouteTableIds")
        yield from ((*place, table) for table in (tables if isinstance(tables, list) else ()))
    elif properties["VpcEndpointType"] == "Interface" and text_of(properties.get("PrivateDnsEnabled")) == "true":
        yield place


def _record(properties: Properties) -> Iterator[Identity]:
    zone = properties.get("HostedZoneId") or properties.get("HostedZoneName")
    name = properties.get("Name")
    name = name.lower().rstrip(".") if isinstance(name, str) else name
    if zone and name:
        yield zone, name, properties.get("Type"), properties.get("SetIdentifier")


def _aliases(properties: Properties) -> Iterator[Identity]:
    config = properties.get("DistributionConfig")
    names = config.get("Aliases") if isinstance(config, Mapping) else None
    yield from ((name,) for name in (names if isinstance(names, list) else ()))


def _attached(properties: Properties) -> Iterator[Identity]:
    """Interfaces and volumes that a machine takes."""
    for several, one in (("NetworkInterfaces", "NetworkInterfaceId"), ("Volumes", "VolumeId")):
        items = properties.get(several)
        for item in items if isinstance(items, list) else ():
            if isinstance(item, Mapping) and item.get(one) is not None:
                yield one, item[one]


PEERS: Final = ("CidrIp", "CidrIpv6", "SourcePrefixListId", "SourceSecurityGroupId", "SourceSecurityGroupName")
GOALS: Final = ("CidrIp", "CidrIpv6", "DestinationPrefixListId", "DestinationSecurityGroupId")
BLOCKS: Final = ("DestinationCidrBlock", "DestinationIpv6CidrBlock", "DestinationPrefixListId")
EC2: Final = "Amazon EC2 API Reference"
ELB: Final = "Elastic Load Balancing API Reference"

ONCE: Final[Mapping[str, Once]] = {
    "AWS::CloudFront::Distribution": Once(
        _aliases, "alternate domain name", "CreateDistribution (CNAMEAlreadyExists), Amazon CloudFront API Reference"
    ),
    "AWS::EC2::Instance": Once(_attached, "attachment of a network interface or volume", f"AttachVolume, {EC2}"),
    "AWS::EC2::NetworkAclEntry": Once(
        _by("NetworkAclId", "RuleNumber", "Egress"), "rule number of a network ACL", f"CreateNetworkAclEntry, {EC2}"
    ),
    "AWS::EC2::Route": Once(
        _by("RouteTableId", *BLOCKS, needs=1), "destination of a route table", f"RouteAlreadyExists, error codes, {EC2}"
    ),
    "AWS::EC2::SecurityGroupEgress": Once(
        _by("GroupId", "IpProtocol", "FromPort", "ToPort", *GOALS),
        "rule of a security group",
        f"AuthorizeSecurityGroupEgress, {EC2}",
        sure=False,
    ),
    "AWS::EC2::SecurityGroupIngress": Once(
        _by("GroupId", "IpProtocol", "FromPort", "ToPort", *PEERS),
        "rule of a security group",
        f"AuthorizeSecurityGroupIngress, {EC2}",
        sure=False,
    ),
    "AWS::EC2::SubnetRouteTableAssociation": Once(
        _by("SubnetId", needs=1), "route table of a subnet", f"Resource.AlreadyAssociated, error codes, {EC2}"
    ),
    "AWS::EC2::VPCCidrBlock": Once(_by("VpcId", "CidrBlock"), "block of a VPC", f"AssociateVpcCidrBlock, {EC2}"),
    "AWS::EC2::VPCEndpoint": Once(_endpoint, "endpoint of a service in a VPC", f"CreateVpcEndpoint, {EC2}"),
    "AWS::EC2::VPCGatewayAttachment": Once(
        _by("VpcId", "InternetGatewayId"), "internet gateway of a VPC", f"AttachInternetGateway, {EC2}"
    ),
    "AWS::EC2::VolumeAttachment": Once(_by("VolumeId", needs=1), "attachment of a volume", f"AttachVolume, {EC2}"),
    "AWS::ElasticLoadBalancingV2::Listener": Once(
        _by("LoadBalancerArn", "Port"), "port of a load balancer", f"CreateListener (DuplicateListener), {ELB}"
    ),
    "AWS::ElasticLoadBalancingV2::ListenerRule": Once(
        _by("ListenerArn", "Priority"), "priority of a listener", f"CreateRule (PriorityInUse), {ELB}"
    ),
    "AWS::Lambda::EventSourceMapping": Once(
        _by("FunctionName", "EventSourceArn"),
        "event source of a function",
        "CreateEventSourceMapping (ResourceConflictException), AWS Lambda API Reference",
    ),
    "AWS::Route53::RecordSet": Once(
        _record, "record", "ChangeResourceRecordSets (InvalidChangeBatch), Amazon Route 53 API Reference"
    ),
    "AWS::S3::BucketPolicy": Once(_by("Bucket", needs=1), "policy of a bucket", "AWS::S3::BucketPolicy"),
}
"""By type. What bears a name is in `names`, and a mount target in `moves`."""
