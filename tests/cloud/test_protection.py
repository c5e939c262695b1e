"""What moto does not protect is found protected, and no more is once that is switched off: by AWS's models."""

from __future__ import annotations

from typing import Any

import pytest

from labspec.cloud.account import Account
from labspec.cloud.fates import Fated
from labspec.cloud.protection import protections, switch_off
from labspec.cloud.standing import Resource
from tests.cloud.cloudformation import arn
from tests.cloud.recorded import Answers

Call = tuple[str, dict[str, Any]]
PROTECTED: dict[str, tuple[Call, dict[str, Any], Call]] = {
    "AWS::RDS::DBCluster": (
        ("DescribeDBClusters", {"DBClusters": [{"DeletionProtection": True}]}),
        {"DBClusters": [{"DeletionProtection": False}]},
        ("ModifyDBCluster", {"DBClusterIdentifier": "it", "DeletionProtection": False, "ApplyImmediately": True}),
    ),
    "AWS::AutoScaling::AutoScalingGroup": (
        ("DescribeAutoScalingGroups", {"AutoScalingGroups": [{"DeletionProtection": "prevent-force-deletion"}]}),
        {"AutoScalingGroups": [{"DeletionProtection": "none"}]},
        ("UpdateAutoScalingGroup", {"AutoScalingGroupName": "it", "DeletionProtection": "none"}),
    ),
    "AWS::Logs::LogGroup": (
        ("DescribeLogGroups", {"logGroups": [{"logGroupName": "it", "deletionProtectionEnabled": True}]}),
        {"logGroups": [{"logGroupName": "it"}, {"logGroupName": "its", "deletionProtectionEnabled": True}]},
        ("PutLogGroupDeletionProtection", {"logGroupIdentifier": "it", "deletionProtectionEnabled": False}),
    ),
}
"""By type: the answer where it is protected, that where it is not, though a neighbour may be, and what ends it."""


@pytest.mark.parametrize("kind", PROTECTED)
def test_a_protection_is_its_own_and_is_switched_off_by_its_own_call(kind: str, aws: Answers) -> None:
    (asked, protected), free, (ends, request) = PROTECTED[kind]
    aws.page = 2
    aws.told |= {asked: protected, ends: {}}
    it = Fated(Resource((), "It", kind, "it", "CREATE_COMPLETE", ""), arn("lab"), "gone")
    (found,) = protections(Account(), {}, [it])
    assert found.what.endswith(" `It`")
    switch_off([found])
    assert aws.asked[-1] == (ends, request)
    aws.told[asked] = free
    assert list(protections(Account(), {}, [it])) == []
