"""`labspec check --fix`: safe fixes carried out, in as many rounds as they need.

A fix can bring to light what it hid (the fields of a section whose name was mistyped), so that the specs are compiled
again, all of them and in memory, after each round. A fix that turns out wrong there is taken back.
"""

from __future__ import annotations

import argparse
import hashlib
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path as FilePath

from labspec import edits
from labspec.cli.compiling import options
from labspec.compiler import Build, compile_spec
from labspec.diagnostic import Diagnostic, Path, Room, Severity
from labspec.edits import Change, Edit
from labspec.source import Source

ROUNDS = 5
Drafts = Mapping[str, bytes]
Wishes = Mapping[Edit, Diagnostic]
Compile = Callable[[Drafts], list[Build]]


@dataclass(slots=True)
class Fixing:
    """The files that fixes change, by their real paths, and what was done, in words."""

    names: dict[str, str] = field(default_factory=dict)
    before: dict[str, bytes] = field(default_factory=dict)
    drafts: dict[str, bytes] = field(default_factory=dict)
    done: list[str] = field(default_factory=list)

    @property
    def difference(self) -> str:
        """What changes, as a unified diff."""
        changes = self._changes()
        return "".join(edits.difference(self.names[file], changes[FilePath(file)]) for file in sorted(self.drafts))

    @property
    def summary(self) -> list[str]:
        """What was done, in words."""
        number = len(self.done)
        return [f"Fixed {number} mistake{'s' * (number > 1)}:", *self.done] if number else []

    def write(self) -> str:
        """Replace the files that change; why one of them cannot be, or nothing."""
        try:
            edits.write(self._changes())
        except OSError as error:
            return f"`{self.names[str(error.filename)]}` cannot be fixed: {error.strerror}."
        return ""

    def _changes(self) -> dict[FilePath, Change]:
        return {FilePath(file): Change(self.before[file], after) for file, after in self.drafts.items()}


def fixing(arguments: argparse.Namespace) -> Fixing:
    """What `--fix` does to the specs of a command. Nothing is written."""

    def compiled(drafts: Drafts) -> list[Build]:
        return [compile_spec(os.path.normpath(spec), options(arguments, drafts)) for spec in arguments.specs]

    work = Fixing()
    builds = compiled({})
    for _ in range(ROUNDS):
        wishes = _wishes(builds)
        for build in builds:
            _read(work, build.source, wishes)
        accepted = _accepted(work, builds, wishes, compiled)
        if not accepted:
            break
        work.drafts |= _drafts(work, accepted)
        work.done += [_told(wishes[edit]) for edit in accepted]
        builds = compiled(work.drafts)
    return work


def _wishes(builds: Sequence[Build]) -> dict[Edit, Diagnostic]:
    """The edits that findings ask for, each with the first that does."""
    wishes: dict[Edit, Diagnostic] = {}
    for diagnostic in (diagnostic for build in builds for diagnostic in build.diagnostics):
        if (fix := diagnostic.fix) and fix.safe and fix.span:
            span = fix.span._replace(file=os.path.realpath(fix.span.file))
            wishes.setdefault(Edit(span, fix.text), diagnostic)
    return wishes


def _read(work: Fixing, source: Source | None, wishes: Wishes) -> None:
    """Keep what the files to be edited held when they were compiled first."""
    wanted = {edit.span.file for edit in wishes}
    for name, text in source.texts.items() if source else ():
        file = os.path.realpath(name)
        if source and file in wanted and file not in work.before:
            content = text.encode("utf-8")
            whole = hashlib.sha256(content).hexdigest() == source.sums[name]
            work.names[file] = name
            work.before[file] = content if whole else edits.MARK.encode("utf-8") + content


def _drafts(work: Fixing, wanted: Sequence[Edit]) -> dict[str, bytes]:
    """The files that some edits change, with these and all edits before them."""
    files = {edit.span.file for edit in wanted}
    return {
        file: edits.edited(
            work.drafts.get(file, work.before[file]), [edit for edit in wanted if edit.span.file == file]
        )
        for file in files
    }


# ------------------------------------------------------------------ what is taken back


def _accepted(work: Fixing, builds: Sequence[Build], wishes: Wishes, compiled: Compile) -> list[Edit]:
    """The edits after which the specs compile no worse; one by one where all together make something worse."""
    wanted = edits.apart(wishes)

    def spoil(some: Sequence[Edit]) -> bool:
        after = compiled({**work.drafts, **_drafts(work, some)})
        findings = [wishes[edit] for edit in some]
        return any(_worse(old, new, findings) for old, new in zip(builds, after, strict=True))

    if not wanted or not spoil(wanted):
        return wanted
    accepted: list[Edit] = []
    for edit in wanted:
        if not spoil([*accepted, edit]):
            accepted.append(edit)
    return accepted


def _worse(before: Build, after: Build, findings: Sequence[Diagnostic]) -> bool:
    """Whether edits made errors.

    An error elsewhere, deeper or of a later room was hidden; at the place of an edit it says that the edit was wrong:
    a value that does not fit the key that it is given, or a key that cannot stand beside others.
    """
    known = {_identity(diagnostic) for diagnostic in before.diagnostics}
    new = [d for d in after.diagnostics if d.level is Severity.ERROR and _identity(d) not in known]
    return any(
        error.rule.room is Room.SOURCE or any(_is_at(error, f) and error.rule.room <= f.rule.room for f in findings)
        for error in new
    )


def _identity(diagnostic: Diagnostic) -> tuple[str, str, Path, str]:
    file = diagnostic.span.file if diagnostic.span else ""
    return diagnostic.rule.code, file, diagnostic.path, diagnostic.message


def _is_at(error: Diagnostic, finding: Diagnostic) -> bool:
    """Whether an error stands where one would that an edit makes: of an edited key also at the keys beside it."""
    if finding.at == "value" or finding.fix is None:
        return error.path == finding.path
    around = finding.path[:-1]
    beside = error.at == "key" and error.path[:-1] == around
    return beside or error.path in (around, (*around, finding.fix.text))


def _told(finding: Diagnostic) -> str:
    fix = finding.fix
    assert fix is not None
    assert fix.span is not None
    where = f"{fix.span.file}:{fix.span.line}:{fix.span.column}"
    return f"  {where}: `{fix.old}` is now `{fix.text}` ({finding.rule.code})."
