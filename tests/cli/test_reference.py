"""`labspec reference` and `labspec schema`."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from labspec.cli import main


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The reference, written once for all tests of this file."""
    directory = tmp_path_factory.mktemp("reference") / "deep" / "er"
    assert main(["reference", str(directory)]) == 0
    return directory


@pytest.fixture
def reference(written: Path, tmp_path: Path) -> Path:
    """A copy of it to spoil."""
    return Path(shutil.copytree(written, tmp_path / "reference"))


def test_what_was_just_written_is_current(reference: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["reference", str(reference), "--check"]) == 0
    assert capsys.readouterr().err == ""


def test_a_stale_page_is_named(reference: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (reference / "vpcs.md").write_text("Mine now.", "utf-8")
    (reference / "rules.md").unlink()
    assert main(["reference", str(reference), "--check"]) == 1
    said = capsys.readouterr().err
    assert f"{reference / 'vpcs.md'} is not what labspec reference writes." in said
    assert f"{reference / 'rules.md'} is missing." in said
    assert (reference / "vpcs.md").read_text("utf-8") == "Mine now."


def test_a_page_left_over_is_named_and_removed(reference: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A page of a kind that is gone goes, too; what a person wrote beside the pages is left alone."""
    shutil.copy(reference / "vpcs.md", reference / "gone.md")
    (reference / "notes.md").write_text("Our own notes.", "utf-8")
    assert main(["reference", str(reference), "--check"]) == 1
    assert f"{reference / 'gone.md'} is no longer part of the reference." in capsys.readouterr().err
    assert main(["reference", str(reference)]) == 0
    assert not (reference / "gone.md").exists()
    assert (reference / "notes.md").exists()


def test_a_directory_that_cannot_be_written_to_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "file").write_text("", "utf-8")
    assert main(["reference", str(tmp_path / "file")]) == 2
    assert "cannot be written to" in capsys.readouterr().err


def test_every_page_says_that_it_is_generated(written: Path) -> None:
    for path in written.iterdir():
        head = path.read_text("utf-8")[:300]
        assert "Written by `labspec reference`; do not edit." in head, path.name
        assert path.suffix == ".json" or head.startswith("<!-- Written by")


def test_schema_prints_what_the_reference_holds(written: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["schema"]) == 0
    text = capsys.readouterr().out
    assert text == (written / "labspec.schema.json").read_text("utf-8")
    assert json.loads(text)["$schema"] == "https://json-schema.org/draft/2020-12/schema"
