"""Chapter 2, the shared file system and the load balancers (C4, C5, C7), row by row of docs/lab.md."""

from __future__ import annotations

from typing import Any

import pytest

from tests.lab.course import LAYOUTS, Check, Lab, attribute, finished, group, ref, rules, stated, tag, user_data

FILES = "LabVpcEfsFileSystem"
PUBLIC_SUBNETS = [ref("PublicSubnetA1Subnet"), ref("PublicSubnetC1Subnet")]
HEALTH_CHECK = {
    "HealthCheckPath": "/health.html",
    "HealthCheckProtocol": "HTTP",
    "HealthCheckIntervalSeconds": 30,
    "HealthCheckTimeoutSeconds": 5,
    "HealthyThresholdCount": 5,
    "UnhealthyThresholdCount": 2,
    "Matcher": {"HttpCode": "200"},
}


# ------------------------------------------------------------------ C4


def file_group(lab: Lab) -> None:
    source = group("PublicEc2SgSecurityGroup")
    assert rules(lab, "LabVpcEfsSgSecurityGroup") == {"LabVpcEfsSgNfsIngress": (("tcp", 2049, 2049), source)}


def file_system(lab: Lab) -> None:
    (made,) = lab.of("EFS::FileSystem")
    assert (made.id, tag(made, "Name")) == (FILES, "lab-vpc-efs")
    wanted = {
        "BackupPolicy": {"Status": "DISABLED"},
        "Encrypted": True,
        "LifecyclePolicies": [
            {"TransitionToIA": "AFTER_30_DAYS"},
            {"TransitionToPrimaryStorageClass": "AFTER_1_ACCESS"},
        ],
        "PerformanceMode": "generalPurpose",
        "ThroughputMode": "elastic",
    }
    assert wanted.items() <= made.properties.items()
    assert "AvailabilityZoneName" not in made.properties


def mount_targets(lab: Lab) -> None:
    targets = lab.of("EFS::MountTarget")
    assert [target.properties["SubnetId"] for target in targets] == PUBLIC_SUBNETS
    for target in targets:
        assert target.properties["FileSystemId"] == ref(FILES)
        assert target.properties["SecurityGroups"] == [group("LabVpcEfsSgSecurityGroup")]


def no_policy(lab: Lab) -> None:
    assert "FileSystemPolicy" not in lab.properties(FILES)


def mounts(lab: Lab) -> None:
    for name, place in (("PublicEc2A1", "PublicSubnetA1"), ("PublicEc2C1", "PublicSubnetC1")):
        hook = user_data(lab, f"{name}LaunchTemplate").partition("Content-Type: text/x-shellscript")[0]
        for line in ("Content-Type: text/cloud-boothook", "Where=/var/www/html/efs", "Options=_netdev,tls"):
            assert line in hook.splitlines()
        assert "dnf -y install amazon-efs-utils" in hook
        assert f"LabVpcEfsMountTarget{place}" in lab.order[f"{name}Instance"]
    for name in ("PrivateEc2A1", "PrivateEc2C1", "LabAsg"):
        assert "efs" not in user_data(lab, f"{name}LaunchTemplate")


# ------------------------------------------------------------------ C5, C7: the same for each load balancer


def targets(lab: Lab, identity: str, name: str, servers: list[str]) -> None:
    made = lab.things[identity].properties
    assert HEALTH_CHECK.items() <= made.items()
    assert (made["Port"], made["Protocol"], made["TargetType"]) == (80, "HTTP", "instance")
    assert "ProtocolVersion" not in made
    assert made.get("Targets", []) == [{"Id": ref(f"{server}Instance"), "Port": 80} for server in servers]
    assert tag(lab.things[identity], "Name") == name


def front(lab: Lab, name: str, output: str) -> None:
    made: dict[str, Any] = lab.named("ElasticLoadBalancingV2::LoadBalancer", name).properties
    wanted = {"Scheme": "internet-facing", "IpAddressType": "ipv4", "Type": "application", "Subnets": PUBLIC_SUBNETS}
    assert wanted.items() <= made.items()
    assert "Name" not in made
    identity = lab.named("ElasticLoadBalancingV2::LoadBalancer", name).id
    assert lab.outputs[output][0] == {"Fn::Sub": ["http://", attribute(identity, "DNSName")]}


def front_group(lab: Lab, balancer: str, identity: str) -> None:
    assert lab.properties(balancer)["SecurityGroups"] == [group(identity)]
    assert list(rules(lab, identity).values()) == [(("tcp", 80, 80), "0.0.0.0/0")]


def listener(lab: Lab, balancer: str, target: str) -> None:
    identity = balancer.removesuffix("LoadBalancer") + "Listener80"
    made = lab.properties(identity)
    assert (made["LoadBalancerArn"], made["Port"], made["Protocol"]) == (ref(balancer), 80, "HTTP")
    assert made["DefaultActions"] == [{"Type": "forward", "TargetGroupArn": ref(target)}]


def public_targets(lab: Lab) -> None:
    targets(lab, "LabVpcAlbPublicTgTargetGroup", "lab-vpc-alb-public-tg", ["PublicEc2A1", "PublicEc2C1"])


def public_front(lab: Lab) -> None:
    front(lab, "lab-vpc-alb-public", "PublicAlbUrl")


def public_front_group(lab: Lab) -> None:
    front_group(lab, "LabVpcAlbPublicLoadBalancer", "LabVpcAlbPublicSgSecurityGroup")


def public_listener(lab: Lab) -> None:
    listener(lab, "LabVpcAlbPublicLoadBalancer", "LabVpcAlbPublicTgTargetGroup")


def private_targets(lab: Lab) -> None:
    targets(lab, "LabVpcAlbPrivateTgTargetGroup", "lab-vpc-alb-private-tg", ["PrivateEc2A1", "PrivateEc2C1"])


def private_front(lab: Lab) -> None:
    front(lab, "lab-vpc-alb-private", "PrivateAlbUrl")


def private_front_group_and_listener(lab: Lab) -> None:
    front_group(lab, "LabVpcAlbPrivateLoadBalancer", "LabVpcAlbPrivateSgSecurityGroup")
    listener(lab, "LabVpcAlbPrivateLoadBalancer", "LabVpcAlbPrivateTgTargetGroup")


CHECKS: dict[str, Check] = {
    "C4.1": file_group,
    "C4.2": file_system,
    "C4.3": mount_targets,
    "C4.4": no_policy,
    "C4.5": mounts,
    "C5.1": public_targets,
    "C5.2": public_front,
    "C5.3": public_front_group,
    "C5.4": public_listener,
    "C7.1": private_targets,
    "C7.2": private_front,
    "C7.3": private_front_group_and_listener,
}


def test_every_row_has_a_check_and_every_check_a_row() -> None:
    assert sorted(stated("C4", "C5", "C7")) == sorted(CHECKS)


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("row", stated("C4", "C5", "C7"))
def test_chapter_2_sharing(row: str, layout: str) -> None:
    CHECKS[row](finished(layout))
