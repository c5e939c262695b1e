"""All that is foreseen of some stacks, in one piece."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

from labspec.preflight.acknowledged import acknowledged
from labspec.preflight.asked import Asked
from labspec.preflight.charges import charges, unpriced
from labspec.preflight.costs import Line, lines
from labspec.preflight.findings import Finding, blocked, circular, lacking, over, taken, twice
from labspec.preflight.names import Name, doubles, names
from labspec.preflight.needs import Need, needs
from labspec.preflight.path import Estimate, circle, estimate
from labspec.preflight.places import lacks
from labspec.preflight.prices import Product, regions
from labspec.template import Joined
from labspec.template.intrinsics import call


class Parameter(NamedTuple):
    """A parameter of the root that has to be given."""

    name: str
    description: str
    hidden: bool


class Report(NamedTuple):
    """What the stacks need, ask for, take and cost. `region` is "" where it is not known.

    `sold` are the regions of the prices that were brought; None where none were.
    """

    region: str
    needs: tuple[Need, ...]
    names: tuple[Name, ...]
    capabilities: tuple[str, ...]
    parameters: tuple[Parameter, ...]
    estimate: Estimate | None
    lines: tuple[Line, ...]
    unpriced: dict[str, list[str]]
    asked: Asked
    sold: tuple[str, ...] | None


def report(joined: Joined, region: str, products: Sequence[Product], asked: Asked) -> Report:
    """What is foreseen of the stacks."""
    return Report(
        region,
        tuple(needs(joined)),
        tuple(names(joined)),
        tuple(acknowledged(joined)),
        tuple(_parameters(joined)),
        estimate(joined),
        tuple(lines(charges(joined), products, region)),
        unpriced(joined),
        asked,
        tuple(sorted(regions(products))) if products else None,
    )


def findings(joined: Joined, found: Report, called: Callable[[str], str]) -> Iterator[Finding]:
    """What will fail, or may. `called` says what the user calls a resource."""
    yield from over(found.needs, found.asked, called)
    yield from twice(doubles(joined), called)
    yield from circular(circle(joined), called)
    yield from taken(found.names, found.asked)
    yield from blocked(joined, found.asked)
    if found.region:
        yield from lacking(lacks(joined, found.region), found.region)


def _parameters(joined: Joined) -> Iterator[Parameter]:
    """The parameters without a default that nothing was given for: those that anything still refers to."""
    left = set(_referred(joined))
    for name, declared in joined.parameters.items():
        if isinstance(declared, dict) and "Default" not in declared and name in left:
            hidden = str(declared.get("NoEcho", "")).lower() == "true"
            yield Parameter(name, str(declared.get("Description", "")), hidden)


def _referred(joined: Joined) -> Iterator[str]:
    todo: list[Any] = [each.properties for each in joined.resources.values()]
    todo += [each.properties for each in joined.stacks.values()]
    todo += [each.condition for each in joined.resources.values()]
    todo += [each.value for each in joined.outputs.values()]
    while todo:
        value = todo.pop()
        name, argument = call(value)
        if name == "Ref" and isinstance(argument, str):
            yield argument
        elif isinstance(value, (dict, list)):
            todo += value.values() if isinstance(value, dict) else value
