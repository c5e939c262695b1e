"""What is removed and added under another name, and says the very same: most likely it was renamed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from labspec.diff.difference import Change
from labspec.template.intrinsics import key

NAMES = ("Tags", "TagSpecifications", "Description")
"""What says a resource's own name."""


def twins(changes: Mapping[str, Change], before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, Change]:
    """The same changes; each that has the one twin knows it."""
    found = dict(changes)
    for removed, added in _alike(changes, before, after).values():
        if len(removed) == len(added) == 1:
            (one,), (other,) = removed, added
            found[one] = replace(found[one], twin=other)
            found[other] = replace(found[other], twin=one)
    return found


def _alike(
    changes: Mapping[str, Change], before: Mapping[str, Any], after: Mapping[str, Any]
) -> dict[str, tuple[list[str], list[str]]]:
    """The addresses of what is removed and of what is added, by type and what they say."""
    found: dict[str, tuple[list[str], list[str]]] = defaultdict(lambda: ([], []))
    for address, change in changes.items():
        if change.verb == "remove" and change.when is True and not change.edits:
            found[_said(change.type, before[address])][0].append(address)
        elif change.verb == "add" and not change.was:
            found[_said(change.type, after[address])][1].append(address)
    return found


def _said(kind: str, body: Mapping[str, Any]) -> str:
    properties = {name: value for name, value in body["Properties"].items() if name not in NAMES}
    return f"{kind} {key(properties)}"
