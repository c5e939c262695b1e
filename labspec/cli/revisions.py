"""What stood at a revision of git: `git:REV:PATH`, with all that it extends, includes and mentions."""

from __future__ import annotations

import io
import os
import subprocess
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path as FilePath
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from labspec.report import Outcome

PREFIX = "git:"


class Unreadable(Exception):
    """A revision cannot be had; the message says why, `help` what to do."""

    def __init__(self, message: str, help: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.help = help


class Place(NamedTuple):
    """A target on disk. What stands below `folder` is called `label` and its path in it; elsewhere as it is."""

    target: str
    folder: str = ""
    label: str = ""

    def called(self, file: str) -> str:
        """What a file is called to people."""
        if not self.folder or not file.startswith(self.folder):
            return file
        return self.label + file.removeprefix(self.folder).lstrip("/")

    def relabelled(self, outcome: Outcome) -> Outcome:
        """What was found, with the names that files have for people."""
        if not self.folder:
            return outcome
        found = [
            each._replace(span=each.span and each.span._replace(file=self.called(each.span.file)))
            for each in outcome.diagnostics
        ]
        texts = {self.called(name): text for name, text in outcome.texts.items()}
        return outcome._replace(target=self.called(outcome.target), diagnostics=found, texts=texts)


@contextmanager
def standing(target: str) -> Iterator[Place]:
    """A target where it can be read: of a revision, a copy, until this ends. Raises `Unreadable`."""
    if not target.startswith(PREFIX):
        yield Place(target)
        return
    revision, colon, path = target.removeprefix(PREFIX).partition(":")
    if not (revision and colon and path):
        raise Unreadable(f"`{target}` is no place in a revision.", "Write it as in git:HEAD~1:specs/full.yaml.")
    with tempfile.TemporaryDirectory(prefix="labspec-") as folder:
        inside = FilePath(os.path.normpath(FilePath(_prefix(), path)))
        if inside.is_absolute() or ".." in inside.parts:
            raise Unreadable(f"`{path}` leads out of the repository.", "Name it from the current folder.")
        _extract(revision, folder)
        if not FilePath(folder, inside).exists():
            raise Unreadable(f"`{path}` is not there at the revision `{revision}`.")
        yield Place(str(FilePath(folder, inside)), folder, f"{PREFIX}{revision}:")


def _prefix() -> str:
    """The current folder, from the repository's own."""
    return _git("rev-parse", "--show-prefix").decode("utf-8", "surrogateescape").strip()


def _extract(revision: str, folder: str) -> None:
    commit = _git("rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}").decode().strip()
    top = _git("rev-parse", "--show-toplevel").decode("utf-8", "surrogateescape").strip()
    content = _git("-C", top, "archive", "--format=tar", commit)
    with tarfile.open(fileobj=io.BytesIO(content)) as archive:
        archive.extractall(folder, filter=_inside)


def _inside(member: tarfile.TarInfo, folder: str) -> tarfile.TarInfo | None:
    """A file of the archive; what leads out of the folder, such as an absolute link, is left out."""
    try:
        return tarfile.data_filter(member, folder)
    except tarfile.FilterError:
        return None


def _git(*words: str) -> bytes:
    try:
        done = subprocess.run(["git", *words], capture_output=True, check=False)
    except OSError as error:
        raise Unreadable(f"git cannot be run: {error.strerror}.", "Install git, or name a folder.") from error
    if done.returncode:
        said = done.stderr.decode("utf-8", "replace").strip().removeprefix("fatal: ").split("\n")[0]
        reason = f"git says: {said.rstrip('.')}." if said else "git knows no such revision."
        raise Unreadable(
            f"The revision cannot be read. {reason}", "Name a commit, a branch or a tag of this repository."
        )
    return done.stdout
