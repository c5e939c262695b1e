from __future__ import annotations

import contextlib
import json
from pathlib import Path

import pytest

from labspec import output
from labspec.diagnostic import Rejected


def files(**texts: str) -> dict[str, str]:
    """The files of a build, with the manifest that lists them."""
    made = {f"{name}.yaml": text for name, text in texts.items()}
    return {
        **made,
        "manifest.json": json.dumps({"outputs": {name: output.digest(text) for name, text in made.items()}}),
    }


OLD = files(root="old", network="old", gone="old")
NEW = files(root="new", network="new", storage="new")


def there(folder: Path) -> dict[str, str]:
    return {path.name: path.read_text("utf-8") for path in folder.iterdir()}


def test_a_build_replaces_what_an_earlier_one_made_and_nothing_else(tmp_path: Path) -> None:
    output.write(tmp_path, OLD)
    (tmp_path / "notes.txt").write_text("mine")
    output.write(tmp_path, NEW)
    assert there(tmp_path) == {**NEW, "notes.txt": "mine"}


def test_a_file_that_no_build_made_is_not_overwritten(tmp_path: Path) -> None:
    (tmp_path / "root.yaml").write_text("mine")
    with pytest.raises(Rejected) as caught:
        output.write(tmp_path, NEW)
    assert caught.value.diagnostics[0].rule.code == "LS511"
    assert there(tmp_path) == {"root.yaml": "mine"}


@pytest.mark.parametrize("moment", range(12))
def test_a_build_that_is_killed_changes_nothing_or_is_finished_by_the_next_command(
    moment: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every call that changes the disk, from the first to the last, is where the machine may stop."""
    output.write(tmp_path, OLD)
    calls = 0

    def dying(name: str) -> None:
        original = getattr(Path, name)

        def call(self: Path, *arguments: object, **more: object) -> object:
            nonlocal calls
            calls += 1
            if calls > moment:
                raise KeyboardInterrupt
            return original(self, *arguments, **more)

        monkeypatch.setattr(Path, name, call)

    with monkeypatch.context() as patched:
        monkeypatch = patched
        for name in ("mkdir", "replace", "unlink", "open"):
            dying(name)
        with contextlib.suppress(KeyboardInterrupt):
            output.write(tmp_path, NEW)
    output.recover(tmp_path)
    assert there(tmp_path) in (OLD, NEW)


def test_every_moment_of_a_build_is_tried_above(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """So that the test above does not silently stop short of the last rename."""
    output.write(tmp_path, OLD)
    calls = 0
    original = Path.replace

    def counting(self: Path, target: Path) -> Path:
        nonlocal calls
        calls += 1
        return original(self, target)

    monkeypatch.setattr(Path, "replace", counting)
    output.write(tmp_path, NEW)
    assert calls == len(NEW) + 1


def test_check_sees_a_changed_byte_a_missing_and_a_stale_file_and_mends_none(tmp_path: Path) -> None:
    output.write(tmp_path, OLD)
    (tmp_path / "network.yaml").write_text("old.")
    before = there(tmp_path)
    wanted = {**OLD, "storage.yaml": "new"}
    del wanted["gone.yaml"]
    found = {Path(d.span.file).name for d in output.check(tmp_path, wanted) if d.span}
    assert found == {"network.yaml", "storage.yaml", "gone.yaml"}
    assert there(tmp_path) == before


def test_a_manifest_cannot_lead_outside_its_folder(tmp_path: Path) -> None:
    folder = tmp_path / "out"
    output.write(folder, OLD)
    (tmp_path / "mine.yaml").write_text("mine")
    names = {"../mine.yaml": "", str(tmp_path / "mine.yaml"): "", "root.yaml": "", "network.yaml": "", "gone.yaml": ""}
    (folder / "manifest.json").write_text(json.dumps({"outputs": names}))
    output.write(folder, NEW)
    assert (tmp_path / "mine.yaml").read_text() == "mine"


@pytest.mark.parametrize("place", ["file", "file/below"])
def test_where_no_folder_can_be_the_output_is_refused(place: str, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("mine")
    with pytest.raises(Rejected) as caught:
        output.write(tmp_path / place, NEW)
    assert caught.value.diagnostics[0].rule.code == "LS510"
    assert (tmp_path / "file").read_text() == "mine"
