from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from labspec.graph import Graph
from tests.building import NETWORK, graph_of


def database(more: str = "", rest: str = "") -> str:
    """A spec with one database in two zones; `more` are fields of it, `rest` are other sections."""
    access = "public" if "public: true" in more else "data"
    body = f"engine: mysql, version: 8.4.7, subnets: [{access}-a, {access}-c], security_groups: db-sg"
    head = NETWORK + "security_groups:\n  db-sg: {ingress: {mysql: {port: 3306, from: net}}}\n"
    return f"{head}databases:\n  orders: {{{body}{', ' if more else ''}{more}}}\n{rest}"


def properties(graph: Graph, identity: str) -> dict[str, Any]:
    return graph.nodes[identity].body["Properties"]


def afterwards(graph: Graph, identity: str) -> set[str]:
    body = graph.nodes[identity].body
    return {body["DeletionPolicy"], body["UpdateReplacePolicy"]}


# ------------------------------------------------------------------ the instance


def test_what_a_database_is_unless_said(tmp_path: Path) -> None:
    """Encrypted, backed up, private, named by AWS, and never enrolled in support that costs by the hour."""
    made = properties(graph_of(tmp_path, database()), "OrdersDatabase")
    assert made == {
        "Engine": "mysql",
        "EngineVersion": "8.4.7",
        "AllowMajorVersionUpgrade": True,
        "EngineLifecycleSupport": "open-source-rds-extended-support-disabled",
        "DBInstanceClass": "db.t3.micro",
        "AutoMinorVersionUpgrade": True,
        "Port": "3306",
        "MasterUsername": "admin",
        "MasterUserPassword": {
            "Fn::Sub": [
                "{{resolve:secretsmanager:${Secret}:SecretString:password}}",
                {"Secret": {"Ref": "OrdersCredentials"}},
            ]
        },
        "AllocatedStorage": "20",
        "StorageType": "gp3",
        "StorageEncrypted": True,
        "MultiAZ": False,
        "DBSubnetGroupName": {"Ref": "OrdersSubnetGroup"},
        "BackupRetentionPeriod": 7,
        "VPCSecurityGroups": [{"Fn::GetAtt": ["DbSgSecurityGroup", "GroupId"]}],
        "PubliclyAccessible": False,
        "DeletionProtection": False,
        "CopyTagsToSnapshot": True,
        "Tags": [{"Key": "Name", "Value": "orders"}],
    }


@pytest.mark.parametrize(
    ("said", "name", "value"),
    [
        ("class: db.m7g.large", "DBInstanceClass", "db.m7g.large"),
        ("storage: {size: 1TiB, type: gp2, encrypted: false}", "AllocatedStorage", "1024"),
        ("storage: {size: 1TiB, type: gp2, encrypted: false}", "StorageType", "gp2"),
        ("storage: {size: 1TiB, type: gp2, encrypted: false}", "StorageEncrypted", False),
        ("database: shop", "DBName", "shop"),
        ("username: clerk", "MasterUsername", "clerk"),
        ("port: 3307", "Port", "3307"),
        ("public: true", "PubliclyAccessible", True),
        ("protected: true", "DeletionProtection", True),
        ("minor_upgrades: false", "AutoMinorVersionUpgrade", False),
        ("backups: 0d", "BackupRetentionPeriod", 0),
        ("backups: {keep: 35d, window: 23:30-00:30 UTC}", "BackupRetentionPeriod", 35),
        ("backups: {keep: 35d, window: 23:30-00:30 UTC}", "PreferredBackupWindow", "23:30-00:30"),
        ("maintenance_window: sun 23:30-00:30 UTC", "PreferredMaintenanceWindow", "sun:23:30-mon:00:30"),
    ],
)
def test_what_is_said_is_emitted(tmp_path: Path, said: str, name: str, value: object) -> None:
    assert properties(graph_of(tmp_path, database(said)), "OrdersDatabase")[name] == value


def test_a_standby_excludes_a_zone(tmp_path: Path) -> None:
    made = properties(graph_of(tmp_path, database("multi_az: true")), "OrdersDatabase")
    assert made["MultiAZ"] is True
    assert "AvailabilityZone" not in made


def test_the_subnet_group_holds_all_subnets(tmp_path: Path) -> None:
    made = properties(graph_of(tmp_path, database()), "OrdersSubnetGroup")
    assert made["SubnetIds"] == [{"Ref": "DataASubnet"}, {"Ref": "DataCSubnet"}]


@pytest.mark.parametrize(
    ("said", "data", "rest"),
    [
        ("", "Snapshot", "Delete"),
        ("on_delete: snapshot", "Snapshot", "Delete"),
        ("on_delete: keep", "Retain", "Retain"),
        ("on_delete: delete", "Delete", "Delete"),
    ],
)
def test_what_becomes_of_the_data_is_always_written(tmp_path: Path, said: str, data: str, rest: str) -> None:
    """A database that stays keeps what it goes on using, and the only copy of its password."""
    graph = graph_of(tmp_path, database(f"logs: general{', ' if said else ''}{said}"))
    assert afterwards(graph, "OrdersDatabase") == {data}
    for identity in ("OrdersSubnetGroup", "OrdersParameterGroup", "OrdersCredentials"):
        assert afterwards(graph, identity) == {rest}


@pytest.mark.parametrize(
    ("logs", "parameters"),
    [
        ("general", {"general_log": "1", "log_output": "FILE"}),
        ("slowquery", {"log_output": "FILE", "slow_query_log": "1"}),
        ("[general, error]", {"general_log": "1", "log_output": "FILE"}),
    ],
)
def test_a_log_that_is_exported_is_also_written(tmp_path: Path, logs: str, parameters: dict[str, str]) -> None:
    graph = graph_of(tmp_path, database(f"logs: {logs}"))
    group = properties(graph, "OrdersParameterGroup")
    assert (group["Family"], group["Parameters"]) == ("mysql8.4", parameters)
    made = properties(graph, "OrdersDatabase")
    assert made["DBParameterGroupName"] == {"Ref": "OrdersParameterGroup"}
    assert made["EnableCloudwatchLogsExports"] == sorted(logs.strip("[]").split(", "))


def test_the_error_log_is_written_anyway(tmp_path: Path) -> None:
    graph = graph_of(tmp_path, database("logs: error"))
    assert "OrdersParameterGroup" not in graph.nodes
    assert properties(graph, "OrdersDatabase")["EnableCloudwatchLogsExports"] == ["error"]


def test_a_public_database_waits_for_the_gateway(tmp_path: Path) -> None:
    graph = graph_of(tmp_path, database("public: true, replicas: {copy: {}}"))
    waiting = {edge.source for edge in graph.edges if edge.target == "NetIgwAttachment"}
    assert {"OrdersDatabase", "CopyReplica"} <= waiting
    assert properties(graph, "CopyReplica")["PubliclyAccessible"] is True


# ------------------------------------------------------------------ the login


def test_a_generated_password_lies_in_a_secret_of_its_own(tmp_path: Path) -> None:
    """Not in RDS's managed one, beside which MySQL has no replicas. Letters and digits are safe wherever they go."""
    graph = graph_of(tmp_path, database("username: clerk"))
    wanted = properties(graph, "OrdersCredentials")["GenerateSecretString"]
    assert json.loads(wanted.pop("SecretStringTemplate")) == {"username": "clerk"}
    assert wanted == {"GenerateStringKey": "password", "ExcludePunctuation": True, "PasswordLength": 32}
    assert "ManageMasterUserPassword" not in properties(graph, "OrdersDatabase")


def test_the_secret_learns_where_the_database_is(tmp_path: Path) -> None:
    made = properties(graph_of(tmp_path, database()), "OrdersCredentialsAttachment")
    assert made == {
        "SecretId": {"Ref": "OrdersCredentials"},
        "TargetId": {"Ref": "OrdersDatabase"},
        "TargetType": "AWS::RDS::DBInstance",
    }


def test_a_given_password_reaches_the_database_and_the_machines(tmp_path: Path) -> None:
    """The database names the parameter itself, so that a changed password changes it; machines read a secret."""
    graph = graph_of(tmp_path, "parameters: {Pass: {type: secret}}\n" + database("password: Pass"))
    assert properties(graph, "OrdersDatabase")["MasterUserPassword"] == {"Fn::Join": ["", [{"Ref": "Pass"}]]}
    template, variables = properties(graph, "OrdersCredentials")["SecretString"]["Fn::Sub"]
    between, parts = variables["Password"]["Fn::Join"]
    assert parts["Fn::Split"][1] == {"Ref": "Pass"}
    password = r"a\b\\c'd e"
    escaped = between.join(password.split(parts["Fn::Split"][0]))
    assert json.loads(template.replace("${Password}", escaped)) == {"username": "admin", "password": password}


# ------------------------------------------------------------------ replicas


def test_a_replica_names_nothing_that_it_inherits(tmp_path: Path) -> None:
    """Groups are said, since an update would reset them otherwise; beside a subnet group RDS wants the source's ARN."""
    graph = graph_of(tmp_path, database("on_delete: keep, logs: general, multi_az: true, replicas: {copy: {}}"))
    assert properties(graph, "CopyReplica") == {
        "SourceDBInstanceIdentifier": {"Fn::GetAtt": ["OrdersDatabase", "DBInstanceArn"]},
        "DBInstanceClass": "db.t3.micro",
        "DBSubnetGroupName": {"Ref": "OrdersSubnetGroup"},
        "PubliclyAccessible": False,
        "AutoMinorVersionUpgrade": True,
        "CopyTagsToSnapshot": True,
        "VPCSecurityGroups": [{"Fn::GetAtt": ["DbSgSecurityGroup", "GroupId"]}],
        "Tags": [{"Key": "Name", "Value": "copy"}],
    }


def test_a_replica_is_deleted_whatever_becomes_of_its_source(tmp_path: Path) -> None:
    """RDS refuses a last snapshot of a replica, and CloudFormation asks for one unless told."""
    for said in ("snapshot", "keep", "delete"):
        graph = graph_of(tmp_path, database(f"on_delete: {said}, replicas: {{copy: {{}}}}"))
        assert afterwards(graph, "CopyReplica") == {"Delete"}


@pytest.mark.parametrize(
    ("zone", "value"),
    [
        ("c", {"Fn::Sub": "${AWS::Region}c"}),
        ("2", {"Fn::Select": [1, {"Fn::GetAZs": {"Ref": "AWS::Region"}}]}),
        ("Place", {"Fn::Sub": ["${AWS::Region}${Place}", {"Place": {"Ref": "Place"}}]}),
    ],
)
def test_a_replica_stands_where_it_is_told(tmp_path: Path, zone: str, value: object) -> None:
    graph = graph_of(
        tmp_path, "parameters: {Place: {type: zone}}\n" + database(f"replicas: {{copy: {{zone: {zone}}}}}")
    )
    assert properties(graph, "CopyReplica")["AvailabilityZone"] == value


def test_a_replica_has_a_class_of_its_own_or_its_sources(tmp_path: Path) -> None:
    more = "class: Class, replicas: {same: {}, larger: {class: db.m7g.large}}"
    graph = graph_of(tmp_path, "parameters: {Class: {type: text}}\n" + database(more))
    assert properties(graph, "SameReplica")["DBInstanceClass"] == {"Ref": "Class"}
    assert properties(graph, "LargerReplica")["DBInstanceClass"] == "db.m7g.large"


def test_what_others_can_ask_of_them(tmp_path: Path) -> None:
    asked = ("endpoint", "port", "secret", "arn")
    rest = "outputs:\n" + "".join(
        f"  {who.title()}{what.title()}: ${{{{ {who}.{what} }}}}\n" for who in ("orders", "copy") for what in asked
    )
    graph = graph_of(tmp_path, database("replicas: {copy: {}}", rest))
    values = {name: output.body["Value"] for name, output in graph.outputs.items()}
    for name, identity in (("Orders", "OrdersDatabase"), ("Copy", "CopyReplica")):
        assert values[f"{name}Endpoint"] == {"Fn::GetAtt": [identity, "Endpoint.Address"]}
        assert values[f"{name}Port"] == {"Fn::GetAtt": [identity, "Endpoint.Port"]}
        assert values[f"{name}Secret"] == {"Ref": "OrdersCredentials"}
        assert values[f"{name}Arn"] == {"Fn::GetAtt": [identity, "DBInstanceArn"]}
