"""The nearest right word for a wrong one."""

from __future__ import annotations

from collections.abc import Iterable

from rapidfuzz.distance import OSA


def nearest(word: str, choices: Iterable[str]) -> str | None:
    """The choice fewest edits away (swapped neighbours count once), if it is near enough to be what was meant."""
    limit = 1 if len(word) < 4 else 2 if len(word) < 9 else 3
    ranked = sorted((OSA.distance(word.lower(), choice.lower()), choice) for choice in choices)
    if ranked and ranked[0][0] <= limit:
        return ranked[0][1]
    return None


def did_you_mean(word: str, choices: Iterable[str]) -> str:
    """A sentence for a diagnostic's help: the nearest choice, or all of them where they are few."""
    options = sorted(set(choices))
    if found := nearest(word, options):
        return f"Did you mean `{found}`?"
    if 0 < len(options) <= 12:
        return "It can be " + ", ".join(f"`{option}`" for option in options) + "."
    return ""
