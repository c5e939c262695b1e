"""`like`: a member begins with a sibling's fields."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from labspec.diagnostic import Label, Path
from labspec.nearest import TIED, alike, offer
from labspec.source.merge import merged
from labspec.source.rules import LIKE
from labspec.source.work import Steps, Work
from labspec.yaml_tree import Tree


def likes(work: Work, tree: Tree) -> Tree:
    """Every `like` resolved, outermost members first: what stands in them is then copied with its own `like`s."""
    for pattern in sorted(work.grammar.members, key=lambda steps: (len(steps), steps)):
        tree = _at(work, tree, pattern[:-1], ())
    return tree


def _at(work: Work, tree: Tree, pattern: Steps, path: Path) -> Tree:
    if not isinstance(tree.value, dict) or work.grammar.in_raw(path):
        return tree
    if not pattern:
        return _siblings(work, tree, path)
    names = list(tree.value) if pattern[0] == "*" else [name for name in (pattern[0],) if name in tree.value]
    inner = {name: _at(work, tree.value[name], pattern[1:], (*path, name)) for name in names}
    if all(inner[name] is tree.value[name] for name in names):
        return tree
    return replace(tree, value={**tree.value, **inner})


def _siblings(work: Work, section: Tree, path: Path) -> Tree:
    members = section.entries
    if not any("like" in member.entries for member in members.values()):
        return section
    done: dict[str, Tree] = {}
    for name in members:
        for step in reversed(_chain(work, name, members, done, path)):
            done[step] = _begun(work, step, members[step], done, path)
    return replace(section, value={name: done[name] for name in members})


def _chain(work: Work, name: str, members: Mapping[str, Tree], done: Mapping[str, Tree], path: Path) -> list[str]:
    """A member, the one that it begins with, and so on to one that begins with none, or is done."""
    chain: dict[str, None] = {}
    while name not in done:
        if name in chain:
            names = list(chain)
            _circle(work, [*names[names.index(name) :], name], members, path)
            break
        chain[name] = None
        like = members[name].entries.get("like")
        if like is None or not _is_model(work, name, like, members, path):
            break
        name = str(like.value)
    return list(chain)


def _is_model(work: Work, name: str, like: Tree, members: Mapping[str, Tree], path: Path) -> bool:
    """Whether `like` names a member that another can begin with."""
    related: list[Label] = []
    if isinstance(like.value, str) and (model := members.get(like.value)) is not None:
        if isinstance(model.value, dict) or model.is_empty:
            return True
        short = work.grammar.short_field((*path, like.value))
        help_ = (
            f"Write it as `{like.value}: {{{short}: {model.value}}}`." if short and isinstance(model.value, str) else ""
        )
        message = f"`{like.value}` is not written in its long form, so that nothing can begin with it."
    else:
        near = alike(like.value, (other for other in members if other != name)) if isinstance(like.value, str) else []
        help_ = offer(near[:TIED])
        related += [Label(f"`{other}` is declared here.", span=members[other].key) for other in near[:TIED]]
        word = f"`{like.value}`" if isinstance(like.value, str) else "such member"
        message = f"There is no {word} in this section to begin with."
        work.absent.add((str(path[-1]), str(like.value)))
    if not work.partial:
        work.wrong(LIKE, message, like.span, related, help_)
    work.incomplete.add((*path, name))
    return False


def _circle(work: Work, circle: list[str], members: Mapping[str, Tree], path: Path) -> None:
    like = members[circle[-2]].entries["like"]
    message = f"These members begin with one another in a circle: {' -> '.join(circle)}."
    work.wrong(LIKE, message, like.span)
    work.incomplete.update((*path, name) for name in circle)


def _begun(work: Work, name: str, member: Tree, done: Mapping[str, Tree], path: Path) -> Tree:
    """A member over the one that it begins with, which is done where there is one."""
    if (like := member.entries.get("like")) is None:
        return member
    own = replace(member, value={field: tree for field, tree in member.entries.items() if field != "like"})
    model = done.get(like.value) if isinstance(like.value, str) else None
    if model is None:
        return own
    if (*path, like.value) in work.incomplete:
        work.incomplete.add((*path, name))
    copied = {field: tree for field, tree in model.entries.items() if field not in work.grammar.not_copied}
    both = merged(work, replace(model, value=copied), own, (*path, name))
    return replace(both, key=member.key, span=member.span, via=str(like.value))
