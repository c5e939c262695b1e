"""Small networks at random: as templates, and as something that packets are pushed through one at a time.

This evaluator knows nothing of labspec's: it has addresses, rules and ports, and follows one packet and its answer.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from ipaddress import IPv4Network, ip_address, ip_network
from typing import Any

PORTS = (22, 80, 443, 3306)
OUTSIDE = ("198.51.100.7", "8.8.8.8", "203.0.113.200")
BLOCKS = ("0.0.0.0/0", "198.51.100.0/24", "203.0.113.0/25", "8.0.0.0/7")
ANSWERS = (1024, 40000, 65535)

Peer = str
"""A block, or the name of a group."""


@dataclass
class Rule:
    protocol: str
    first: int
    last: int
    peer: Peer
    number: int = 0
    allows: bool = True

    def speaks_of(self, protocol: str, port: int) -> bool:
        return self.protocol == "-1" or (self.protocol == protocol and self.first <= port <= self.last)


@dataclass
class Subnet:
    block: IPv4Network
    routes: list[tuple[str, str]]
    """Blocks, and what they lead to: `internet` or `nat`."""
    entries: dict[str, list[Rule]] | None
    """Of its network ACL, by direction; None for the VPC's own."""


@dataclass
class Machine:
    subnet: str
    groups: list[str]
    is_public: bool


@dataclass
class World:
    is_attached: bool
    nat: str
    """The subnet of the NAT gateway."""
    subnets: dict[str, Subnet] = field(default_factory=dict)
    groups: dict[str, dict[str, list[Rule]]] = field(default_factory=dict)
    machines: dict[str, Machine] = field(default_factory=dict)


def world(seed: int) -> World:
    """A network at random, always the same for a seed."""
    dice = random.Random(seed)
    made = World(dice.random() < 0.9, "S0")
    for number in range(3):
        ways = [
            ("0.0.0.0/0", "internet"),
            ("0.0.0.0/0", "nat"),
            ("198.51.100.0/24", "internet"),
            ("198.51.100.0/24", "nat"),
        ]
        picked = {way[0]: way for way in dice.sample(ways, dice.randint(0, 3))}
        routes = [way for way in picked.values() if not (number == 0 and way[1] == "nat")]
        entries = {side: _entries(dice) for side in ("in", "out")} if dice.random() < 0.4 else None
        made.subnets[f"S{number}"] = Subnet(IPv4Network(f"10.0.{number}.0/24"), routes, entries)
    for number in range(3):
        sides = {"in": _rules(dice, 3)} | ({"out": _rules(dice, 2)} if dice.random() < 0.4 else {})
        made.groups[f"G{number}"] = sides
    for number in range(4):
        groups = sorted(dice.sample(sorted(made.groups), dice.randint(1, 2)))
        made.machines[f"M{number}"] = Machine(dice.choice(sorted(made.subnets)), groups, dice.random() < 0.5)
    return made


def _block(dice: random.Random) -> str:
    return dice.choice([*BLOCKS, "10.0.0.0/16", "10.0.1.0/24", "10.0.0.0/23"])


def _ports(dice: random.Random) -> tuple[str, int, int]:
    first = dice.choice(PORTS)
    return dice.choice([("tcp", first, first), ("tcp", 0, 65535), ("udp", 53, 53), ("-1", 0, 65535), ("tcp", 22, 443)])


def _rules(dice: random.Random, most: int) -> list[Rule]:
    peers = [_block(dice) if dice.random() < 0.6 else f"G{dice.randrange(3)}" for _ in range(dice.randint(1, most))]
    return [Rule(*_ports(dice), peer) for peer in peers]


def _entries(dice: random.Random) -> list[Rule]:
    found = [
        Rule(*dice.choice([_ports(dice), ("tcp", 1024, 65535)]), _block(dice), number * 10, dice.random() < 0.7)
        for number in range(1, dice.randint(2, 5))
    ]
    return [*found, Rule("-1", 0, 65535, "0.0.0.0/0", 900)] if dice.random() < 0.6 else found


# ------------------------------------------------------------------ packets


@dataclass
class End:
    """Somebody with an address; outside, or a machine."""

    address: str
    machine: Machine | None = None


def passes(world: World, source: End, target: End, protocol: str, port: int, answer: int) -> bool:
    """Whether a packet gets there, and its answer back."""
    one, other = source.machine, target.machine
    if one and not _in_groups(world, one, "out", target, protocol, port):
        return False
    if other and not _in_groups(world, other, "in", source, protocol, port):
        return False
    if one and other and one.subnet == other.subnet:
        return True
    if one and other:
        steps = [
            (one, "out", target, port),
            (other, "in", source, port),
            (other, "out", source, answer),
            (one, "in", target, answer),
        ]
        return all(
            _by_acl(world, each.subnet, side, end.address, protocol, number) for each, side, end, number in steps
        )
    inside = one or other
    assert inside
    outside = target if one else source
    first, second = ("out", "in") if one else ("in", "out")
    own = _by_acl(world, inside.subnet, first, outside.address, protocol, port) and _by_acl(
        world, inside.subnet, second, outside.address, protocol, answer
    )
    return own and _by_route(world, source if one else target, outside, protocol, port, answer, begins_inside=bool(one))


def _by_route(world: World, end: End, outside: End, protocol: str, port: int, answer: int, begins_inside: bool) -> bool:
    assert end.machine
    way = _way(world.subnets[end.machine.subnet], outside.address)
    if way == "internet":
        return world.is_attached and end.machine.is_public
    if way != "nat" or not begins_inside or _way(world.subnets[world.nat], outside.address) != "internet":
        return False
    steps = [("out", outside.address, port), ("in", outside.address, answer)]
    if end.machine.subnet != world.nat:
        steps += [("in", end.address, port), ("out", end.address, answer)]
    return world.is_attached and all(
        _by_acl(world, world.nat, side, who, protocol, number) for side, who, number in steps
    )


def _way(subnet: Subnet, address: str) -> str:
    fitting = [
        (ip_network(block).prefixlen, to) for block, to in subnet.routes if ip_address(address) in ip_network(block)
    ]
    return max(fitting)[1] if fitting else ""


def _in_groups(world: World, machine: Machine, side: str, other: End, protocol: str, port: int) -> bool:
    open_ = [Rule("-1", 0, 65535, "0.0.0.0/0")] if side == "out" else []
    rules = [rule for name in machine.groups for rule in world.groups[name].get(side, open_)]
    return any(rule.speaks_of(protocol, port) and _is(rule.peer, other) for rule in rules)


def _is(peer: Peer, other: End) -> bool:
    if peer.startswith("G"):
        return bool(other.machine and peer in other.machine.groups)
    return ip_address(other.address) in ip_network(peer)


def _by_acl(world: World, subnet: str, side: str, other: str, protocol: str, port: int) -> bool:
    entries = world.subnets[subnet].entries
    if entries is None:
        return True
    for rule in sorted(entries[side], key=lambda rule: rule.number):
        if rule.speaks_of(protocol, port) and ip_address(other) in ip_network(rule.peer):
            return rule.allows
    return False


def ends(world: World, name: str) -> list[End]:
    """A machine at the first and the last address of its subnet: which it gets, nobody knows."""
    machine = world.machines[name]
    block = world.subnets[machine.subnet].block
    return [End(str(block[4]), machine), End(str(block[-2]), machine)]


# ------------------------------------------------------------------ templates


def template(world: World) -> dict[str, Any]:
    """The same network as CloudFormation."""
    return {"Resources": dict(_resources(world))}


def _resources(world: World) -> Iterator[tuple[str, Any]]:
    yield "V", _resource("EC2::VPC", CidrBlock="10.0.0.0/16")
    yield "I", _resource("EC2::InternetGateway")
    if world.is_attached:
        yield "A", _resource("EC2::VPCGatewayAttachment", VpcId={"Ref": "V"}, InternetGatewayId={"Ref": "I"})
    yield "N", _resource("EC2::NatGateway", SubnetId={"Ref": world.nat}, AllocationId="eipalloc-1")
    for name, subnet in world.subnets.items():
        yield from _subnet(name, subnet)
    for name, sides in world.groups.items():
        yield from _group(name, sides)
    for name, machine in world.machines.items():
        groups = [{"Fn::GetAtt": [group, "GroupId"]} for group in machine.groups]
        card = {"SubnetId": {"Ref": machine.subnet}, "GroupSet": groups, "AssociatePublicIpAddress": machine.is_public}
        yield name, _resource("EC2::Instance", NetworkInterfaces=[{"DeviceIndex": "0", **card}])


def _resource(kind: str, **said: Any) -> dict[str, Any]:
    return {"Type": f"AWS::{kind}", "Properties": said}


def _subnet(name: str, subnet: Subnet) -> Iterator[tuple[str, Any]]:
    yield name, _resource("EC2::Subnet", VpcId={"Ref": "V"}, CidrBlock=str(subnet.block))
    yield f"{name}T", _resource("EC2::RouteTable", VpcId={"Ref": "V"})
    yield (
        f"{name}TA",
        _resource("EC2::SubnetRouteTableAssociation", SubnetId={"Ref": name}, RouteTableId={"Ref": f"{name}T"}),
    )
    for number, (block, to) in enumerate(subnet.routes):
        target = {"GatewayId": {"Ref": "I"}} if to == "internet" else {"NatGatewayId": {"Ref": "N"}}
        yield (
            f"{name}R{number}",
            _resource("EC2::Route", RouteTableId={"Ref": f"{name}T"}, DestinationCidrBlock=block, **target),
        )
    if subnet.entries is None:
        return
    yield f"{name}C", _resource("EC2::NetworkAcl", VpcId={"Ref": "V"})
    yield (
        f"{name}CA",
        _resource("EC2::SubnetNetworkAclAssociation", SubnetId={"Ref": name}, NetworkAclId={"Ref": f"{name}C"}),
    )
    for side, rules in subnet.entries.items():
        for number, rule in enumerate(rules):
            yield f"{name}E{side}{number}", _entry(name, side, rule)


def _entry(name: str, side: str, rule: Rule) -> dict[str, Any]:
    protocol = {"tcp": 6, "udp": 17, "-1": -1}[rule.protocol]
    ports = {} if protocol == -1 else {"PortRange": {"From": rule.first, "To": rule.last}}
    said = {"RuleNumber": rule.number, "RuleAction": "allow" if rule.allows else "deny", "Egress": side == "out"}
    return _resource(
        "EC2::NetworkAclEntry",
        NetworkAclId={"Ref": f"{name}C"},
        Protocol=protocol,
        CidrBlock=rule.peer,
        **said,
        **ports,
    )


def _group(name: str, sides: dict[str, list[Rule]]) -> Iterator[tuple[str, Any]]:
    """What goes out stands in the group itself, so that nothing else does; what comes in stands beside it."""
    out = (
        [_body(rule, "Destination") for rule in sides["out"] if not rule.peer.startswith("G")] if "out" in sides else []
    )
    inline = (
        {"SecurityGroupEgress": out or [{"IpProtocol": "icmp", "CidrIp": "127.0.0.1/32"}]} if "out" in sides else {}
    )
    yield name, _resource("EC2::SecurityGroup", VpcId={"Ref": "V"}, GroupDescription=name, **inline)
    for side, word, kind in (("in", "Source", "Ingress"), ("out", "Destination", "Egress")):
        for number, rule in enumerate(sides.get(side, ())):
            if side == "in" or rule.peer.startswith("G"):
                body = _body(rule, word)
                yield (
                    f"{name}{kind}{number}",
                    _resource(f"EC2::SecurityGroup{kind}", GroupId={"Fn::GetAtt": [name, "GroupId"]}, **body),
                )


def _body(rule: Rule, word: str) -> dict[str, Any]:
    ports = {} if rule.protocol == "-1" else {"FromPort": rule.first, "ToPort": rule.last}
    peer = (
        {f"{word}SecurityGroupId": {"Fn::GetAtt": [rule.peer, "GroupId"]}}
        if rule.peer.startswith("G")
        else {"CidrIp": rule.peer}
    )
    return {"IpProtocol": rule.protocol, **ports, **peer}
