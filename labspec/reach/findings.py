"""What is told of expectations that do not hold, cannot be proved, or say nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from labspec.diagnostic import Diagnostic, Label, Path, Rule, Severity
from labspec.reach.idle import is_idle
from labspec.reach.proof import REACHABLE, Proof
from labspec.reach.site import At, Site
from labspec.reach.words import Called, party, path, ports, stopped, undecided
from labspec.template import Joined

EXPECT = "expect"
_WRONG = """\
vpcs: {net: {cidr: 10.0.0.0/16, subnets: {app: {cidr: 10.0.1.0/24, zone: a, access: public}}}}
instances: {web: {subnet: app, ingress: {http: {port: 80, from: internet}}}}
expect:
  blocked:
    nobody opens it: {from: internet, to: web, port: 80}
"""
REFUTED = Rule(
    "LS710",
    "expectation-refuted",
    "What is expected of the network does not hold.",
    "The templates are read as AWS would follow a packet: routes, network ACLs, security groups, gateways, listeners."
    " Where a sentence under `expect` does not hold of them, either the sentence or the architecture is wrong.",
    wrong=_WRONG,
    right=_WRONG.replace("blocked", "reachable").replace("nobody", "anybody"),
)
UNPROVED = Rule(
    "LS711",
    "expectation-not-proved",
    "Whether an expectation holds is not known before deployment.",
    "A parameter is equal to itself only, a resource that is not modelled may do anything, and what exists already is"
    " not seen: nothing of that counts as proved.",
    wrong="""\
parameters: {Office: {type: cidr}}
vpcs: {net: {cidr: 10.0.0.0/16, subnets: {app: {cidr: 10.0.1.0/24, zone: a, access: public}}}}
instances: {web: {subnet: app, ingress: {ssh: {port: 22, from: Office}}}}
expect:
  blocked:
    nobody else logs in: {from: internet, to: web, port: 22}
""",
    right="""\
parameters: {Office: {type: cidr}}
vpcs: {net: {cidr: 10.0.0.0/16, subnets: {app: {cidr: 10.0.1.0/24, zone: a, access: public}}}}
instances: {web: {subnet: app, ingress: {ssh: {port: 22, from: Office}}}}
expect:
  blocked:
    nobody else logs in: {but_from: Office, to: web, port: 22}
""",
    severity=Severity.WARNING,
)

_IDLE = """\
vpcs: {{net: {{cidr: 10.0.0.0/16, subnets: {{app: {{cidr: 10.0.0.0/20, each: /24, access: public}}}}, zones: [a, c]}}}}
instances: {{web: {{subnet: app-a, ingress: {{http: {{port: 80, from: front}}}}}}}}
load_balancers:
  front: {{subnets: app, ingress: {{http: {{port: 80, from: internet}}}}, listeners: {{80: web-tg}}}}
target_groups: {{web-tg: {{port: 80, targets: [web]}}}}
expect: {{blocked: {{nobody reaches the machine itself: {{from: internet, to: {0}}}}}}}
"""
IDLE = Rule(
    "LS712",
    "idle-expectation",
    "An expectation says nothing: no rule, route or address decides whether it holds.",
    "What is proved however the network is changed guards against no mistake. Perhaps a name or a port is not the one"
    " that was meant.",
    wrong=_IDLE.format("front, port: 8080"),
    right=_IDLE.format("web, port: 8080"),
    severity=Severity.HINT,
)

Where = Callable[[str, At], Label | None]
"""A second place, with what is to be said of it."""


def idle(proofs: Sequence[Proof], site: Site, joined: Joined, expect: Mapping[str, Any]) -> Iterator[Diagnostic]:
    """The expectations that say nothing, of those that are proved."""
    for proof in proofs:
        if proof.verdict == "proved" and is_idle(site, joined, proof, expect[proof.kind][proof.sentence]):
            yield Diagnostic(
                IDLE, "No single rule, route or address decides whether this holds.", _path(proof), at="key"
            )


def findings(proofs: Sequence[Proof], site: Site, called: Called, where: Where) -> Iterator[Diagnostic]:
    """What is wrong with expectations, each at its sentence."""
    for proof in proofs:
        if proof.verdict == "refuted":
            yield _refuted(proof, called, where)
        elif proof.verdict == "unknown":
            yield Diagnostic(UNPROVED, f"It is not proved: {_why(proof, site, called)}", _path(proof), at="key")


def _path(proof: Proof) -> Path:
    return (EXPECT, proof.kind, proof.sentence)


def _why(proof: Proof, site: Site, called: Called) -> str:
    if proof.pair is None:
        return " ".join(proof.unknown) or "nobody is meant by it."
    return undecided(proof.pair, site, called)


def _refuted(proof: Proof, called: Called, where: Where) -> Diagnostic:
    pair = proof.pair
    assert pair is not None
    source, target = party(pair.flow.source, called), party(pair.flow.target, called)
    if proof.kind == REACHABLE:
        why, help_, gate = stopped(pair, called)
        asked = ports(pair.wanted - pair.flow.may, pair.flow.protocol)
        labels = [where("Here it ends.", gate.of)]
        said = f"{source} does not reach {target} by {asked}. {why}"
    else:
        asked = ports(pair.wanted & pair.flow.must, pair.flow.protocol)
        labels = [where(f"{hop.words}.", hop.at) for hop in path(pair, called)]
        said, help_ = (
            f"{source} reaches {target} by {asked}.",
            "Shut one of the places that let it pass, or expect otherwise.",
        )
    message = said[0].upper() + said[1:]
    related = tuple(dict.fromkeys(label for label in labels if label))
    return Diagnostic(REFUTED, message, _path(proof), at="key", related=related, help=help_)
