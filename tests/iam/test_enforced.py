"""The flat lab is made on moto, which checks that its user may, call by call; and not where something is missing.

moto compares actions, with no resource but S3's and without conditions: those are tried in `test_least`.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from moto import mock_aws
from moto.core.authorization import ActionAuthenticatorMixin
from moto.core.config import DefaultConfig

from labspec.compiler import Options, compile_spec
from labspec.iam import Setting
from labspec.template import Joined
from tests.iam.deploying import deploy
from tests.iam.evaluation import Document, made, needed
from tests.joining import joined_of

LAB = Path(__file__).parents[2] / "specs" / "full.yaml"
REGION = "ap-northeast-2"
GIVEN = {"AWS::Region": REGION, "AdminCidr": "203.0.113.7/32", "SiteBucketName": "", "PublishWebsite": "true"}
MOTO: DefaultConfig = {"iam": {"load_aws_managed_policies": True}, "lambda": {"use_docker": False}}
LEFT_OUT = [
    "AWS::SNS::Subscription",
    "AWS::SSM::Association",
    "AWS::SecretsManager::SecretTargetAttachment",
    "Custom::Image",
    "Custom::WebsiteContent",
]
"""What moto cannot make."""
PIECES = ("ManageEc2", "ManageIamRole", "IamAttachRolePolicy")
"""Statements of what is made first, so that it is soon over. moto does not ask whether a role may be handed on."""


@pytest.fixture(scope="module")
def lab() -> Joined:
    return joined_of(compile_spec(str(LAB), Options(layout="flat")), GIVEN)


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[list[Document]], Callable[[str], Any]]]:
    """Clients of a user who may do what policies allow, and no more."""
    monkeypatch.setenv("AWS_DEFAULT_REGION", REGION)
    with mock_aws(config=MOTO):
        yield lambda policies: _clients(monkeypatch, policies)


def _clients(monkeypatch: pytest.MonkeyPatch, policies: list[Document]) -> Callable[[str], Any]:
    root = boto3.client("iam")
    root.create_user(UserName="learner")
    statements = [{**each, "Resource": "*", "Condition": {}} for policy in policies for each in policy["Statement"]]
    document = json.dumps({"Version": "2012-10-17", "Statement": statements})
    root.put_user_policy(UserName="learner", PolicyName="labspec", PolicyDocument=document)
    key = root.create_access_key(UserName="learner")["AccessKey"]
    monkeypatch.setattr(ActionAuthenticatorMixin, "request_count", 0)
    monkeypatch.setattr("moto.settings.INITIAL_NO_AUTH_ACTION_COUNT", 0)
    session = boto3.Session(key["AccessKeyId"], key["SecretAccessKey"], region_name=REGION)
    return cache(session.client)


def test_the_policy_is_enough_for_what_moto_can_make(lab: Joined, aws: Callable[..., Any]) -> None:
    found, left_out = deploy(lab, aws(made(needed(lab, Setting("lab", region=REGION)).all, REGION)))
    assert left_out == LEFT_OUT
    assert len(found) == len([each for each in lab.resources.values() if each.type not in LEFT_OUT])


@pytest.mark.parametrize("sid", PIECES)
def test_without_a_statement_it_is_refused(lab: Joined, aws: Callable[..., Any], sid: str) -> None:
    whole = made(needed(lab, Setting("lab", region=REGION)).all, REGION)
    less = [{**each, "Statement": [s for s in each["Statement"] if s["Sid"] != sid]} for each in whole]
    assert less != whole
    with pytest.raises(ClientError, match=r"not authorized|UnauthorizedOperation|AccessDenied"):
        deploy(lab, aws(less))
