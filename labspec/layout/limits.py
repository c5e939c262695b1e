"""What CloudFormation would refuse, said before it does."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from labspec.diagnostic import Diagnostic, Path, Rule
from labspec.graph import Graph, Stack
from labspec.quotas import DYNAMIC_REFERENCES, OPERATION, OUTPUTS, PARAMETERS, RESOURCES, Quota

LIMIT = Rule(
    "LS504",
    "over-a-limit",
    "The output is over a limit of CloudFormation.",
    "A template holds 500 resources, 200 parameters, 200 outputs and 60 dynamic references, and 1 MB; a nested"
    " operation 2,500 resources (`CloudFormation quotas`).",
)

NOT_ASCII = Rule(
    "LS505",
    "not-ascii",
    "A text that CloudFormation would garble.",
    "CloudFormation keeps templates as ASCII and shows any other character as `?`. The content of files is safe: it"
    " travels encoded.",
    "description: Caf\u00e9",
    "description: Cafe",
)

MAX_BYTES = 1 << 20


def too_large(name: str, text: str) -> Iterator[Diagnostic]:
    """A template that CloudFormation would not even read."""
    if len(text) > MAX_BYTES:
        message = f"{name} has {len(text):,} bytes; {MAX_BYTES:,} is the most."
        yield Diagnostic(LIMIT, message, ("layout",), help="Move sections to stacks of their own, by `layout`.")


def limits(stacks: list[Stack], graph: Graph) -> Iterator[Diagnostic]:
    """Every limit that a template, or all of them together, are over."""
    for stack in stacks:
        yield from _too_many(stack)
        written = json.dumps(stack.template, ensure_ascii=False)
        if _is_over(DYNAMIC_REFERENCES, dynamic := written.count("{{resolve:")):
            most = DYNAMIC_REFERENCES.most
            message = f"The {stack.name} template has {dynamic} dynamic references; {most} is the most."
            yield Diagnostic(LIMIT, message)
        if not written.isascii():
            yield from _garbled(stack)
    if _is_over(OPERATION, total := len(graph.nodes)):
        yield Diagnostic(LIMIT, f"The spec has {total} resources; one nested operation takes {OPERATION.most}.")


def _is_over(quota: Quota, count: int) -> bool:
    return quota.most is not None and count > quota.most


def _too_many(stack: Stack) -> Iterator[Diagnostic]:
    for section, quota in (("Resources", RESOURCES), ("Parameters", PARAMETERS), ("Outputs", OUTPUTS)):
        if _is_over(quota, count := len(stack.template.get(section, {}))):
            message = f"The {stack.name} template has {count} {quota.noun}; {quota.most} is the most."
            help_ = "Move sections to stacks of their own, by `layout`." if section == "Resources" else ""
            yield Diagnostic(LIMIT, message, ("layout",), help=help_)


def _garbled(stack: Stack) -> Iterator[Diagnostic]:
    for place, text in _texts(stack.template):
        if not text.isascii():
            char = next(char for char in text if not char.isascii())
            message = f"CloudFormation would show `{char}` as `?`."
            yield Diagnostic(NOT_ASCII, message, stack.origin_of(place), help="Write it in ASCII.")


def _texts(value: Any, place: Path = ()) -> Iterator[tuple[Path, str]]:
    if isinstance(value, str):
        yield place, value
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield from _texts(inner, (*place, key))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from _texts(inner, (*place, index))
