"""The policies of a small stack allow what deploying it asks for, hardly more, and each statement is of use."""

from __future__ import annotations

import json

import parliament
import pytest

from labspec.iam import LONGEST, Place, Setting
from tests.iam.evaluation import Request, allows, joined, made, needed
from tests.iam.small import ACCOUNT, REFUSED, REGION, TEMPLATE, WANTED

PLACE = Place("aws", REGION, ACCOUNT)
NEEDS = needed(joined(TEMPLATE), Setting("lab", region=REGION))
POLICIES = made(NEEDS.all, REGION, PLACE)
OF_NO_REQUEST = {
    "LambdaGetCodeSigningConfig": "asked where a function has a code-signing configuration; the handler always may",
    "LambdaPutFunctionCodeSigningConfig": "the same, as it is updated",
    "LambdaGetLayerVersion": "asked where a function has layers; the handler always may",
    "RdsRestoreDBInstanceFromDBSnapshot": "asked where a database is made of a snapshot; the handler always may",
    "RdsRestoreDBInstanceToPointInTime": "the same, of a point in time",
    "RdsCreateDBInstanceReadReplica": "the same, of a source",
    "RdsStartDBInstanceAutomatedBackupsReplication": "asked where backups are copied to another region",
    "RdsCreateDBSnapshot": "asked where a snapshot is taken before a database goes",
    "ManageS3Objects": "objects' lists, asked where a bucket that is changed has them",
    "SsmDescribeAssociation": "asked as an instance is read, for associations that it does not have",
}
"""Statements that none of the requests needs, each with the reason for it: what the schemas state."""

NOT_KNOWN = (
    ("UNKNOWN_ACTION", "Unknown action s3:UpdateBucketMetadataAnnotationTableConfiguration"),
    # The parameters that AWS publishes have no account (`Finding public parameters`, AWS Systems Manager).
    ("RESOURCE_MISMATCH", [{"action": "ssm:GetParameters", "required_format": "arn:*:ssm:*:*:parameter/*"}]),
    ("RESOURCE_MISMATCH", [{"action": "sns:Unsubscribe", "required_format": "*"}]),
)
"""What parliament's copy of AWS's definitions does not know."""


@pytest.mark.parametrize("request_", WANTED, ids=lambda each: f"{each.action} {each.arn.rpartition(':')[2]}")
def test_what_deploying_asks_for_is_allowed(request_: Request) -> None:
    assert allows(POLICIES, request_)


@pytest.mark.parametrize("request_", REFUSED, ids=lambda each: f"{each.action} {each.arn.rpartition(':')[2]}")
def test_what_the_stack_has_no_use_for_is_refused(request_: Request) -> None:
    assert not allows(POLICIES, request_)


def test_each_statement_is_of_use() -> None:
    """Without one, something that is asked for is refused; or it is known why not."""
    useless = set()
    for policy in POLICIES:
        for statement in policy["Statement"]:
            left = [{**each, "Statement": [s for s in each["Statement"] if s != statement]} for each in POLICIES]
            if all(allows(left, request) for request in WANTED):
                useless.add(statement["Sid"])
    assert useless == set(OF_NO_REQUEST)


def test_iam_takes_the_policies() -> None:
    """Sids are words and once each; and parliament, which has its own copy of what AWS defines, finds no fault."""
    for policy in POLICIES:
        sids = [statement["Sid"] for statement in policy["Statement"]]
        assert len(set(sids)) == len(sids)
        assert all(sid.isalnum() for sid in sids)
        assert len(json.dumps(policy, separators=(",", ":"))) <= LONGEST
        found = parliament.analyze_policy_string(json.dumps(policy)).findings
        assert [each.detail for each in found if (each.issue, each.detail) not in NOT_KNOWN] == []
