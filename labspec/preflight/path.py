"""How long deploying takes: the way through the graph that everything else is ready before.

A resource begins when all that it waits for is there; a nested stack begins when what it waits for is there, and is
there with the last of its resources. Of everything two times are known, or one: what it takes on average, and how long
it takes where each step takes all that a timeout, or AWS's own waiters, allow it. That is no bound: CloudFormation
itself may wait for hours, as for a database (`timeoutInMinutes` in the schema of AWS::RDS::DBInstance: 36 hours).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter
from typing import Final, NamedTuple

from labspec.preflight.amounts import amount, number, part
from labspec.preflight.durations import PATIENCE, averages
from labspec.template import Joined, Resource
from labspec.template.intrinsics import known

CUSTOM = "AWS::CloudFormation::CustomResource"
WAIT = "AWS::CloudFormation::WaitCondition"
LONGEST_CUSTOM: Final = 3_600
"""Seconds that a custom resource may take that says no `ServiceTimeout` (`AWS::CloudFormation::CustomResource`)."""
SIGNALLED: Final = 300
"""Seconds that a signal is waited for where a creation policy says no time (`CreationPolicy attribute`)."""
DURATION = re.compile(r"PT(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?")


class Time(NamedTuple):
    """Seconds, on average and as is allowed. `known` is whether there is an average; `why` is what allows it."""

    usual: float = 0
    allowed: float = 0
    known: bool = True
    why: str = ""


class Step(NamedTuple):
    """One resource on the way, and when it is there."""

    address: str
    type: str
    time: Time
    ready: float


class Way(NamedTuple):
    """What is waited for, one after another, and when the last of it is there."""

    seconds: float
    steps: tuple[Step, ...]


class Estimate(NamedTuple):
    """How long it takes on average, and by what is allowed. `unknown` have no average, and count nothing."""

    usual: Way
    allowed: Way
    unknown: tuple[str, ...]


def estimate(joined: Joined) -> Estimate | None:
    """How long all of it takes to be made; None where it waits for itself."""
    made = [each for each in joined.resources.values() if each.condition is not False]
    times = {each.address: duration(joined, each) for each in made}
    before = {each.address: tuple(_waited(joined, each.address, times)) for each in made}
    try:
        order = list(TopologicalSorter(before).static_order())
    except CycleError:
        return None
    unknown = tuple(address for address, time in times.items() if not time.known)
    usual, allowed = (_longest(joined, order, before, times, index) for index in (0, 1))
    return Estimate(usual, allowed, unknown)


def circle(joined: Joined) -> tuple[str, ...]:
    """Resources that certainly wait for each other, so that none is ever made; none where there are none."""
    made = {each.address: Time() for each in joined.resources.values() if each.condition is True}
    before = {address: tuple(_waited(joined, address, made, certainly=True)) for address in made}
    try:
        TopologicalSorter(before).prepare()
    except CycleError as error:
        return tuple(error.args[1][1:])
    return ()


def _longest(
    joined: Joined, order: list[str], before: dict[str, tuple[str, ...]], times: dict[str, Time], index: int
) -> Way:
    ready: dict[str, float] = {}
    last: dict[str, str] = {}
    for address in order:
        latest = max(before[address], key=ready.__getitem__, default="")
        ready[address] = ready.get(latest, 0) + float(times[address][index])
        last[address] = latest
    steps: list[Step] = []
    address = max(order, key=ready.__getitem__, default="")
    end = ready.get(address, 0)
    while address:
        steps.append(Step(address, joined.resources[address].type, times[address], ready[address]))
        address = last[address]
    return Way(end, tuple(reversed(steps)))


def _waited(joined: Joined, address: str, there: dict[str, Time], *, certainly: bool = False) -> Iterator[str]:
    """The resources that must be there before one begins: those that it waits for, and those that its stacks do."""
    around = address
    found: dict[str, None] = {}
    while around:
        for wait in joined.waits.get(around, ()):
            if wait.condition is True or (wait.condition is not False and not certainly):
                found.update(dict.fromkeys(_inside(joined, wait.target)))
        stack = joined.stacks.get(around)
        around = stack.parent if stack else joined.resources[around].stack
    yield from (each for each in found if each in there and each != address)


def _inside(joined: Joined, address: str) -> Iterator[str]:
    """A resource, or all that a nested stack holds."""
    todo = [address]
    while todo:
        each = todo.pop()
        if each in joined.resources:
            yield each
        else:
            todo += joined.members(each)


def duration(joined: Joined, resource: Resource) -> Time:
    """How long one resource takes."""
    custom = resource.type.startswith("Custom::") or resource.type == CUSTOM
    usual = averages().get(CUSTOM if custom else resource.type)
    allowed, why = _allowance(joined, resource, custom)
    return Time(usual or 0, max(allowed, usual or 0), usual is not None, why if allowed > (usual or 0) else "")


def _allowance(joined: Joined, resource: Resource, custom: bool) -> tuple[float, str]:
    """How long a resource is allowed to take, and by what."""
    if custom:
        return number(resource.properties.get("ServiceTimeout")) or LONGEST_CUSTOM, "ServiceTimeout"
    if resource.type == WAIT:
        return amount(joined, resource.properties.get("Timeout")).most or 0, "Timeout"
    signal = part(resource.attributes, "CreationPolicy", "ResourceSignal")
    if signal is not None and amount(joined, part(signal, "Count")).most != 0:
        said = part(signal, "Timeout")
        waited = SIGNALLED if said is None else seconds(known(said) or "")
        return max(PATIENCE.get(resource.type, 0), waited or 0), "CreationPolicy" if waited else ""
    return PATIENCE.get(resource.type, 0), "AWS's waiters"


def seconds(text: str) -> float | None:
    """The seconds of a duration such as `PT15M`."""
    said = DURATION.fullmatch(text)
    if said is None or not any(said.groups()):
        return None
    hours, minutes, rest = (int(each or 0) for each in said.groups())
    return hours * 3600 + minutes * 60 + rest
