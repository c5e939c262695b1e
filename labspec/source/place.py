"""From paths back to files and lines."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any

from labspec.diagnostic import At, Diagnostic, Fix, Label, Path, Span, stretch
from labspec.nearest import nearest
from labspec.source.edit import edit_of, uses
from labspec.yaml_tree import Tree, slip_at, typed_at


@dataclass(frozen=True, slots=True)
class Source:
    """A resolved spec: its data, where everything in it was written, and what is wrong with how it is written."""

    file: str
    data: dict[str, Any]
    tree: Tree
    texts: Mapping[str, str]
    sums: Mapping[str, str]
    names: Mapping[str, str]
    """The documents that were read, relative to the spec's folder."""
    diagnostics: tuple[Diagnostic, ...] = ()
    told: frozenset[Path] = frozenset()
    """Where something is wrong and told already: there and below, nothing more is said."""
    incomplete: frozenset[Path] = frozenset()
    """What lacks something because of a mistake that is told."""
    partial: bool = False
    """Whether files could not be used that may declare what others name."""
    usable: bool = True
    """Whether there is anything to go on with."""
    hints: Mapping[Path, str] = field(default_factory=dict)
    """What may be the reason why a key is not known."""
    beside: Mapping[Path, Mapping[str, Tree]] = field(default_factory=dict)
    """The members of the other document, for each new one in a document that extends it."""
    absent: frozenset[tuple[str, str]] = frozenset()
    """Members (section, name) that `like` names and that there are not."""
    removed: frozenset[tuple[str, str]] = frozenset()
    """Members (section, name) that a null removed."""
    twice: frozenset[Path] = frozenset()
    """Mappings whose keys stand twice, which hold what both say."""
    moved: Mapping[Path, Path] = field(default_factory=dict)
    """Members that were written elsewhere than their path says: where."""
    filled: Mapping[Path, Path] = field(default_factory=dict)
    """Values that are a variable's: where that is declared."""
    mixed: frozenset[Path] = frozenset()
    """Variables that are a part of other texts, too."""
    files: Mapping[Path, str] = field(default_factory=dict)
    """Mentioned files into which findings may point, by the paths of their names."""

    def with_files(self, typed: Mapping[Path, tuple[str, str]], mixed: Iterable[Path]) -> Source:
        """The same with files that it mentions: by the paths of their names, where each lies and what it holds.

        `mixed` are the variables that are a part of other texts, now also of those.
        """
        return replace(
            self,
            texts={**self.texts, **dict(typed.values())},
            files={path: file for path, (file, _) in typed.items()},
            mixed=frozenset(mixed),
        )

    def place(self, diagnostic: Diagnostic) -> Diagnostic:
        """The diagnostic with lines and columns, its secondary labels too."""
        related = tuple(
            label
            if label.span or not label.path
            else label._replace(span=self._narrow(label.path, label.at, label.chars))
            for label in diagnostic.related
        )
        if diagnostic.span:
            return diagnostic._replace(related=related, fix=None)
        if diagnostic.chars and (file := self.files.get(diagnostic.path)):
            mentioned = Label("The file is mentioned here.", diagnostic.path, span=self.span(diagnostic.path))
            inside = stretch(file, self.texts[file], diagnostic.chars)
            return diagnostic._replace(span=inside, related=(mentioned, *related), fix=None)
        span = self._narrow(diagnostic.path, diagnostic.at, diagnostic.chars)
        return diagnostic._replace(span=span, related=related, fix=self._fix(diagnostic))

    def _fix(self, diagnostic: Diagnostic) -> Fix | None:
        """The fix with the place of what it replaces; it is not safe to write a key that stands there already."""
        if diagnostic.fix is None:
            return None
        path, tree = self.written(diagnostic.path)
        at_key = diagnostic.at == "key"
        typed, span = (path[-1], tree.key) if at_key and path else (tree.value, tree.span)
        fix = edit_of(diagnostic.fix, typed, span, self.texts)
        if fix and at_key and fix.text in self.written(path[:-1])[1].entries:
            fix = fix._replace(safe=False)
        return fix

    def written(self, path: Path) -> tuple[Path, Tree]:
        """What was written at a path, and the path as far as it leads there: a short form has fewer steps.

        Where a variable stands for a value, that is what was written where the variable is declared.
        """
        taken: Path = ()
        tree = self.tree
        for step in self._as_written(path):
            if (inner := _inside(tree, step)) is None:
                break
            taken, tree = (*taken, step), inner
            if taken in self.filled:
                tree = replace(self._nearest(self.filled[taken]), key=inner.key)
        return taken, tree

    def uses(self, places: Iterable[Span]) -> dict[Span, set[Path]]:
        """Every path at which what was typed at some places is used: also by aliases, by `like`, through variables."""
        spec = replace(self.tree, value={key: tree for key, tree in self.tree.entries.items() if key != "variables"})
        filled = ((path, self._nearest(variable)) for path, variable in self.filled.items())
        mixed = ((path, self._nearest(path)) for path in self.mixed)
        return uses(places, [((), spec), *filled, *mixed])

    def _narrow(self, path: Path, at: At, chars: tuple[int, int] | None) -> Span:
        """Where a path was written; of a text only some characters, if they are given."""
        tree = self._nearest(path)
        if chars is None or not isinstance(tree.value, str):
            return self.span(path, at)
        return typed_at(_lines(self.texts[tree.span.file]), tree.span, tree.value, chars)

    def hint(self, path: Path) -> str:
        """What to say of a member that lacks something, or of a key that is not known.

        A member that is new in a document over another may be a mistyped one of the other's.
        """
        if path in self.hints or not (near := self.twin(path)):
            return self.hints.get(path, "")
        return f"Did you mean to change `{near}` of {self.beside[path][near].span.file}?"

    def twin(self, path: Path) -> str:
        """The member of another document that a new one may be a mistyped name for."""
        return (nearest(str(path[-1]), self.beside[path]) or "") if path in self.beside else ""

    def model(self, path: Path) -> str:
        """The member that one began with (`like`)."""
        return self._nearest(path).via

    def slip(self, path: Path, entry: bool, word: bool) -> Diagnostic | None:
        """What is likely wrong with how a value, or a key that leads to it, is typed; asked where something is wrong.

        `entry` says whether the value should be a mapping, so that its text may be meant as an entry of one, `word`
        whether the whole of it is wrong, not some of its characters.
        """
        places = [(tree.key, True, True) for tree in self._steps(path) if tree.key]
        tree = self._nearest(path)
        if tree.style == "plain" and isinstance(tree.value, str):
            places.append((tree.span, entry, word))
        told = (found for found in self.diagnostics if found.span and _begins(found.span, tree.span))
        likely = (slip_at(span, _lines(self.texts[span.file]), *how) for span, *how in places)
        return next((slip for slip in (*told, *likely) if slip), None)

    def span(self, path: Path, at: str = "value") -> Span:
        """Where a path was written; where the path leads into what was filled in, the nearest thing above it."""
        tree = self._nearest(path)
        if tree is self.tree:
            return Span(self.file, 1, 1, 1, 1)
        if tree.key and (at == "key" or tree.is_empty or isinstance(tree.value, dict)):
            return tree.key
        return tree.span

    def position(self, path: Path) -> str:
        """`file:line:column`, the file relative to the spec's folder."""
        span = self.span(path)
        return f"{self.names.get(span.file, span.file)}:{span.line}:{span.column}"

    def digests(self) -> dict[str, str]:
        """The SHA-256 of every document that was read, by its path relative to the spec's folder."""
        return {self.names[file]: digest for file, digest in sorted(self.sums.items())}

    def _steps(self, path: Path) -> Iterator[Tree]:
        tree = self.tree
        for index, step in enumerate(self._as_written(path)):
            if tree.tag and str(step) in (f"Fn::{tree.tag[1:]}", tree.tag[1:]) and index:
                continue  # a short tag is a step of its own in what it stands for
            if (inner := _inside(tree, step)) is None:
                return
            tree = inner
            yield tree

    def _as_written(self, path: Path) -> Path:
        return (*self.moved[path[:2]], *path[2:]) if path[:2] in self.moved else path

    def _nearest(self, path: Path) -> Tree:
        return [self.tree, *self._steps(path)][-1]


@lru_cache(maxsize=8)
def _lines(text: str) -> list[str]:
    """A file's lines, which many findings ask for."""
    return text.splitlines()


def _inside(tree: Tree, step: str | int) -> Tree | None:
    if isinstance(tree.value, dict):
        return tree.value.get(str(step))
    if isinstance(tree.value, list) and isinstance(step, int) and step < len(tree.value):
        return tree.value[step]
    return None


def _begins(one: Span, other: Span) -> bool:
    """Whether two stretches of text begin at one place."""
    return (one.file, one.line, one.column) == (other.file, other.line, other.column)
