"""The output directory: a build arrives whole or not at all.

Files are staged in a folder beside their places, with a journal of what to rename and remove; then they are renamed one
by one, the manifest last. A build that is killed before the journal is complete has changed nothing; one that is killed
after it is finished by the next command. What the manifest does not list is not the build's, and is never touched.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Mapping
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

MANIFEST = "manifest.json"
STAGING = ".labspec-staging"
JOURNAL = "journal.json"


def digest(text: str) -> str:
    """The SHA-256 of a text in UTF-8."""
    return hashlib.sha256(text.encode()).hexdigest()


def owned(directory: FilePath) -> set[str]:
    """The files in a directory that a build made."""
    manifest = read_manifest(directory)
    names = {name for name in manifest.get("outputs", {}) if FilePath(name).name == name}
    return {MANIFEST, *names} if manifest else set()


def read_manifest(directory: FilePath) -> dict[str, Any]:
    """The manifest of a built directory; empty where there is none."""
    recover(directory)
    try:
        manifest = json.loads((directory / MANIFEST).read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return manifest if isinstance(manifest, dict) and isinstance(manifest.get("outputs"), dict) else {}


def write(directory: FilePath, files: Mapping[str, str]) -> None:
    """Make the directory hold these files of the build. Raises `Rejected`, with nothing changed, where it cannot."""
    try:
        directory.mkdir(parents=True, exist_ok=True)
        ours = owned(directory)
        _refuse_foreign(directory, files, ours)
        _stage(directory, files, sorted(ours - set(files)))
        _commit(directory)
    except OSError as error:
        shutil.rmtree(directory / STAGING, ignore_errors=True)
        reason = error.strerror or str(error)
        message = f"`{directory}` cannot be written to: {reason}."
        raise Rejected(Diagnostic(NOT_WRITABLE, message, span=Span(str(directory), 1, 1, 1, 1))) from error


def check(directory: FilePath, files: Mapping[str, str]) -> list[Diagnostic]:
    """What differs between a directory and the files of a build."""
    found = []
    for name, text in files.items():
        path = directory / name
        there = path.read_bytes() if path.is_file() else None
        if there != text.encode():
            message = f"`{path}` is missing." if there is None else f"`{path}` is not what the spec compiles to."
            found.append(Diagnostic(STALE, message, span=Span(str(path), 1, 1, 1, 1), help="Run `labspec build`."))
    for name in sorted(owned(directory) - set(files)):
        message = f"`{directory / name}` is no longer part of the build."
        found.append(
            Diagnostic(STALE, message, span=Span(str(directory / name), 1, 1, 1, 1), help="Run `labspec build`.")
        )
    return found


def _refuse_foreign(directory: FilePath, files: Mapping[str, str], ours: set[str]) -> None:
    for name, text in files.items():
        path = directory / name
        if name not in ours and path.exists() and not (path.is_file() and path.read_bytes() == text.encode()):
            raise Rejected(
                Diagnostic(
                    NOT_OURS,
                    f"`{path}` stands where the build would write, and no build made it.",
                    span=Span(str(path), 1, 1, 1, 1),
                    help="Move it away, or choose another directory by `--out`.",
                )
            )


def _stage(directory: FilePath, files: Mapping[str, str], stale: list[str]) -> None:
    staging = directory / STAGING
    shutil.rmtree(staging, ignore_errors=True)
    staging.mkdir()
    for name, text in files.items():
        _durable(staging / name, text)
    names = [name for name in files if name != MANIFEST] + [MANIFEST] * (MANIFEST in files)
    _durable(staging / f"{JOURNAL}.part", json.dumps({"rename": names, "remove": stale}))
    (staging / f"{JOURNAL}.part").replace(staging / JOURNAL)


def _durable(path: FilePath, text: str) -> None:
    with path.open("w", encoding="utf-8", newline="\n") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())


def _commit(directory: FilePath) -> None:
    """Carry out the journal; again, if it was interrupted."""
    staging = directory / STAGING
    journal = json.loads((staging / JOURNAL).read_text("utf-8"))
    for name in journal["remove"]:
        (directory / name).unlink(missing_ok=True)
    for name in journal["rename"]:
        if (staging / name).exists():
            (staging / name).replace(directory / name)
    shutil.rmtree(staging)


def recover(directory: FilePath) -> None:
    """Finish or forget a build that was killed."""
    staging = directory / STAGING
    if (staging / JOURNAL).is_file():
        _commit(directory)
    elif staging.is_dir():
        shutil.rmtree(staging, ignore_errors=True)
