"""What a build is judged by before anything is deployed: what its spec expects of the network."""

from __future__ import annotations

import json
from collections.abc import Iterator

from labspec.compiler.build import Build
from labspec.diagnostic import Diagnostic, Label
from labspec.graph import Node
from labspec.reach import At, findings, idle, proofs, site_of
from labspec.template import Joined, Template, join


def expectations(build: Build) -> Iterator[Diagnostic]:
    """The expectations that do not hold of the templates, or are not proved; nothing where there are none."""
    expect = json.loads(build.files["manifest.json"])["expect"]
    if not any(expect.values()):
        return
    joined = joined_of(build)
    site = site_of(joined)
    found = tuple(proofs(site, joined, expect))
    yield from idle(found, site, joined, expect)
    yield from findings(
        found,
        site,
        lambda name: _called(build, joined, name),
        lambda *said: _label(build, joined, *said),
    )


def joined_of(build: Build) -> Joined:
    """The stacks of a build, joined from their data: no text is read again."""
    templates = {
        name: Template(name, stack.template, build.files[name])
        for stack in build.stacks
        if (name := f"{stack.name}.{build.options.format}")
    }
    return join(templates, next(iter(templates)))


def _called(build: Build, joined: Joined, address: str) -> str:
    """The name of the member that a resource is of."""
    node = _node(build, joined, address)
    return node.member if node else address.rpartition(".")[2]


def _label(build: Build, joined: Joined, text: str, at: At) -> Label | None:
    node = _node(build, joined, at.address)
    return Label(text, node.origin_of(at.path), "key") if node else None


def _node(build: Build, joined: Joined, address: str) -> Node | None:
    assert build.graph is not None
    resource = joined.resources.get(address)
    return build.graph.nodes.get(resource.id) if resource else None
