from __future__ import annotations

import contextlib
import errno
import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from labspec import output
from labspec.diagnostic import Rejected


def files(**texts: str) -> dict[str, bytes]:
    """The files of a build, with the manifest that lists them."""
    made = {f"{name}.yaml": text.encode() for name, text in texts.items()}
    manifest = {"outputs": {name: output.digest(content) for name, content in made.items()}}
    return {**made, "manifest.json": json.dumps(manifest).encode()}


OLD = files(root="old", network="old", gone="old")
NEW = files(root="new", network="new", storage="new")


def there(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def refused(folder: Path, made: dict[str, bytes] = NEW) -> list[str]:
    """The codes of what stands in the way of a build."""
    with pytest.raises(Rejected) as caught:
        output.write(folder, made)
    return [found.rule.code for found in caught.value.diagnostics]


# ------------------------------------------------------------------ whose files


def test_a_build_replaces_what_an_earlier_one_made_and_nothing_else(tmp_path: Path) -> None:
    output.write(tmp_path, OLD)
    (tmp_path / "notes.txt").write_text("mine")
    output.write(tmp_path, NEW)
    assert there(tmp_path) == {**NEW, "notes.txt": b"mine"}


def test_every_file_that_no_build_made_is_named_and_none_overwritten(tmp_path: Path) -> None:
    (tmp_path / "root.yaml").write_text("mine")
    (tmp_path / "storage.yaml").symlink_to(tmp_path / "nowhere")
    (tmp_path / "network.yaml").mkdir()
    assert refused(tmp_path) == ["LS511"] * 3
    assert (tmp_path / "root.yaml").read_text() == "mine"
    assert (tmp_path / "storage.yaml").is_symlink()


def test_a_file_that_is_the_builds_own_text_is_taken_over(tmp_path: Path) -> None:
    (tmp_path / "root.yaml").write_text("new")
    output.write(tmp_path, NEW)
    assert there(tmp_path) == NEW


def test_a_folder_in_the_place_of_a_file_is_not_removed(tmp_path: Path) -> None:
    output.write(tmp_path, OLD)
    (tmp_path / "root.yaml").unlink()
    (tmp_path / "root.yaml").mkdir()
    assert refused(tmp_path) == ["LS511"]
    assert (tmp_path / "network.yaml").read_text() == "old"


def test_a_link_in_the_place_of_a_file_is_replaced_not_followed(tmp_path: Path) -> None:
    folder = tmp_path / "out"
    output.write(folder, OLD)
    (tmp_path / "mine.yaml").write_text("mine")
    for name in ("root.yaml", "gone.yaml"):
        (folder / name).unlink()
        (folder / name).symlink_to(tmp_path / "mine.yaml")
    output.write(folder, NEW)
    assert (tmp_path / "mine.yaml").read_text() == "mine"
    assert (folder / "root.yaml").read_text() == "new"


def test_a_stale_file_that_somebody_changed_is_left_to_them(tmp_path: Path) -> None:
    output.write(tmp_path, OLD)
    (tmp_path / "gone.yaml").write_text("changed")
    output.write(tmp_path, NEW)
    assert there(tmp_path) == {**NEW, "gone.yaml": b"changed"}


NASTY = ("../mine.yaml", "/mine.yaml", "..", ".", "", "sub/mine.yaml", "..\\mine.yaml", "a\0b", output.STAGING)


def nasty(folder: Path) -> dict[str, str]:
    names = [*NASTY, str(folder.parent / "mine.yaml")]
    return dict.fromkeys(names, output.digest(b"mine"))


@pytest.fixture
def outside(tmp_path: Path) -> Iterator[Path]:
    """An output directory among files that are not the build's, and stay as they are."""
    folder = tmp_path / "out"
    (folder / "sub").mkdir(parents=True)
    mine = [tmp_path / "mine.yaml", folder / "sub/mine.yaml"]
    for path in mine:
        path.write_text("mine")
    yield folder
    assert [path.read_text() for path in mine] == ["mine", "mine"]


def test_a_manifest_cannot_lead_outside_its_folder(outside: Path) -> None:
    (outside / "manifest.json").write_text(json.dumps({"outputs": nasty(outside)}))
    output.write(outside, NEW)
    assert (outside / "root.yaml").read_text() == "new"


@pytest.mark.parametrize("field", ["remove", "rename"])
def test_a_journal_cannot_lead_outside_its_folder(field: str, outside: Path) -> None:
    staging = outside / output.STAGING
    staging.mkdir()
    (staging / "mine.yaml").write_text("theirs")
    journal = {"remove": [], "rename": [], field: list(nasty(outside))}
    (staging / output.JOURNAL).write_text(json.dumps(journal))
    output.write(outside, NEW)
    assert not staging.exists()


def test_a_staging_folder_elsewhere_is_not_followed(outside: Path) -> None:
    elsewhere = outside.parent / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / output.JOURNAL).write_text(json.dumps({"remove": [], "rename": ["root.yaml"]}))
    (outside / output.STAGING).symlink_to(elsewhere)
    assert refused(outside) == ["LS510"]
    assert sorted(there(elsewhere)) == [output.JOURNAL]


@pytest.mark.parametrize(
    "content", [b"", b"{", b"[]", b"\xff", b'{"outputs": []}', b"[" * 100_000, b'{"outputs": {"root.yaml": 1}}']
)
def test_a_manifest_that_is_none_owns_nothing_that_it_does_not_list(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "manifest.json").write_bytes(content)
    (tmp_path / "network.yaml").write_text("mine")
    assert refused(tmp_path)[0] == "LS511"
    assert (tmp_path / "network.yaml").read_text() == "mine"


def test_a_manifest_that_is_no_file_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "manifest.json")
    assert refused(tmp_path) == ["LS511"]


# ------------------------------------------------------------------ interrupted builds


def stopping(monkeypatch: pytest.MonkeyPatch, moment: int, error: BaseException) -> list[str]:
    """Stop at the n-th call that changes the disk; the calls that were made."""
    calls: list[str] = []

    def patch(name: str) -> None:
        original = getattr(Path, name)

        def call(self: Path, *arguments: object, **more: object) -> object:
            if name != "open" or arguments[:1] == ("wb",):
                calls.append(name)
                if len(calls) > moment:
                    raise error
            return original(self, *arguments, **more)

        monkeypatch.setattr(Path, name, call)

    for name in ("mkdir", "replace", "unlink", "open"):
        patch(name)
    return calls


def moments() -> int:
    """How many calls change the disk in a build over another one."""
    return len(NEW) + 1 + len(NEW) + 1 + 1 + 1 + 1  # write, journal; rename, journal; unlink; two folders


@pytest.mark.parametrize("error", [KeyboardInterrupt(), OSError(errno.ENOSPC, "No space left")], ids=["kill", "full"])
@pytest.mark.parametrize("moment", range(moments()))
def test_a_build_that_is_stopped_changes_nothing_or_is_finished_by_the_next(
    moment: int, error: BaseException, tmp_path: Path
) -> None:
    """Every call that changes the disk, from the first to the last, is where the machine may stop.

    The new manifest is never there before what it lists.
    """
    output.write(tmp_path, OLD)
    (tmp_path / "notes.txt").write_text("mine")
    with pytest.MonkeyPatch.context() as patched:
        stopping(patched, moment, error)
        with contextlib.suppress(KeyboardInterrupt, Rejected):
            output.write(tmp_path, NEW)
            pytest.fail("the build was not stopped")
    new = {name for name, made in NEW.items() if (tmp_path / name).exists() and (tmp_path / name).read_bytes() == made}
    assert "manifest.json" not in new or new == NEW.keys()
    begun = (tmp_path / output.STAGING / output.JOURNAL).exists()
    output.recover(tmp_path)
    assert there(tmp_path) == {**(NEW if begun else OLD), "notes.txt": b"mine"}
    output.write(tmp_path, NEW)
    assert there(tmp_path) == {**NEW, "notes.txt": b"mine"}


def test_every_moment_of_a_build_is_tried_above(tmp_path: Path) -> None:
    output.write(tmp_path, OLD)
    with pytest.MonkeyPatch.context() as patched:
        calls = stopping(patched, 1000, KeyboardInterrupt())
        output.write(tmp_path, NEW)
    assert len(calls) == moments()


def test_a_build_that_stops_half_way_says_what_finishes_it(tmp_path: Path) -> None:
    output.write(tmp_path, OLD)
    with pytest.MonkeyPatch.context() as patched:
        stopping(patched, moments() - 1, OSError(errno.EIO, "Input/output error"))
        with pytest.raises(Rejected) as caught:
            output.write(tmp_path, NEW)
    (found,) = caught.value.diagnostics
    assert "interrupted" in found.message
    assert "Run the command again" in found.help
    assert [d.message.split("` ")[1] for d in output.check(tmp_path, NEW)][-1] == "waits for a build to be finished."


def test_a_build_that_cannot_begin_leaves_no_folder(tmp_path: Path) -> None:
    with pytest.MonkeyPatch.context() as patched:
        stopping(patched, 2, OSError(errno.EACCES, "Permission denied"))
        assert refused(tmp_path / "a/b") == ["LS510"]
    assert list(tmp_path.iterdir()) == []


# ------------------------------------------------------------------ comparing


def test_check_sees_a_changed_byte_a_missing_and_a_stale_file_and_mends_none(tmp_path: Path) -> None:
    output.write(tmp_path, OLD)
    (tmp_path / "network.yaml").write_text("old.")
    before = there(tmp_path)
    wanted = {**OLD, "storage.yaml": b"new"}
    del wanted["gone.yaml"]
    found = {Path(d.span.file).name for d in output.check(tmp_path, wanted) if d.span}
    assert found == {"network.yaml", "storage.yaml", "gone.yaml"}
    assert there(tmp_path) == before
    assert output.check(tmp_path, OLD) != []
    (tmp_path / "network.yaml").write_text("old")
    assert output.check(tmp_path, OLD) == []


def test_check_does_not_finish_a_build(tmp_path: Path) -> None:
    output.write(tmp_path, OLD)
    with pytest.MonkeyPatch.context() as patched:
        stopping(patched, moments() - 2, KeyboardInterrupt())
        with contextlib.suppress(KeyboardInterrupt):
            output.write(tmp_path, NEW)
    before = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    assert output.check(tmp_path, OLD)
    assert {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()} == before


def test_of_a_folder_that_is_not_there_everything_is_missing(tmp_path: Path) -> None:
    assert len(output.check(tmp_path / "absent", OLD)) == len(OLD)


# ------------------------------------------------------------------ where nothing can be written


@pytest.mark.parametrize("place", ["file", "file/below", "link"])
def test_where_no_folder_can_be_the_output_is_refused(place: str, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("mine")
    (tmp_path / "link").symlink_to(tmp_path / "nowhere")
    assert refused(tmp_path / place) == ["LS510"]
    assert (tmp_path / "file").read_text() == "mine"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["file", "link"]


def test_a_file_in_the_place_of_the_output_is_told_in_words(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("mine")
    with pytest.raises(Rejected) as caught:
        output.write(tmp_path / "file", NEW)
    assert caught.value.diagnostics[0].message.endswith("is a file; the output is a directory.")


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="only Linux has folders that nobody can write to")
def test_a_folder_that_cannot_be_written_to_is_told() -> None:
    assert refused(Path("/proc/self")) == ["LS510"]
