"""Who stands in the networks: instances, groups of them, load balancers, databases, file systems, functions."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from typing import Any, NamedTuple

from labspec.reach.ranges import Ranges, ranges
from labspec.reach.site import At, Interface, Member, Site
from labspec.reach.survey import truth
from labspec.reach.traffic import ALL_PORTS, number
from labspec.reach.values import UNKNOWN, Said, default_group, identity, is_vague, items, said
from labspec.template import Joined, Resource
from labspec.template.conditions import Condition, all_of, any_of, negate
from labspec.template.intrinsics import call, known, mentioned

ENGINES = {"mysql": 3306, "mariadb": 3306, "aurora-mysql": 3306, "postgres": 5432, "aurora-postgresql": 5432}
ENGINES |= {"oracle": 1521, "sqlserver": 1433, "db2": 50000}
"""The port of each engine unless another is said (`CreateDBInstance`, Amazon RDS API Reference)."""
NFS = 2049
FOLDER = ("Properties",)


class Placed(NamedTuple):
    """Where a resource has interfaces, and what is said of each."""

    subnets: tuple[Said, ...]
    groups: tuple[Said, ...]
    public: bool | None
    """None where the subnet decides, or it is not known."""
    by_subnet: bool = False
    is_known: bool = True
    """Whether all that is said of it was found: else it may be in any security group, and have any address."""
    six: bool | None = None


def settle(site: Site, joined: Joined) -> None:
    """Put everything into the site that has an interface there."""
    town = _Town(site, joined, _addressed(joined), _accelerated(joined))
    for resource in joined.resources.values():
        if resource.condition is not False and (place := RESIDENTS.get(resource.type)):
            place(town, resource)
    _attach(town)
    for resource in joined.resources.values():
        if resource.type not in KNOWN_USERS and resource.type not in RESIDENTS:
            for group in {*mentioned(resource.properties)} & site.groups.keys():
                site.strangers.setdefault(group, []).append(resource.address)


def _attach(town: _Town) -> None:
    """Interfaces of their own that are attached to machines: they are a machine's second ones."""
    for resource in town.joined.resources.values():
        if resource.type == "AWS::EC2::NetworkInterfaceAttachment" and resource.condition is not False:
            card = town.resource(resource.properties.get("NetworkInterfaceId"))
            machine = identity(resource.properties.get("InstanceId"))
            if card is not None:
                town.add(card, "interface", _card(card.properties)._replace(public=False), machine, second=True)


def _accelerated(joined: Joined) -> frozenset[str]:
    groups = (each for each in joined.resources.values() if each.type == "AWS::GlobalAccelerator::EndpointGroup")
    return frozenset(name for group in groups for name in mentioned(group.properties))


class _Town(NamedTuple):
    site: Site
    joined: Joined
    addressed: dict[str, list[Condition]]
    """What has a public address of its own, by its address, where the conditions hold."""
    accelerated: frozenset[str]
    """What Global Accelerator may lead to: it needs no public address for that."""

    def add(self, resource: Resource, kind: str, placed: Placed, owner: str = "", second: bool = False) -> None:
        for subnet in placed.subnets:
            where = identity(subnet.value)
            found = Interface(
                resource.address,
                owner or resource.address,
                kind,
                where,
                self._members(placed, where),
                False,
                self._public(resource.address, placed, where),
                all_of([resource.condition, subnet.condition]),
                At(resource.address, subnet.path),
                placed.six,
                resource.address in self.accelerated,
                second,
            )
            for address in {resource.address, found.owner}:
                self.site.interfaces.setdefault(address, []).append(found)

    def _members(self, placed: Placed, subnet: str) -> tuple[Member, ...]:
        if not placed.is_known:
            return (Member(None, True),)
        found = [(None if _is_unknown(each.value) else identity(each.value), each.condition) for each in placed.groups]
        members = tuple(Member(None if is_vague(name) else name, condition) for name, condition in found)
        place = self.site.subnets.get(subnet)
        none = negate(any_of(each.condition for each in members))
        if none is False:
            return members
        return (*members, Member(default_group(place.vpc) if place else None, none))

    def _public(self, address: str, placed: Placed, subnet: str) -> bool | None:
        own = self.addressed.get(address, [])
        if True in own:
            return True
        if not placed.is_known:
            return None
        by_subnet = self.site.subnets[subnet].gives_public if subnet in self.site.subnets else None
        public = by_subnet if placed.by_subnet and placed.public is None else placed.public
        return True if public else None if own else public

    def resource(self, value: Any) -> Resource | None:
        return self.joined.resources.get(identity(value)) if value is not None else None


def _is_unknown(value: Any) -> bool:
    return isinstance(value, dict) and UNKNOWN in value


def _addressed(joined: Joined) -> dict[str, list[Condition]]:
    """Elastic addresses, by what they are associated with."""
    found: dict[str, list[Condition]] = {}
    for resource in joined.resources.values():
        if resource.type in ("AWS::EC2::EIP", "AWS::EC2::EIPAssociation"):
            for name in ("InstanceId", "NetworkInterfaceId"):
                for each in said(resource.properties.get(name), ()):
                    condition = all_of([resource.condition, each.condition])
                    found.setdefault(identity(each.value), []).append(condition)
    return found


def _all(body: Mapping[str, Any], *names: str) -> tuple[Said, ...]:
    """The items of the first of some properties that is there."""
    name = next((name for name in names if body.get(name) is not None), names[0])
    return tuple(items(body.get(name), (*FOLDER, name)))


# ------------------------------------------------------------------ machines


def _instance(town: _Town, instance: Resource) -> None:
    launch = _template(town, instance.properties)
    body = {**(launch or {}), **instance.properties}
    for place, placed in enumerate(_machine(town, body)):
        town.add(
            instance, "instance", placed._replace(is_known=placed.is_known and launch is not None), second=place > 0
        )


def _machine(town: _Town, body: Mapping[str, Any]) -> Iterator[Placed]:
    """A machine's interfaces, the first first, by what it says itself, and its launch template."""
    cards = [*items(body.get("NetworkInterfaces"), ())]
    if not cards:
        yield _inside(body)
        return
    is_known = all(
        each.condition is True and isinstance(each.value, dict) and not call(each.value)[0] for each in cards
    )
    bodies = [each.value if isinstance(each.value, dict) else {} for each in cards]
    for card in sorted(bodies, key=lambda card: number(card.get("DeviceIndex")) or 0):
        own = town.resource(card.get("NetworkInterfaceId"))
        placed = _card(own.properties) if own else _inside(card)
        yield placed._replace(is_known=is_known)


def _inside(body: Mapping[str, Any]) -> Placed:
    public = truth(body, "AssociatePublicIpAddress", absent=None)
    groups = _all(body, "GroupSet", "Groups", "SecurityGroupIds", "SecurityGroups")
    six = True if number(body.get("Ipv6AddressCount")) or body.get("Ipv6Addresses") else None
    unsaid = body.get("AssociatePublicIpAddress") is None
    return Placed(_all(body, "SubnetId"), groups, public, by_subnet=unsaid, six=six)


def _template(town: _Town, body: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """What a launch template, or a launch configuration, says of a machine; None where it is not known which."""
    launch, policy = body.get("LaunchTemplate"), body.get("MixedInstancesPolicy")
    if isinstance(policy, dict):
        mixed = policy.get("LaunchTemplate")
        launch = mixed.get("LaunchTemplateSpecification") if isinstance(mixed, dict) else {}
        others = [each.value for each in items(mixed.get("Overrides") if isinstance(mixed, dict) else None, ())]
        if any(not isinstance(each, dict) or each.get("LaunchTemplateSpecification") for each in others):
            return None
    if launch is not None:
        return _launched(town, launch)
    if body.get("LaunchConfigurationName") is None:
        return {}
    found = town.resource(body["LaunchConfigurationName"])
    return found.properties if found else None


def _launched(town: _Town, launch: Any) -> Mapping[str, Any] | None:
    if not isinstance(launch, dict) or call(launch)[0]:
        return None
    found = town.resource(launch.get("LaunchTemplateId"))
    name = launch.get("LaunchTemplateName")
    if found is None and name is not None:
        named_so = (each for each in town.joined.resources.values() if each.type == "AWS::EC2::LaunchTemplate")
        found = next((each for each in named_so if each.properties.get("LaunchTemplateName") == name), None)
    data = found.properties.get("LaunchTemplateData") if found else None
    return data if isinstance(data, dict) and not call(data)[0] else None


def _group(town: _Town, group: Resource) -> None:
    launch = _template(town, group.properties)
    subnets = _all(group.properties, "VPCZoneIdentifier")
    for place, placed in enumerate(_machine(town, launch or {})):
        is_known = placed.is_known and launch is not None
        where = subnets or placed.subnets
        town.add(group, "group", placed._replace(subnets=where, is_known=is_known), second=place > 0)


def _card(body: Mapping[str, Any]) -> Placed:
    return Placed(_all(body, "SubnetId"), _all(body, "GroupSet"), None, by_subnet=False)


def _interface(town: _Town, interface: Resource) -> None:
    town.add(interface, "interface", _card(interface.properties)._replace(public=False))


def _function(town: _Town, function: Resource) -> None:
    inside = function.properties.get("VpcConfig")
    if isinstance(inside, dict):
        placed = Placed(_all(inside, "SubnetIds"), _all(inside, "SecurityGroupIds"), public=False)
        town.add(function, "function", placed)


# ------------------------------------------------------------------ what they use


def _balancer(town: _Town, balancer: Resource) -> None:
    body = balancer.properties
    mappings = items(body.get("SubnetMappings"), (*FOLDER, "SubnetMappings"))
    mapped = tuple(
        inner
        for each in mappings
        if isinstance(each.value, dict)
        for inner in said(each.value.get("SubnetId"), (*each.path, "SubnetId"), each.condition)
    )
    scheme, form = known(body.get("Scheme", "internet-facing")), known(body.get("IpAddressType", "ipv4"))
    public = None if None in (scheme, form) else scheme != "internal" and form != "dualstack-without-public-ipv4"
    six = None if form is None else form.startswith("dualstack") and scheme != "internal"
    groups = _all(body, "SecurityGroups")
    placed = Placed(_all(body, "Subnets") or mapped, groups, public, six=six)
    town.add(balancer, "load balancer", placed)
    if not groups and known(body.get("Type")) in ("network", "gateway"):  # these need none, and then admit everybody
        found = town.site.interfaces.get(balancer.address, [])
        town.site.interfaces[balancer.address] = [each._replace(is_open=True) for each in found]
    for each in items(body.get("Listeners"), (*FOLDER, "Listeners")):  # of a Classic Load Balancer
        if isinstance(each.value, dict):
            _listen(town.site, balancer.address, each.value.get("LoadBalancerPort"), At(balancer.address, each.path))


def _listener(town: _Town, listener: Resource) -> None:
    at = At(listener.address, (*FOLDER, "Port"))
    if listener.condition is not False:
        port = listener.properties.get("Port") if listener.condition is True else None
        _listen(town.site, identity(listener.properties.get("LoadBalancerArn")), port, at)


def _listen(site: Site, address: str, port: Any, at: At) -> None:
    found = number(port)
    before = site.ports.get(address, (Ranges(), at))
    ports = before[0] | ranges([(found, found)]) if found is not None and before[0] is not None else None
    site.ports[address] = (ports, before[1])


def _database(town: _Town, database: Resource) -> None:
    body = database.properties
    cluster = town.resource(body.get("DBClusterIdentifier"))
    source = town.resource(body.get("SourceDBInstanceIdentifier"))
    whole = {**(source.properties if source else {}), **(cluster.properties if cluster else {}), **body}
    group = town.resource(whole.get("DBSubnetGroupName"))
    subnets = _all(group.properties, "SubnetIds") if group else ()
    # A replica has its VPC's default group unless it names its own (`CreateDBInstanceReadReplica`, Amazon RDS API).
    said_so = whole if cluster and not body.get("VPCSecurityGroups") else body
    groups = _all(said_so, "VPCSecurityGroups", "VpcSecurityGroupIds")
    town.add(database, "database", Placed(subnets, groups, truth(body, "PubliclyAccessible", absent=None)))
    engine = (known(whole.get("Engine")) or "").split("-ee")[0]
    default = next((port for name, port in ENGINES.items() if engine.startswith(name)), None)
    _listen(town.site, database.address, whole.get("Port", default), At(database.address, (*FOLDER, "Port")))


def _mount_target(town: _Town, target: Resource) -> None:
    body = target.properties
    files = identity(body.get("FileSystemId"))
    placed = Placed(_all(body, "SubnetId"), _all(body, "SecurityGroups"), public=False)
    town.add(target, "file system", placed, files)
    for address in (target.address, files):
        _listen(town.site, address, NFS, At(target.address))


def _endpoint(town: _Town, endpoint: Resource) -> None:
    if known(endpoint.properties.get("VpcEndpointType", "Gateway")) == "Interface":
        body = endpoint.properties
        placed = Placed(_all(body, "SubnetIds"), _all(body, "SecurityGroupIds"), public=False)
        town.add(endpoint, "endpoint", placed)
        _listen(town.site, endpoint.address, 443, At(endpoint.address))


RESIDENTS: Mapping[str, Callable[[_Town, Resource], None]] = {
    "AWS::EC2::Instance": _instance,
    "AWS::EC2::NetworkInterface": _interface,
    "AWS::AutoScaling::AutoScalingGroup": _group,
    "AWS::Lambda::Function": _function,
    "AWS::ElasticLoadBalancing::LoadBalancer": _balancer,
    "AWS::ElasticLoadBalancingV2::LoadBalancer": _balancer,
    "AWS::ElasticLoadBalancingV2::Listener": _listener,
    "AWS::RDS::DBInstance": _database,
    "AWS::RDS::DBCluster": _database,
    "AWS::EFS::MountTarget": _mount_target,
    "AWS::EC2::VPCEndpoint": _endpoint,
}
"""What has interfaces in subnets, by its type."""
KNOWN_USERS = frozenset(
    {
        *("AWS::EC2::SecurityGroup", "AWS::EC2::SecurityGroupIngress", "AWS::EC2::SecurityGroupEgress"),
        *("AWS::EC2::LaunchTemplate", "AWS::AutoScaling::LaunchConfiguration", "AWS::CloudFormation::Stack"),
        "AWS::EC2::NetworkInterfaceAttachment",
    }
)
"""What speaks of security groups and stands in none of them."""


def hosts(site: Site, subnet: str) -> Iterator[Interface]:
    """Any host of a subnet, with every security group open."""
    found = site.subnets[subnet]
    yield Interface(subnet, subnet, "host", subnet, (), True, found.gives_public, True, At(subnet))


def residents(site: Site, subnets: Collection[str]) -> Iterator[Interface]:
    """Who is known to stand in some subnets."""
    for address, interfaces in site.interfaces.items():
        yield from (each for each in interfaces if each.address == address and each.subnet in subnets)


def listens(site: Site, address: str) -> Ranges | None:
    """The TCP ports that a resource listens on: all of a machine; None where they are not known."""
    return site.ports[address][0] if address in site.ports else ALL_PORTS
