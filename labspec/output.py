"""The output directory: a build arrives whole or not at all.

Files are staged in a folder beside their places, with a journal of what to rename and remove; then they are renamed one
by one, the manifest last. A build that is killed before the journal is complete has changed nothing; one that is killed
after it is finished by the next one. What the manifest does not list is not the build's, and is never touched; neither
the manifest nor the journal can name anything outside the directory.
"""

from __future__ import annotations

import errno
import hashlib
import json
import os
import re
import shutil
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path as FilePath
from typing import Any

from labspec.diagnostic import Diagnostic, Rejected, Rule, Span

NOT_WRITABLE = Rule(
    "LS510",
    "cannot-write",
    "The output cannot be written.",
    "The output directory must be a directory that can be written to. Nothing was changed.",
)
NOT_OURS = Rule(
    "LS511",
    "not-ours",
    "A file stands where the build would write, and the build did not make it.",
    "Only files that the directory's manifest.json lists are replaced or removed.",
)
STALE = Rule(
    "LS512",
    "stale-output",
    "The output is not what the spec compiles to.",
    "With `--check` nothing is written: the files in the output directory must be the build's, byte for byte.",
)
UNFINISHED = Rule(
    "LS513",
    "unfinished-output",
    "The output directory holds parts of two builds.",
    "A build was stopped while it put its files there. The next build into the directory finishes it.",
)

MANIFEST = "manifest.json"
STAGING = ".labspec-staging"
JOURNAL = "journal.json"


def digest(content: bytes) -> str:
    """The SHA-256 of a file's content."""
    return hashlib.sha256(content).hexdigest()


def read_manifest(directory: FilePath) -> dict[str, Any]:
    """The manifest of a built directory; empty where there is none."""
    manifest = _json(directory / MANIFEST)
    return manifest if isinstance(manifest.get("outputs"), dict) else {}


def owned(directory: FilePath) -> dict[str, str]:
    """The files in a directory that a build made, each with its digest; the manifest has none."""
    manifest = read_manifest(directory)
    listed = {name: str(known) for name, known in manifest.get("outputs", {}).items() if _is_plain(name)}
    return {**listed, MANIFEST: ""} if manifest else {}


def _json(path: FilePath) -> dict[str, Any]:
    """What a file of JSON holds; nothing where it is none, or holds no mapping."""
    try:
        value = json.loads(path.read_text("utf-8")) if path.is_file() else {}
    except (OSError, ValueError, RecursionError):
        value = {}
    return value if isinstance(value, dict) else {}


def _is_plain(name: Any) -> bool:
    """Whether a name is one of a file right in its directory, and none of ours for other purposes."""
    return isinstance(name, str) and name not in ("", ".", "..", STAGING) and not re.search(r"[/\\\0]", name)


# ------------------------------------------------------------------ writing


def write(directory: FilePath, files: Mapping[str, bytes]) -> None:
    """Make the directory hold these files of the build. Raises `Rejected`, with nothing changed, where it cannot."""
    made = _missing(directory)
    try:
        directory.mkdir(parents=True, exist_ok=True)
        recover(directory)
        ours = owned(directory)
        _refuse_foreign(directory, files, ours)
        _stage(directory, files, [name for name in sorted(ours.keys() - files) if _untouched(directory, name, ours)])
        _commit(directory)
    except OSError as error:
        half = (directory / STAGING / JOURNAL).is_file()
        if not half:
            _forget(directory, made)
        raise Rejected(_not_writable(directory, error, half)) from error


def _missing(directory: FilePath) -> list[FilePath]:
    """The directories that would have to be made, the innermost first."""
    return [path for path in (directory, *directory.parents) if not os.path.lexists(path)]


def _forget(directory: FilePath, made: list[FilePath]) -> None:
    """Leave no trace of a build that could not begin."""
    shutil.rmtree(directory / STAGING, ignore_errors=True)
    for path in made:
        with suppress(OSError):
            path.rmdir()


def _not_writable(directory: FilePath, error: OSError, half: bool) -> Diagnostic:
    if directory.exists() and not directory.is_dir():
        return Diagnostic(NOT_WRITABLE, f"`{directory}` is a file; the output is a directory.")
    message = f"`{directory}` cannot be written to: {error.strerror or error}."
    if half:
        message = f"The build was interrupted while it was put into `{directory}`: {error.strerror or error}."
    help_ = "Run the command again: it finishes what was begun." if half else ""
    return Diagnostic(NOT_WRITABLE, message, help=help_)


def _untouched(directory: FilePath, name: str, ours: Mapping[str, str]) -> bool:
    """Whether a file is as the build made it."""
    path = directory / name
    return path.is_file() and hashlib.sha256(path.read_bytes()).hexdigest() == ours[name]


def _refuse_foreign(directory: FilePath, files: Mapping[str, bytes], ours: Mapping[str, str]) -> None:
    foreign = [path for name, content in files.items() if _is_foreign(path := directory / name, content, name in ours)]
    help_ = "Move it away, or choose another directory by `--out`."
    message = "`{}` stands where the build would write, and no build made it."
    if foreign:
        raise Rejected(*(_about(NOT_OURS, path, message, help_) for path in foreign))


def _is_foreign(path: FilePath, content: bytes, ours: bool) -> bool:
    if not os.path.lexists(path):
        return False
    if ours:
        return path.is_dir() and not path.is_symlink()
    return not path.is_file() or path.read_bytes() != content


def _about(rule: Rule, path: FilePath, message: str, help_: str) -> Diagnostic:
    return Diagnostic(rule, message.format(path), span=Span(str(path), 1, 1, 1, 1), help=help_)


def _stage(directory: FilePath, files: Mapping[str, bytes], stale: list[str]) -> None:
    staging = directory / STAGING
    staging.mkdir()
    for name, content in files.items():
        _durable(staging / name, content)
    names = [name for name in files if name != MANIFEST] + [MANIFEST] * (MANIFEST in files)
    _durable(staging / f"{JOURNAL}.part", json.dumps({"rename": names, "remove": stale}).encode())
    (staging / f"{JOURNAL}.part").replace(staging / JOURNAL)


def _durable(path: FilePath, content: bytes) -> None:
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


# ------------------------------------------------------------------ carrying it out


def recover(directory: FilePath) -> None:
    """Finish or forget a build that was killed."""
    staging = directory / STAGING
    if staging.is_symlink() or (staging.exists() and not staging.is_dir()):
        raise FileExistsError(errno.EEXIST, f"`{STAGING}` in it is not labspec's")
    if _journal(directory) is not None:
        _commit(directory)
    elif staging.is_dir():
        shutil.rmtree(staging)


def _journal(directory: FilePath) -> tuple[list[str], list[str]] | None:
    """What a build has yet to remove and rename; None where it changed nothing."""
    journal = _json(directory / STAGING / JOURNAL)
    remove, rename = journal.get("remove"), journal.get("rename")
    if not isinstance(remove, list) or not isinstance(rename, list) or not all(map(_is_plain, [*remove, *rename])):
        return None
    return remove, rename


def _commit(directory: FilePath) -> None:
    """Carry out the journal; again, if it was interrupted."""
    staging = directory / STAGING
    remove, rename = _journal(directory) or ([], [])
    for name in remove:
        (directory / name).unlink(missing_ok=True)
    for name in rename:
        if (staging / name).exists():
            (staging / name).replace(directory / name)
    shutil.rmtree(staging)


# ------------------------------------------------------------------ comparing


def check(directory: FilePath, files: Mapping[str, bytes]) -> list[Diagnostic]:
    """What differs between a directory and the files of a build. Nothing is changed, nor finished."""
    found = {directory / name: _difference(directory / name, content) for name, content in files.items()}
    for name in sorted(owned(directory).keys() - files):
        if os.path.lexists(directory / name):
            found[directory / name] = "`{}` is no longer part of the build."
    if _journal(directory) is not None:
        found[directory / STAGING] = "`{}` waits for a build to be finished."
    return [_about(STALE, path, message, "Run `labspec build`.") for path, message in found.items() if message]


def unfinished(directory: FilePath) -> list[Diagnostic]:
    """What to say of a directory that a build was stopped in. Nothing is finished."""
    if _journal(directory) is None:
        return []
    message = "A build was stopped while it put its files here: they may be of two builds."
    span = Span(str(directory / STAGING), 1, 1, 1, 1)
    return [Diagnostic(UNFINISHED, message, span=span, help="Run `labspec build` again: it finishes what was begun.")]


def built(directory: FilePath) -> tuple[dict[str, bytes], list[Diagnostic]]:
    """The files of a directory that was built, but for the manifest, and what in it is not as it was built."""
    files: dict[str, bytes] = {}
    found = unfinished(directory)
    ours = owned(directory)
    if not ours:
        found.append(_about(STALE, directory, "`{}` is no directory that was built.", "Run `labspec build`."))
    for name, known in ours.items():
        path = directory / name
        if name != MANIFEST:
            files[name] = path.read_bytes() if path.is_file() else b""
            if digest(files[name]) != known:
                found.append(_about(STALE, path, "`{}` is not what was built.", "Run `labspec build`."))
    return files, found


def _difference(path: FilePath, content: bytes) -> str:
    """What is to be said of a file that should hold something; nothing where it does."""
    try:
        there = path.read_bytes() if path.is_file() else None
    except OSError:
        there = None
    if there is None:
        return "`{}` is missing."
    return "" if there == content else "`{}` is not what the spec compiles to."
