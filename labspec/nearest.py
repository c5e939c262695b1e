"""The nearest right word for a wrong one."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from importlib.util import LazyLoader, find_spec, module_from_spec
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import rapidfuzz


def _on_demand(name: str) -> Any:
    """A library that is loaded when something in it is first asked for: the recipe of `importlib`'s own pages."""
    spec = find_spec(name)
    assert spec is not None
    assert spec.loader is not None
    spec.loader = LazyLoader(spec.loader)
    module = sys.modules[name] = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


# Loading it takes as long as compiling a small spec, and in most specs no word is wrong.
rapidfuzz = sys.modules.get("rapidfuzz") or _on_demand("rapidfuzz")


def nearest(word: str, choices: Iterable[str]) -> str | None:
    """The choice fewest edits away (swapped neighbours count once), if it is near enough to be what was meant."""
    limit = 1 if len(word) < 4 else 2 if len(word) < 9 else 3
    distance = rapidfuzz.distance.OSA.distance
    ranked = ((distance(word.lower(), choice.lower(), score_cutoff=limit), choice) for choice in choices)
    edits, best = min(ranked, default=(limit + 1, ""))
    return best if edits <= limit else None


def did_you_mean(word: str, choices: Iterable[str]) -> str:
    """A sentence for a diagnostic's help: the nearest choice, or all of them where they are few."""
    options = sorted(set(choices))
    if found := nearest(word, options):
        return f"Did you mean `{found}`?"
    if 0 < len(options) <= 12:
        return "It can be " + ", ".join(f"`{option}`" for option in options) + "."
    return ""
