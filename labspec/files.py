"""Files that specs mention, resolved against the file that mentions them, inside its folder."""

from __future__ import annotations

import os
from pathlib import Path as FilePath

MAX_BYTES = 1 << 20
"""No document or mentioned file may be larger than this (1 MiB)."""


class Unreadable(Exception):
    """A file cannot be used; the message says why, in a sentence."""


def resolve(folder: str, name: str) -> FilePath:
    """The file `name` means in a document that stands in `folder`. It must lie inside that folder."""
    base = FilePath(folder or ".").resolve()
    if not name or "\0" in name or FilePath(name).is_absolute():
        raise Unreadable(f"`{name}` is not a path relative to this file.")
    target = (base / name).resolve()
    if not target.is_relative_to(base):
        raise Unreadable(f"`{name}` leaves the folder of the file that mentions it.")
    return FilePath(os.path.normpath(FilePath(folder or ".") / name))


def read(path: FilePath) -> bytes:
    """The bytes of a file, at most `MAX_BYTES`."""
    try:
        if path.is_dir():
            raise Unreadable(f"`{path}` is a folder, not a file.")
        if not path.is_file():
            raise Unreadable(f"There is no file `{path}`." if not path.exists() else f"`{path}` is not a file.")
        if (size := path.stat().st_size) > MAX_BYTES:
            raise Unreadable(f"`{path}` has {size:,} bytes; {MAX_BYTES:,} is the most that a spec's file may have.")
        return path.read_bytes()
    except OSError as error:
        raise Unreadable(f"`{path}` cannot be read: {error.strerror or error}.") from error


def names(path: FilePath) -> tuple[str, ...]:
    """The names of the files in a folder and below, relative to it."""
    try:
        if not path.is_dir():
            raise Unreadable(f"There is no folder `{path}`.")
        return tuple(sorted(file.relative_to(path).as_posix() for file in path.rglob("*") if file.is_file()))
    except OSError as error:
        raise Unreadable(f"`{path}` cannot be read: {error.strerror or error}.") from error
