"""YAML text to a tree that remembers where everything stands, and the tree to plain data.

The tree is built from the parser's events, not by a loader: so scalars stay as they were typed, no tag is obeyed,
duplicate keys are seen, and neither depth nor aliases can exhaust the machine. What can be gone on from (a key that
stands twice, a merge key) is collected; what cannot raises `Rejected` with all of it.
"""

from __future__ import annotations

from labspec.yaml_tree.builder import parse
from labspec.yaml_tree.data import Reading
from labspec.yaml_tree.rules import NOT_ALLOWED, TOO_LARGE
from labspec.yaml_tree.slips import slip_at
from labspec.yaml_tree.tree import MAX_DEPTH, MAX_NODES, Tree, within
from labspec.yaml_tree.typed import begins, typed_at

__all__ = [
    "MAX_DEPTH",
    "MAX_NODES",
    "NOT_ALLOWED",
    "TOO_LARGE",
    "Reading",
    "Tree",
    "begins",
    "parse",
    "slip_at",
    "typed_at",
    "within",
]
