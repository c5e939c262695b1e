"""What the stacks need of each quota: counted resource by resource, summed for each that holds them."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from functools import partial
from typing import Final, NamedTuple

from labspec import quotas
from labspec.preflight.amounts import UNKNOWN, Amount, amount, existence, items, target, total
from labspec.preflight.families import family, processors
from labspec.preflight.machines import GROUP, Machines, machines
from labspec.preflight.networks import (
    Counted,
    acl_entries,
    endpoint,
    group_rules,
    groups_around,
    mount_target,
    nat_gateway,
    route,
    whose,
)
from labspec.quotas import Quota
from labspec.template import Joined, Resource
from labspec.template.intrinsics import known


class Need(NamedTuple):
    """How much of a quota is needed, and by whom.

    `holder` is what the quota is of: the address of a VPC, a group, a template's file, a zone; "" where it is the
    region's or the account's. `first` is what deploying needs, `ever` what there may come to be, as groups grow.
    `by` are the addresses of what needs it.
    """

    quota: Quota
    holder: str
    first: Amount
    ever: Amount
    by: tuple[str, ...]


def needs(joined: Joined) -> list[Need]:
    """What the stacks need of all quotas, those of the region first."""
    counted: dict[tuple[Quota, str], list[Counted]] = {}
    for each in _counted(joined):
        counted.setdefault((each.quota, each.holder), []).append(each)
    found = [_need(quota, holder, every) for (quota, holder), every in counted.items()]
    found += _processors(joined)
    found += _templates(joined)
    needed = (each for each in found if each.ever.most is None or each.ever.most > 0)
    return sorted(needed, key=lambda each: each.quota.per not in ("region", "account"))


def _need(quota: Quota, holder: str, counted: list[Counted]) -> Need:
    all_ = total(each.amount for each in counted)
    by = (each.address for each in counted if each.address and each.amount.most != 0)
    return Need(quota, holder, all_, all_, tuple(dict.fromkeys(by)))


def _counted(joined: Joined) -> Iterator[Counted]:
    for resource in joined.resources.values():
        there = existence(resource.condition)
        if there.most == 0:
            continue
        for each in _of(joined, resource):
            yield each._replace(amount=there.times(each.amount))
    yield from (each for each in group_rules(joined) if each.amount.most != 0)
    yield from acl_entries(joined)
    for address, stack in joined.stacks.items():
        yield Counted(quotas.STACKS, "", address, existence(stack.condition))
    yield Counted(quotas.STACKS, "", "")


def _of(joined: Joined, resource: Resource) -> Iterator[Counted]:
    """What one resource counts as, where it exists."""
    if resource.type in EACH:
        yield Counted(EACH[resource.type], "", resource.address)
    for property, quota in INSIDE.get(resource.type, ()):
        holder = resource.properties.get(property)
        if holder is not None:
            yield Counted(quota, whose(joined, holder), resource.address)
    yield from groups_around(joined, resource)
    if resource.type in OWN:
        yield from OWN[resource.type](joined, resource)


def _balancer(_: Joined, resource: Resource) -> Iterator[Counted]:
    kind = known(resource.properties.get("Type", "application"))
    if kind in BALANCERS:
        yield Counted(BALANCERS[kind], "", resource.address)


def _target_group(_: Joined, resource: Resource) -> Iterator[Counted]:
    yield Counted(quotas.TARGET_GROUPS, "", resource.address)
    targets = items(resource.properties.get("Targets"))
    if targets != []:
        many = UNKNOWN if targets is None else Amount(len(targets), len(targets))
        yield Counted(quotas.TARGETS, resource.address, resource.address, many)


def _scaling_group(joined: Joined, resource: Resource) -> Iterator[Counted]:
    most = amount(joined, resource.properties.get("MaxSize"))
    for group in items(resource.properties.get("TargetGroupARNs")) or []:
        yield Counted(quotas.TARGETS, whose(joined, group), resource.address, most)


def _listener_rule(joined: Joined, resource: Resource) -> Iterator[Counted]:
    listener = target(joined, resource.properties.get("ListenerArn"))
    if listener is not None:
        balancer = listener.properties.get("LoadBalancerArn")
        yield Counted(quotas.LISTENER_RULES, whose(joined, balancer), resource.address)


def _topic(_: Joined, resource: Resource) -> Iterator[Counted]:
    fifo = known(resource.properties.get("FifoTopic")) == "true"
    yield Counted(quotas.FIFO_TOPICS if fifo else quotas.TOPICS, "", resource.address)


def _database(joined: Joined, resource: Resource) -> Iterator[Counted]:
    """A replica has as much storage as its source, unless it says more."""
    said = resource.properties.get("SourceDBInstanceIdentifier")
    source = target(joined, said)
    if said is not None:
        engine = (known(source.properties.get("Engine")) if source else None) or ""
        quota = quotas.FEWER_REPLICAS.get(engine.partition("-")[0], quotas.REPLICAS)
        yield Counted(quota, whose(joined, said), resource.address)
    body = {**source.properties, **resource.properties} if source else resource.properties
    if "DBClusterIdentifier" not in body:
        yield Counted(quotas.DATABASE_STORAGE, "", resource.address, amount(joined, body.get("AllocatedStorage")))


def _subnet_group(_: Joined, resource: Resource) -> Iterator[Counted]:
    listed = items(resource.properties.get("SubnetIds"))
    many = UNKNOWN if listed is None else Amount(len(listed), len(listed))
    yield Counted(quotas.GROUPED_SUBNETS, resource.address, resource.address, many)


def _processors(joined: Joined) -> Iterator[Need]:
    """Virtual processors, by the families of machines that share a quota."""
    found: dict[Quota, list[tuple[Machines, Amount]]] = {}
    for each in machines(joined):
        if each.spot:
            continue
        for name, many in _shares(each):
            found.setdefault(quotas.VCPUS[name], []).append((each, many))
    for quota, shares in found.items():
        first = total(each.first.times(many) for each, many in shares)
        ever = total(each.ever.times(many) for each, many in shares)
        by = (each.address for each, many in shares if each.ever.times(many).most != 0)
        yield Need(quota, "", first, ever, tuple(by))


def _shares(found: Machines) -> Iterator[tuple[str, Amount]]:
    """The processors of one of some machines, by the family of its type; whatever is not known counts as standard."""
    by_family: dict[str, list[Amount]] = {}
    for kind in found.kinds or ():
        many = processors(kind)
        if (name := family(kind)) is not None:
            by_family.setdefault(name, []).append(UNKNOWN if many is None else Amount(many, many))
    if found.kinds is None:
        by_family["standard"] = [UNKNOWN]
    for name, amounts in by_family.items():
        either = amounts[0]
        for each in amounts[1:]:
            either = either.either(each)
        yield name, either if len(by_family) == 1 else Amount(0, either.most)


SECTIONS: Final = {
    "Resources": quotas.RESOURCES,
    "Parameters": quotas.PARAMETERS,
    "Outputs": quotas.OUTPUTS,
    "Mappings": quotas.MAPPINGS,
}


def _templates(joined: Joined) -> Iterator[Need]:
    """What templates may hold, and one operation may make."""
    root = next(iter(joined.resources), "")
    for file, template in joined.templates.items():
        first = next((each.address for each in joined.resources.values() if each.file == file), root)
        make = partial(_held, holder=file, by=(first,) if first else ())
        for section, quota in SECTIONS.items():
            yield make(quota, len(template.section(section)))
        yield make(quotas.DYNAMIC_REFERENCES, json.dumps(template.data, default=str).count("{{resolve:"))
    if joined.stacks:
        sum_ = total(existence(each.condition) for each in joined.resources.values())
        yield Need(quotas.OPERATION, "", sum_, sum_, tuple(joined.stacks))


def _held(quota: Quota, many: int, holder: str, by: tuple[str, ...]) -> Need:
    return Need(quota, holder, Amount(many, many), Amount(many, many), by)


BALANCERS: Final = {"application": quotas.BALANCERS, "network": quotas.NETWORK_BALANCERS}

EACH: Final = {
    "AWS::AutoScaling::AutoScalingGroup": quotas.GROUPS_OF_MACHINES,
    "AWS::AutoScaling::LaunchConfiguration": quotas.LAUNCH_CONFIGURATIONS,
    "AWS::CloudFront::Distribution": quotas.DISTRIBUTIONS,
    "AWS::EC2::EIP": quotas.ADDRESSES,
    "AWS::EC2::EgressOnlyInternetGateway": quotas.EGRESS_GATEWAYS,
    "AWS::EC2::InternetGateway": quotas.GATEWAYS,
    "AWS::EC2::KeyPair": quotas.KEY_PAIRS,
    "AWS::EC2::SecurityGroup": quotas.SECURITY_GROUPS,
    "AWS::EC2::VPC": quotas.VPCS,
    "AWS::EFS::FileSystem": quotas.FILE_SYSTEMS,
    "AWS::IAM::InstanceProfile": quotas.PROFILES,
    "AWS::IAM::ManagedPolicy": quotas.POLICIES,
    "AWS::IAM::Role": quotas.ROLES,
    "AWS::Lambda::Function": quotas.FUNCTIONS,
    "AWS::Logs::LogGroup": quotas.LOG_GROUPS,
    "AWS::RDS::DBCluster": quotas.CLUSTERS,
    "AWS::RDS::DBClusterParameterGroup": quotas.CLUSTER_PARAMETER_GROUPS,
    "AWS::RDS::DBInstance": quotas.DATABASES,
    "AWS::RDS::DBParameterGroup": quotas.PARAMETER_GROUPS,
    "AWS::RDS::DBProxy": quotas.PROXIES,
    "AWS::RDS::DBSubnetGroup": quotas.SUBNET_GROUPS,
    "AWS::RDS::OptionGroup": quotas.OPTION_GROUPS,
    "AWS::S3::Bucket": quotas.BUCKETS,
    "AWS::SecretsManager::Secret": quotas.SECRETS,
}
"""Types of which each resource is one of a region's or of an account's."""

INSIDE: Final = {
    "AWS::EC2::NetworkAcl": (("VpcId", quotas.ACLS),),
    "AWS::EC2::RouteTable": (("VpcId", quotas.ROUTE_TABLES),),
    "AWS::EC2::Subnet": (("VpcId", quotas.SUBNETS),),
    "AWS::ElasticLoadBalancingV2::Listener": (("LoadBalancerArn", quotas.LISTENERS),),
}
"""Types of which each resource is one of another's, and the property that names that."""

OWN: Final[dict[str, Callable[[Joined, Resource], Iterator[Counted]]]] = {
    "AWS::EC2::NatGateway": nat_gateway,
    "AWS::EC2::Route": route,
    "AWS::EC2::VPCEndpoint": endpoint,
    "AWS::EFS::MountTarget": mount_target,
    "AWS::ElasticLoadBalancingV2::ListenerRule": _listener_rule,
    "AWS::ElasticLoadBalancingV2::LoadBalancer": _balancer,
    "AWS::ElasticLoadBalancingV2::TargetGroup": _target_group,
    "AWS::RDS::DBInstance": _database,
    "AWS::RDS::DBSubnetGroup": _subnet_group,
    "AWS::SNS::Topic": _topic,
    GROUP: _scaling_group,
}
