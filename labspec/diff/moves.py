"""What AWS does not let move to another VPC, or to another subnet."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, Final

from labspec.diff.difference import Refusal
from labspec.diff.scene import Scene, moves_to_another_vpc, spoken
from labspec.template.intrinsics import text_of
from labspec.wording import series

ANOTHER = "Leave the VPC as it is and make another one beside it, or give"
LOAD_BALANCER = "AWS::ElasticLoadBalancingV2::LoadBalancer"
TARGETS = "AWS::ElasticLoadBalancingV2::TargetGroup"
DB_SUBNETS = "AWS::RDS::DBSubnetGroup"
DATABASES = ("AWS::RDS::DBInstance", "AWS::RDS::DBCluster")
MOUNT_TARGET = "AWS::EFS::MountTarget"


def _subnet_groups(scene: Scene) -> Iterator[Refusal]:
    for address in scene.of(DB_SUBNETS):
        network = moves_to_another_vpc(scene, address, "SubnetIds")
        if scene.change(address, "change") and network.has_changed:
            yield Refusal(
                address,
                ("Properties", "SubnetIds"),
                "A subnet group does not move to another VPC, and its databases not with it.",
                f"{ANOTHER} the group and its databases other logical ids (in a spec: other names, without `was`) and"
                " restore the databases from snapshots.",
                "ModifyDBSubnetGroup (InvalidSubnet), Amazon RDS API Reference",
                network.sure,
            )


def _subnets_in_use(scene: Scene) -> Iterator[Refusal]:
    """Subnets that leave a group, or are made anew, while databases stand in them."""
    for address in scene.of(DB_SUBNETS):
        if not scene.change(address, "change") or moves_to_another_vpc(scene, address, "SubnetIds").has_changed:
            continue
        before, after = (_members(said(address, "SubnetIds")) for said in (scene.was, scene.now))
        gone = [each for each in before if each not in after or scene.anew(each)]
        users = [each for each in scene.formerly(*DATABASES) if spoken(scene.was(each, "DBSubnetGroupName")) == address]
        if gone and users:
            yield Refusal(
                address,
                ("Properties", "SubnetIds"),
                f"{series(gone, 'and')} {'leaves' if len(gone) == 1 else 'leave'} the group while"
                f" {series(users, 'and')} {'uses' if len(users) == 1 else 'use'} it.",
                "Leave a subnet in the group as long as a database stands in it: add others beside it.",
                "ModifyDBSubnetGroup (SubnetAlreadyInUse), Amazon RDS API Reference",
                _is_occupied(scene, before, gone, users),
            )


def _is_occupied(scene: Scene, before: Sequence[str], gone: Sequence[str], users: Sequence[str]) -> bool:
    """Whether a database certainly stands in what is gone: in one of all, or, with a standby, in both of two."""
    if not all(_goes_surely(scene, each) for each in gone):
        return False
    in_two = any(text_of(scene.was(each, "MultiAZ")) == "true" for each in users)
    return len(gone) == len(before) or (in_two and len(before) == 2)


def _goes_surely(scene: Scene, subnet: str) -> bool:
    change = scene.anew(subnet)
    return change is None or (change.sure and change.when is True)


def _members(value: Any) -> list[str]:
    """What is in a list, by reference or by its id."""
    found = [spoken(each) for each in value] if isinstance(value, list) else []
    return [each for each in found if each]


def _load_balancers(scene: Scene) -> Iterator[Refusal]:
    for address in scene.of(LOAD_BALANCER):
        if not scene.change(address, "change"):
            continue
        for name in ("Subnets", "SubnetMappings", "SecurityGroups"):
            network = moves_to_another_vpc(scene, address, name)
            if network.has_changed:
                yield Refusal(
                    address,
                    ("Properties", name),
                    "A load balancer does not move to another VPC.",
                    f"{ANOTHER} the load balancer another logical id (in a spec: another name, without `was`); its"
                    " address changes then.",
                    "SetSubnets, Elastic Load Balancing API Reference",
                    network.sure,
                )
                break


def _listeners(scene: Scene) -> Iterator[Refusal]:
    """A target group that is made in another VPC than that of the load balancer that stays."""
    for address in scene.of("AWS::ElasticLoadBalancingV2::Listener"):
        balancer = spoken(scene.now(address, "LoadBalancerArn"))
        if scene.anew(address) or balancer is None or scene.anew(balancer):
            continue
        stands = moves_to_another_vpc(scene, balancer, "Subnets")
        for target in _targets(scene, address):
            vpc = spoken(scene.now(target, "VpcId"))
            if stands.after and vpc and vpc != stands.after:
                message = f"The target group {target} is in another VPC than the load balancer {balancer}."
                yield Refusal(
                    address,
                    ("Properties", "DefaultActions"),
                    message,
                    "Put both into one VPC.",
                    "Target groups for your Application Load Balancers, Elastic Load Balancing",
                )


def _targets(scene: Scene, listener: str) -> Iterator[str]:
    for action in scene.now(listener, "DefaultActions") or ():
        target = spoken(action.get("TargetGroupArn")) if isinstance(action, dict) else None
        if target and target in scene.after and scene.anew(target):
            yield target


def _mount_targets(scene: Scene) -> Iterator[Refusal]:
    """A mount target is made while the old ones stand: one in each zone, and all in one VPC."""
    for address in scene.of(MOUNT_TARGET):
        change = scene.makes(address)
        system = spoken(scene.now(address, "FileSystemId"))
        if change is None or system is None or scene.anew(system):
            continue
        for other in scene.formerly(MOUNT_TARGET):
            problem = _conflict(scene, address, other)
            if spoken(scene.was(other, "FileSystemId")) == system and problem:
                yield Refusal(
                    address,
                    ("Properties", "SubnetId"),
                    f"The new mount target is made first, while the old ones stand, and EFS {problem}.",
                    "Remove the mount targets in one update, and add the new ones in the next; the file system keeps"
                    " its data.",
                    "CreateMountTarget, Amazon EFS API Reference",
                    change.sure,
                )
                break


def _conflict(scene: Scene, address: str, other: str) -> str:
    """Why a new mount target and an old one cannot stand together; empty where they can, or where that is not known."""
    subnet, former = spoken(scene.now(address, "SubnetId")), spoken(scene.was(other, "SubnetId"))
    if subnet is None or former is None:
        return ""
    vpc, was = spoken(scene.now(subnet, "VpcId")), spoken(scene.was(former, "VpcId"))
    if vpc and was and (vpc != was or scene.anew(vpc)):
        return "has mount targets in one VPC only"
    zone, before = scene.now(subnet, "AvailabilityZone"), scene.was(former, "AvailabilityZone")
    return "has one mount target in each zone" if zone is not None and zone == before else ""


def _gateways(scene: Scene) -> Iterator[Refusal]:
    """An internet gateway leaves a VPC that still has public addresses."""
    for address in scene.of("AWS::EC2::VPCGatewayAttachment"):
        change = scene.change(address, "replace")
        if change is None or not scene.was(address, "InternetGatewayId"):
            continue
        vpc = spoken(scene.was(address, "VpcId"))
        holder = next(_public(scene, vpc), None) if vpc else None
        if holder:
            yield Refusal(
                address,
                ("Properties", "VpcId"),
                f"The internet gateway leaves the old VPC first, where {holder} still has a public address.",
                "Give the internet gateway another name as well, so that the new VPC gets its own, or remove what"
                " has public addresses in an update before this one.",
                "DetachInternetGateway, Amazon EC2 API Reference",
                change.sure,
            )


def _public(scene: Scene, vpc: str) -> Iterator[str]:
    """What certainly has a public address in a VPC: NAT gateways with an elastic one."""
    for address in scene.formerly("AWS::EC2::NatGateway"):
        subnet = spoken(scene.was(address, "SubnetId"))
        if scene.was(address, "AllocationId") and subnet and spoken(scene.was(subnet, "VpcId")) == vpc:
            yield address


MOVES: Final[tuple[Callable[[Scene], Iterator[Refusal]], ...]] = (
    _subnet_groups,
    _subnets_in_use,
    _load_balancers,
    _listeners,
    _mount_targets,
    _gateways,
)
"""Each looks for one kind of move."""
