"""Edits of texts: at their places, apart, and nothing else changes."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from labspec import edits
from labspec.diagnostic import Span
from labspec.edits import Change, Edit


def at(line: int, column: int, end: int, text: str) -> Edit:
    return Edit(Span("a.yaml", line, column, line, end), text)


def test_edits_are_made_from_the_text_as_it_was() -> None:
    """An edit does not move the place of the next one; characters are counted, not bytes."""
    content = "a: [yés, no]\nb: no".encode()
    wanted = [at(1, 5, 8, "long text"), at(2, 4, 6, ""), at(1, 10, 12, "x")]
    assert edits.edited(content, wanted).decode() == "a: [long text, x]\nb: "


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_line_ends_and_a_byte_order_mark_stay(end: str, mark: str) -> None:
    before, after = (f"{mark}a: {value}{end}b: {value}  # c{end}{end}c: 3" for value in ("yes", "true"))
    assert edits.edited(before.encode(), [at(1, 4, 7, "true"), at(2, 4, 7, "true")]) == after.encode()


def test_of_two_edits_that_overlap_the_first_is_made() -> None:
    first, second, third, beside = at(1, 1, 5, "x"), at(1, 3, 8, "y"), at(1, 6, 8, "z"), at(1, 5, 6, "w")
    assert edits.apart([third, second, first, first, beside]) == [first, beside, third]


@pytest.mark.parametrize("end", ["", "\n"])
def test_a_difference_can_be_applied(end: str, tmp_path: Path) -> None:
    """Git understands it, the line ends and the missing one at the end included."""
    before, after = b"\xef\xbb\xbfa: 1\r\nb: yes" + end.encode(), b"\xef\xbb\xbfa: 1\r\nb: true" + end.encode()
    (tmp_path / "a.yaml").write_bytes(before)
    patch = edits.difference("a.yaml", Change(before, after)).encode()
    subprocess.run(["git", "apply", "-p0", "-"], input=patch, cwd=tmp_path, check=True)
    assert (tmp_path / "a.yaml").read_bytes() == after


# ------------------------------------------------------------------ files


def test_a_file_keeps_its_mode_and_its_links(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_bytes(b"old")
    (tmp_path / "a.yaml").chmod(0o640)
    edits.write({tmp_path / "a.yaml": Change(b"old", b"new")})
    assert (tmp_path / "a.yaml").read_bytes() == b"new"
    assert (tmp_path / "a.yaml").stat().st_mode & 0o777 == 0o640
    assert [path.name for path in tmp_path.iterdir()] == ["a.yaml"]


def test_nothing_is_written_where_one_file_cannot_be(tmp_path: Path) -> None:
    """Here an editor has saved one of them in the meantime."""
    (tmp_path / "a.yaml").write_bytes(b"old")
    (tmp_path / "b.yaml").write_bytes(b"newer")
    changes = {tmp_path / f"{name}.yaml": Change(b"old", b"new") for name in "ab"}
    with pytest.raises(OSError, match="it was changed meanwhile"):
        edits.write(changes)
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == {"a.yaml": b"old", "b.yaml": b"newer"}


def test_what_is_not_to_be_written_is_not_replaced(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its folder would allow it."""
    monkeypatch.setattr("os.access", lambda *_: False)
    (tmp_path / "a.yaml").write_bytes(b"old")
    with pytest.raises(PermissionError):
        edits.write({tmp_path / "a.yaml": Change(b"old", b"new")})
    assert (tmp_path / "a.yaml").read_bytes() == b"old"
