"""The bucket that templates are published to: who may read it, and what reaches it as what."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.client import BaseClient
from moto import mock_aws

from labspec.cli import main
from labspec.template import read
from tests.building import HEAD, NETWORK

REGION, BUCKET = "ap-northeast-2", "lab.templates"
THEIRS = "https://theirs.s3.amazonaws.com/stack.yaml"
NESTED = f"resources: {{Theirs: {{Type: AWS::CloudFormation::Stack, Properties: {{TemplateURL: '{THEIRS}'}}}}}}\n"
OPEN = {
    "Version": "2012-10-17",
    "Statement": [
        {"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": f"arn:aws:s3:::{BUCKET}/*"}
    ],
}


@pytest.fixture(autouse=True)
def s3(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "site").mkdir()
    (tmp_path / "site/index.html").write_text("hello", "utf-8")
    (tmp_path / "spec.yaml").write_text(f"{HEAD}{NETWORK}websites: {{docs: {{content: site}}}}\n{NESTED}", "utf-8")
    for name, value in (("ACCESS_KEY_ID", "x"), ("SECRET_ACCESS_KEY", "x"), ("DEFAULT_REGION", REGION)):
        monkeypatch.setenv(f"AWS_{name}", value)
    with mock_aws():
        client = boto3.client("s3")
        client.create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": REGION})
        yield client


def publish(*options: str) -> int:
    return main(["publish", "spec.yaml", "--bucket", BUCKET, "--no-validate", *options])


@pytest.mark.parametrize(
    ("grant", "policy", "blocked", "is_open"),
    [
        ("private", False, "", False),
        ("public-read", False, "", True),
        ("authenticated-read", False, "", True),  # by any account of AWS
        ("public-read", False, "IgnorePublicAcls", False),
        ("public-read", False, "RestrictPublicBuckets", True),
        ("private", True, "", True),
        ("private", True, "RestrictPublicBuckets", False),
        ("private", True, "IgnorePublicAcls", True),
    ],
)
def test_a_bucket_is_open_that_anybody_may_read_after_all_that_blocks(
    grant: str, policy: bool, blocked: str, is_open: bool, s3: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    s3.put_bucket_acl(Bucket=BUCKET, ACL=grant)
    if policy:
        s3.put_bucket_policy(Bucket=BUCKET, Policy=json.dumps(OPEN))
    if blocked:
        s3.put_public_access_block(Bucket=BUCKET, PublicAccessBlockConfiguration={blocked: True})
    assert publish() == int(is_open)
    assert ("is open to the public" in capsys.readouterr().err) is is_open


@pytest.mark.parametrize("form", ["yaml", "json"])
def test_each_file_is_published_as_what_it_is_and_with_its_digest(
    form: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def call(client: Any, operation: str, request: dict[str, Any]) -> Any:
        sent.extend([{**request}] if operation == "PutObject" else [])
        return real(client, operation, request)

    sent: list[dict[str, Any]] = []
    real = BaseClient._make_api_call  # type: ignore[attr-defined]
    monkeypatch.setattr(BaseClient, "_make_api_call", call)
    assert publish("--format", form) == 0
    kinds = {"json": "application/json", "yaml": "text/plain", "zip": "application/zip"}
    for each in sent:
        assert each["ContentType"] == kinds[each["Key"].rpartition(".")[2]]
        assert each["ChecksumSHA256"] == base64.b64encode(hashlib.sha256(each["Body"]).digest()).decode()
    texts = [each["Body"].decode() for each in sent if each["Key"].endswith(form)]
    templates = [json.loads(text) if form == "json" else read(text, "it.yaml").data for text in texts]
    held = [body for template in templates for body in template["Resources"].values()]
    urls = [body["Properties"]["TemplateURL"] for body in held if "TemplateURL" in body.get("Properties", {})]
    # A name with dots is no name of a host that the certificate is for.
    path = f"https://s3.{REGION}.amazonaws.com/{BUCKET}/labspec/"
    assert [url for url in urls if not url.startswith(path)] == [THEIRS]
    assert len(urls) == len(templates)
    assert f"Root: {path}" in capsys.readouterr().out
