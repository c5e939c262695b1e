"""Replacements that the schemas call conditional, decided; updates that are felt."""

from __future__ import annotations

import pytest

from tests.diff.templates import difference

MACHINE, BASE = "AWS::EC2::Instance", "AWS::RDS::DBInstance"
GROUP, DOCUMENT = "AWS::AutoScaling::AutoScalingGroup", "AWS::SSM::Document"
ROLLING = "UpdatePolicy: {AutoScalingRollingUpdate: {MaxBatchSize: 1}}"
REPLACING = "UpdatePolicy: {AutoScalingReplacingUpdate: {WillReplace: true}}"


@pytest.mark.parametrize(
    ("kind", "before", "after", "rest", "expected"),
    [
        (MACHINE, "InstanceType: t3.micro", "InstanceType: t3.large", "", "interrupt"),
        (MACHINE, "InstanceType: t3.micro", "InstanceType: t4g.micro", "", "replace?"),
        (MACHINE, "InstanceType: t3.micro", "", "", "replace?"),
        (MACHINE, "UserData: YQ==", "UserData: Yg==", "", "interrupt"),
        (MACHINE, "EbsOptimized: true", "EbsOptimized: false", "", "interrupt"),
        (MACHINE, "Tenancy: dedicated", "Tenancy: host", "", "interrupt"),
        (MACHINE, "Tenancy: default", "Tenancy: dedicated", "", "replace"),
        (MACHINE, "SecurityGroupIds: [sg-1]", "SecurityGroupIds: [sg-2]", "", "update"),
        (MACHINE, "ImageId: ami-1", "ImageId: ami-2", "", "replace"),
        (MACHINE, "Monitoring: true", "Monitoring: false", "", "update"),
        (
            MACHINE,
            "BlockDeviceMappings: [{DeviceName: /dev/sda1, Ebs: {VolumeSize: 8}}]",
            "BlockDeviceMappings: [{DeviceName: /dev/sda1, Ebs: {VolumeSize: 9}}]",
            "",
            "replace",
        ),
        (
            MACHINE,
            "BlockDeviceMappings: [{DeviceName: /dev/sda1, Ebs: {DeleteOnTermination: true}}]",
            "BlockDeviceMappings: [{DeviceName: /dev/sda1, Ebs: {DeleteOnTermination: false}}]",
            "",
            "update",
        ),
        ("AWS::EC2::VPC", "InstanceTenancy: dedicated", "InstanceTenancy: default", "", "update"),
        ("AWS::EC2::VPC", "InstanceTenancy: default", "InstanceTenancy: dedicated", "", "replace"),
        ("AWS::EC2::VPC", "EnableDnsHostnames: true", "EnableDnsHostnames: false", "", "update"),
        (GROUP, "VPCZoneIdentifier: [subnet-1]", "VPCZoneIdentifier: [subnet-2]", "", "interrupt"),
        (GROUP, "VPCZoneIdentifier: [subnet-1]", "VPCZoneIdentifier: [subnet-2]", REPLACING, "replace"),
        (GROUP, "LaunchTemplate: {Version: 1}", "LaunchTemplate: {Version: 2}", "", "update"),
        (GROUP, "LaunchTemplate: {Version: 1}", "LaunchTemplate: {Version: 2}", ROLLING, "interrupt"),
        (GROUP, "LaunchTemplate: {Version: 1}", "LaunchTemplate: {Version: 2}", REPLACING, "replace"),
        (GROUP, "MaxSize: 1", "MaxSize: 2", REPLACING, "update"),
        (DOCUMENT, "Content: {a: 1}", "Content: {a: 2}", "", "replace"),
        (
            DOCUMENT,
            "UpdateMethod: NewVersion, Content: {a: 1}",
            "UpdateMethod: NewVersion, Content: {a: 2}",
            "",
            "update",
        ),
        (BASE, "DBInstanceClass: db.t3.micro", "DBInstanceClass: db.t3.small", "", "interrupt"),
        (BASE, "EngineVersion: 8.0.35", "EngineVersion: 8.0.36", "", "interrupt"),
        (BASE, "MultiAZ: false", "MultiAZ: true", "", "update"),
        (BASE, "AllocatedStorage: 20", "AllocatedStorage: 30", "", "update"),
        (BASE, "Engine: mysql", "Engine: postgres", "", "replace"),
        (BASE, "Engine: oracle-se1", "Engine: oracle-se2", "", "interrupt"),
        (BASE, "BackupRetentionPeriod: 0", "BackupRetentionPeriod: 7", "", "interrupt"),
        (BASE, "BackupRetentionPeriod: 1", "BackupRetentionPeriod: 7", "", "update"),
        (BASE, "AvailabilityZone: us-east-1a", "AvailabilityZone: us-east-1b", "", "replace"),
        (BASE, "AvailabilityZone: us-east-1a, MultiAZ: false", "MultiAZ: true", "", "update"),
        (BASE, "AvailabilityZone: us-east-1a", "", "", "replace"),
        (BASE, "DBSnapshotIdentifier: one", "DBSnapshotIdentifier: other", "", "replace"),
        (BASE, "DBSnapshotIdentifier: one", "", "", "update"),
        (BASE, "SourceDBInstanceIdentifier: one", "", "", "update"),
        (BASE, "SourceDBInstanceIdentifier: one", "SourceDBInstanceIdentifier: other", "", "replace"),
        (BASE, "DBParameterGroupName: one", "DBParameterGroupName: other", "", "interrupt?"),
        (BASE, "Port: 3306", "Port: 3307", "", "interrupt"),
        (BASE, "DBName: one", "DBName: other", "", "replace"),
        ("AWS::RDS::DBCluster", "GlobalClusterIdentifier: one", "", "", "update"),
        ("AWS::RDS::DBCluster", "Engine: aurora", "Engine: aurora-mysql", "", "interrupt"),
        ("AWS::RDS::DBParameterGroup", "Parameters: {a: 1}", "Parameters: {a: 2}", "", "interrupt?"),
        ("AWS::EFS::AccessPoint", "PosixUser: {Uid: 1}", "PosixUser: {Uid: 2}", "", "replace"),
        ("AWS::EFS::AccessPoint", "", "PosixUser: {Uid: 2}", "", "replace"),
    ],
)
def test_what_an_update_does(kind: str, before: str, after: str, rest: str, expected: str) -> None:
    old, new = (f"It: {{Type: {kind}, Properties: {{{said}}}, {rest}}}" for said in (before, after))
    edits = difference(old, new).changes["It"].edits
    effects = {edit.effect + ("" if edit.sure else "?") for edit in edits}
    order = ["replace", "replace?", "interrupt", "interrupt?", "update", "update?"]
    assert min(effects, key=order.index) == expected


def test_a_machine_that_stops_gets_another_public_address() -> None:
    text = """
    Machine: {Type: AWS::EC2::Instance, Properties: {InstanceType: %s}}
    Rule: {Type: AWS::EC2::SecurityGroupIngress, Properties: {CidrIp: !Sub "${Machine.PublicIp}/32", GroupId: sg-1}}
    """
    found = difference(text % "t3.micro", text % "t3.small").changes
    assert (found["Rule"].verb, found["Rule"].sure) == ("replace", False)
