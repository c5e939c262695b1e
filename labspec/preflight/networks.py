"""What of the network's quotas the stacks need: by zone, by VPC, by security group, by network interface."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from labspec import quotas
from labspec.preflight.amounts import ONE, UNKNOWN, Amount, amount, existence, items, part, target
from labspec.preflight.machines import machines_of
from labspec.quotas import Quota
from labspec.template import Joined, Resource
from labspec.template.intrinsics import call, key, known, text_of


class Counted(NamedTuple):
    """What one resource needs of a quota, and of whose: an address, or a zone; "" of the region's or the account's."""

    quota: Quota
    holder: str
    address: str
    amount: Amount = ONE


def whose(joined: Joined, value: Any) -> str:
    """What holds something, by a reference to it: its address, the parameter that names it, or what was written."""
    there = target(joined, value)
    if there is not None:
        return there.address
    name, argument = call(value)
    return str(argument) if name == "Ref" else text_of(value) or key(value).replace(" ", "")


def zone(joined: Joined, subnet: Any) -> str:
    """The zone of a subnet, as it is known: `ap-northeast-2a`, or `a` of the region of the stack."""
    there = target(joined, subnet)
    said = there.properties.get("AvailabilityZone") if there else None
    if said is None:
        return ""
    match call(said):
        case "Fn::Sub", [str(text), dict(values)] if list(values.values()) == [{"Ref": "AWS::Region"}]:
            return text.rpartition("}")[2]
        case "Fn::Select", [index, {"Fn::GetAZs": _}] if text_of(index) is not None:
            return f"number {int(str(text_of(index))) + 1}" if str(text_of(index)).isdigit() else key(said)
    return known(said) or key(said)


def nat_gateway(joined: Joined, resource: Resource) -> Iterator[Counted]:
    """Of its zone. Those whose zone is not known may be in one, or in as many as they are."""
    where = zone(joined, resource.properties.get("SubnetId"))
    yield Counted(quotas.NATS, where or "not known", resource.address, ONE if where else Amount(0, 1))
    more = items(resource.properties.get("SecondaryAllocationIds"))
    if more:
        many = Amount(1 + len(more), 1 + len(more))
        yield Counted(quotas.NAT_ADDRESSES, resource.address, resource.address, many)


def endpoint(joined: Joined, resource: Resource) -> Iterator[Counted]:
    """Of the region, or of its VPC."""
    if known(resource.properties.get("VpcEndpointType")) in (None, "Gateway"):
        yield Counted(quotas.GATEWAY_ENDPOINTS, "", resource.address)
    else:
        holder = whose(joined, resource.properties.get("VpcId"))
        yield Counted(quotas.INTERFACE_ENDPOINTS, holder, resource.address)


def mount_target(joined: Joined, resource: Resource) -> Iterator[Counted]:
    """One for each file system and zone, and so many in a VPC."""
    subnet = target(joined, resource.properties.get("SubnetId"))
    if subnet is not None:
        yield Counted(quotas.MOUNT_TARGETS, whose(joined, subnet.properties.get("VpcId")), resource.address)
    where = zone(joined, resource.properties.get("SubnetId"))
    if where:
        holder = f"{whose(joined, resource.properties.get('FileSystemId'))} zone {where}"
        yield Counted(quotas.ZONE_TARGETS, holder, resource.address)


def acl_entries(joined: Joined) -> Iterator[Counted]:
    """Of one direction and one family, with the rule at the end of each, which denies (`Amazon VPC quotas`)."""
    denying: dict[tuple[Quota, str], None] = {}
    for resource in joined.resources.values():
        there = existence(resource.condition)
        if resource.type == "AWS::EC2::NetworkAclEntry" and there.most != 0:
            leaving = known(resource.properties.get("Egress")) == "true"
            quota = quotas.ACL_LEAVING if leaving else quotas.ACL_ENTERING
            holder = _of_family(joined, resource, "NetworkAclId", "Ipv6CidrBlock")
            yield Counted(quota, holder, resource.address, there)
            denying[quota, holder] = None
    yield from (Counted(quota, holder, "") for quota, holder in denying)


def route(joined: Joined, resource: Resource) -> Iterator[Counted]:
    """Of one family, or as many as the entries of a prefix list (`Amazon VPC quotas`)."""
    if resource.properties.get("RouteTableId") is not None:
        holder = _of_family(joined, resource, "RouteTableId", "DestinationIpv6CidrBlock")
        yield Counted(quotas.ROUTES, holder, resource.address, _weight(joined, resource.properties))


def _of_family(joined: Joined, resource: Resource, holder: str, ipv6: str) -> str:
    """What holds something whose rules of IPv6 are counted for themselves."""
    address = whose(joined, resource.properties.get(holder))
    return f"{address} IPv6" if resource.properties.get(ipv6) is not None else address


RULES = {
    "AWS::EC2::SecurityGroupIngress": quotas.ENTERING,
    "AWS::EC2::SecurityGroupEgress": quotas.LEAVING,
}
INLINE = {"SecurityGroupIngress": quotas.ENTERING, "SecurityGroupEgress": quotas.LEAVING}
OTHER_SIDES = ("SourceSecurityGroupId", "SourceSecurityGroupName", "DestinationSecurityGroupId")


def group_rules(joined: Joined) -> Iterator[Counted]:
    """The rules of security groups. Those of IPv4 and of IPv6 are counted apart, and one about a group is of both."""
    families: dict[tuple[Quota, str, str], dict[str, Amount]] = {}
    for quota, group, address, rule in _rules(joined):
        by_family = families.setdefault((quota, group, address), {})
        weight = existence(joined.resources[address].condition).times(_weight(joined, rule))
        for name in _families(rule):
            by_family[name] = by_family.get(name, Amount()).plus(weight)
    by_group: dict[tuple[Quota, str], dict[str, Amount]] = {}
    for (quota, group, _), amounts in families.items():
        sums = by_group.setdefault((quota, group), {})
        for name, each in amounts.items():
            sums[name] = sums.get(name, Amount()).plus(each)
    for (quota, group, address), amounts in families.items():
        sums = by_group[(quota, group)]
        fuller = max(sums, key=lambda name: (sums[name].least, sums[name].most or 0))
        if fuller in amounts:
            yield Counted(quota, group, address, amounts[fuller])


def _rules(joined: Joined) -> Iterator[tuple[Quota, str, str, Any]]:
    """Each rule: its direction's quota, its group, the resource that says it, and its body."""
    for resource in joined.resources.values():
        if resource.type in RULES:
            group = whose(joined, resource.properties.get("GroupId"))
            yield RULES[resource.type], group, resource.address, resource.properties
        elif resource.type == "AWS::EC2::SecurityGroup":
            for name, quota in INLINE.items():
                for rule in items(resource.properties.get(name)) or []:
                    yield quota, resource.address, resource.address, rule


def _families(rule: Any) -> tuple[str, ...]:
    if any(part(rule, name) is not None for name in OTHER_SIDES):
        return ("IPv4", "IPv6")
    return ("IPv6",) if part(rule, "CidrIpv6") is not None else ("IPv4",)


def _weight(joined: Joined, rule: Any) -> Amount:
    """How many rules one counts as: as many as the prefix list that it names may have entries."""
    listed = part(rule, "SourcePrefixListId") or part(rule, "DestinationPrefixListId")
    if listed is None:
        return ONE
    prefixes = target(joined, listed)
    return amount(joined, prefixes.properties.get("MaxEntries")) if prefixes else Amount(1, None)


AROUND = {
    "AWS::EC2::NetworkInterface": ("GroupSet",),
    "AWS::EC2::VPCEndpoint": ("SecurityGroupIds",),
    "AWS::EFS::MountTarget": ("SecurityGroups",),
    "AWS::ElasticLoadBalancingV2::LoadBalancer": ("SecurityGroups",),
    "AWS::Lambda::Function": ("VpcConfig", "SecurityGroupIds"),
    "AWS::RDS::DBCluster": ("VpcSecurityGroupIds",),
    "AWS::RDS::DBInstance": ("VPCSecurityGroups",),
}
"""Where the groups around the interfaces of a type stand."""


def groups_around(joined: Joined, resource: Resource) -> Iterator[Counted]:
    """The security groups of each network interface that a resource has."""
    for index, groups in enumerate(_interfaces(joined, resource)):
        listed = items(groups)
        if groups is None or listed == []:
            continue
        many = UNKNOWN if listed is None else Amount(len(listed), len(listed))
        holder = f"{resource.address} interface {index + 1}" if index else resource.address
        yield Counted(quotas.GROUPS, holder, resource.address, many)


def _interfaces(joined: Joined, resource: Resource) -> list[Any]:
    if resource.type in AROUND:
        return [part(resource.properties, *AROUND[resource.type])]
    found = machines_of(joined, resource)
    if found is None:
        return []
    body = found.body
    own = [part(each, "GroupSet") or part(each, "Groups") for each in items(body.get("NetworkInterfaces")) or []]
    return [*own, *(body[name] for name in ("SecurityGroupIds", "SecurityGroups") if name in body)]
