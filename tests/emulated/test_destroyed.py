"""A stack goes with what it holds, by the services' own word, and what is to be kept stays."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest

from labspec.cli import main
from labspec.cloud import emptying
from tests.emulated.account import BUCKET, Stacks, standing
from tests.emulated.site import ROUTE, SITE, deploy

STAY = f"Its templates stay in s3://{BUCKET}/labspec/, where those of other stacks may lie, too.\n"
ADMIN = ["--parameter", "AdminCidr=10.0.0.0/8"]
PAGES = """\
websites:
  docs: {content: pages, versioning: true, on_delete: delete, cdn: false}
  old: {content: pages, cdn: false}
"""
LOGS = """\
resources:
  Logs: {Type: AWS::S3::Bucket, Properties: {VersioningConfiguration: {Status: Enabled}}}
"""


@pytest.fixture
def spec(tmp_path: Path) -> Path:
    (tmp_path / "pages").mkdir()
    (tmp_path / "pages/index.html").write_text("hello", "utf-8")
    spec = tmp_path / "site.yaml"
    spec.write_text(SITE + PAGES, "utf-8")
    return spec


@pytest.fixture
def s3() -> Iterator[Any]:
    """Buckets, and at the end none of those that were kept."""
    yield (client := boto3.client("s3"))
    for bucket in boto3.resource("s3").buckets.all():
        if bucket.name != BUCKET:
            emptying.empty(client, bucket.name, lambda _: None)
            bucket.delete()


def bucket_of(s3: Any, name: str) -> str:
    (found,) = [each["Name"] for each in s3.list_buckets()["Buckets"] if name in each["Name"]]
    return str(found)


def fill(s3: Any, bucket: str) -> None:
    """Two versions, a marker over them, and an upload that nobody finishes."""
    for text in (b"1", b"2"):
        s3.put_object(Bucket=bucket, Key="page", Body=text)
    s3.delete_object(Bucket=bucket, Key="page")
    s3.create_multipart_upload(Bucket=bucket, Key="film")


@pytest.mark.parametrize("layout", ["nested", "flat"])
def test_a_stack_goes_with_what_it_holds_and_only_what_is_kept_stays(
    layout: str, spec: Path, s3: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    before = standing()
    assert deploy(spec, "--yes", "--layout", layout, *ADMIN) == 0
    docs, old = bucket_of(s3, "docsbucket"), bucket_of(s3, "oldbucket")
    fill(s3, docs)
    s3.put_object(Bucket=old, Key="page", Body=b"kept")
    there = standing()
    capsys.readouterr()
    assert main(["destroy", "site"]) == 1
    shown = capsys.readouterr().out
    where = "WebsiteStack/" if layout == "nested" else ""
    assert f"Gone for good:\n  bucket {where}DocsBucket ({docs}): 4 objects and versions\n  file system" in shown
    assert f"Kept:\n  bucket {where}OldBucket ({old}): 2 objects and versions\n" in shown
    assert re.search(r"^[1-9]\d resources to go, 1 to stay.$", shown, re.MULTILINE)
    assert standing() == there
    assert main(["destroy", "site", "--yes"]) == 0
    shown = capsys.readouterr().out
    assert f"The bucket {docs} is empty: 4 versions went." in shown
    assert shown.endswith(
        "The stack `site` is gone.\nLeft in the account, each with what removes it:\n"
        f"  {where}OldBucket: {old} (AWS::S3::Bucket): aws s3 rb --force s3://{old}\n"
        + (STAY if layout == "nested" else "")
    )
    assert standing() - before == Counter(bucket=1)
    assert s3.get_object(Bucket=old, Key="page")["Body"].read() == b"kept"
    assert main(["destroy", "site", "--yes"]) == 1
    assert "There is no stack `site`." in capsys.readouterr().err


def test_a_bucket_that_fills_again_is_emptied_once_more_and_what_stays_can_be_left(
    spec: Path, s3: Any, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody writes to it as soon as it is empty: once, and then always."""
    spec.write_text(SITE + LOGS, "utf-8")
    before, empty, writes = standing(), emptying.empty, 1

    def emptied(client: Any, bucket: str, went: Any) -> int:
        nonlocal writes
        number = empty(client, bucket, went)
        writes -= 1
        if writes >= 0:
            client.put_object(Bucket=bucket, Key="log", Body=b"x")
        return number

    monkeypatch.setattr(emptying, "empty", emptied)
    assert deploy(spec, "--yes", *ADMIN) == 0
    fill(s3, bucket_of(s3, "logs"))  # MiniStack has deleted an empty one before it could be looked at
    assert main(["destroy", "site", "--yes"]) == 0
    assert standing() == before
    writes = 9
    assert deploy(spec, "--yes", *ADMIN) == 0
    fill(s3, bucket_of(s3, "logs"))
    assert main(["destroy", "site", "--yes", "--keep", "Logs"]) == 1
    assert "AWS leaves only what it could not delete, and has not tried `Logs`." in capsys.readouterr().err
    assert main(["destroy", "site", "--yes"]) == 1
    told = capsys.readouterr().err
    assert "`StorageStack/Logs` stays: The bucket you tried to delete is not empty." in told
    assert "`labspec destroy site --keep StorageStack/Logs`" in told
    assert main(["destroy", "site", "--yes", "--keep", "StorageStack/Logs"]) == 0
    told = capsys.readouterr().out
    assert "it keeps versions: empty it in the console, then aws s3 rb" in told
    assert standing() - before == Counter(bucket=1)


def test_what_protects_a_stack_is_named_before_anything_is_done(
    spec: Path, s3: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    before, stacks = standing(), Stacks()
    spec.write_text(SITE, "utf-8")
    assert deploy(spec, "--yes", *ADMIN) == 0
    stacks.client.update_termination_protection(StackName="site", EnableTerminationProtection=True)
    there = standing()
    capsys.readouterr()
    assert main(["destroy", "site", "--yes"]) == 1
    assert "Protected from being deleted: the stack `site`." in capsys.readouterr().err
    assert standing() == there
    assert main(["destroy", "site", "--yes", "--disable-protection"]) == 0
    assert capsys.readouterr().out.endswith(f"Nothing of it was found left in the account.\n{STAY}")
    assert standing() == before


def test_a_stack_that_was_never_whole_goes_too(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    spec, before = tmp_path / "site.yaml", standing()
    spec.write_text(SITE, "utf-8")
    assert deploy(spec, "--no-execute", *ADMIN) == 0
    assert main(["destroy", "site", "--yes"]) == 0
    assert main(["status", "site"]) == 1
    spec.write_text(f"{SITE}resources:\n  Stray: {{Type: AWS::EC2::Route, Properties: {ROUTE}}}\n", "utf-8")
    assert deploy(spec, "--yes", *ADMIN) == 1
    assert main(["destroy", "site", "--yes"]) == 0
    assert standing() == before
