"""What joining gives: every resource of every stack under one address, and what comes before what."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from labspec.diagnostic import At, Path, Span
from labspec.template.conditions import Condition, Facts, facts_of
from labspec.template.text import Template


@dataclass(frozen=True, slots=True)
class Resource:
    """One resource, resolved.

    `address` is the dotted logical ids of the stacks it stands in and its own (`Network.LabVpc`; the root's resources
    have only their `id`); `stack` is the address of its stack ("" for the root) and `file` that stack's template.
    `attributes` holds what stands beside `Properties` (`DeletionPolicy`, `Metadata`, ...). `depends_on` is what it
    names in `DependsOn`: addresses of resources and of nested stacks.
    """

    address: str
    id: str
    stack: str
    file: str
    type: str
    properties: Mapping[str, Any]
    attributes: Mapping[str, Any]
    condition: Condition
    depends_on: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class NestedStack:
    """A resource that became a stack of its own: `file` is the template that it includes."""

    address: str
    id: str
    parent: str
    file: str
    properties: Mapping[str, Any]
    attributes: Mapping[str, Any]
    condition: Condition
    depends_on: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Output:
    """An output, resolved. It exists where its condition holds."""

    name: str
    value: Any
    condition: Condition
    description: str
    export: Any


@dataclass(frozen=True, slots=True)
class Unresolved:
    """A place that could not be followed, and why.

    A call stands there in the joined graph as `{"Labspec::Unresolved": ...}`, a reference under its address.
    """

    file: str
    path: Path
    stack: str
    reason: str


@dataclass(frozen=True, slots=True)
class Wait:
    """A resource or a whole nested stack that is waited for, where the condition holds."""

    target: str
    condition: Condition


@dataclass(frozen=True)
class Joined:
    """The stacks as one graph.

    References speak of addresses: `{"Ref": "Network.LabVpc"}`, `{"Fn::GetAtt": ["Network.LabVpc", "CidrBlock"]}`; a
    `Ref` without a dot that names no resource is a parameter of the root or a pseudo parameter. What a pseudo
    parameter says about one nested stack is told apart from the root's: `{"Labspec::StackName": "Network"}`, and so
    `Labspec::StackId` (a `Ref` of the stack, too) and `Labspec::NotificationARNs`. Conditions are expressions over the
    root's parameters, of which `values` has what is given for each, and a reference where nothing is. `mappings` have
    addresses like resources. `waits` is what each resource, and the start of each nested stack, waits for directly
    within its own template.
    """

    root: str
    templates: Mapping[str, Template]
    resources: Mapping[str, Resource]
    stacks: Mapping[str, NestedStack]
    parameters: Mapping[str, Any]
    values: Mapping[str, Any]
    rules: Mapping[str, Any]
    mappings: Mapping[str, Any]
    outputs: Mapping[str, Output]
    waits: Mapping[str, tuple[Wait, ...]]
    unresolved: tuple[Unresolved, ...]

    def find(self, name: str) -> Resource | None:
        """The resource with this address, or the only one with this logical id."""
        return self.resources.get(name) or self._by_id.get(name)

    def span(self, address: str, path: Path = (), at: At = "key") -> Span:
        """Where a resource or nested stack, or a place in its body, stands in its template."""
        if (stack := self.stacks.get(address)) is not None:
            file = self.stacks[stack.parent].file if stack.parent else self.root
            return self.templates[file].span(("Resources", stack.id, *path), at)
        resource = self.resources[address]
        return self.templates[resource.file].span(("Resources", resource.id, *path), at)

    def after(self, address: str) -> frozenset[str]:
        """The addresses of all resources that, where they are created at all, are certainly created before this one.

        A nested stack begins when all that it waits for is complete, and a stack that is waited for is complete with
        all its resources. What is waited for only under a condition counts where that condition certainly holds.
        """
        return frozenset(_before(self, address))

    @cached_property
    def _by_id(self) -> dict[str, Resource | None]:
        found: dict[str, Resource | None] = {}
        for resource in self.resources.values():
            found[resource.id] = None if resource.id in found else resource
        return found

    @cached_property
    def _members(self) -> dict[str, list[str]]:
        """What stands directly in each stack: addresses of resources and of nested stacks."""
        members: dict[str, list[str]] = {}
        for resource in self.resources.values():
            members.setdefault(resource.stack, []).append(resource.address)
        for stack in self.stacks.values():
            members.setdefault(stack.parent, []).append(stack.address)
        return members

    def members(self, stack: str) -> tuple[str, ...]:
        """The addresses of what stands directly in a stack: its resources, then its nested stacks."""
        return tuple(self._members.get(stack, ()))


def _condition(joined: Joined, address: str) -> Condition:
    stack = joined.stacks.get(address)
    return stack.condition if stack else joined.resources[address].condition


def _around(joined: Joined, address: str) -> Iterator[str]:
    """A resource or nested stack, and each stack that it stands in."""
    while address:
        yield address
        stack = joined.stacks.get(address)
        address = stack.parent if stack else joined.resources[address].stack


def _waited(joined: Joined, address: str, facts: Facts) -> Iterator[str]:
    """What must be complete before something can begin, where the facts hold."""
    for waiting in _around(joined, address):
        for wait in joined.waits.get(waiting, ()):
            if facts_of(wait.condition) <= facts | facts_of(_condition(joined, wait.target)):
                yield wait.target


def _before(joined: Joined, address: str) -> Iterator[str]:
    """All that comes before a resource, walking on only from what certainly exists where it does."""
    facts = facts_of(joined.resources[address].condition)
    seen = {address}
    todo = list(_waited(joined, address, facts))
    while todo:
        target = todo.pop()
        condition = _condition(joined, target)
        if target in seen or condition is False:
            continue
        seen.add(target)
        if target in joined.resources:
            yield target
        todo += joined.members(target)
        if facts_of(condition) <= facts:
            todo += _waited(joined, target, facts)
