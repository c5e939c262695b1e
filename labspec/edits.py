"""Edits of texts, and the files that they change.

An edit replaces some characters of one line; every other byte of a file stays as it is: comments, layout, line ends, a
byte order mark, a last line without its end. Files are replaced whole: who reads one finds its old text or its new one.
"""

from __future__ import annotations

import difflib
import errno
import os
import re
import shutil
import tempfile
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path as FilePath

from labspec.diagnostic import LINE_BREAK, Span

MARK = "\ufeff"
"""The byte order mark. Places are counted without it."""


@dataclass(frozen=True, slots=True)
class Edit:
    """What to write in place of the characters at a span, which lies in one line."""

    span: Span
    text: str


@dataclass(frozen=True, slots=True)
class Change:
    """A file's content, before and after."""

    before: bytes
    after: bytes


def apart(edits: Iterable[Edit]) -> list[Edit]:
    """Edits in the order of their places, each once; of two that overlap, the first."""
    kept: list[Edit] = []
    for edit in sorted(set(edits), key=_order):
        if not (kept and _overlap(kept[-1].span, edit.span)):
            kept.append(edit)
    return kept


def _order(edit: Edit) -> tuple[str, int, int, str]:
    return edit.span.file, edit.span.line, edit.span.column, edit.text


def _overlap(first: Span, second: Span) -> bool:
    return (first.file, first.line) == (second.file, second.line) and second.column < first.end_column


def edited(content: bytes, edits: Iterable[Edit]) -> bytes:
    """A file's content with edits that do not overlap."""
    text = content.decode("utf-8")
    lines = [len(MARK) if text.startswith(MARK) else 0, *(end.end() for end in LINE_BREAK.finditer(text))]
    pieces: list[str] = []
    done = 0
    for edit in sorted(edits, key=_order):
        line = lines[edit.span.line - 1] - 1
        pieces += [text[done : line + edit.span.column], edit.text]
        done = line + edit.span.end_column
    return "".join([*pieces, text[done:]]).encode("utf-8")


# ------------------------------------------------------------------ files


def difference(name: str, change: Change) -> str:
    """What changes in a file, as a unified diff."""
    old, new = (re.findall(".*\n|.+$", content.decode("utf-8")) for content in (change.before, change.after))
    lines = difflib.unified_diff(old, new, name, name)
    return "".join(line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in lines)


def write(changes: Mapping[FilePath, Change]) -> None:
    """Replace files. Raises `OSError` where one cannot be, and before the first is, unless the disk itself fails."""
    staged: list[tuple[FilePath, FilePath]] = []
    try:
        for path, change in changes.items():
            _refuse(path, change)
            with tempfile.NamedTemporaryFile(dir=path.parent, prefix=f".{path.name}.", delete=False) as file:
                staged.append((FilePath(file.name), path))
                file.write(change.after)
                file.flush()
                os.fsync(file.fileno())
            _like(path, FilePath(file.name))
        for new, path in staged:
            new.replace(path)
    except OSError as error:
        raise OSError(error.errno, error.strerror, str(path)) from error
    finally:
        for new, _ in staged:
            new.unlink(missing_ok=True)


def _refuse(path: FilePath, change: Change) -> None:
    """Refuse to replace a file that is not to be written, or that an editor has saved since it was read."""
    if not os.access(path, os.W_OK):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
    if path.read_bytes() != change.before:
        raise OSError(errno.EBUSY, "it was changed meanwhile")


def _like(path: FilePath, new: FilePath) -> None:
    """Give a new file the owner and the mode of the one that it replaces."""
    status = path.stat()
    with suppress(PermissionError):  # only root gives files away
        os.chown(new, status.st_uid, status.st_gid)
    shutil.copymode(path, new)
