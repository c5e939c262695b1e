"""Whom commands ask, as the AWS CLI would, and what AWS's answers mean."""

from __future__ import annotations

import pytest

from labspec.cloud.account import Account, answered, plainly
from labspec.cloud.refusal import Refused
from tests.cloud.recorded import Answers, error


@pytest.mark.parametrize(
    ("given", "environment", "region"),
    [
        (None, {}, "us-east-1"),
        (None, {"AWS_REGION": "eu-west-1"}, "eu-west-1"),
        ("cn-north-1", {"AWS_REGION": "eu-west-1"}, "cn-north-1"),
    ],
)
def test_the_region_is_the_one_that_is_given_or_else_that_of_the_environment(
    given: str | None, environment: dict[str, str], region: str, aws: Answers, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    account = Account(region=given)
    assert (account.region, account.client("ec2").meta.region_name) == (region, region)


@pytest.mark.parametrize(
    ("region", "suffix"),
    [("eu-west-1", "amazonaws.com"), ("us-gov-west-1", "amazonaws.com"), ("cn-north-1", "amazonaws.com.cn")],
)
def test_addresses_end_as_those_of_their_partition(region: str, suffix: str, aws: Answers) -> None:
    assert Account(region=region).suffix == suffix


@pytest.mark.parametrize(
    ("code", "status", "said"),
    [
        ("RequestExpired", 400, "The credentials have expired."),  # in the words of EC2
        ("ExpiredTokenException", 400, "The credentials have expired."),
        ("UnauthorizedOperation", 403, "These credentials may not call DescribeVpcs."),
        ("InternalError", 500, "AWS fails at DescribeVpcs: No."),
        ("InvalidVpcID.Malformed", 400, "AWS refused DescribeVpcs: No."),
    ],
)
def test_what_aws_answers_is_told_as_what_it_is(code: str, status: int, said: str) -> None:
    with pytest.raises(Refused) as caught, plainly():
        raise error(code, "DescribeVpcs", status=status)
    assert caught.value.message == said


@pytest.mark.parametrize(
    ("code", "waived"),
    [
        ("UnauthorizedOperation", True),
        ("AccessDeniedException", True),
        ("NoSuchBucket", True),
        ("DBInstanceNotFound", True),
        ("RequestExpired", False),
        ("InternalError", False),
    ],
)
def test_what_may_not_be_asked_or_is_gone_stops_nothing_and_other_trouble_does(code: str, waived: bool) -> None:
    def ask() -> str:
        raise error(code)

    if waived:
        assert answered(ask, "nothing") == "nothing"
    else:
        with pytest.raises(Refused):
            answered(ask, "nothing")
