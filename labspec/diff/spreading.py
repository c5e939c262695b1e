"""What is replaced changes the value of whoever speaks of it: edits that follow from edits, to a fixed point."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple

from labspec.diagnostic import Path
from labspec.diff.canonical import references
from labspec.diff.decided import DATABASE, INSTANCE, Situation
from labspec.diff.difference import Edit
from labspec.diff.effects import CUSTOM, effect
from labspec.template import Condition
from labspec.template.conditions import any_of

LATER: Final = "Labspec::Later"
"""Marks a value that is another one once what it speaks of was made anew."""

STACK = "AWS::CloudFormation::Stack"
IDENTITIES = ("Id", "Ids", "Arn", "Arns", "Name", "Url", "Address", "Ip", "Key", "Value", "Identifier")
"""How attributes end whose value belongs to one physical resource alone."""
SAME_ELSEWHERE = ("AvailabilityZone", "HostedZone", "RepositoryName", "Endpoint.Port")
"""What attributes are called that another resource in the same place may share."""


class Reference(NamedTuple):
    """A place in a resource's body that speaks of another resource."""

    address: str
    path: Path
    attribute: str


class Ripple(NamedTuple):
    """What a resource's edits do to its attributes: those named, or all where it is made anew."""

    sure: bool
    when: Condition
    attributes: frozenset[str] | None = None


@dataclass
class Verdict:
    """What is known of one resource so far. `is_new` says that it is made anew whatever its edits do: it moves."""

    situation: Situation
    is_new: bool = False
    edits: list[Edit] = field(default_factory=list)

    def ripple(self) -> Ripple | None:
        """What others notice of it; None where they notice nothing."""
        if self.is_new:
            return Ripple(True, True)
        replacing = [edit for edit in self.edits if edit.effect == "replace"]
        if replacing:
            surely = [edit for edit in replacing if edit.sure]
            return Ripple(bool(surely), any_of(edit.when for edit in surely or replacing))
        return _noticed(self.situation, self.edits)


def _noticed(situation: Situation, edits: Sequence[Edit]) -> Ripple | None:
    """The attributes that an update in place changes."""
    kind = situation.type
    if kind.startswith(CUSTOM) or kind == STACK:
        return Ripple(False, any_of(edit.when for edit in edits)) if edits else None
    for of, effects, names, attributes, sure in NOTICED:
        made = [edit for edit in edits if kind == of and edit.effect in effects and edit.path[1:2] in names]
        if made:
            return Ripple(sure and any(edit.sure for edit in made), any_of(edit.when for edit in made), attributes)
    return None


_STOPPING = tuple((name,) for name in ("InstanceType", "EbsOptimized", "UserData", "Tenancy", "HostId", "Affinity"))
NOTICED: Final = (
    (
        "AWS::EC2::LaunchTemplate",
        ("update", "interrupt"),
        (("LaunchTemplateData",),),
        frozenset(("LatestVersionNumber",)),
        True,
    ),
    (DATABASE, ("update", "interrupt"), (("Port",),), frozenset(("Endpoint.Port",)), True),
    (INSTANCE, ("interrupt",), _STOPPING, frozenset(("PublicIp", "PublicDnsName")), False),
)
"""Types, effects of edits, the properties they are made to, the attributes that these change, and whether certainly.

A machine that stops gets another public address, unless it has an elastic one (`Stop and start Amazon EC2 instances`).
"""


def spread(verdicts: Mapping[str, Verdict], bodies: Mapping[str, Any], region: str) -> None:
    """Enter into the verdicts all edits that follow from others. `bodies` are the resources afterwards, by address."""
    speakers: dict[str, list[Reference]] = defaultdict(list)
    for address, body in bodies.items():
        for path, target, attribute in references(body):
            if target in verdicts and address in verdicts and target != address:
                speakers[target].append(Reference(address, path, attribute))
    todo = deque(address for address, verdict in verdicts.items() if verdict.ripple())
    last: dict[str, Ripple] = {}
    while todo:
        target = todo.popleft()
        ripple = verdicts[target].ripple()
        if ripple is None or last.get(target) == ripple:
            continue
        last[target] = ripple
        for speaker in speakers[target]:
            if _enter(verdicts[speaker.address], speaker, target, ripple, bodies, region):
                todo.append(speaker.address)


def _enter(
    verdict: Verdict, speaker: Reference, target: str, ripple: Ripple, bodies: Mapping[str, Any], region: str
) -> bool:
    """Enter an edit that follows; whether it says anything new."""
    if ripple.attributes is not None and speaker.attribute not in ripple.attributes:
        return False
    sure = ripple.sure and (ripple.attributes is not None or _belongs_to_one(speaker.attribute))
    value = _at(bodies[speaker.address], speaker.path)
    judged = effect(verdict.situation, speaker.path, value, {LATER: value}, region)
    edit = Edit(
        speaker.path, value, value, judged.effect, sure and judged.sure, ripple.when, (target,), judged.note, False
    )
    return _merge(verdict.edits, edit)


def _merge(edits: list[Edit], edit: Edit) -> bool:
    """Add an edit, or what it says to the one that is there for the same place; whether anything is new."""
    for at, known in enumerate(edits):
        if known.path == edit.path[: len(known.path)]:
            edits[at] = _both(known, edit)
            return edits[at] != known
    edits.append(edit)
    return True


def _both(known: Edit, edit: Edit) -> Edit:
    """One edit for two reasons: as certain as the more certain one, and made when either is, if they are equally so."""
    causes = tuple(dict.fromkeys((*known.causes, *edit.causes)))
    if known.sure == edit.sure:
        return known._replace(causes=causes, when=any_of([known.when, edit.when]))
    stronger = known if known.sure else edit
    return known._replace(causes=causes, sure=True, when=stronger.when)


def _belongs_to_one(attribute: str) -> bool:
    if not attribute:
        return True
    if any(word in attribute for word in SAME_ELSEWHERE):
        return False
    return attribute.lower().endswith(tuple(word.lower() for word in IDENTITIES)) or attribute.startswith("Default")


def _at(body: Any, path: Path) -> Any:
    for step in path:
        body = body[step]
    return body
