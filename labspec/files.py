"""Files that specs mention, resolved against the file that mentions them, inside its folder."""

from __future__ import annotations

import io
import os
import zipfile
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path as FilePath

from labspec.nearest import nearest

MAX_BYTES = 1 << 20
"""No document or mentioned file may be larger than this (1 MiB)."""
MAX_PACKED = 64 << 20
"""The files of a folder are packed up to this many bytes (64 MiB): a build holds them all."""
PAGES = (
    *(".conf", ".csv", ".css", ".env", ".htm", ".html", ".inc", ".ini", ".js", ".json", ".jsx", ".map", ".md", ".mjs"),
    *(".php", ".properties", ".sh", ".sql", ".svg", ".toml", ".ts", ".tsx", ".txt", ".xhtml", ".xml", ".yaml", ".yml"),
)
"""How the names of texts end."""


class Unreadable(Exception):
    """A file cannot be used; the message says why, in a sentence. `near` is what may be meant."""

    def __init__(self, message: str, help: str = "", near: FilePath | None = None) -> None:
        super().__init__(message)
        self._help, self._near = help, near

    def help(self, folder: str = "") -> str:
        """What to do, names as they are written in a document that stands in a folder."""
        if self._near is None:
            return self._help
        return f"Did you mean `{os.path.relpath(self._near, folder) if folder else self._near}`?"


def resolve(folder: str, name: str) -> FilePath:
    """The file `name` means in a document that stands in `folder`. It must lie inside that folder."""
    if not name or "\0" in name or FilePath(name).is_absolute():
        raise Unreadable(f"`{name}` is not a path relative to this file.")
    path = located(folder, name)
    if not _lies_in(path, FilePath(folder or ".")):
        raise Unreadable(f"`{name}` leaves the folder of the file that mentions it.")
    return path


def located(folder: str, name: str) -> FilePath:
    """Where the file `name` of a document that stands in `folder` lies."""
    return FilePath(folder or ".") / os.path.normpath(name)


def _lies_in(path: FilePath, folder: FilePath) -> bool:
    """Whether a path leads into a folder, wherever links lead it."""
    try:
        return path.resolve().is_relative_to(folder.resolve())
    except (OSError, RuntimeError):  # a link that leads to itself
        return False


def read(path: FilePath, asking: str = "") -> bytes:
    """The bytes of a file, at most `MAX_BYTES`. `asking` is the file that names it, and cannot mean itself."""
    try:
        if path.is_dir():
            raise Unreadable(f"`{path}` is a folder, not a file.")
        if not path.exists():
            raise Unreadable(f"There is no file `{path}`.", near=_near(path, asking))
        if not path.is_file():
            raise Unreadable(f"`{path}` is not a file.")
        with path.open("rb") as file:
            content = file.read(MAX_BYTES + 1)  # some files of the kernel say that they are empty, and have no end
        if len(content) > MAX_BYTES:
            raise Unreadable(f"`{path}` has more than {MAX_BYTES:,} bytes, the most that a spec's file may have.")
        return content
    except OSError as error:
        raise Unreadable(f"`{path}` cannot be read: {error.strerror or error}.") from error


def names(path: FilePath) -> tuple[str, ...]:
    """The names of the files in a folder and below, relative to it."""
    try:
        if path.is_file():
            raise Unreadable(f"`{path}` is a file, not a folder.", f"Name the folder that it lies in: `{path.parent}`.")
        if not path.is_dir():
            raise Unreadable(f"There is no folder `{path}`.", near=_near(path))
        inside = sorted(path.rglob("*"))
        for each in inside:
            if each.is_symlink() and each.exists() and not _lies_in(each, path):
                raise Unreadable(f"`{each}` is a link that leaves its folder.")
            if not _is_text(each.name):
                raise Unreadable(f"The name of `{each}` is not in UTF-8.", "Rename it: what it is copied to is.")
        return tuple(each.relative_to(path).as_posix() for each in inside if each.is_file())
    except OSError as error:
        raise Unreadable(f"`{path}` cannot be read: {error.strerror or error}.") from error


def _is_text(name: str) -> bool:
    """Whether a name is in UTF-8; Python writes other bytes as what no text has."""
    try:
        name.encode()
    except UnicodeEncodeError:
        return False
    return True


def packed(path: FilePath, names: Iterable[str]) -> bytes | None:
    """Files of a folder as one archive (zip), the same bytes for the same files; None where they are over `MAX_PACKED`.

    Nothing is compressed: what compressing makes of a file depends on the library's version.
    """
    try:
        if sum((path / name).stat().st_size for name in names) > MAX_PACKED:
            return None
        made = io.BytesIO()
        with zipfile.ZipFile(made, "w") as archive:
            for name in names:
                archive.writestr(_entry(name), (path / name).read_bytes())
    except OSError as error:
        raise Unreadable(f"`{error.filename}` cannot be read: {error.strerror or error}.") from error
    return made.getvalue()


def _entry(name: str) -> zipfile.ZipInfo:
    """A file in an archive, without its date, which is 1980 then, and without the system that packs it."""
    entry = zipfile.ZipInfo(name)
    entry.create_system = 3  # Unix, everywhere
    return entry


def pages(path: FilePath, names: Iterable[str]) -> dict[str, bytes]:
    """What the texts among the files in a folder hold, but for those that are too large, or cannot be read."""
    found: dict[str, bytes] = {}
    for name in names:
        if name.lower().endswith(PAGES):
            with suppress(Unreadable):
                found[name] = read(path / name)
    return found


def _near(path: FilePath, asking: str = "") -> FilePath | None:
    """What is there, beside the file that asks, and is nearly called like a path that is not."""
    folder = path.parent if path.parent.is_dir() else path.parent != path and _near(path.parent)
    if not folder:
        return None
    if (folder / path.name).exists():
        return folder / path.name
    name = nearest(path.name, (entry.name for entry in folder.iterdir() if entry not in (path, FilePath(asking))))
    return folder / name if name else None
