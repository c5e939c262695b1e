"""Needs become policies that allow them, and little else, in few and always the same statements."""

from __future__ import annotations

import itertools
import json
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labspec.iam import LONGEST, Need, Place, document, placed, policies, size, statements
from labspec.iam.need import ANYTHING, Condition
from labspec.iam.scope import covers
from tests.iam.evaluation import AUTHORITY, Request, allows, made

ACTIONS = ("s3:GetObject", "s3:PutObject", "ec2:RunInstances", "ec2:Describe*", "ec2:DescribeVpcs", "iam:PassRole")
ARNS = tuple(
    f"arn:aws:{service}:::{name}" for service in ("s3", "ec2", "iam") for name in ("*", "a", "a*", "b/*", "b/c")
)
CONDITIONS: tuple[Condition, ...] = (
    (),
    (("StringEquals", "aws:RequestedRegion", ("x",)),),
    (("StringEquals", "iam:PassedToService", ("a", "b")),),
)
NEEDS = st.builds(
    Need,
    st.sampled_from(ACTIONS),
    st.one_of(st.just(ANYTHING), st.lists(st.sampled_from(ARNS), min_size=1, max_size=3).map(tuple)),
    st.just("It"),
    st.just("create"),
    st.sampled_from(CONDITIONS),
)


def requests(need: Need) -> list[Request]:
    """What a need is there for."""
    action = need.action.replace("*", "Vpcs")
    choices = ([(key, value) for value in values] for _, key, values in need.condition)
    contexts = [dict(chosen) for chosen in itertools.product(*choices)]
    return [Request(action, arn.replace("*", "any"), context) for arn in need.resources for context in contexts]


@given(st.lists(NEEDS, min_size=1, max_size=12), st.randoms())
def test_what_is_needed_is_allowed_whatever_the_order(needs: list[Need], chance: random.Random) -> None:
    policies = made(needs)
    assert all(allows(policies, request) for need in needs for request in requests(need))
    mixed = chance.sample(needs, len(needs))
    assert json.dumps(made(mixed)) == json.dumps(policies)


@given(st.lists(NEEDS, min_size=1, max_size=8), NEEDS)
def test_what_no_need_covers_is_refused(needs: list[Need], other: Need) -> None:
    """A policy allows a request only where it allows it to one of the needs alone, or to two that differ in values."""
    whole = made(needs)
    alone = [policy for need in needs for policy in made([need])]
    for request in requests(other):
        if allows(whole, request):
            assert allows(alone, request)


@given(st.sampled_from(ARNS), st.sampled_from(ARNS))
def test_a_pattern_covers_another_only_where_it_matches_all_of_it(one: str, other: str) -> None:
    rules = [{"Statement": [{"Effect": "Allow", "Action": "a:b", "Resource": one}]}]
    reached = [Request("a:b", other.replace("*", text)) for text in ("", "x", "a", "b/c")]
    if covers(one, other):
        assert all(allows(rules, request) for request in reached)
    elif "*" not in other:
        assert not allows(rules, Request("a:b", other))


def test_no_policy_is_longer_than_iam_takes_and_no_statement_is_lost() -> None:
    arns = tuple(f"arn:aws:s3:::{'bucket-' * 30}{number}" for number in range(120))
    needs = [
        Need("s3:GetBucketAcl", arns, "It", "create"),
        *(Need("s3:PutObject", (arn,), "It", "create", CONDITIONS[number % 3]) for number, arn in enumerate(arns)),
    ]
    found = made(needs)
    assert len(found) > 4
    assert max(size(each) for each in found) <= LONGEST
    assert all(allows(found, request) for need in needs for request in requests(need))
    sids = [statement["Sid"] for policy in found for statement in policy["Statement"]]
    assert len(set(sids)) == len(sids)


def test_a_region_is_a_condition_of_what_has_no_resource_but_in_global_services() -> None:
    needs = [
        Need(action, ANYTHING, "It", "create")
        for action in ("ec2:DescribeVpcs", "iam:ListRoles", "s3:ListAllMyBuckets")
    ]
    found = {statement.actions: statement.condition for statement in statements(needs, AUTHORITY, "eu-west-1")}
    assert found == {
        ("ec2:DescribeVpcs",): (("StringEquals", "aws:RequestedRegion", ("eu-west-1",)),),
        ("iam:ListRoles", "s3:ListAllMyBuckets"): (),
    }


def test_the_place_is_filled_in() -> None:
    need = Need("rds:DeleteDBInstance", ("arn:${Partition}:rds:${Region}:${Account}:db:a",), "It", "delete")
    ((statement,),) = policies(statements([need], AUTHORITY), Place("aws-cn", "cn-north-1", "111122223333"))
    said = placed(document([statement]), Place("aws-cn", "cn-north-1", "111122223333"))
    assert said["Statement"][0]["Resource"] == "arn:aws-cn:rds:cn-north-1:111122223333:db:a"


@pytest.mark.parametrize(
    ("needs", "sid"),
    [
        ([Need("iam:PassRole", ("arn:aws:iam:::role/a",), "It", "", CONDITIONS[2])], "PassRolesToAToB"),
        ([Need("ec2:DescribeVpcs", ANYTHING, "It", "")], "LookAround"),
        ([Need("rds:DeleteDBInstance", ("arn:aws:rds:::db:a",), "It", "")], "RdsDeleteDBInstance"),
        (
            [Need(f"rds:{verb}DBInstance", ("arn:aws:rds:::db:a",), "It", "") for verb in ("Modify", "Delete")],
            "ManageRdsDb",
        ),
        ([Need(f"s3:{verb}Object", ("arn:aws:s3:::a/*",), "It", "") for verb in ("Get", "Put")], "ManageS3Objects"),
    ],
)
def test_a_statement_is_named_for_its_purpose(needs: list[Need], sid: str) -> None:
    assert [each.sid for each in statements(needs, AUTHORITY)] == [sid]
