"""What a spec expects, held against the stacks: proved, refuted, or not known."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Literal, NamedTuple

from labspec.reach.addresses import Block, private
from labspec.reach.ends import INTERNET, End, end, port_range
from labspec.reach.question import Answer, Asked, Pair, ask, callers
from labspec.reach.ranges import Ranges, ranges
from labspec.reach.site import Group, Interface, Site
from labspec.reach.survey import INGRESS
from labspec.reach.traffic import WHOLE
from labspec.template import Joined

Verdict = Literal["proved", "refuted", "unknown"]
REACHABLE, BLOCKED = "reachable", "blocked"


class Proof(NamedTuple):
    """A sentence and what became of it. `pair` is the connection that the verdict rests on, where there is one."""

    kind: str
    sentence: str
    verdict: Verdict
    pair: Pair | None
    unknown: tuple[str, ...]


def proofs(site: Site, joined: Joined, expect: Mapping[str, Mapping[str, Any]]) -> Iterator[Proof]:
    """What became of each sentence of the manifest's `expect`."""
    for kind in (REACHABLE, BLOCKED):
        for sentence, said in expect.get(kind, {}).items():
            yield prove(site, joined, kind, sentence, said)


def prove(site: Site, joined: Joined, kind: str, sentence: str, said: Mapping[str, Any]) -> Proof:
    """What becomes of one sentence."""
    answers = tuple(_answers(site, joined, said))
    verdict = _verdict([each.reaches if kind == REACHABLE else each.is_blocked for each in answers])
    pairs = [pair for answer in answers for pair in answer.pairs]
    unknown = tuple(dict.fromkeys(why for answer in answers for why in answer.unknown))
    return Proof(kind, sentence, verdict, _witness(kind, verdict, pairs), unknown)


def _answers(site: Site, joined: Joined, said: Mapping[str, Any]) -> Iterator[Answer]:
    asked = Asked(said["protocol"], ports_of(said), tuple(_addresses(joined, said.get("via", ()))))
    targets = [end(site, joined, each) for each in said["to"]]
    but = tuple(end(site, joined, each) for each in said.get("but_from", ()))
    sources: Sequence[End] = [end(site, joined, each) for each in said.get("from", ())]
    if but:
        inside = tuple(callers(site, (*but, *targets)))
        names = dict.fromkeys(each.address for each in inside)
        by_name = [End(name, tuple(each for each in inside if each.address == name)) for name in names]
        sources = [End(INTERNET, outside=INTERNET), *_private(site), *by_name]
        asked = asked._replace(excluded=but)
        yield from _strangers(site, targets, but)
    for source in sources:
        answers = (ask(site, joined, source, target, asked) for target in targets)
        yield from (each for each in answers if each.pairs or each.unknown)


def _private(site: Site) -> Iterator[End]:
    """Private addresses outside: they come by gateways that are not modelled, if at all."""
    known = [
        each.addresses
        for blocks in site.vpcs.values()
        for each in blocks
        if isinstance(each, Block) and each.family == 4
    ]
    left = private()
    for addresses in known:
        left = left - addresses
    yield End("private addresses outside", outside=Block(4, left))


def _strangers(site: Site, targets: Sequence[End], but: Sequence[End]) -> Iterator[Answer]:
    """Resources that are not modelled, and are in groups that a called one lets in."""
    spared = {each.address for one in but for each in one.interfaces}
    groups = {each.identity for one in targets for interface in one.interfaces for each in interface.groups}
    peers = {
        rule.peer.identity
        for group in groups
        for rule in site.rules.get((group or "", INGRESS), ())
        if isinstance(rule.peer, Group)
    }
    names = dict.fromkeys(name for peer in sorted(peers) for name in site.strangers.get(peer, ()) if name not in spared)
    for name in names:
        yield Answer((), (f"`{name}` is in a security group that is let in, and it is not known what it does.",))


def everybody(site: Site, joined: Joined, said: Mapping[str, Any]) -> list[Interface]:
    """Everybody in the stacks that a sentence is about."""
    names = [*said["to"], *said.get("from", ())]
    found = [each for one in names for each in end(site, joined, one).interfaces]
    return [*found, *callers(site, ())] if said.get("but_from") else found


def ports_of(said: Mapping[str, Any]) -> Ranges | None:
    """The ports that are meant; None for those that the called listens on."""
    if "port" not in said:
        return None
    pair = port_range(said)
    return ranges([pair]) if pair else WHOLE["tcp"] | WHOLE["icmp"]


def _addresses(joined: Joined, ends: Sequence[Any]) -> Iterator[str]:
    for each in ends:
        resource = joined.find(each["id"]) if isinstance(each, Mapping) and "id" in each else None
        yield resource.address if resource else str(each)


def _verdict(found: Sequence[bool | None]) -> Verdict:
    if False in found:
        return "refuted"
    return "proved" if found and None not in found else "unknown"


def _witness(kind: str, verdict: Verdict, pairs: Sequence[Pair]) -> Pair | None:
    """A connection for which the verdict holds."""
    wanted = {"proved": True, "refuted": False, "unknown": None}[verdict]
    found = (each for each in pairs if (each.passes if kind == REACHABLE else each.is_shut) is wanted)
    return next(found, None)
