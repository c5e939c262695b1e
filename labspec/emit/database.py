"""Databases: the instance with its login and groups, and its replicas."""

from __future__ import annotations

import json
from typing import Any

from troposphere import Join, Ref, Split, Sub, rds, secretsmanager

from labspec.diagnostic import Path
from labspec.emit.emitter import AFTERWARDS, Emitter, given, logical_id
from labspec.emit.groups import emit_own_group, groups_of
from labspec.emit.order import waits_for_gateway
from labspec.emit.roles import SECRET
from labspec.emit.schemas import emit_schema
from labspec.emit.zones import zone
from labspec.graph import Body
from labspec.model.architecture import Member
from labspec.model.database import Database, Replica
from labspec.model.word import Parameter

SUBNET_GROUP = "subnet_group"
PARAMETER_GROUP = "parameter_group"

LOGGED = {"general": {"general_log": "1"}, "slowquery": {"slow_query_log": "1"}, "error": {}}
"""Parameters without which a log has nothing to export; the error log is always written."""


def database(e: Emitter, member: Member) -> None:
    """A database with everything that it needs: groups, login, and the script that is run on it."""
    body = member.body
    assert isinstance(body, Database)
    emit_own_group(e, member)
    _subnet_group(e, member, body)
    _parameter_group(e, member, body)
    _secret(e, member, body)
    identity = e.add(
        member,
        rds.DBInstance,
        DeletionPolicy=AFTERWARDS[body.on_delete],
        UpdateReplacePolicy=AFTERWARDS[body.on_delete],
        # AWS names it: so it can be replaced, and a second copy of the stack can stand beside the first.
        **_engine(e, member, body),
        **_data(e, member, body),
        VPCSecurityGroups=groups_of(e, member),
        PubliclyAccessible=body.public,
        DeletionProtection=body.protected,
        CopyTagsToSnapshot=True,
        Tags=e.tags(member),
        origins=ORIGINS,
    )
    _waits_for_gateway(e, identity, member)
    e.add(
        member,
        secretsmanager.SecretTargetAttachment,
        "credentials_attachment",
        SecretId=e.ref(member, SECRET),
        TargetId=Ref(identity),
        TargetType="AWS::RDS::DBInstance",
    )
    if body.schema_ is not None:
        emit_schema(e, member, body, body.schema_)


def _engine(e: Emitter, member: Member, body: Database) -> dict[str, Any]:
    """What runs, on what, how it is changed, and what it tells.

    Minor upgrades move the database past the version in the template. That does no harm: an update of the stack sends
    the version only where the template's text changed (AWS's resource provider, `Translator.modifyDbInstanceRequest`);
    only a change to one behind the running version is refused.

    A version that has left standard support is charged for by the vCPU and hour, unless the database was never enrolled
    in that, as here. Then RDS refuses to make a database of such a version, and upgrades one whose version leaves.
    """
    group = _logged(body) and e.ref(member, PARAMETER_GROUP)
    return given(
        Engine=body.engine,
        EngineVersion=body.version,
        AllowMajorVersionUpgrade=True,  # the version is written in full: whoever changes it means it
        EngineLifecycleSupport="open-source-rds-extended-support-disabled",
        DBInstanceClass=e.value(body.class_),
        AutoMinorVersionUpgrade=body.minor_upgrades,
        PreferredMaintenanceWindow=body.maintenance_window and body.maintenance_window.text,
        DBParameterGroupName=group or None,
        EnableCloudwatchLogsExports=sorted(body.logs) or None,
    )


def _data(e: Emitter, member: Member, body: Database) -> dict[str, Any]:
    """What is kept, where, and who may see it. In two zones, AWS chooses which one is the primary's."""
    return given(
        DBName=body.database,
        Port=str(body.port),
        # The name is literal: were it read from the secret, a change would make a new secret and keep the old database.
        MasterUsername=body.username,
        MasterUserPassword=_password(e, member, body),
        AllocatedStorage=str(body.storage.size),
        StorageType=body.storage.type,
        StorageEncrypted=body.storage.encrypted,
        MultiAZ=body.multi_az,
        DBSubnetGroupName=e.ref(member, SUBNET_GROUP),
        BackupRetentionPeriod=body.backups.keep // 86400,
        PreferredBackupWindow=body.backups.window and body.backups.window.text,
    )


ORIGINS: dict[str, str | Path] = {
    "DeletionPolicy": "on_delete",
    "UpdateReplacePolicy": "on_delete",
    "DBInstanceClass": "class",
    "PubliclyAccessible": "public",
    "VPCSecurityGroups": "security_groups",
    "DeletionProtection": "protected",
    "Engine": "engine",
    "EngineVersion": "version",
    "AllowMajorVersionUpgrade": "version",
    "EngineLifecycleSupport": "version",
    "AutoMinorVersionUpgrade": "minor_upgrades",
    "PreferredMaintenanceWindow": "maintenance_window",
    "DBParameterGroupName": "logs",
    "EnableCloudwatchLogsExports": "logs",
    "DBName": "database",
    "Port": "port",
    "MasterUsername": "username",
    "MasterUserPassword": "password",
    "AllocatedStorage": ("storage", "size"),
    "StorageType": ("storage", "type"),
    "StorageEncrypted": ("storage", "encrypted"),
    "MultiAZ": "multi_az",
    "DBSubnetGroupName": "subnets",
    "BackupRetentionPeriod": ("backups", "keep"),
    "PreferredBackupWindow": ("backups", "window"),
}


def _waits_for_gateway(e: Emitter, waiting: str, member: Member) -> None:
    """RDS refuses a public address in a network whose gateway is not attached yet."""
    body = member.body
    assert isinstance(body, Database)
    if body.public:
        waits_for_gateway(e, waiting, e.architecture.many(body.subnets)[0])


# ------------------------------------------------------------------ what a database stands on


def _kept(body: Database) -> str:
    """A database that is kept goes on using what it stands on, and only its secret still knows the password."""
    return "Retain" if body.on_delete == "keep" else "Delete"


def _subnet_group(e: Emitter, member: Member, body: Database) -> None:
    e.add(
        member,
        rds.DBSubnetGroup,
        SUBNET_GROUP,
        DeletionPolicy=_kept(body),
        UpdateReplacePolicy=_kept(body),
        DBSubnetGroupDescription=f"Subnets of {member.name}",
        SubnetIds=[e.ref(place) for place in e.architecture.many(body.subnets)],
        Tags=e.tags(member),
        origins={"DeletionPolicy": "on_delete", "SubnetIds": "subnets"},
    )


def _logged(body: Database) -> dict[str, str]:
    """The parameters that make the wanted logs; written to files, since only these are exported."""
    wanted = {name: value for log in body.logs for name, value in LOGGED[log].items()}
    return {**wanted, "log_output": "FILE"} if wanted else {}


def _parameter_group(e: Emitter, member: Member, body: Database) -> None:
    parameters = _logged(body)
    if not parameters:
        return
    e.add(
        member,
        rds.DBParameterGroup,
        PARAMETER_GROUP,
        DeletionPolicy=_kept(body),
        UpdateReplacePolicy=_kept(body),
        # Create-only: a renamed member (`was`) keeps its group.
        Description=f"Logs of {member.key}",
        Family=body.engine + ".".join(body.version.split(".")[:2]),
        Parameters=dict(sorted(parameters.items())),
        Tags=e.tags(member),
        origins={"DeletionPolicy": "on_delete", "Family": "version", "Parameters": "logs"},
    )


# ------------------------------------------------------------------ the login


def _secret(e: Emitter, member: Member, body: Database) -> None:
    """User and password as JSON. It is there also where a parameter holds the password: machines read only secrets.

    Not RDS's own managed secret: a MySQL database that has one cannot have replicas.
    """
    e.add(
        member,
        secretsmanager.Secret,
        SECRET,
        DeletionPolicy=_kept(body),
        UpdateReplacePolicy=_kept(body),
        Description=f"Login of {member.name}",
        **(_given_secret(body.password, body) if isinstance(body.password, Parameter) else _generated(body)),
        Tags=e.tags(member),
        origins={"DeletionPolicy": "on_delete", "GenerateSecretString": "password", "SecretString": "password"},
    )


def _generated(body: Database) -> dict[str, Any]:
    """A password that AWS makes up: letters and digits, which RDS, shells, addresses and JSON take as they are.

    Any change of these words would make a new password without telling the database. They never change but for the user
    name, and a changed name makes a new database.
    """
    wanted = secretsmanager.GenerateSecretString(
        SecretStringTemplate=json.dumps({"username": body.username}),
        GenerateStringKey="password",
        ExcludePunctuation=True,
        PasswordLength=32,
    )
    return {"GenerateSecretString": wanted}


def _given_secret(password: Parameter, body: Database) -> dict[str, Any]:
    """A parameter's password as JSON: RDS takes no quotation marks, so that only backslashes need an escape."""
    template = json.dumps({"username": body.username, "password": "${Password}"})
    return {"SecretString": Sub(template, Password=Join("\\\\", Split("\\", Ref(password.name))))}


def _password(e: Emitter, member: Member, body: Database) -> Any:
    """The master password: read from the secret as the stack is deployed, or the parameter itself.

    A parameter is not read back through the secret: that reference stays the same when the password changes, and the
    database would never hear of it. It is joined to nothing because linters advise against a bare one (W1011), and here
    the spec has decided.
    """
    if isinstance(body.password, Parameter):
        return Join("", [Ref(body.password.name)])
    return Sub("{{resolve:secretsmanager:${Secret}:SecretString:password}}", Secret=e.ref(member, SECRET))


# ------------------------------------------------------------------ replicas


def replica(e: Emitter, member: Member) -> None:
    """A read replica. It has its source's engine, login, encryption, storage and parameters, and may not name them.

    The source is named by its ARN: beside its mere identifier RDS refuses the subnet group. And the security groups are
    said because without them an update of the stack would put the replica into the network's default group.
    """
    body, owner = member.body, member.owner
    assert isinstance(body, Replica)
    assert owner is not None
    source = owner.body
    assert isinstance(source, Database)
    resource = rds.DBInstance(
        logical_id(member),
        # RDS refuses a last snapshot of a replica, which is what CloudFormation would ask for unless told.
        DeletionPolicy="Delete",
        UpdateReplacePolicy="Delete",
        Engine=source.engine,
        SourceDBInstanceIdentifier=e.attr(owner, "DBInstanceArn"),
        DBInstanceClass=e.value(body.class_ or source.class_),
        DBSubnetGroupName=e.ref(owner, SUBNET_GROUP),
        PubliclyAccessible=source.public,
        AutoMinorVersionUpgrade=source.minor_upgrades,
        CopyTagsToSnapshot=True,
        **given(VPCSecurityGroups=groups_of(e, owner), AvailabilityZone=body.zone and zone(body.zone)),
        Tags=e.tags(member),
    )
    made: Body = resource.to_dict()
    del made["Properties"]["Engine"]  # troposphere insists on it
    identity = e.put(member, logical_id(member), "", made, {"DBInstanceClass": "class", "AvailabilityZone": "zone"})
    _waits_for_gateway(e, identity, owner)


EMITTERS = {"databases": database, "replicas": replica}
ATTRIBUTES = {
    "databases": {
        "endpoint": lambda e, m: e.attr(m, "Endpoint.Address"),
        "port": lambda e, m: e.attr(m, "Endpoint.Port"),
        "secret": lambda e, m: e.ref(m, SECRET),
        "arn": lambda e, m: e.attr(m, "DBInstanceArn"),
    },
    "replicas": {
        "endpoint": lambda e, m: e.attr(m, "Endpoint.Address"),
        "port": lambda e, m: e.attr(m, "Endpoint.Port"),
        "secret": lambda e, m: e.ref(m.owner, SECRET),
        "arn": lambda e, m: e.attr(m, "DBInstanceArn"),
    },
}
