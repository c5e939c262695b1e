"""Fixed names of load balancers: what AWS takes as one, and what one costs."""

from __future__ import annotations

import re
from collections.abc import Iterator

from labspec.diagnostic import Diagnostic, Rule, Severity
from labspec.model.architecture import Architecture
from labspec.model.balance import LoadBalancer

WRONG_NAME = Rule(
    "LS302",
    "load-balancer-name",
    "A load balancer's fixed name is none that AWS takes.",
    "It has 32 letters, digits and dashes at most, no dash at either end, and does not begin with `internal-`"
    " (`CreateLoadBalancer`, Elastic Load Balancing).",
    "aws_name: internal-front",
    "aws_name: front-internal",
    binding=True,
)
FIXED_NAME = Rule(
    "LS308",
    "fixed-name",
    "A load balancer has a fixed name in AWS.",
    "CloudFormation makes the new one before it removes the old one: a fixed name is taken then, and the replacement"
    " fails. So does a second copy of the stack. Left alone, AWS names it, and its tag `Name` shows the member's name.",
    "load_balancers:\n  front: {aws_name: shop, ...}",
    "load_balancers:\n  front: {...}",
    Severity.WARNING,
)


def check_load_balancer_names(architecture: Architecture) -> Iterator[Diagnostic]:
    """Fixed names: those that AWS refuses, and what speaks against the others."""
    for member in architecture.of("load_balancers"):
        assert isinstance(member.body, LoadBalancer)
        name = member.body.aws_name
        if name is None:
            continue
        path = (*member.path, "aws_name")
        if fault := _fault(name):
            yield Diagnostic(WRONG_NAME, f"`{name}` cannot be the name of a load balancer.", path, help=fault)
        else:
            message = f"The fixed name `{name}` stands in the way of a replacement and of a second copy."
            help_ = "Leave `aws_name` out, or accept it with `silence: {fixed-name: the reason}`."
            yield Diagnostic(FIXED_NAME, message, path, help=help_)


def _fault(name: str) -> str:
    """The rule that a name breaks; none for a right one."""
    if not re.fullmatch(r"[A-Za-z0-9-]+", name):
        return "It holds letters, digits and dashes only."
    if len(name) > 32:
        return f"It has 32 characters at most; this has {len(name)}."
    if name.startswith("-") or name.endswith("-"):
        return "It neither begins nor ends with a dash."
    return "It does not begin with `internal-`: AWS's own names do." if name.startswith("internal-") else ""
