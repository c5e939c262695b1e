"""What a build tells: each finding as the spec judges it, with its lines, once."""

from __future__ import annotations

from collections.abc import Iterable

from labspec.compiler.build import Build, Linters
from labspec.diagnostic import Diagnostic


def report(build: Build, found: Iterable[Diagnostic]) -> None:
    """Keep what was found, as the spec judges it, each with its lines, once."""
    told = {_said(diagnostic) for diagnostic in (*build.diagnostics, *build.silenced)}
    shared = {_written(diagnostic): diagnostic.path for diagnostic in reversed(build.diagnostics)}
    for diagnostic in found:
        judged = build.policy.judged(diagnostic) if build.policy else diagnostic
        placed = build.source.place(judged) if build.source else judged
        if build.source and placed.fix and placed.fix.safe:
            build.wishes.setdefault(placed.fix, set()).add(build.source.written(diagnostic.path)[0])
        if _said(placed) in told or (not placed.silenced and shared.get(_written(placed), placed.path) != placed.path):
            continue
        told.add(_said(placed))
        if placed.silenced:
            build.silenced.append(placed)
        else:
            build.diagnostics.append(placed)
            shared.setdefault(_written(placed), placed.path)


def _said(diagnostic: Diagnostic) -> tuple[object, ...]:
    """What is told once. Two members that accept the same do so each for itself."""
    accepted = (diagnostic.silenced, diagnostic.path) if diagnostic.silenced else ()
    return (diagnostic.rule, diagnostic.span, diagnostic.message, *accepted)


def _written(diagnostic: Diagnostic) -> tuple[object, ...]:
    """What is written once, and wrong once, however many members have it of one another."""
    return (diagnostic.rule, diagnostic.span)


def unused_silence(build: Build, linters: Linters | None) -> None:
    """What is accepted in vain, where the build came so far that it would have been found."""
    found = {diagnostic.rule.name for diagnostic in (*build.diagnostics, *build.silenced)}
    asked = linters.names if linters and "linter-failed" not in found else frozenset()
    if build.policy is not None and not build.failed:
        report(build, build.policy.unused(build.silenced, asked))


def agree(build: Build) -> None:
    """Keep a fix safe only where all that is made of its text asks for it: an alias may mean it otherwise."""
    if build.source is None or not build.wishes:
        return
    used = build.source.uses(fix.span for fix in build.wishes if fix.span)
    for index, diagnostic in enumerate(build.diagnostics):
        fix = diagnostic.fix
        if fix and fix.safe and fix.span and not used[fix.span] <= build.wishes[fix]:
            build.diagnostics[index] = diagnostic._replace(fix=fix._replace(safe=False))
