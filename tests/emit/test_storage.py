from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from labspec.graph import Graph
from tests.building import NETWORK, build, graph_of, messages

HEAD = NETWORK + "security_groups:\n  nfs-sg: {ingress: {nfs: {port: 2049, from: self}}}\n"


def file_system(more: str = "") -> str:
    """A spec with one file system in both zones."""
    body = "subnets: [data-a, data-c], security_groups: nfs-sg"
    return f"{HEAD}file_systems:\n  shared: {{{body}{', ' if more else ''}{more}}}\n"


def properties(graph: Graph, identity: str) -> dict[str, Any]:
    return graph.nodes[identity].body["Properties"]


@pytest.mark.parametrize(
    ("said", "policy"), [("", "Retain"), ("on_delete: keep", "Retain"), ("on_delete: delete", "Delete")]
)
def test_what_becomes_of_the_files_is_always_written(tmp_path: Path, said: str, policy: str) -> None:
    """Both policies: CloudFormation's defaults delete the files when the file system goes or is replaced."""
    node = graph_of(tmp_path, file_system(said)).nodes["SharedFileSystem"]
    assert node.body["DeletionPolicy"] == node.body["UpdateReplacePolicy"] == policy


def test_a_file_system_is_encrypted_elastic_and_backed_up_unless_said(tmp_path: Path) -> None:
    made = properties(graph_of(tmp_path, file_system()), "SharedFileSystem")
    assert made == {
        "BackupPolicy": {"Status": "ENABLED"},
        "Encrypted": True,
        "FileSystemTags": [{"Key": "Name", "Value": "shared"}],
        "LifecyclePolicies": [{"TransitionToIA": "AFTER_30_DAYS"}],
        "PerformanceMode": "generalPurpose",
        "ThroughputMode": "elastic",
    }


@pytest.mark.parametrize(
    ("said", "name", "value"),
    [
        ("backup: false", "BackupPolicy", {"Status": "DISABLED"}),
        ("encrypted: false", "Encrypted", False),
        ("throughput: bursting", "ThroughputMode", "bursting"),
        ("performance: max-io, throughput: bursting", "PerformanceMode", "maxIO"),
        ("tags: {Name: files}", "FileSystemTags", [{"Key": "Name", "Value": "files"}]),
        ("to_infrequent_access: 1d", "LifecyclePolicies", [{"TransitionToIA": "AFTER_1_DAY"}]),
        ("to_infrequent_access: never", "LifecyclePolicies", []),
    ],
)
def test_each_field_is_a_property(tmp_path: Path, said: str, name: str, value: Any) -> None:
    assert properties(graph_of(tmp_path, file_system(said)), "SharedFileSystem")[name] == value


def test_each_lifecycle_policy_holds_one_transition(tmp_path: Path) -> None:
    """EFS refuses two transitions in one policy."""
    made = properties(graph_of(tmp_path, file_system("back_on_access: true")), "SharedFileSystem")
    assert made["LifecyclePolicies"] == [
        {"TransitionToIA": "AFTER_30_DAYS"},
        {"TransitionToPrimaryStorageClass": "AFTER_1_ACCESS"},
    ]


def test_require_tls_lets_mounts_in_before_it_denies(tmp_path: Path) -> None:
    """A denial alone takes the place of EFS's default policy, and would lock everyone out."""
    made = properties(graph_of(tmp_path, file_system("require_tls: true")), "SharedFileSystem")
    allow, deny = made["FileSystemPolicy"]["Statement"]
    assert allow["Effect"] == "Allow"
    assert allow["Principal"] == {"AWS": "*"}
    assert allow["Action"] == [
        "elasticfilesystem:ClientMount",
        "elasticfilesystem:ClientRootAccess",
        "elasticfilesystem:ClientWrite",
    ]
    assert allow["Condition"] == {"Bool": {"elasticfilesystem:AccessedViaMountTarget": "true"}}
    assert deny["Effect"] == "Deny"
    assert deny["Principal"] == {"AWS": "*"}
    assert deny["Action"] == "*"
    assert deny["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}


def test_each_subnet_has_a_mount_target_with_the_file_systems_groups(tmp_path: Path) -> None:
    graph = graph_of(tmp_path, file_system("ingress: {nfs: {port: 2049, from: net}}"))
    groups = [{"Fn::GetAtt": ["SharedSecurityGroup", "GroupId"]}, {"Fn::GetAtt": ["NfsSgSecurityGroup", "GroupId"]}]
    for zone in "AC":
        assert properties(graph, f"SharedMountTargetData{zone}") == {
            "FileSystemId": {"Ref": "SharedFileSystem"},
            "SecurityGroups": groups,
            "SubnetId": {"Ref": f"Data{zone}Subnet"},
        }
    assert graph.nodes["SharedSecurityGroup"].section == "security_groups"
    assert "SharedNfsIngress" in graph.nodes


def test_a_machine_waits_for_the_mount_target_of_its_zone(tmp_path: Path) -> None:
    machine = "instances:\n  web: {subnet: public-c, public_ip: true, mounts: {/srv/shared: shared}}\n"
    graph = graph_of(tmp_path, file_system() + machine)
    waits = {edge.target for edge in graph.edges if edge.source == "WebInstance"}
    assert "SharedMountTargetDataC" in waits
    assert "SharedMountTargetDataA" not in waits


EXISTING = """
file_systems:
  shared: {existing: fs-0123456789abcdef0, subnets: [data-a, data-c], security_groups: nfs-sg}
outputs:
  Id: ${{ file_systems.shared.id }}
  Arn: ${{ file_systems.shared.arn }}
"""


def test_an_existing_file_system_is_only_referred_to(tmp_path: Path) -> None:
    graph = graph_of(tmp_path, HEAD + EXISTING)
    assert not [node for node in graph.nodes.values() if node.type.startswith("AWS::EFS::")]
    assert graph.outputs["Id"].body["Value"] == "fs-0123456789abcdef0"
    text, values = graph.outputs["Arn"].body["Value"]["Fn::Sub"]
    assert text.endswith(":file-system/${FileSystem}")
    assert values == {"FileSystem": "fs-0123456789abcdef0"}


def test_attributes(tmp_path: Path) -> None:
    outputs = "outputs: {Id: '${{ file_systems.shared.id }}', Arn: '${{ file_systems.shared.arn }}'}\n"
    graph = graph_of(tmp_path, file_system() + outputs)
    assert graph.outputs["Id"].body["Value"] == {"Ref": "SharedFileSystem"}
    assert graph.outputs["Arn"].body["Value"] == {"Fn::GetAtt": ["SharedFileSystem", "Arn"]}


@pytest.mark.parametrize(
    ("said", "message"),
    [
        ("{security_groups: nfs-sg}", "LS103 15:3 A file system without subnets cannot be mounted."),
        (
            "{existing: fs-0123456789abcdef0, ingress: {nfs: {port: 2049, from: net}}}",
            "LS103 15:3 An existing file system has its groups already.",
        ),
    ],
)
def test_what_cannot_be_built_is_refused(tmp_path: Path, said: str, message: str) -> None:
    assert messages(build(tmp_path, f"{HEAD}file_systems:\n  shared: {said}\n")) == [message]
