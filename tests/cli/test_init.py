"""`labspec init`."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest
import yaml

from labspec.cli import main
from labspec.reference.schema import text
from tests.cli.test_config import printed


def test_a_spec_and_its_schema_are_written_and_what_is_next_is_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "deep/new"
    assert main(["init", str(folder)]) == 0
    assert sorted(path.name for path in folder.iterdir()) == ["labspec.schema.json", "spec.yaml"]
    assert (folder / "labspec.schema.json").read_text("utf-8") == text()
    said = capsys.readouterr().out
    assert f"labspec check {folder / 'spec.yaml'}" in said
    assert f"labspec build {folder / 'spec.yaml'}" in said


def test_the_directory_is_this_one_unless_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["init"]) == 0
    assert (tmp_path / "spec.yaml").is_file()


def test_the_starter_is_short_friendly_and_without_findings(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Both linters are asked; not even a warning is left."""
    main(["init", str(tmp_path)])
    spec = tmp_path / "spec.yaml"
    lines = spec.read_text("utf-8").splitlines()
    assert lines[0] == "# yaml-language-server: $schema=labspec.schema.json"
    assert len(lines) < 60
    assert sum("#" in line for line in lines) > len(lines) / 3
    capsys.readouterr()
    assert main(["lint", "--no-cache", str(spec)]) == 0
    said = capsys.readouterr()
    assert said.err == ""
    assert "have nothing to say" in said.out


def test_the_starter_is_what_its_schema_takes(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """So that an editor underlines nothing in it."""
    main(["init", str(tmp_path)])
    schema = json.loads((tmp_path / "labspec.schema.json").read_text("utf-8"))
    for document in ((tmp_path / "spec.yaml").read_text("utf-8"), printed(capsys, str(tmp_path / "spec.yaml"))):
        # What `init` said stands before the long form.
        jsonschema.validate(yaml.safe_load(document[document.index("labspec: 1") :]), schema)


@pytest.mark.parametrize("name", ["spec.yaml", "labspec.schema.json"])
def test_nothing_is_overwritten(name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / name).write_text("mine", "utf-8")
    assert main(["init", str(tmp_path)]) == 1
    assert capsys.readouterr().err == f"labspec: {tmp_path / name} is there already; nothing was written.\n"
    assert [path.name for path in tmp_path.iterdir()] == [name]
    assert (tmp_path / name).read_text("utf-8") == "mine"


def test_a_link_that_leads_nowhere_is_not_written_through(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "labspec.schema.json").symlink_to(tmp_path / "elsewhere.json")
    assert main(["init", str(tmp_path)]) == 1
    assert "nothing was written" in capsys.readouterr().err
    assert not (tmp_path / "spec.yaml").exists()
    assert not (tmp_path / "elsewhere.json").exists()


def test_a_directory_that_cannot_be_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "file").write_text("", "utf-8")
    assert main(["init", str(tmp_path / "file/inside")]) == 1
    assert capsys.readouterr().err == f"labspec: {tmp_path / 'file/inside'} cannot be written to: Not a directory.\n"


def test_a_failed_write_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The disk is full at the second file."""
    opened = Path.open

    def full(path: Path, *arguments: object, **named: object) -> object:
        if path.name == "labspec.schema.json":
            raise OSError(28, "No space left on device")
        return opened(path, *arguments, **named)  # type: ignore[call-overload]

    monkeypatch.setattr(Path, "open", full)
    assert main(["init", str(tmp_path)]) == 1
    assert capsys.readouterr().err == f"labspec: {tmp_path} cannot be written to: No space left on device.\n"
    assert list(tmp_path.iterdir()) == []
