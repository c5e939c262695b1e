"""What is removed and added under another name, and says the very same: most likely it was renamed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from labspec.diff.canonical import FORMER
from labspec.diff.difference import Change
from labspec.template.intrinsics import key

NAMES = ("Tags", "TagSpecifications", "Description", "DBSubnetGroupDescription", "GroupDescription")
"""What says a resource's own name."""


def twins(changes: Mapping[str, Change], before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, Change]:
    """The same changes; each that has the one twin knows it.

    Whoever speaks of what was renamed is found once that is known: so this looks again until nothing more is found.
    """
    found, known = dict(changes), dict[str, str]()
    while True:
        left = {address: change for address, change in found.items() if not change.twin}
        alike = [pair for pair in _alike(left, before, after, known).values() if len(pair[0]) == len(pair[1]) == 1]
        if not alike:
            return found
        for (one,), (other,) in alike:
            found[one] = replace(found[one], twin=other)
            found[other] = replace(found[other], twin=one)
            known[f"{FORMER}.{one}"] = other


def _alike(
    changes: Mapping[str, Change], before: Mapping[str, Any], after: Mapping[str, Any], known: Mapping[str, str]
) -> dict[str, tuple[list[str], list[str]]]:
    """The addresses of what is removed and of what is added, by type and what they say."""
    found: dict[str, tuple[list[str], list[str]]] = defaultdict(lambda: ([], []))
    for address, change in changes.items():
        if change.verb == "remove" and change.when is True and not change.edits:
            found[_said(change.type, _renamed(before[address], known))][0].append(address)
        elif change.verb == "add" and not change.was:
            found[_said(change.type, after[address])][1].append(address)
    return found


def _said(kind: str, body: Mapping[str, Any]) -> str:
    properties = {name: value for name, value in body["Properties"].items() if name not in NAMES}
    return f"{kind} {key(properties)}"


def _renamed(value: Any, known: Mapping[str, str]) -> Any:
    """A value that speaks of what was renamed by its new name."""
    if isinstance(value, str):
        return known.get(value, value)
    if isinstance(value, list):
        return [_renamed(item, known) for item in value]
    return {name: _renamed(inner, known) for name, inner in value.items()} if isinstance(value, dict) else value
