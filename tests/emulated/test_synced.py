"""A website's folder reaches the bucket and the distribution that a deployed stack made for it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import boto3
import pytest

from labspec.cli import main
from tests.emulated.account import Stacks, standing
from tests.emulated.site import deploy

SPEC = """\
labspec: 1
name: pages
parameters: {Draft: {type: boolean, default: false}}
websites:
  docs: {content: site, on_delete: delete}
  draft: {content: site, on_delete: delete, when: Draft}
"""


def there(s3: Any, bucket: str) -> dict[str, tuple[str, str, str]]:
    """What S3 itself says of each key: what it holds, its type, and how long it may be kept."""
    found = {}
    for key in [each["Key"] for each in s3.list_objects_v2(Bucket=bucket).get("Contents", [])]:
        said = s3.get_object(Bucket=bucket, Key=key)
        found[key] = (said["Body"].read().decode(), said["ContentType"], said["CacheControl"])
    return found


def forgotten(distribution: str) -> list[list[str]]:
    client: Any = boto3.client("cloudfront")
    made = client.list_invalidations(DistributionId=distribution)["InvalidationList"].get("Items", [])
    told = [client.get_invalidation(DistributionId=distribution, Id=each["Id"])["Invalidation"] for each in made]
    return [each["InvalidationBatch"]["Paths"]["Items"] for each in told]


def test_a_folder_reaches_the_bucket_that_its_stack_made(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before, spec, site = standing(), tmp_path / "pages.yaml", tmp_path / "site"
    spec.write_text(SPEC, "utf-8")
    site.mkdir()
    for name, text in (("index.html", "one"), ("style.css", "p {}"), ("old.txt", "old")):
        (site / name).write_text(text, "utf-8")
    assert deploy(spec, "--yes") == 0
    capsys.readouterr()
    stack: Any = boto3.client("cloudformation")
    (child,) = [
        each["PhysicalResourceId"]
        for each in stack.list_stack_resources(StackName="site")["StackResourceSummaries"]
        if each["ResourceType"] == "AWS::CloudFormation::Stack"
    ]
    held = {
        each["LogicalResourceId"]: each["PhysicalResourceId"]
        for each in stack.list_stack_resources(StackName=child)["StackResourceSummaries"]
    }
    s3: Any = boto3.client("s3")
    assert main(["sync", str(spec), "--stack", "site"]) == 0
    said = capsys.readouterr().out
    assert "0 files sent, 3 there already.\n" in said  # the stack's own function served them alike
    assert "draft: it is switched off" in said
    page, style = ("text/html; charset=utf-8", "no-cache"), ("text/css; charset=utf-8", "public, max-age=600")
    assert there(s3, held["DocsBucket"]) == {
        "index.html": ("one", *page),
        "style.css": ("p {}", *style),
        "old.txt": ("old", "text/plain; charset=utf-8", style[1]),
    }
    (site / "index.html").write_text("two", "utf-8")
    (site / "old.txt").unlink()
    assert main(["sync", str(spec), "--stack", "site", "--delete", "--wait"]) == 0
    assert "1 file sent, 1 there already, 1 removed. CloudFront has forgotten" in capsys.readouterr().out
    assert there(s3, held["DocsBucket"]) == {"index.html": ("two", *page), "style.css": ("p {}", *style)}
    assert forgotten(held["DocsDistribution"]) == [["/", "/index.html", "/old.txt"]]
    Stacks().delete("site")
    assert standing() == before
