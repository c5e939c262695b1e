"""Who stands in the networks: instances, groups of them, load balancers, databases, file systems, functions."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

from labspec.reach.ranges import Ranges, ranges
from labspec.reach.site import At, Interface, Member, Site
from labspec.reach.survey import truth
from labspec.reach.traffic import ALL_PORTS, number
from labspec.reach.values import UNKNOWN, Said, default_group, identity, items, said
from labspec.template import Joined, Resource
from labspec.template.conditions import Condition, all_of
from labspec.template.intrinsics import known

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


def settle(site: Site, joined: Joined) -> None:
    """Put everything into the site that has an interface there."""
    town = _Town(site, joined, _addressed(joined))
    for resource in joined.resources.values():
        if resource.condition is not False and (place := RESIDENTS.get(resource.type)):
            place(town, resource)


class _Town(NamedTuple):
    site: Site
    joined: Joined
    addressed: dict[str, list[Condition]]
    """What has a public address of its own, by its address, where the conditions hold."""

    def add(self, resource: Resource, kind: str, placed: Placed, owner: str = "") -> None:
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
            )
            for address in {resource.address, found.owner}:
                self.site.interfaces.setdefault(address, []).append(found)

    def _members(self, placed: Placed, subnet: str) -> tuple[Member, ...]:
        found = (
            Member(None if _is_unknown(each.value) else identity(each.value), each.condition) for each in placed.groups
        )
        members = tuple(found)
        if not members and subnet in self.site.subnets:
            return (Member(default_group(self.site.subnets[subnet].vpc), True),)
        return members or (Member(None, True),)

    def _public(self, address: str, placed: Placed, subnet: str) -> bool | None:
        own = self.addressed.get(address, [])
        if True in own:
            return True
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
    body = {**_template(town, instance.properties), **instance.properties}
    town.add(instance, "instance", _machine(town, body))


def _machine(town: _Town, body: Mapping[str, Any]) -> Placed:
    """A machine's first interface, by what it says itself, and its launch template."""
    card: Any = next((each.value for each in items(body.get("NetworkInterfaces"), ())), {})
    if isinstance(card, dict) and (own := town.resource(card.get("NetworkInterfaceId"))):
        return _card(own.properties)
    inside = body if not isinstance(card, dict) or not card else card
    public = truth(inside, "AssociatePublicIpAddress", absent=None)
    groups = _all(inside, "GroupSet", "Groups", "SecurityGroupIds", "SecurityGroups")
    unsaid = inside.get("AssociatePublicIpAddress") is None
    return Placed(_all(inside, "SubnetId"), groups, public, by_subnet=unsaid)


def _template(town: _Town, body: Mapping[str, Any]) -> Mapping[str, Any]:
    """What a launch template, or a launch configuration, says of a machine."""
    launch = body.get("LaunchTemplate") or {}
    policy = body.get("MixedInstancesPolicy")
    if isinstance(policy, dict):
        launch = policy.get("LaunchTemplate", {}).get("LaunchTemplateSpecification") or {}
    for name in ("LaunchTemplateId", "LaunchTemplateName"):
        if isinstance(launch, dict) and (found := town.resource(launch.get(name))):
            data = found.properties.get("LaunchTemplateData")
            return data if isinstance(data, dict) else {}
    found = town.resource(body.get("LaunchConfigurationName"))
    return found.properties if found else {}


def _group(town: _Town, group: Resource) -> None:
    placed = _machine(town, _template(town, group.properties))
    subnets = _all(group.properties, "VPCZoneIdentifier")
    town.add(group, "group", placed._replace(subnets=subnets or placed.subnets))


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
    scheme = known(body.get("Scheme", "internet-facing"))
    public = None if scheme is None else scheme != "internal"
    groups = _all(body, "SecurityGroups")
    placed = Placed(_all(body, "Subnets") or mapped, groups, public)
    town.add(balancer, "load balancer", placed)
    if not groups and known(body.get("Type")) in ("network", "gateway"):  # these need none, and then admit everybody
        found = town.site.interfaces.get(balancer.address, [])
        town.site.interfaces[balancer.address] = [each._replace(is_open=True) for each in found]
    for each in items(body.get("Listeners"), (*FOLDER, "Listeners")):  # of a Classic Load Balancer
        if isinstance(each.value, dict):
            _listen(town.site, balancer.address, each.value.get("LoadBalancerPort"), At(balancer.address, each.path))


def _listener(town: _Town, listener: Resource) -> None:
    at = At(listener.address, (*FOLDER, "Port"))
    if listener.condition is True:
        _listen(town.site, identity(listener.properties.get("LoadBalancerArn")), listener.properties.get("Port"), at)


def _listen(site: Site, address: str, port: Any, at: At) -> None:
    found = number(port)
    ports = ranges([(found, found)]) if found is not None else Ranges()
    site.ports[address] = (
        (site.ports[address][0] | ports, site.ports[address][1]) if address in site.ports else (ports, at)
    )


def _database(town: _Town, database: Resource) -> None:
    body = database.properties
    cluster = town.resource(body.get("DBClusterIdentifier"))
    source = town.resource(body.get("SourceDBInstanceIdentifier"))
    whole = {**(source.properties if source else {}), **(cluster.properties if cluster else {}), **body}
    group = town.resource(whole.get("DBSubnetGroupName"))
    subnets = _all(group.properties, "SubnetIds") if group else ()
    groups = _all(body if body.get("VPCSecurityGroups") else whole, "VPCSecurityGroups", "VpcSecurityGroupIds")
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


def hosts(site: Site, subnet: str) -> Iterator[Interface]:
    """Any host of a subnet, with every security group open."""
    found = site.subnets[subnet]
    yield Interface(subnet, subnet, "host", subnet, (), True, found.gives_public, True, At(subnet))


def listens(site: Site, address: str) -> Ranges:
    """The TCP ports that a resource listens on; all where that is not known."""
    return site.ports[address][0] if address in site.ports else ALL_PORTS
