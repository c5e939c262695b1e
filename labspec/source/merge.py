"""One document laid over another (RFC 7396), and documents joined."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from labspec.diagnostic import Label, Path
from labspec.nearest import did_you_mean
from labspec.source.rules import DECLARED_TWICE, MERGE, NOTHING_TO_REMOVE
from labspec.source.work import Work
from labspec.yaml_tree import Tree


def merged(work: Work, base: Tree, patch: Tree, path: Path = ()) -> Tree:
    """`patch` laid over `base`: maps merge by key, everything else replaces, a written null removes."""
    if patch.is_empty and isinstance(base.value, dict):
        return base
    if not isinstance(patch.value, dict) or not isinstance(base.value, dict):
        return patch if _replaces(work, base, patch, path) else base
    if base.tag or patch.tag:
        return patch
    work.spend(len(base.value), patch)
    entries = dict(base.value)
    for name, tree in patch.value.items():
        inner = (*path, name)
        if tree.is_null and not work.grammar.in_raw(inner):
            _remove(work, entries, inner, tree)
        elif name in entries:
            entries[name] = merged(work, entries[name], tree, inner)
        else:
            entries[name] = tree
            if work.grammar.is_member(inner):
                work.beside[inner] = base.value
    return replace(base, value=entries, span=patch.span, key=patch.key or base.key)


def alone(work: Work, patch: Tree, path: Path = ()) -> Tree:
    """A document that was to be laid over another one, which is not there to be changed."""
    if not isinstance(patch.value, dict):
        return patch
    entries = {
        name: alone(work, tree, (*path, name))
        for name, tree in patch.value.items()
        if not tree.is_null or work.grammar.in_raw((*path, name))
    }
    return replace(patch, value=entries)


def _remove(work: Work, entries: dict[str, Tree], path: Path, tree: Tree) -> None:
    name = str(path[-1])
    if name in entries:
        work.removed.update(_names(entries.pop(name), path))
    else:
        work.wrong(NOTHING_TO_REMOVE, f"There is no `{name}` to remove.", tree.key, help=did_you_mean(name, entries))


def _names(tree: Tree, path: Path) -> Iterator[tuple[str, str]]:
    """Each key of what is removed, with the one above it: where that is a section, it is a member's name."""
    if len(path) > 1:
        yield str(path[-2]), str(path[-1])
    for name, inner in tree.entries.items():
        yield from _names(inner, (*path, name))


def _replaces(work: Work, base: Tree, patch: Tree, path: Path) -> bool:
    """Whether a value may take another's place: not where it meets a mapping of which the rest would be lost."""
    one, other = isinstance(base.value, dict), isinstance(patch.value, dict)
    lists = isinstance(base.value, list) or isinstance(patch.value, list)
    short = work.grammar.short_field(path)
    whole = one and (len(path) == 1 or work.grammar.is_member(path))
    if one == other or lists or base.is_empty or not (short or whole):
        return True
    value, name = str(patch.value if one else base.value), path[-1]
    long_form = f"`{name}: {{{short}: {value}}}`" if short else f"`{name}: {{...}}`"
    message = (
        "A single value cannot be laid over a mapping." if one else "A mapping cannot be laid over a single value."
    )
    help_ = f"Write the long form {'here' if one else 'there'}: {long_form}."
    label = Label("This is what it is laid over.", span=base.key or base.span)
    work.wrong(MERGE, message, patch.key if other else patch.span, [label], help_)
    work.told.add(path)
    return other


def joined(work: Work, base: Tree, included: Tree) -> Tree:
    """The sections of an included document beside those that are there."""
    sections = dict(base.entries)
    for section, tree in included.entries.items():
        if section not in work.grammar.sections or tree.is_empty:
            continue
        depth = 1 if section in work.grammar.deep_sections else 0
        sections[section] = _union(work, sections[section], tree, depth) if section in sections else tree
    return replace(base, value=sections)


def _union(work: Work, left: Tree, right: Tree, depth: int) -> Tree:
    members = dict(left.entries)
    work.spend(len(members), right)
    for name, tree in right.entries.items():
        if depth and name in members:
            members[name] = _union(work, members[name], tree, depth - 1)
        elif (other := members.get(name)) is not None:
            message = f"`{name}` is declared in two of the joined files."
            label = Label("It is declared here, too.", span=other.key)
            help_ = "Rename one, or let one document extend the other."
            work.wrong(DECLARED_TWICE, message, tree.key, [label], help_)
        else:
            members[name] = tree
    return replace(left if left.entries else right, value=members) if members else left
