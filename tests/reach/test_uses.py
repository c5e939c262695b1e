"""Law L22: whoever uses a database, a file system or a target is let in, or it is told (LS713)."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from labspec.cli import main
from labspec.compiler import Options, compile_spec
from labspec.compiler.foresight import joined_of
from labspec.reach import site_of
from labspec.reach.uses import shut_out
from labspec.template import Joined, read_directory

ROOT = Path(__file__).parents[2]
RULE = "AWS::EC2::SecurityGroupIngress"
LAB = joined_of(compile_spec(str(ROOT / "specs" / "full.yaml"), Options(layout="flat")))
MACHINES = {"PrivateEc2A1Instance", "PrivateEc2C1Instance", "PublicEc2A1Instance", "PublicEc2C1Instance"}
TEMPLATE = """\
Resources:
  Vpc: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16}}
  Subnet: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Vpc, CidrBlock: 10.0.0.0/24}}
  Closed: {Type: AWS::EC2::SecurityGroup, Properties: {GroupDescription: c, VpcId: !Ref Vpc}}
  Files: {Type: AWS::EFS::FileSystem}
  Mount:
    Type: AWS::EFS::MountTarget
    Properties: {FileSystemId: !Ref Files, SubnetId: !Ref Subnet, SecurityGroups: [!GetAtt Closed.GroupId]}
  Web:
    Type: AWS::EC2::Instance
    Properties:
      SubnetId: !Ref Subnet
      UserData: {Fn::Base64: !Sub 'mount ${Files}'}
"""


def users(joined: Joined) -> set[tuple[str, tuple[str, ...]]]:
    return {(use.user, use.used) for use, _ in shut_out(site_of(joined), joined)}


def without_rules_of(group: str) -> Joined:
    """The lab, with nobody let into a security group."""
    kept = {
        name: each
        for name, each in LAB.resources.items()
        if each.type != RULE or group not in str(each.properties["GroupId"])
    }
    return replace(LAB, resources=kept)


def test_the_lab_lets_in_whoever_it_means_to() -> None:
    assert users(LAB) == set()


@pytest.mark.parametrize(
    ("group", "wanted"),
    [
        (
            "LabVpcRdsSg",
            {("LabAsgAutoScalingGroup", "Database1Database"), ("PrivateEc2A1Instance", "Database1Database")},
        ),
        ("LabVpcEfsSg", {("PublicEc2A1Instance", "LabVpcEfsMountTargetPublicSubnetA1")}),
        ("PrivateEc2Sg", {("LabVpcAlbPrivateLoadBalancer", "PrivateEc2C1Instance")}),
        ("PublicEc2Sg", {("LabVpcAlbPublicLoadBalancer", "PublicEc2A1Instance")}),
        ("LabVpcAlbPublicSg", set()),
    ],
)
def test_without_the_rules_of_a_group_its_users_are_shut_out(group: str, wanted: set[tuple[str, str]]) -> None:
    found = {(user, used) for user, many in users(without_rules_of(group)) for used in many}
    assert wanted <= found
    assert bool(found) == bool(wanted)


def test_one_mount_target_is_enough() -> None:
    second = """
  Open:
    Type: AWS::EC2::SecurityGroup
    Properties: {GroupDescription: o, VpcId: !Ref Vpc, SecurityGroupIngress: [{IpProtocol: '-1', CidrIp: 0.0.0.0/0}]}
  Other:
    Type: AWS::EFS::MountTarget
    Properties: {FileSystemId: !Ref Files, SubnetId: !Ref Subnet, SecurityGroups: [!GetAtt Open.GroupId]}
"""
    assert users(read_directory({"root.yaml": TEMPLATE}, "root.yaml")) == {("Web", ("Mount",))}
    assert users(read_directory({"root.yaml": TEMPLATE + second}, "root.yaml")) == set()


def test_who_reads_a_databases_login_uses_the_database() -> None:
    template = (
        TEMPLATE.replace("${Files}", "${Login}")
        + """
  Login: {Type: AWS::SecretsManager::Secret}
  Joined:
    Type: AWS::SecretsManager::SecretTargetAttachment
    Properties: {SecretId: !Ref Login, TargetId: !Ref Orders, TargetType: AWS::RDS::DBInstance}
  Group: {Type: AWS::RDS::DBSubnetGroup, Properties: {DBSubnetGroupDescription: g, SubnetIds: [!Ref Subnet]}}
  Orders:
    Type: AWS::RDS::DBInstance
    Properties:
      Engine: mysql
      DBSubnetGroupName: !Ref Group
      VPCSecurityGroups: [!GetAtt Closed.GroupId]
"""
    )
    assert users(read_directory({"root.yaml": template}, "root.yaml")) == {("Web", ("Orders",))}


def test_it_is_told_where_the_setup_speaks_of_it(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("stack.yaml").write_text(TEMPLATE, "utf-8")
    assert main(["reach", "stack.yaml"]) == 0
    said = capsys.readouterr().err
    assert "warning[LS713]: `Web` uses `Files`, and does not reach it by tcp 2049." in said
    assert "No rule of `Closed` lets tcp 2049 in from `Web`." in said
    assert "stack.yaml:13:7" in said
    open_ = TEMPLATE.replace(
        "GroupDescription: c,", "GroupDescription: c, SecurityGroupIngress: [{IpProtocol: '-1', CidrIp: 0.0.0.0/0}],"
    )
    Path("stack.yaml").write_text(open_, "utf-8")
    assert main(["reach", "stack.yaml"]) == 0
    assert "LS713" not in capsys.readouterr().err
