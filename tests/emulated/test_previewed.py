"""What is said before a stack is changed: what becomes of what goes, what was perhaps renamed, and what cannot be."""

from __future__ import annotations

from pathlib import Path

import boto3
import pytest

from tests.emulated.account import Stacks
from tests.emulated.site import SITE, deploy

ADMIN = ("--parameter", "AdminCidr=10.0.0.0/8")
SPEC = SITE.replace("from: net", "from: AdminCidr")  # MiniStack forgets a VPC's address range as it updates
TAKEN = "resources: {Bad: {Type: AWS::S3::Bucket, Properties: {BucketName: taken-by-others}}}\n"


def test_a_member_that_was_renamed_is_told_by_its_former_name(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    spec = tmp_path / "site.yaml"
    spec.write_text(SPEC, "utf-8")
    flat = ("--layout", "flat")
    assert deploy(spec, "--yes", *flat, *ADMIN, "--tag", "Team=web", "--tag", "Cost=42") == 0
    capsys.readouterr()
    spec.write_text(SPEC.replace("shared:", "files:"), "utf-8")
    assert deploy(spec, "--yes", *flat) == 1
    shown = capsys.readouterr()
    gone = "remove  SharedFileSystem (file_systems.shared, no more in the spec): what it holds is gone\n"
    assert f"Data at risk:\n  {gone}" in shown.out
    assert shown.err.index("hint[LS386]") < shown.err.index("error[LS701]")
    assert shown.err.count("hint[LS386]") == 1
    hint = "If `file_systems.shared` is now `file_systems.files`, write `was: shared` there."
    assert f"help: {hint} If that is meant, add --allow-data-loss file_systems.shared.\n" in shown.err
    assert deploy(spec, "--yes", *flat, "--allow-data-loss", "shared", "--untag", "Cost") == 0
    (there,) = boto3.client("cloudformation").describe_stacks(StackName="site")["Stacks"]
    assert {tag["Key"] for tag in there["Tags"]} == {"Team", "labspec:spec"}
    Stacks().delete("site")


def test_what_is_refused_before_anything_is_made_is_told_at_its_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    boto3.client("s3").create_bucket(Bucket="taken-by-others")
    spec = tmp_path / "site.yaml"
    spec.write_text(SITE + TAKEN, "utf-8")
    assert deploy(spec, "--yes", "--layout", "flat", *ADMIN) == 1
    told = capsys.readouterr().err
    assert "`Bad` (AWS::S3::Bucket, of `resources.Bad`) could not be created: Resource of type" in told
    assert f"{spec}:{len((SITE + TAKEN).splitlines())}:" in told
    assert "Names of buckets are taken in the whole world" in told
    Stacks().delete("site")
    boto3.client("s3").delete_bucket(Bucket="taken-by-others")
