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


def slip(word: str, choices: Iterable[str]) -> str | None:
    """The one choice that a word can only be a slip of: it is written otherwise, or a letter or two went wrong.

    Where two choices are near, where a number differs, or where a word is so short that anything is near it, nobody
    but its author knows.
    """
    options = set(choices)
    same = [choice for choice in options if _letters(choice) == _letters(word)]
    if len(same) == 1:
        return same[0]
    limit = 0 if len(word) < 4 else 1 if len(word) < 9 else 2
    distance = rapidfuzz.distance.OSA.distance
    near = [choice for choice in options if distance(word.lower(), choice.lower(), score_cutoff=limit + 1) <= limit + 1]
    if len(near) != 1 or distance(word.lower(), near[0].lower()) > limit:
        return None
    return near[0] if _digits(near[0]) == _digits(word) else None


def _letters(word: str) -> str:
    return word.lower().replace("_", "").replace("-", "")


def _digits(word: str) -> list[str]:
    return [char for char in word if char.isdigit()]


def did_you_mean(word: str, choices: Iterable[str]) -> str:
    """A sentence for a diagnostic's help: the nearest choice, or all of them where they are few."""
    options = sorted(set(choices))
    if found := nearest(word, options):
        return f"Did you mean `{found}`?"
    if 0 < len(options) <= 12:
        return "It can be " + ", ".join(f"`{option}`" for option in options) + "."
    return ""
