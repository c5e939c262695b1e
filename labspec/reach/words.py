"""A connection in words: its path, the gate that stops it and what would open it, or what is not known of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from labspec.reach.addresses import Block, Symbol, internet, shown
from labspec.reach.balancing import EMPTY, MISMATCH, REFUSED
from labspec.reach.ends import INTERNET
from labspec.reach.flow import ACL, ANSWER, APART, DETACHED, GONE, GROUP, INWARD, OUTWARD, PEERED, ROUTE, Gate, Party
from labspec.reach.question import FILTER, Pair, blocking
from labspec.reach.ranges import Ranges
from labspec.reach.site import At, Site
from labspec.reach.traffic import WHOLE
from labspec.reach.website import REFUSED as UNREAD

Called = Callable[[str], str]
"""What the user calls a resource, by its address."""


class Hop(NamedTuple):
    """A step of a path: what is passed, in words, and where it is said."""

    words: str
    at: At


def party(one: Party, called: Called) -> str:
    """An end of a connection: a member by its name, an address block, a parameter, the internet."""
    if one.interface is None:
        if one.name != INTERNET:
            return one.name if " " in one.name else f"`{called(one.name)}`"
        if isinstance(one.addresses, Block) and one.addresses != internet(one.addresses.family):
            return f"the internet ({shown(one.addresses)})"
        return "the internet"
    name = called(one.interface.owner)
    is_host = one.interface.kind == "host"
    return f"any host in `{called(one.interface.subnet)}`" if is_host else f"`{name}`"


def ports(wanted: Ranges, protocol: str) -> str:
    """Ports as they are said: `tcp 80`, `tcp 80 and 443`, `all of tcp`."""
    if wanted == WHOLE.get(protocol):
        return f"all of {protocol}" if protocol != "other" else "other protocols"
    parts = [str(first) if first == last else f"{first}-{last}" for first, last in wanted.pairs]
    return f"{protocol} {', '.join(parts)}"


def path(pair: Pair, called: Called) -> tuple[Hop, ...]:
    """The way of a connection, from gate to gate; gates that are open to all are passed over."""
    return tuple(_hop(gate, pair, called) for gate in pair.flow.gates if _is_told(gate))


def _is_told(gate: Gate) -> bool:
    return bool(gate.uses) or (gate.code in (INWARD, OUTWARD, GONE, DETACHED) and bool(gate.may))


def _hop(gate: Gate, pair: Pair, called: Called) -> Hop:
    use = next((each for each in gate.uses if each.must.covers(pair.wanted)), gate.uses[0] if gate.uses else None)
    words = HOPS.get((gate.code, gate.side)) or HOPS.get((gate.code, ""), "{name}")
    return Hop(words.format(name=f"`{called(gate.of.address)}`"), use.at if use else gate.of)


HOPS = {
    (GROUP, "out"): "{name} lets it out",
    (GROUP, "in"): "{name} lets it in",
    (ACL, "out"): "the network ACL {name} lets it out",
    (ACL, "in"): "the network ACL {name} lets it in",
    (ACL, ANSWER): "the network ACL {name} lets answers back",
    (ROUTE, ""): "{name} routes it",
    (DETACHED, ""): "through {name}",
    (GONE, ""): "through {name}",
    (INWARD, ""): "{name} has a public address",
    (OUTWARD, ""): "{name} has a public address",
}
"""How a gate that lets pass is told."""


def stopped(pair: Pair, called: Called) -> tuple[str, str, Gate]:
    """What stops a connection, what would open it, and the gate."""
    gate = blocking(pair)
    filled = {
        "name": f"`{called(gate.of.address)}`",
        "what": ports(pair.wanted - gate.may, pair.flow.protocol),
        "source": party(pair.flow.source, called),
        "target": party(pair.flow.target, called),
        "code": gate.code,
    }
    why, help_ = STOPPED.get((gate.code, gate.side)) or STOPPED.get((gate.code, ""), OTHER)
    return why.format_map(filled), help_.format_map(filled), gate


OTHER = ("{name} does not let it pass ({code}).", "")
STOPPED = {
    (GROUP, "out"): ("No rule of {name} lets {what} out to {target}.", "Let it out by a rule of its `egress`."),
    (GROUP, "in"): ("No rule of {name} lets {what} in from {source}.", "Let it in by a rule of its `ingress`."),
    (ACL, "out"): ("The network ACL {name} does not let {what} out.", "Add an entry with a lower number."),
    (ACL, "in"): ("The network ACL {name} does not let {what} in.", "Add an entry with a lower number."),
    (ACL, ANSWER): ("The network ACL {name} does not let answers back.", "Let them through on ports 1024-65535."),
    (ROUTE, ""): (
        "{name} has no route that leads there, or back.",
        "The `access` of its subnet decides of its routes.",
    ),
    (INWARD, ""): ("Nothing from outside begins at {name}: it has no public address there.", ""),
    (OUTWARD, ""): ("{name} has no public address, so that it gets no answer.", ""),
    (APART, ""): ("{source} and {target} stand in VPCs that nothing connects.", ""),
    (MISMATCH, ""): ("{target} does not listen on {what}.", "Add it to its `listeners`."),
    (EMPTY, ""): ("{name} has no targets.", "Name some under its `targets`."),
    (REFUSED, ""): (
        "No target of {name} certainly takes the load balancer's requests and health checks.",
        "Let the load balancer in at the targets.",
    ),
    (FILTER, ""): ("The way does not lead through {name}.", ""),
    (UNREAD, ""): ("Nobody outside may read {name}.", ""),
}
"""Of AWS's codes, what is wrong and what helps."""


def undecided(pair: Pair, site: Site, called: Called) -> str:
    """Why it is not known whether a connection passes."""
    gate = next((each for each in pair.gates if not each.must.covers(pair.wanted)), pair.gates[0])
    if gate.must.covers(pair.wanted):
        return "What else may pass is not known."
    name = f"`{called(gate.of.address)}`"
    symbol = _symbol(gate, site)
    if gate.code == GROUP and symbol:
        return f"A rule of {name} speaks of `{symbol}`, which is not known before deployment."
    if gate.code in (ACL, GROUP):
        return f"What {name} lets {gate.side} is not known before deployment."
    if gate.code in (ROUTE, PEERED, APART):
        return f"Where {name} leads is not known before deployment."
    if gate.code == FILTER:
        return f"Whether the way leads through {name} is not known."
    if gate.code in (EMPTY, REFUSED):
        return f"It is not known whether a target of {name} answers."
    return f"What {name} does is not known, or not modelled ({gate.code})."


def _symbol(gate: Gate, site: Site) -> str:
    """The parameter that a rule of a gate speaks of."""
    places = {use.at for use in gate.uses if not use.must}
    found = (rule.peer for rules in site.rules.values() for rule in rules if rule.at in places)
    return next((peer.name for peer in found if isinstance(peer, Symbol) and peer.name.isalnum()), "")
