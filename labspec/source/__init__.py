"""YAML to data, and back from paths to lines.

A spec may be spread over files, and this is the only room that knows it. Four things happen, in this order, each on
trees that remember where every key and value stands (`yaml_tree`):

1. `extends`: the base document is resolved whole, by these same four steps, and the document is laid over it as a JSON
   merge patch (RFC 7396): maps merge by key, everything else replaces, a written null removes.
2. `include`: the sections of other documents, each resolved alone, are joined; the same member twice is an error.
   The document's own members are laid over both.
3. Overlays of the command line are laid over the result.
4. `like`: a member begins with a sibling's fields.

What comes out is plain data for the models, and a `Source` that turns the path of any diagnostic into the place where
the user wrote it: a value that came by `extends` or `like` is shown in the file and line where it stands.

Mistakes do not stop the work: each is noted with what must not be complained of because of it, so that one run reports
all that are independent. Only where nothing is left to go on with is the data empty.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path as FilePath
from typing import Any

from labspec.diagnostic import Rejected, Span
from labspec.source.documents import Documents
from labspec.source.like import likes
from labspec.source.merge import merged
from labspec.source.place import Source
from labspec.source.work import Grammar, Work
from labspec.yaml_tree import MAX_NODES, TOO_LARGE, Reading, Tree, within

__all__ = ["Grammar", "Source", "read"]


def read(
    file: str, grammar: Grammar, overlays: Sequence[str] = (), drafts: Mapping[str, bytes] | None = None
) -> Source:
    """Read a spec and all that it extends and includes, and overlays over it. What is wrong stands in the result.

    `drafts` are read in place of documents, by their real paths.
    """
    work = Work(grammar)
    documents = Documents(work, drafts or {})
    tree: Tree | None = None
    data: dict[str, Any] | None = None
    try:
        tree = _composed(work, documents, file, overlays)
        data = _data(work, documents, tree) if tree else None
    except Rejected:
        tree = None  # what is wrong was noted where it was found
    return Source(
        file,
        data or {},
        tree or Tree({}, Span(file, 1, 1, 1, 1)),
        documents.texts,
        documents.sums,
        {name: os.path.relpath(name, FilePath(file).parent).replace(os.sep, "/") for name in documents.texts},
        tuple(work.found),
        frozenset(work.told),
        frozenset(work.incomplete),
        work.partial,
        data is not None,
        work.hints,
        work.beside,
        frozenset(work.absent),
        frozenset(work.removed),
        frozenset(work.twice),
    )


def _composed(work: Work, documents: Documents, file: str, overlays: Sequence[str]) -> Tree | None:
    """The spec with its overlays and its `like`s."""
    tree = documents.resolved(file)
    for overlay in overlays:
        over = documents.resolved(overlay)
        if tree is not None and over is not None:
            tree = merged(work, tree, over)
    return tree and likes(work, tree)


def _data(work: Work, documents: Documents, tree: Tree) -> dict[str, Any] | None:
    if sum(1 for _ in within(tree)) > MAX_NODES:
        message = f"With all that it repeats, the spec has more than {MAX_NODES:,} values."
        work.wrong(TOO_LARGE, message, Span(tree.span.file, 1, 1, 1, 1))
        return None
    folders = {name: str(FilePath(name).parent) for name in documents.texts}
    reading = Reading(folders, work.grammar.raw)
    data: dict[str, Any] = reading.data(tree)
    work.found += reading.found
    work.told |= reading.told
    work.hints |= reading.hints
    work.twice |= reading.twice
    return data
