"""A difference as it is told: rows by stack or by member, chains of causes, what is lost and refused, with places."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from labspec.cli.change_words import Words, condition_said, counted
from labspec.cli.openings import Opened, opened

if TYPE_CHECKING:
    from labspec.cli.reading import Reading
    from labspec.cli.revisions import Place
    from labspec.diagnostic import Path, Span
    from labspec.diff import Change, Difference, Edit
    from labspec.template import Unresolved

VERBS = ("add", "change", "replace", "move", "remove")
ROOT = "root"


class Side(NamedTuple):
    """One of the two sides: what was read, and what its files are called to people."""

    reading: Reading
    place: Place
    name: str

    def span(self, address: str, path: Path = ()) -> Span:
        """Where something was said."""
        span = self.reading.span(address, path)
        return span._replace(file=self.place.called(span.file))


class Line(NamedTuple):
    """An edit as it is told. `cause` names what it follows from; empty where it was written."""

    path: str
    before: str
    after: str
    mark: str
    cause: str
    note: str


class Row(NamedTuple):
    """A change as it is told: `if_` is the condition, in words, or empty."""

    verb: str
    address: str
    id: str
    type: str
    member: str
    place: str
    group: str
    is_swapped: bool
    sure: bool
    if_: str
    lines: tuple[Line, ...]
    note: str
    is_refused: bool


class Chain(NamedTuple):
    """What follows from an edit: the number of resources by type, step by step."""

    root: str
    steps: tuple[str, ...]


class Plan(NamedTuple):
    """All that is told of a difference."""

    old: Side
    new: Side
    difference: Difference
    words: Words
    rows: tuple[Row, ...]
    chains: tuple[Chain, ...]
    openings: tuple[Opened, ...]
    by: str
    """`stack` or `member`: what the changes are grouped by."""
    is_compared: bool = True
    """Whether the networks were: not where there are too many pairs."""

    def counts(self) -> dict[str, int]:
        """How many changes of each kind there are."""
        found = Counter(row.verb for row in self.rows)
        return {verb: found[verb] for verb in VERBS}

    def side(self, address: str) -> Side:
        """The side on which a resource stands: the new one, or the old one where it is removed."""
        return self.new if address in self.new.reading.joined.resources else self.old

    def group(self, address: str) -> str:
        """What a resource is told under."""
        if self.by == "member":
            return self.called(address)
        return self.side(address).reading.joined.resources[address].stack or ROOT

    def unresolved(self) -> Iterator[tuple[Side, Unresolved]]:
        """What could not be followed on either side; a value for a parameter that only one side has is no matter."""
        for side, other in ((self.old, self.new), (self.new, self.old)):
            for note in side.reading.joined.unresolved:
                name = str(note.path[1]) if note.path[:1] == ("Parameters",) and len(note.path) > 1 else ""
                if name not in other.reading.joined.parameters:
                    yield side, note

    def called(self, address: str) -> str:
        """What the user calls a resource."""
        reading = self.side(address).reading
        return reading.called(address) if address in reading.joined.resources else address

    def called_by_id(self, identity: str) -> str:
        """What the user calls a resource, by its logical id; the id where several have it."""
        for side in (self.new, self.old):
            if resource := side.reading.joined.find(identity):
                name = side.reading.called(resource.address)
                return name if name != resource.address else identity
        return identity

    def renamed(self, change: Change) -> str:
        """What to do where something was removed that was most likely renamed; empty where it was not."""
        if not change.twin or change.verb != "remove":
            return ""
        way = "write `was` there" if self.new.reading.manifest else "leave it its logical id"
        return f"{self.called(change.twin)} says the same; if that is its new name, {way}, and it stays"

    def at(self, address: str, path: Path = ()) -> str:
        """Where it is said: `specs/full.yaml:12`."""
        side = self.side(address)
        if address not in side.reading.joined.resources:
            return ""
        span = side.span(address, path)
        return f"{span.file}:{span.line}"


def planned(old: Side, new: Side, difference: Difference, words: Words, by: str) -> Plan:
    """What is told of a difference, grouped by `stack` or by `member`."""
    plan = Plan(old, new, difference, words, (), (), (), by)
    rows = tuple(_row(plan, change) for change in difference.changes.values())
    chains = tuple(_chains(plan))
    found = opened(old.reading.joined, new.reading.joined, difference, plan.called_by_id)
    return plan._replace(rows=rows, chains=chains, openings=tuple(found or ()), is_compared=found is not None)


def _row(plan: Plan, change: Change) -> Row:
    member = plan.called(change.address)
    refused = {refusal.address for refusal in plan.difference.refusals if refusal.sure}
    return Row(
        change.verb,
        change.address,
        change.id,
        change.type,
        member if member != change.address else "",
        plan.at(change.address, _first_path(change)),
        plan.group(change.address),
        change.is_swapped,
        change.sure,
        "" if change.when is True else condition_said(change.when),
        tuple(_line(plan, change, edit) for edit in change.edits),
        _note(plan, change),
        change.address in refused,
    )


def _first_path(change: Change) -> Path:
    """The first value that was written anew, if it is in one place alone."""
    return next((edit.path for edit in change.edits if edit.is_written), ())


def _note(plan: Plan, change: Change) -> str:
    if change.verb == "move":
        before = plan.old.reading.joined.resources[change.was].stack or ROOT
        return f"it moves here from {before}: it is destroyed, and made anew"
    return plan.renamed(change)


def _line(plan: Plan, change: Change, edit: Edit) -> Line:
    words, path = plan.words, ".".join(str(step) for step in edit.path if step != "Properties")
    before, after = (_value(words, value, edit.path) for value in (edit.before, edit.after))
    text = (
        words.lines(edit.before, edit.after) if edit.is_written and not words.is_hidden(edit.after, edit.path) else ""
    )
    cause = ", ".join(dict.fromkeys(_name(cause) for cause in edit.causes))
    if text:
        before, after = "", text
    return Line(path, before, after, _mark(edit, change), "" if edit.is_written else cause, edit.note)


def _name(address: str) -> str:
    return address.rpartition(".")[2]


def _value(words: Words, value: Any, path: Path) -> str:
    from labspec.diff import ABSENT

    return "" if value is ABSENT else words.value(value, path)


def _mark(edit: Edit, change: Change) -> str:
    """What an edit does, in a word or two."""
    marks = {"replace": "forces replacement", "interrupt": "interrupts", "update": ""}
    mark = marks[edit.effect]
    perhaps = "" if edit.sure else "perhaps "
    when = "" if edit.when is True or edit.when == change.when else f" if {condition_said(edit.when)}"
    return f"{perhaps}{mark or ('another value' if perhaps or when else '')}{when}".strip()


def _chains(plan: Plan) -> Iterator[Chain]:
    """From each resource that is replaced, or noticed, because of what was written: who follows, step by step."""
    changes = plan.difference.changes
    followers: dict[str, list[str]] = {}
    for address, change in changes.items():
        for edit in change.edits:
            for cause in edit.causes:
                followers.setdefault(cause, []).append(address)
    for address, change in changes.items():
        written = [edit for edit in change.edits if edit.is_written]
        if address in followers and (written or change.verb == "move"):
            yield _chain(plan, change, written, followers, changes)


def _chain(
    plan: Plan,
    root: Change,
    written: Sequence[Edit],
    followers: Mapping[str, list[str]],
    changes: Mapping[str, Change],
) -> Chain:
    seen, level, steps = {root.address}, [root.address], []
    while level:
        after = [each for address in level for each in followers.get(address, ())]
        level = [each for each in dict.fromkeys(after) if each not in seen]
        seen.update(level)
        if level:
            kinds = Counter(changes[each].type for each in level)
            steps.append(", ".join(counted(number, kind) for kind, number in kinds.most_common()))
    names = list(dict.fromkeys(str(edit.path[1]) for edit in written if len(edit.path) > 1))[:3]
    said = ", ".join(names) or "moves"
    return Chain(f"{plan.called(root.address)} {said}", tuple(steps))
