"""The comparison as a whole: pairs, edits, what follows from them, what is lost, what is refused."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from labspec import schema
from labspec.diagnostic import Path
from labspec.diff.canonical import Reader, references, same
from labspec.diff.comparing import Comparison
from labspec.diff.decided import Situation
from labspec.diff.difference import Change, Difference, Edit, OutputChange, Verb
from labspec.diff.effects import judged
from labspec.diff.losses import losses
from labspec.diff.matching import Pair, pairs
from labspec.diff.refusals import refusals
from labspec.diff.scene import Scene
from labspec.diff.spreading import Verdict, spread
from labspec.diff.twins import twins
from labspec.template import Condition, Joined, Output, Resource
from labspec.template.conditions import all_of, any_of, negate
from labspec.template.intrinsics import text_of


def compare(old: Joined, new: Joined, region: str = schema.REGION, ours: Collection[str] = ()) -> Difference:
    """What becomes of each resource where `new` takes the place of `old`.

    `region` is that of the stacks, whose schemas are read; `ours` are the logical ids of custom resources whose
    functions are labspec's own, and do what its manual says.
    """
    work = _Comparing(old, new, region, ours)
    verdicts = work.verdicts()
    spread(verdicts, work.after, region)
    changes = {change.address: change for change in work.changes(verdicts)}
    changes = twins(changes, work.before, work.after)
    staying = sum(1 for pair in work.pairs if pair.new and pair.address not in changes)
    scene = Scene(old, new, work.before, work.after, changes, region)
    return Difference(
        changes=changes,
        unchanged=staying,
        losses=tuple(losses(old, new, changes)),
        refusals=tuple(refusals(scene)),
        outputs=tuple(_outputs(work, changes)),
        defaults=tuple(_defaults(old, new)),
    )


@dataclass
class _Comparing:
    """Two graphs, paired, with every resource's body in canonical form: the old ones by their new addresses."""

    old: Joined
    new: Joined
    region: str
    ours: Collection[str]

    def __post_init__(self) -> None:
        self.pairs = pairs(self.old, self.new)
        names = {pair.old.address: pair.address if pair.new else None for pair in self.pairs if pair.old}
        self.reading = (Reader(self.old, names), Reader(self.new))
        self.before = {pair.address: _body(self.reading[0], pair.old) for pair in self.pairs if pair.old}
        self.after = {pair.address: _body(self.reading[1], pair.new) for pair in self.pairs if pair.new}
        self.added = self.after.keys() - self.before.keys()
        self.staying = self.after.keys() & self.before.keys()

    def verdicts(self) -> dict[str, Verdict]:
        """What is known of each resource that is there before and afterwards, by what was written anew."""
        found: dict[str, Verdict] = {}
        for pair in self.pairs:
            if pair.old and pair.new:
                situation = self._situation(pair.address, pair.new)
                is_another = pair.old.type != pair.new.type
                edits = [] if is_another else list(self._edits(pair, situation))
                found[pair.address] = Verdict(situation, pair.has_moved or is_another, edits)
        return found

    def _situation(self, address: str, resource: Resource) -> Situation:
        before, after = self.before[address], self.after[address]
        properties = (before["Properties"], after["Properties"])
        return Situation(resource.type, *properties, after, resource.id in self.ours)

    def _edits(self, pair: Pair, situation: Situation) -> Iterator[Edit]:
        before, after = self.before[pair.address], self.after[pair.address]
        if same(before, after):
            return
        comparison = Comparison(partial(self._is_unordered, situation.type), self.staying, self.added)
        for distinction in comparison.differ((), before, after):
            edit = judged(situation, distinction, self.region)
            if edit:
                yield edit

    def _is_unordered(self, kind: str, path: Path) -> bool:
        return path[:1] == ("Properties",) and schema.is_unordered(kind, path[1:], self.region)

    def changes(self, verdicts: Mapping[str, Verdict]) -> Iterator[Change]:
        """Everything that changes."""
        for pair in self.pairs:
            change = self._change(pair, verdicts)
            if change:
                yield change

    def _change(self, pair: Pair, verdicts: Mapping[str, Verdict]) -> Change | None:
        if pair.new is None or pair.old is None:
            resource = pair.new or pair.old
            assert resource
            return _whole("add" if pair.new else "remove", resource, resource.condition)
        comes = all_of([pair.new.condition, negate(pair.old.condition)])
        goes = all_of([pair.old.condition, negate(pair.new.condition)])
        verdict = verdicts[pair.address]
        is_settled = pair.has_moved or pair.old.condition == pair.new.condition
        if not is_settled and goes is not False:
            return _whole("remove", pair.new, goes, pair.old.address, verdict)
        if not is_settled and comes is not False:
            return _whole("add", pair.new, comes, pair.old.address, verdict)
        return _changed(pair, verdict, self.region)


def _body(reader: Reader, resource: Resource) -> dict[str, Any]:
    body = {name: reader.read(value) for name, value in resource.attributes.items()}
    return body | {"Properties": reader.read(dict(resource.properties))}


def _whole(
    verb: Verb, resource: Resource, when: Condition, was: str | None = None, verdict: Verdict | None = None
) -> Change:
    """A resource that comes or goes; where it does so under a condition, it may also change under another one."""
    old = was if was is not None else resource.address if verb == "remove" else ""
    edits = tuple(verdict.edits) if verdict else ()
    return Change(verb, resource.address, resource.id, resource.type, old, edits, True, when)


def _changed(pair: Pair, verdict: Verdict, region: str) -> Change | None:
    old, new = pair.old, pair.new
    assert old is not None
    assert new is not None
    ripple = verdict.ripple()
    replacing = [edit for edit in verdict.edits if edit.effect == "replace"]
    if not verdict.edits and not verdict.is_new:
        return None
    verb: Verb = "move" if pair.has_moved else "replace" if replacing or verdict.is_new else "change"
    is_whole = verb != "change" and ripple is not None
    sure = ripple.sure if is_whole and ripple else any(edit.sure for edit in verdict.edits)
    why = ripple.when if is_whole and ripple else any_of(edit.when for edit in verdict.edits)
    when = all_of([old.condition, why])
    updates = schema.updates(new.type, region)
    is_swapped = bool(updates and updates.is_swapped and verb == "replace")
    edits = tuple(verdict.edits)
    return Change(verb, new.address, new.id, new.type, old.address, edits, sure, when, is_swapped)


def _outputs(work: _Comparing, changes: Mapping[str, Change]) -> Iterator[OutputChange]:
    old, new = work.old.outputs, work.new.outputs
    for name in dict.fromkeys([*old, *new]):
        if name not in new or name not in old:
            yield OutputChange(name, "add" if name in new else "remove")
            continue
        one, other = _output(work.reading[0], old[name]), _output(work.reading[1], new[name])
        found = list(Comparison(lambda _: False, work.staying, work.added).differ((), one, other))
        if found:
            yield OutputChange(name, "change", any(each.sure for each in found))
        else:
            yield from _moved_outputs(name, other, changes)


def _output(reader: Reader, output: Output) -> dict[str, Any]:
    return {"Value": reader.read(output.value), "Export": reader.read(output.export)}


def _moved_outputs(name: str, value: Any, changes: Mapping[str, Change]) -> Iterator[OutputChange]:
    """An output that speaks of what is made anew."""
    spoken = [changes[address] for _, address, _ in references(value) if address in changes]
    made = [change for change in spoken if change.verb in ("replace", "move")]
    if made:
        yield OutputChange(name, "change", any(change.sure for change in made))


def _defaults(old: Joined, new: Joined) -> Iterator[str]:
    for name in old.parameters.keys() & new.parameters.keys():
        one, other = (_default(each.parameters[name]) for each in (old, new))
        if one != other:
            yield name


def _default(declaration: Any) -> str | None:
    return text_of(declaration.get("Default")) if isinstance(declaration, Mapping) else None
