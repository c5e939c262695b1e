"""From the architecture to the graph: one file for each domain, none of which knows stacks.

Each domain file ends in two tables: `EMITTERS`, a function for each kind, and `ATTRIBUTES`, what the public attributes
of its members are in CloudFormation.
"""

from __future__ import annotations

from collections.abc import Callable

from labspec.diagnostic import Diagnostic
from labspec.emit import (
    access,
    balance,
    compute,
    database,
    document,
    images,
    launch_templates,
    network,
    scaling,
    storage,
    watch,
    website,
)
from labspec.emit.circles import circles
from labspec.emit.conditions import guard
from labspec.emit.emitter import Attribute, Emitter
from labspec.emit.raw import malformed, orders, unknown_references
from labspec.graph import Graph
from labspec.model.architecture import Architecture, Member

DOMAINS = (network, access, compute, storage, balance, website, database, images, launch_templates, scaling, watch)
EMITTERS: dict[str, Callable[[Emitter, Member], None]] = {
    kind: function for domain in DOMAINS for kind, function in domain.EMITTERS.items()
}
ATTRIBUTES: dict[str, dict[str, Attribute]] = {
    kind: table for domain in DOMAINS for kind, table in domain.ATTRIBUTES.items()
}


def emit(architecture: Architecture, has_bucket: bool = True) -> tuple[Graph, list[Diagnostic]]:
    """Every resource, parameter, condition and output of an architecture, in an order that the spec does not decide.

    `has_bucket` says whether files can be fetched from a bucket beside the templates.
    """
    spec = architecture.spec
    graph = Graph(spec.name, spec.description)
    emitter = Emitter(architecture, graph, ATTRIBUTES, has_bucket)
    for name, declared in spec.parameters.items():
        document.parameter(emitter, name, declared)
    document.interface(emitter, spec)
    for kind, function in EMITTERS.items():
        for member in sorted(architecture.of(kind), key=lambda member: member.name):
            function(emitter, member)
    for name, body in sorted(spec.resources.items()):
        document.raw_resource(emitter, name, body)
    brought = dict(graph.outputs)
    graph.outputs.clear()
    for name, output in spec.outputs.items():
        document.output(emitter, name, output)
    graph.outputs.update(brought)
    document.check_content(emitter)
    document.check_names(emitter)
    emitter.found.extend(emitter.unknown_roles())
    for problems in (orders, malformed, unknown_references, circles):
        emitter.found.extend(problems(graph))
    if not emitter.found:
        emitter.found.extend(guard(graph))
    return graph, emitter.found
