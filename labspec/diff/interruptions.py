"""Updates that are made in place and are felt: restarts, outages, stops.

The schemas have nothing of this. Each line was checked against the page that it names, of the CloudFormation template
reference (there "Update requires: Some interruptions") or of the service's API reference.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, NamedTuple

from labspec.diagnostic import Path
from labspec.diff.decided import DATABASE, Judged


class Interruption(NamedTuple):
    """What is felt, whether always, and the page that says so."""

    note: str
    page: str
    always: bool = True


MODIFY = "ModifyDBInstance, Amazon RDS API Reference"
SETTINGS = "Settings for DB instances, Amazon RDS User Guide"
RULES = "There is a short time in which the security group lets no connection begin."

INTERRUPTIONS: Final[Mapping[str, Mapping[str, Interruption | None]]] = {
    DATABASE: {
        "DBInstanceClass": Interruption("The database is down while its class changes.", MODIFY),
        "EngineVersion": Interruption("The database is down while its version changes.", MODIFY),
        "Port": Interruption("The database restarts.", MODIFY),
        "StorageType": Interruption(
            "The database may restart, and is slower until its storage is converted.", MODIFY, always=False
        ),
        "AutoMinorVersionUpgrade": Interruption(
            "The database is down in its maintenance window where a newer minor version is waiting.",
            MODIFY,
            always=False,
        ),
        "DBParameterGroupName": Interruption(
            "The database may restart; parameters that are static hold from its next restart on.",
            "AWS::RDS::DBInstance, DBParameterGroupName",
            always=False,
        ),
        "PreferredMaintenanceWindow": Interruption(
            "The database restarts if the new window is now and changes are waiting for it.", MODIFY, always=False
        ),
        "ProcessorFeatures": Interruption("The database is down while its processors change.", SETTINGS),
        "LicenseModel": Interruption("The database is down while its license changes.", SETTINGS),
        "NetworkType": Interruption("The database may be down for a short time.", SETTINGS, always=False),
        "CACertificateIdentifier": Interruption(
            "The database restarts, unless its engine takes a certificate without.", MODIFY, always=False
        ),
        "MultiAZ": None,
    },
    "AWS::RDS::DBParameterGroup": {
        "Parameters": Interruption(
            "Databases that use it may have to restart.", "AWS::RDS::DBInstance, DBParameterGroupName", always=False
        ),
    },
    "AWS::EC2::SecurityGroup": {
        "SecurityGroupIngress": Interruption(RULES, "AWS::EC2::SecurityGroup"),
        "SecurityGroupEgress": Interruption(RULES, "AWS::EC2::SecurityGroup"),
    },
    "AWS::SecretsManager::Secret": {
        "GenerateSecretString": Interruption(
            "A new secret may be made up: what was given the old one by a dynamic reference keeps the old one.",
            "Using dynamic references to specify template values, AWS CloudFormation User Guide",
            always=False,
        ),
    },
    "AWS::DynamoDB::Table": {
        "SSESpecification": Interruption("The table may be slower for a while.", "AWS::DynamoDB::Table", always=False),
    },
}
"""By type and property; None where an update that the schema calls conditional is felt by nobody."""


def interruption(kind: str, place: Path) -> Judged | None:
    """What is felt of an edit that is made in place, if it is in the table."""
    name = str(place[0])
    if name not in INTERRUPTIONS.get(kind, {}):
        return None
    found = INTERRUPTIONS[kind][name]
    return Judged("interrupt", found.always, found.note) if found else Judged("update")
