"""Expectations that say nothing: that no change of a rule, a route or an address would refute.

A sentence that something is reachable should fail once something on its way is taken away. One that something is
blocked should fail at the latest when everything on the way is opened: often more than one thing is in the way, and
that is as it should be. Who is not touched by any of it expects what cannot be otherwise.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from copy import copy
from typing import Any

from labspec.reach.proof import REACHABLE, Proof, everybody, prove
from labspec.reach.site import At, Interface, Member, Route, Rule, Site, Target
from labspec.reach.survey import ANYWHERE, EGRESS, INGRESS
from labspec.template import Joined


def is_idle(site: Site, joined: Joined, proof: Proof, said: Mapping[str, Any]) -> bool:
    """Whether a proved sentence would be proved whatever is changed."""
    changed = _closed(site, proof) if proof.kind == REACHABLE else iter([_opened(site, joined, said)])
    return all(prove(each, joined, proof.kind, proof.sentence, said).verdict == "proved" for each in changed)


# ------------------------------------------------------------------ taken away


def _closed(site: Site, proof: Proof) -> Iterator[Site]:
    """The site without one thing on the way of a connection, for each."""
    assert proof.pair is not None
    gates = proof.pair.gates
    for at in dict.fromkeys([use.at for gate in gates for use in gate.uses] + [gate.of for gate in gates]):
        yield _without(site, at)


def _without(site: Site, at: At) -> Site:
    """The site without what stands at a place: a rule, a route, an attachment, a public address, a listener."""
    made = copy(site)
    made.rules = {place: [rule for rule in rules if rule.at != at] for place, rules in site.rules.items()}
    made.entries = {place: [rule for rule in rules if rule.at != at] for place, rules in site.entries.items()}
    made.routes = {table: [route for route in routes if route.at != at] for table, routes in site.routes.items()}
    made.gateways = {name: [] if name == at.address else found for name, found in site.gateways.items()}
    made.ports = {name: said for name, said in site.ports.items() if at not in (said[1], At(name))}
    made.interfaces = {
        name: [each._replace(public=False) if each.at == at else each for each in found]
        for name, found in site.interfaces.items()
    }
    return made


# ------------------------------------------------------------------ opened


def _opened(site: Site, joined: Joined, said: Mapping[str, Any]) -> Site:
    """The site with everything open that is on the way between the ends of a sentence."""
    concerned = everybody(site, joined, said)
    made = copy(site)
    made.rules, made.routes, made.entries, made.acls = dict(site.rules), dict(site.routes), {}, {}
    opened = {name: [_public(each, concerned) for each in found] for name, found in site.interfaces.items()}
    made.interfaces = opened
    made.subnets = {name: each._replace(gives_public=True) for name, each in site.subnets.items()}
    groups = {member.identity or "" for each in concerned for member in each.groups}
    for place in [(group, side) for group in groups for side in (INGRESS, EGRESS)]:
        made.rules[place] = [*site.rules.get(place, ()), *(_rule(everywhere) for everywhere in ANYWHERE)]
    for subnet in {each.subnet for each in concerned}:
        _lead_out(site, made, subnet)
    return made


def _rule(everywhere: Any) -> Rule:
    return Rule(At(""), "-1", None, None, everywhere, True)


def _public(interface: Interface, concerned: Collection[Interface]) -> Interface:
    return interface._replace(public=True) if interface in concerned else interface


def _lead_out(site: Site, made: Site, subnet: str) -> None:
    """Give a subnet a way to the internet, and from there."""
    place = site.subnets.get(subnet)
    gateway = next(
        (name for name, vpcs in site.gateways.items() if place and place.vpc in [v.identity for v in vpcs]), None
    )
    if place is None or gateway is None:
        return
    route = Route(At(""), ANYWHERE[0], 0, Target("GatewayId", gateway), True)
    table = next((each.identity for each in site.tables.get(subnet, ()) if each.identity), subnet)
    made.tables = {**made.tables, subnet: made.tables.get(subnet) or [Member(table, True)]}
    others = [each for each in made.routes.get(table, ()) if each.length > 0]
    made.routes[table] = [*others, route]
