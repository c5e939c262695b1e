"""Chapter 3, row by row of docs/lab.md."""

from __future__ import annotations

from pathlib import Path

import pytest

from labspec.compiler import Options, compile_spec
from tests.joining import joined_of
from tests.lab.course import (
    LAYOUTS,
    ROOT,
    Check,
    Lab,
    attribute,
    finished,
    group,
    lab_of,
    ref,
    rules,
    stated,
    tag,
    user_data,
)

DATABASE, REPLICA = "Database1Database", "Database1Replica"
READERS = ("PrivateEc2A1", "PrivateEc2C1")


def database_group(lab: Lab) -> None:
    source = attribute("LabVpc", "CidrBlock")
    assert rules(lab, "LabVpcRdsSgSecurityGroup") == {"LabVpcRdsSgMysqlIngress": (("tcp", 3306, 3306), source)}
    assert lab.properties(DATABASE)["VPCSecurityGroups"] == [group("LabVpcRdsSgSecurityGroup")]


def subnet_group(lab: Lab) -> None:
    (made,) = lab.of("RDS::DBSubnetGroup")
    assert made.properties["SubnetIds"] == [ref("PrivateSubnetA2Subnet"), ref("PrivateSubnetC2Subnet")]
    assert lab.properties(DATABASE)["DBSubnetGroupName"] == ref(made.id)


def engine(lab: Lab) -> None:
    wanted = {
        "Engine": "mysql",
        "EngineVersion": "8.4.7",
        "EngineLifecycleSupport": "open-source-rds-extended-support-disabled",
        "MultiAZ": True,
    }
    assert wanted.items() <= lab.properties(DATABASE).items()
    assert "DBInstanceIdentifier" not in lab.properties(DATABASE)
    assert tag(lab.things[DATABASE], "Name") == "database-1"


def login(lab: Lab) -> None:
    wanted = {"MasterUsername": "admin", "DBName": "labvpcrds", "Port": "3306"}
    assert wanted.items() <= lab.properties(DATABASE).items()
    (secret,) = lab.of("SecretsManager::Secret")
    assert secret.properties["GenerateSecretString"]["SecretStringTemplate"] == '{"username": "admin"}'
    password = {"Fn::Sub": ["{{resolve:secretsmanager:", ref(secret.id), ":SecretString:password}}"]}
    assert lab.properties(DATABASE)["MasterUserPassword"] == password
    assert lab.outputs["DatabaseSecret"][0] == ref(secret.id)
    assert lab.outputs["DatabaseEndpoint"][0] == attribute(DATABASE, "Endpoint.Address")


def size(lab: Lab) -> None:
    wanted = {
        "DBInstanceClass": "db.t3.micro",
        "AllocatedStorage": "20",
        "StorageType": "gp3",
        "StorageEncrypted": True,
        "PubliclyAccessible": False,
        "BackupRetentionPeriod": 7,
        "EnableCloudwatchLogsExports": ["general"],
        "AutoMinorVersionUpgrade": True,
        "DeletionProtection": False,
    }
    assert wanted.items() <= lab.properties(DATABASE).items()
    assert "MaxAllocatedStorage" not in lab.properties(DATABASE)
    (parameters,) = lab.of("RDS::DBParameterGroup")
    assert parameters.properties["Parameters"] == {"general_log": "1", "log_output": "FILE"}
    assert lab.properties(DATABASE)["DBParameterGroupName"] == ref(parameters.id)


def placement(lab: Lab) -> None:
    assert "AvailabilityZone" not in lab.properties(DATABASE)


def page_login(lab: Lab) -> None:
    text = (ROOT / "specs/files/dbinfo.inc").read_text("utf-8")
    assert f"/var/www/inc/dbinfo.inc <<'END'\n{text}END" in user_data(lab, "PublicEc2A1LaunchTemplate")
    (secret,) = lab.of("SecretsManager::Secret")
    for name in READERS:
        pieces = lab.properties(f"{name}LaunchTemplate")["LaunchTemplateData"]["UserData"]["Fn::Base64"]["Fn::Sub"]
        assert attribute(DATABASE, "Endpoint.Address") in pieces
        assert ref(secret.id) in pieces
        assert "/run/lab/database.json" in user_data(lab, f"{name}LaunchTemplate")
        (policy,) = lab.properties(f"{name}Role")["Policies"]
        statements = policy["PolicyDocument"]["Statement"]
        allowed = [said for said in statements if said["Effect"] == "Allow" and "logs:" not in said["Action"][0]]
        assert allowed == [
            {"Effect": "Allow", "Action": ["secretsmanager:GetSecretValue"], "Resource": [ref(secret.id)]}
        ]
    assert "/run/lab/database.json" in text
    assert "secretsmanager" not in str(lab.properties("PublicEc2A1Role"))


def table(lab: Lab) -> None:
    (association,) = lab.of("SSM::Association")
    assert association.properties["Targets"] == [{"Key": "InstanceIds", "Values": [ref("PrivateEc2A1Instance")]}]
    assert {DATABASE, "PrivateEc2A1Instance"} <= lab.order[association.id]
    assert association.properties["Parameters"]["Host"] == [attribute(DATABASE, "Endpoint.Address")]
    (step,) = lab.properties("Database1SchemaDocument")["Content"]["mainSteps"]
    script = (ROOT / "specs/files/sample.sql").read_text("utf-8")
    assert script in step["inputs"]["runCommand"][0]
    for words in ("CREATE TABLE IF NOT EXISTS SAMPLE", "ID INT UNSIGNED", "'KIM', 'SEOUL'", "WHERE NOT EXISTS"):
        assert words in script


def replica(lab: Lab) -> None:
    made = lab.properties(REPLICA)
    assert made["SourceDBInstanceIdentifier"] == attribute(DATABASE, "DBInstanceArn")
    assert made["DBInstanceClass"] == "db.t3.micro"
    assert made["AvailabilityZone"] == {"Fn::Sub": [ref("AWS::Region"), ref("ReplicaZone")]}
    declared = lab.parameters["ReplicaZone"]
    assert (declared["Default"], declared["AllowedValues"]) == ("c", ["a", "c"])
    inherited = {"MasterUsername", "MasterUserPassword", "DBName", "StorageEncrypted", "Engine", "MultiAZ"}
    assert inherited.isdisjoint(made)
    assert made["VPCSecurityGroups"] == [group("LabVpcRdsSgSecurityGroup")]
    assert lab.outputs["ReplicaEndpoint"][0] == attribute(REPLICA, "Endpoint.Address")


CHECKS: dict[str, Check] = {
    "D.1": database_group,
    "D.2": subnet_group,
    "D.3": engine,
    "D.4": login,
    "D.5": size,
    "D.6": placement,
    "D.8": page_login,
    "D.10": table,
    "D.11": replica,
}


def test_every_row_has_a_check_and_every_check_a_row() -> None:
    assert sorted(stated("D")) == sorted(CHECKS)


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("row", stated("D"))
def test_chapter_3(row: str, layout: str) -> None:
    CHECKS[row](finished(layout))


def test_the_page_can_read_from_the_replica(tmp_path: Path) -> None:
    """Row D.12: the lines that full.yaml shows as a comment say what both private servers and nothing else read."""
    shown = (ROOT / "specs/full.yaml").read_text("utf-8").splitlines()
    start = shown.index("# instances:")
    overlay = tmp_path / "replica.yaml"
    overlay.write_text("\n".join(line.removeprefix("# ") for line in shown[start : start + 4]) + "\n", "utf-8")
    build = compile_spec(str(ROOT / "specs/full.yaml"), Options(layout="flat", overlays=[str(overlay)]))
    lab = lab_of(joined_of(build))
    for name, host in (("PrivateEc2A1", REPLICA), ("PrivateEc2C1", REPLICA), ("LabAsg", DATABASE)):
        pieces = lab.properties(f"{name}LaunchTemplate")["LaunchTemplateData"]["UserData"]["Fn::Base64"]["Fn::Sub"]
        assert attribute(host, "Endpoint.Address") in pieces
