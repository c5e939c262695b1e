"""A stack goes with what it holds, and what is to be kept stays."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import boto3
import pytest

from labspec.cli import main
from tests.emulated.account import standing
from tests.emulated.site import SITE, deploy

ADMIN = ["--parameter", "AdminCidr=10.0.0.0/8"]
PAGES = """\
websites:
  docs: {content: pages, versioning: true, on_delete: delete, cdn: false}
  kept: {content: pages, on_delete: keep, cdn: false}
"""


@pytest.fixture
def spec(tmp_path: Path) -> Path:
    (tmp_path / "pages").mkdir()
    (tmp_path / "pages/index.html").write_text("<p>hello", "utf-8")
    spec = tmp_path / "site.yaml"
    spec.write_text(SITE + PAGES, "utf-8")
    return spec


def test_all(spec: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = standing()
    assert deploy(spec, "--yes", *ADMIN) == 0
    s3: Any = boto3.client("s3")
    names = [each["Name"] for each in s3.list_buckets()["Buckets"]]
    for name in names:
        if name != "templates":
            for n in range(3):
                s3.put_object(Bucket=name, Key="a", Body=b"x")
            s3.delete_object(Bucket=name, Key="a") if "docs" in name else None
    print(names)
    assert main(["destroy", "site"]) == 0
    code = main(["destroy", "site", "--yes"])
    print(standing() - before, before - standing())
    assert not code
    assert 0
