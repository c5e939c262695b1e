"""What no file in tests/diagnostics can show: Git's own folders, folders that are not there, large files."""

from __future__ import annotations

from pathlib import Path

import pytest

from labspec.files import MAX_BYTES
from tests.building import build, messages

SPEC = "websites: {docs: {content: site}}\n"


@pytest.fixture
def site(tmp_path: Path) -> Path:
    folder = tmp_path / "site"
    folder.mkdir()
    (folder / "index.html").write_text("<!DOCTYPE html>", "utf-8")
    return folder


def test_the_history_of_a_repository_is_a_secret(tmp_path: Path, site: Path) -> None:
    (site / ".git").mkdir()
    (site / ".git/config").write_text("", "utf-8")
    (found,) = messages(build(tmp_path, SPEC))
    assert found.startswith("LS342 3:28 `site` holds `.git/config`")


@pytest.mark.parametrize(
    "name", [".env", "sub/.env", "sub/.ENV", "a/b/site.pem", ".aws/credentials", "sub/.ssh/config", "sub/.git/HEAD"]
)
def test_a_secret_is_found_however_deep_it_lies(tmp_path: Path, site: Path, name: str) -> None:
    (site / name).parent.mkdir(parents=True, exist_ok=True)
    (site / name).write_text("", "utf-8")
    (found,) = messages(build(tmp_path, SPEC))
    assert found.startswith(f"LS342 3:28 `site` holds `{name}`:")


@pytest.mark.parametrize("name", ["env", "sub/env.html", "git/index.html", "sub/pem", "ssh/aws.html", "key.html"])
def test_what_only_reads_like_a_secret_is_none(tmp_path: Path, site: Path, name: str) -> None:
    (site / name).parent.mkdir(parents=True, exist_ok=True)
    (site / name).write_text("", "utf-8")
    assert messages(build(tmp_path, SPEC)) == []


def test_an_empty_folder_has_no_page(tmp_path: Path, site: Path) -> None:
    (site / "index.html").unlink()
    assert messages(build(tmp_path, SPEC)) == ["LS341 3:28 There is no page `index.html` in `site`."]


def test_a_missing_folder_is_said_once(tmp_path: Path) -> None:
    (found,) = messages(build(tmp_path, SPEC))
    assert found.startswith("LS020 3:28 There is no folder")


@pytest.mark.parametrize("name", ["index.html", "sub", "nowhere"])
def test_a_link_may_not_leave_its_folder(tmp_path: Path, site: Path, name: str) -> None:
    """What is uploaded follows links, also those to whole folders. One that leads nowhere uploads nothing."""
    outside = tmp_path / "outside"
    (outside / "sub").mkdir(parents=True)
    (outside / "index.html").write_text("<!DOCTYPE html>", "utf-8")
    (site / "link").symlink_to(outside / name)
    (site / "inside").symlink_to(site / "index.html")
    refused = [f"LS020 3:28 `{site / 'link'}` is a link that leaves its folder."]
    assert messages(build(tmp_path, SPEC)) == (refused if name != "nowhere" else [])


def test_content_may_be_large_because_it_is_not_read(tmp_path: Path, site: Path) -> None:
    with (site / "film.mp4").open("wb") as film:
        film.truncate(MAX_BYTES + 1)
    assert messages(build(tmp_path, SPEC)) == []
