"""What an update of a property does is what the CloudFormation user guide says of it, type by type."""

from __future__ import annotations

from pathlib import Path

import pytest

from labspec import schema
from labspec.diff.decided import DECIDED, Situation
from labspec.diff.effects import UNTOLD, effect
from labspec.diff.interruptions import INTERRUPTIONS

LINES = Path(__file__).with_name("documented.txt").read_text("utf-8").splitlines()
DOCUMENTED = [(line.rpartition(": ")[0], line.rpartition(": ")[2]) for line in LINES if not line.startswith("#")]

NEWER = {
    "AWS::EC2::VPCGatewayAttachment VpcId": "today's page says replacement",
    "AWS::Lambda::Function PackageType": "today's schema says that it is only created",
    "AWS::RDS::DBInstance Port": "RDS's handler passes it to ModifyDBInstance (`dbPortNumber`)",
    "AWS::S3::Bucket ObjectLockEnabled": "S3 turns it on for buckets that are there since November 2023",
    "AWS::SSM::Association InstanceId": "today's schema says that it is only created",
    "AWS::SecretsManager::SecretTargetAttachment SecretId": "today's schema says that it is only created",
}
"""Where the schemas of today, or AWS's own code, say otherwise than the guide of 2023, and why they are believed."""


def judged(name: str, before: str = "one", after: str = "other", **said: str) -> tuple[str, bool]:
    """What it does that a property becomes another text."""
    kind, _, place = name.partition(" ")
    properties = ({**said, place: before}, {**said, place: after})
    found = effect(Situation(kind, *properties, {}), ("Properties", place), before, after, schema.REGION)
    return found.effect, found.sure


def test_the_table_is_long() -> None:
    assert len(DOCUMENTED) >= 200
    assert {name.partition(" ")[0] for name, _ in DOCUMENTED} >= {"AWS::EC2::VPC", "AWS::RDS::DBInstance"}


@pytest.mark.parametrize(("name", "documented"), DOCUMENTED, ids=[name for name, _ in DOCUMENTED])
def test_an_update_does_what_is_documented(name: str, documented: str) -> None:
    """No replacement is missed, and none invented; what is said to interrupt is at least in one of our tables."""
    found, sure = judged(name)
    if name in NEWER:
        assert (found == "replace") != (documented == "replacement")
    elif documented == "replacement":
        assert found == "replace"
        assert sure or name == "AWS::EC2::EIP Domain"
    elif documented == "in place":
        assert (found, sure) != ("replace", True)
        assert found != "replace" or name == "AWS::SNS::Subscription Region"
    else:
        kind, _, place = name.partition(" ")
        assert found != "update" or place in DECIDED.get(kind, {}) or place in INTERRUPTIONS.get(kind, {})
        assert not sure or (found, sure) != ("replace", True) or place in DECIDED.get(kind, {})


def test_nothing_is_said_to_be_newer_that_is_not() -> None:
    assert NEWER.keys() <= dict(DOCUMENTED).keys()


def test_every_conditional_replacement_of_the_types_we_emit_is_decided_or_known_not_to_be() -> None:
    """What the schemas leave open is decided by our tables, but for these."""
    kinds = {name.partition(" ")[0] for name, _ in DOCUMENTED}
    open_ = {
        f"{kind} {pointer[0]}"
        for kind in kinds
        if (updates := schema.updates(kind))
        for pointer in updates.conditional
        if pointer[0] not in DECIDED.get(kind, {}) and pointer[0] not in INTERRUPTIONS.get(kind, {})
    }
    assert open_ == {
        "AWS::EC2::Instance PrivateDnsNameOptions",
        "AWS::EC2::Subnet Ipv6CidrBlock",
        "AWS::Lambda::Function DurableConfig",
        "AWS::SNS::Subscription Region",
    }
    assert judged("AWS::EC2::Subnet Ipv6CidrBlock") == ("replace", False)
    assert "does not tell" in UNTOLD
