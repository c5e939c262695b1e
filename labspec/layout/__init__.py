"""From one graph to stacks.

Emitters know no stacks: their resources refer to one another freely. Here each resource is placed, and every reference
that crosses a border is carried over it:

- the producer's template gets an output, the consumer's a parameter of the same name, and the root, which holds nothing
  but the nested stacks, passes the one to the other;
- a parameter of the spec is declared again in each stack that uses it, and passed down;
- a condition is computed again in each stack that uses it, from parameters alone; the output of what may be absent has
  its condition, and the root passes on an empty text while it is absent;
- an order that no reference shows becomes `DependsOn`: between resources of one stack, or between the stacks.

The flat layout is the same with one stack, which is its own root: logical ids do not depend on the layout. Nested
stacks never export: an export that is in use can never change.

Stacks must not need one another in a circle. A placement that makes them do so is refused with every edge of it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal

from labspec.diagnostic import Diagnostic
from labspec.graph import ROOT_STACK_NAME, Body, Declaration, Graph, Stack, rewrite
from labspec.layout.limits import limits, too_large
from labspec.layout.part import Part, after_in, resource_of, template_of
from labspec.layout.placement import placed
from labspec.layout.urls import Urls, with_urls
from labspec.layout.wiring import Wiring

__all__ = ["Form", "Urls", "layout", "too_large", "with_urls"]

Form = Literal["nested", "flat"]


def layout(graph: Graph, form: Form, wanted: Mapping[str, Sequence[str]]) -> tuple[list[Stack], list[Diagnostic]]:
    """The stacks of a graph, the root first. `wanted` is the spec's own placement: stack name to selectors.

    Raises `Rejected` where the stacks could not be wired because they need one another in a circle.
    """
    if form == "flat":
        stacks = [_flat(graph)]
        return stacks, list(limits(stacks, graph))
    places, found = placed(graph, wanted)
    stacks = Wiring(graph, places).stacks()
    return stacks, [*found, *limits(stacks, graph)]


def _flat(graph: Graph) -> Stack:
    def change(reference: Body) -> Any:
        return {"Ref": "AWS::StackName"} if reference == {"Ref": ROOT_STACK_NAME} else reference

    part = Part("flat", list(graph.nodes.values()))
    after = after_in(graph, dict.fromkeys(graph.nodes, "flat"))
    for node in part.nodes:
        part.resources[node.id] = resource_of(rewrite(node.body, change), after["flat"].get(node.id, ()))
    part.parameters = dict(graph.parameters)
    outputs = {name: Declaration(rewrite(o.body, change), o.origin) for name, o in graph.outputs.items()}
    conditions = {name: condition.body for name, condition in graph.conditions.items()}
    return template_of(part, graph.description or graph.name, graph, conditions, outputs)
