"""A website's bucket holds what its archive holds, whatever happens; S3 is moto's, the answer's URL a real server."""

from __future__ import annotations

import io
import json
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

import boto3
import pytest
from moto import mock_aws

from labspec.lambdas import CONTENT_COPIER, CONTENT_COPIES, CONTENT_EMPTIES, CONTENT_INVALIDATES
from labspec.lambdas.inline import inline, source_of
from tests.lambdas.account import Answers, Json, listening

FORMER, LATTER = {"index.html": "one", "a/gone.css": "x"}, {"index.html": "two", "a/new.js": "y", "c\u00e9.bin": "z"}


def archive(files: dict[str, str]) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as opened:
        opened.writestr("en/", "")  # a folder, as other programs write it
        for name, text in files.items():
            opened.writestr(name, text)
    return made.getvalue()


@dataclass
class Site:
    """The account with the function in it, and the buckets that it works on."""

    s3: Any
    answers: Answers
    module: Json
    told: list[Json]

    def send(
        self, kind: str, source: str = "former", *, bucket: str = "site", millis: int = 900_000, **more: Any
    ) -> Json:
        """Send an event to the function; the one answer that comes."""
        event = {
            "RequestType": kind,
            "StackId": "arn:stack",
            "RequestId": f"{kind}-{source}",
            "LogicalResourceId": "DocsContent",
            "ResponseURL": self.answers.url,
            "ResourceProperties": self.properties(source, bucket, more.pop("properties", {})),
            **({"PhysicalResourceId": "site/content"} if kind != "Create" else {}),
            **more,
        }
        before = len(self.answers.taken)
        context = SimpleNamespace(log_stream_name="log-1", get_remaining_time_in_millis=lambda: millis)
        self.module["handler"](json.loads(json.dumps(event)), context)
        (answer,) = self.answers.taken[before:]
        return answer

    def properties(self, source: str, bucket: str = "site", more: Json | None = None) -> Json:
        return {"SourceBucket": "templates", "SourceKey": f"{source}.zip", "Bucket": bucket, **(more or {})}

    def update(self, **more: Any) -> Json:
        return self.send("Update", "latter", OldResourceProperties=self.properties("former"), **more)

    def holds(self, bucket: str = "site") -> dict[str, str]:
        found = self.s3.list_objects_v2(Bucket=bucket).get("Contents", [])
        return {
            each["Key"]: self.s3.get_object(Bucket=bucket, Key=each["Key"])["Body"].read().decode() for each in found
        }

    def versions(self) -> int:
        found = self.s3.list_object_versions(Bucket="site")
        return len(found.get("Versions", [])) + len(found.get("DeleteMarkers", []))


@pytest.fixture(params=["source", "inlined"])
def site(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    source = source_of("content_copier")
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    told: list[Json] = []
    with mock_aws(), listening() as answers:
        s3 = boto3.client("s3")
        for bucket in ("templates", "site", "other"):
            s3.create_bucket(Bucket=bucket)
        for key, files in ("former.zip", FORMER), ("latter.zip", LATTER):
            s3.put_object(Bucket="templates", Key=key, Body=archive(files))
        module: Json = {"__name__": "index"}
        exec(compile(inline(source) if request.param == "inlined" else source, "index.py", "exec"), module)
        cdn = SimpleNamespace(create_invalidation=lambda **asked: told.append(asked))
        module["boto3"] = SimpleNamespace(client={"s3": s3, "cloudfront": cdn}.__getitem__)
        yield Site(s3, answers, module, told)


def test_create_fills_the_bucket_with_what_browsers_are_to_know(site: Site) -> None:
    assert site.send("Create") == {
        "Status": "SUCCESS",
        "PhysicalResourceId": "site/content",
        "Data": {"Files": "2"},
        "StackId": "arn:stack",
        "RequestId": "Create-former",
        "LogicalResourceId": "DocsContent",
    }
    assert site.holds() == FORMER
    page, sheet = (site.s3.head_object(Bucket="site", Key=key) for key in FORMER)
    assert (page["ContentType"], page["CacheControl"]) == ("text/html; charset=utf-8", "no-cache")
    assert sheet["ContentType"] == "text/css; charset=utf-8"
    assert "max-age" in sheet["CacheControl"]


def test_update_removes_what_the_former_content_had_and_nobody_elses(site: Site) -> None:
    site.send("Create")
    site.s3.put_object(Bucket="site", Key="mine.txt", Body=b"mine")
    assert site.update()["PhysicalResourceId"] == "site/content"
    assert site.holds() == {**LATTER, "mine.txt": "mine"}
    site.send("Update", "former", OldResourceProperties=site.properties("latter"))
    assert site.holds() == {**FORMER, "mine.txt": "mine"}


def test_a_former_archive_that_is_gone_leaves_its_files(site: Site) -> None:
    site.send("Create")
    site.s3.delete_object(Bucket="templates", Key="former.zip")
    assert site.update()["Status"] == "SUCCESS"
    assert site.holds() == {**FORMER, **LATTER}


def test_the_distribution_hears_of_an_update_only(site: Site) -> None:
    site.send("Create", properties={"Distribution": "E1"})
    assert site.told == []
    site.update(properties={"Distribution": "E1"})
    (told,) = site.told
    assert told["DistributionId"] == "E1"
    assert told["InvalidationBatch"] == {"Paths": {"Quantity": 1, "Items": ["/*"]}, "CallerReference": "Update-latter"}


def test_delete_empties_the_bucket_where_it_goes_versions_too(site: Site) -> None:
    site.s3.put_bucket_versioning(Bucket="site", VersioningConfiguration={"Status": "Enabled"})
    site.send("Create")
    site.update()
    begun = site.s3.create_multipart_upload(Bucket="site", Key="half")
    assert begun["UploadId"]
    assert site.versions() > len(LATTER)
    assert site.send("Delete")["Status"] == "SUCCESS"
    assert site.holds() == LATTER
    assert site.send("Delete", properties={"Empty": "true"})["Status"] == "SUCCESS"
    assert site.versions() == 0
    assert "Uploads" not in site.s3.list_multipart_uploads(Bucket="site")
    site.s3.delete_bucket(Bucket="site")
    assert site.send("Delete", properties={"Empty": "true"})["Status"] == "SUCCESS"


def test_a_delete_takes_more_than_one_call_takes(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    site.send("Create")
    monkeypatch.setitem(site.module, "MOST_AT_A_TIME", 1)
    assert site.send("Delete", properties={"Empty": "true"})["Status"] == "SUCCESS"
    assert site.holds() == {}


def test_an_update_to_another_bucket_fills_it_and_takes_back_what_failed(site: Site) -> None:
    site.send("Create")
    assert site.update(bucket="other")["PhysicalResourceId"] == "other/content"
    assert (site.holds("other"), site.holds()) == (LATTER, FORMER)
    failed = site.update(bucket="other", millis=1, properties={"Empty": "true"})
    assert (failed["Status"], failed["PhysicalResourceId"]) == ("FAILED", "site/content")
    assert failed["Reason"].startswith("TimeoutError: 3 files are more than can be copied in 15 minutes")
    assert site.holds("other") == LATTER  # there was no time to take it back, either
    site.s3.put_object(Bucket="templates", Key="latter.zip", Body=b"no archive")
    for empty, left in ({}, LATTER), ({"Empty": "true"}, {}):
        assert site.update(bucket="other", properties=empty)["Status"] == "FAILED"
        assert site.holds("other") == left
    assert site.holds() == FORMER


def test_an_archive_that_is_not_there_is_named(site: Site) -> None:
    failed = site.send("Create", "missing")
    assert (failed["Status"], failed["PhysicalResourceId"]) == ("FAILED", "no-content")
    assert "s3://templates/missing.zip cannot be read, is it there?" in failed["Reason"]
    assert failed["Reason"].endswith("(log stream log-1)")


def test_what_cannot_be_deleted_is_named(site: Site) -> None:
    site.send("Create")
    kept = SimpleNamespace(
        delete_objects=lambda **_: {"Errors": [{"Key": "index.html", "Code": "AccessDenied"}]},
        get_paginator=site.s3.get_paginator,
    )
    site.module["boto3"] = SimpleNamespace(client=lambda _: kept)
    failed = site.send("Delete", properties={"Empty": "true"})
    assert failed["Status"] == "FAILED"
    assert "index.html cannot be deleted: AccessDenied" in failed["Reason"]


def test_every_call_is_granted_and_no_more() -> None:
    source = source_of(CONTENT_COPIER.module)
    calls = {
        "create_invalidation": {"cloudfront:CreateInvalidation"},
        "abort_multipart_upload": {"s3:AbortMultipartUpload"},
        "delete_objects": {"s3:DeleteObject", "s3:DeleteObjectVersion"},
        "download_fileobj": {"s3:GetObject"},
        "upload_fileobj": {"s3:PutObject"},
        '"list_object_versions"': {"s3:ListBucketVersions"},
        '"list_multipart_uploads"': {"s3:ListBucketMultipartUploads"},
    }
    made = re.findall(r"(?:s3|client\(\"\w+\"\))\.([a-z_]+)\(", source) + re.findall(r"paginator\(([^)]+)\)", source)
    assert {*made} - {"get_paginator"} == set(calls)
    granted = {
        action
        for grant in (*CONTENT_COPIER.grants, *CONTENT_COPIES, *CONTENT_EMPTIES, *CONTENT_INVALIDATES)
        for action in grant.actions
        if not action.startswith("logs:")
    }
    assert granted == set().union(*calls.values())
