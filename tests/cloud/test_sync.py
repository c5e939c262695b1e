"""A website's folder reaches its bucket: what differs, as what it is, and no more."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from unittest.mock import Mock

import boto3
import pytest
from botocore.client import BaseClient
from moto import mock_aws

from labspec.cli import main
from labspec.cloud import standing
from labspec.cloud.invalidation import EVERYTHING, MOST, paths
from labspec.cloud.standing import Resource, Standing

BUCKET, REGION = "docs-bucket", "us-east-1"
SPEC = """\
labspec: 1
name: test
parameters: {Publish: {type: boolean, default: true}}
websites:
  docs: {content: site, when: Publish}
  plain: {content: site, cdn: false}
"""
FILES = {"index.html": "<p>one</p>", "en/index.html": "<p>en</p>", "a b.css": "p {}", "logo.svg": "<svg/>"}


@pytest.fixture(autouse=True)
def s3(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    monkeypatch.chdir(tmp_path)
    Path("spec.yaml").write_text(SPEC, "utf-8")
    for name, text in FILES.items():
        write(name, text)
    for name, value in (("ACCESS_KEY_ID", "x"), ("SECRET_ACCESS_KEY", "x"), ("DEFAULT_REGION", REGION)):
        monkeypatch.setenv(f"AWS_{name}", value)
    with mock_aws():
        client = boto3.client("s3")
        for bucket in (BUCKET, "plain-bucket"):
            client.create_bucket(Bucket=bucket)
        stands(monkeypatch, DocsBucket=BUCKET, DocsDistribution=distribution(), PlainBucket="plain-bucket")
        yield client


def write(name: str, text: str) -> None:
    path = Path("site", name)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")


def stands(monkeypatch: pytest.MonkeyPatch, spec: str = "test", status: str = "CREATE_COMPLETE", **held: str) -> None:
    resources = tuple(Resource((), identity, "AWS::Any", name, status, "") for identity, name in held.items())
    stack = Standing("arn:lab", "lab", "CREATE_COMPLETE", "", {"labspec:spec": spec}, {}, {}, resources, ())
    monkeypatch.setattr(standing, "standing", lambda *_: stack)


def distribution() -> str:
    origin = {"Id": "o", "DomainName": "x.s3.amazonaws.com", "S3OriginConfig": {"OriginAccessIdentity": ""}}
    config = {
        "CallerReference": "1",
        "Comment": "",
        "Enabled": True,
        "Origins": {"Quantity": 1, "Items": [origin]},
        "DefaultCacheBehavior": {"TargetOriginId": "o", "ViewerProtocolPolicy": "allow-all"},
    }
    made: Any = boto3.client("cloudfront").create_distribution(DistributionConfig=config)
    return str(made["Distribution"]["Id"])


def forgotten() -> list[list[str]]:
    """The paths of each invalidation that was made."""
    return [sorted(each["Paths"]["Items"]) for each in invalidations()]


def references() -> list[str]:
    """By what CloudFront knows each one."""
    return [each["CallerReference"] for each in invalidations()]


def invalidations() -> list[dict[str, Any]]:
    client: Any = boto3.client("cloudfront")
    (there,) = client.list_distributions()["DistributionList"]["Items"]
    made = client.list_invalidations(DistributionId=there["Id"])["InvalidationList"].get("Items", [])
    told = [client.get_invalidation(DistributionId=there["Id"], Id=each["Id"])["Invalidation"] for each in made]
    return [each["InvalidationBatch"] for each in told]


def there(s3: Any, bucket: str = BUCKET) -> dict[str, str]:
    listed = s3.list_objects_v2(Bucket=bucket).get("Contents", [])
    return {each["Key"]: s3.get_object(Bucket=bucket, Key=each["Key"])["Body"].read().decode() for each in listed}


def sync(*arguments: str) -> int:
    return main(["sync", "spec.yaml", "--stack", "lab", "--website", "docs", *arguments])


def sends(monkeypatch: pytest.MonkeyPatch, refuse: type[BaseException] | None = None, on: str = "") -> list[str]:
    """The keys that are sent from here on, in order; what ends in `on` is refused."""

    def call(client: Any, operation: str, asked: dict[str, Any]) -> Any:
        if operation == "PutObject":
            if refuse and asked["Key"].endswith(on):
                raise refuse
            sent.append(asked["Key"])
        return real(client, operation, asked)

    sent: list[str] = []
    real = BaseClient._make_api_call  # type: ignore[attr-defined]
    monkeypatch.setattr(BaseClient, "_make_api_call", call)
    return sent


def test_every_file_is_there_as_what_it_is_and_pages_come_last(s3: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    sent = sends(monkeypatch)
    assert sync() == 0
    assert there(s3) == FILES
    assert set(sent[:2]) == {"a b.css", "logo.svg"}
    for key, kind, cache in (
        ("index.html", "text/html; charset=utf-8", "no-cache"),
        ("a b.css", "text/css; charset=utf-8", "public, max-age=600"),
        ("logo.svg", "image/svg+xml", "public, max-age=600"),
    ):
        said = s3.head_object(Bucket=BUCKET, Key=key)
        assert (said["ContentType"], said["CacheControl"]) == (kind, cache)
    assert forgotten() == []


def test_only_what_differs_is_sent_and_forgotten(
    s3: Any, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert sync() == 0
    write("en/index.html", "<p>EN</p>")
    write("a b.css", "p {color: red}")
    write("new.txt", "new")
    s3.put_object(Bucket=BUCKET, Key="logo.svg", Body=FILES["logo.svg"].encode(), ContentType="text/plain")
    capsys.readouterr()
    sent = sends(monkeypatch)
    assert sync() == 0
    assert sorted(sent) == ["a b.css", "en/index.html", "logo.svg", "new.txt"]
    assert "4 files sent, 1 there already. CloudFront forgets 4 paths within minutes" in capsys.readouterr().out
    assert forgotten() == [["/a%20b.css", "/en/", "/en/index.html", "/logo.svg"]]
    sent.clear()
    assert sync() == 0
    assert sent == []
    assert len(forgotten()) == 1
    write("a b.css", "p {color: green}")
    assert sync() == 0
    assert len(references()) == len({*references()}) == 2  # CloudFront does nothing for one that it knows


def test_what_others_sent_is_known_by_its_entity_tag(s3: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    like = {"ContentType": "text/html; charset=utf-8", "CacheControl": "no-cache"}
    s3.put_object(Bucket=BUCKET, Key="index.html", Body=FILES["index.html"].encode(), **like)
    s3.put_object(Bucket=BUCKET, Key="en/index.html", Body=FILES["en/index.html"].upper().encode(), **like)
    sent = sends(monkeypatch)
    assert sync() == 0
    assert sorted(sent) == ["a b.css", "en/index.html", "logo.svg"]


def test_what_was_sent_is_known_by_its_digest_where_an_entity_tag_is_none(
    s3: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As in a bucket that encrypts by KMS."""
    assert sync() == 0
    sent, real = sends(monkeypatch), BaseClient._make_api_call  # type: ignore[attr-defined]

    def call(client: Any, operation: str, asked: dict[str, Any]) -> Any:
        said = real(client, operation, asked)
        return {**said, "ETag": '"0"'} if operation == "HeadObject" else said

    monkeypatch.setattr(BaseClient, "_make_api_call", call)
    write("index.html", "<p>two</p>")
    assert sync() == 0
    assert sent == ["index.html"]


def test_what_is_no_longer_in_the_folder_goes_only_when_told(s3: Any, capsys: pytest.CaptureFixture[str]) -> None:
    assert sync() == 0
    Path("site/logo.svg").unlink()
    assert sync() == 0
    assert "The bucket also has `logo.svg`, no file of the folder. `--delete` removes it." in capsys.readouterr().out
    assert sync("--delete", "--dry-run") == 0
    assert "  remove  logo.svg\n" in capsys.readouterr().out
    assert "logo.svg" in there(s3)
    assert sync("--delete") == 0
    assert there(s3) == {key: text for key, text in FILES.items() if key != "logo.svg"}
    assert forgotten() == [["/logo.svg"]]


def test_a_dry_run_changes_nothing(s3: Any, capsys: pytest.CaptureFixture[str]) -> None:
    assert sync("--dry-run") == 0
    assert "  send    a b.css (new)\n" in (said := capsys.readouterr().out)
    assert "4 files to send, 0 there already." in said
    assert there(s3) == {}


def test_a_dry_run_that_is_cut_short_has_changed_nothing(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("labspec.cloud.website.difference", Mock(side_effect=KeyboardInterrupt))
    assert sync("--dry-run") == 130
    assert capsys.readouterr().err == "labspec: interrupted; nothing was changed.\n"


def test_what_is_cut_short_goes_on_and_nothing_old_is_remembered(
    s3: Any, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert sync() == 0
    for name in FILES:
        write(name, "changed")
    with monkeypatch.context() as patch:
        sends(patch, KeyboardInterrupt, "index.html")
        assert sync() == 130
    said = capsys.readouterr().err
    assert said == "labspec: interrupted; the same command goes on from here.\n"
    assert forgotten() == [["/", "/a%20b.css", "/en/", "/en/index.html", "/index.html", "/logo.svg"]]
    sent = sends(monkeypatch)
    assert sync() == 0
    assert sorted(sent) == ["en/index.html", "index.html"]


def test_a_website_that_is_switched_off_is_said_to_be(
    s3: Any, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    stands(monkeypatch, PlainBucket="plain-bucket")
    assert main(["sync", "spec.yaml", "--stack", "lab"]) == 0
    said = capsys.readouterr().out
    assert "docs: it is switched off in the stack, and has no bucket.\n" in said
    assert "plain: s3://plain-bucket: 4 files sent, 0 there already.\n" in said
    assert there(s3, "plain-bucket") == FILES


@pytest.mark.parametrize(
    ("held", "asked", "said"),
    [
        ({"spec": "other"}, "plain", "belongs to the spec `other`, and this is `test`."),
        ({}, "plain", "The stack `lab` has no bucket of the website `plain`"),
        (
            {"status": "DELETE_COMPLETE", "PlainBucket": "plain-bucket"},
            "plain",
            "The stack `lab` has no bucket of the website `plain`",
        ),
        ({}, "dosc", "There is no website `dosc`."),
    ],
)
def test_what_cannot_be_is_told(
    held: dict[str, str], asked: str, said: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    stands(monkeypatch, **held)
    assert main(["sync", "spec.yaml", "--stack", "lab", "--website", asked]) == 1
    assert said in capsys.readouterr().err


def test_a_name_that_no_key_can_have_is_told_before_anything_is_sent(
    s3: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    with open(os.fsencode("site/") + b"caf\xe9.txt", "wb"):  # noqa: PTH123 - a path is text
        pass
    assert sync() == 1
    assert "is not in UTF-8." in capsys.readouterr().err
    assert there(s3) == {}


@pytest.mark.parametrize(
    ("keys", "index", "found"),
    [
        (["a/index.html", "index.html"], "index.html", ("/", "/a/", "/a/index.html", "/index.html")),
        (["my page~1.html", "caf\u00e9?.html"], "index.html", ("/caf%C3%A9%3F.html", "/my%20page%7E1.html")),
        (["a+b@c,(1)=&;:!$'.css"], "index.html", ("/a+b@c,(1)=&;:!$'.css",)),
        (["a.css"], None, EVERYTHING),
        ([], None, ()),
        ([f"{number}.css" for number in range(MOST + 1)], "index.html", EVERYTHING),
    ],
)
def test_paths_are_those_that_cloudfront_knows(keys: list[str], index: str | None, found: tuple[str, ...]) -> None:
    assert paths(keys, index) == found
