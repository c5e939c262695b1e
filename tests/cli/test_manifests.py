"""The documents that a stack was built from are found where somebody keeps them."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from labspec.cli import main
from labspec.cli.manifests import newest
from tests.building import HEAD, NETWORK


def test_a_document_is_found_in_no_folder_that_is_hidden(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What an editor or a tool keeps there may be the same."""
    monkeypatch.chdir(tmp_path)
    Path("specs").mkdir()
    Path("specs/spec.yaml").write_text(HEAD + NETWORK, "utf-8")
    assert main(["build", "specs/spec.yaml", "--no-validate", "-q"]) == 0
    shutil.copytree("specs", ".backup")
    found = newest("test")
    assert found is not None
    assert (found.folder, [*found.texts]) == ("specs", ["specs/spec.yaml"])
