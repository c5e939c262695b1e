"""The nearest right words for a wrong one."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from functools import cache, lru_cache
from importlib import import_module
from typing import Any

from labspec.wording import series

FEW = 12
"""Choices that a sentence still lists."""
TIED = 3
"""Choices, equally near, that a sentence still offers."""


@cache
def _rapidfuzz() -> Any:
    """The library. To load it takes as long as to compile a small spec, and in most specs no word is wrong."""
    return import_module("rapidfuzz")


def alike(word: str, choices: Iterable[str], most: int = 3) -> list[str]:
    """The choices fewest edits away that may have been meant, the likeliest first; all of them are equally near.

    An edit inserts, deletes or replaces a character, or swaps two. Upper case is no difference, and where nothing is
    near enough, the signs between words are none either. No choice is more than `most` edits away.
    """
    options = list(dict.fromkeys(choices))
    return _alike(word, options, most, str.lower) or _alike(word, options, most, _squeezed)


def _alike(word: str, options: list[str], most: int, form: Callable[[str], str]) -> list[str]:
    typed, forms = form(word), [form(option) for option in options]
    measure, limit = _rapidfuzz().distance.DamerauLevenshtein.distance, min(most, 2 if len(typed) < 9 else 3)
    found = _rapidfuzz().process.extract(typed, forms, scorer=measure, score_cutoff=limit, limit=None)
    least = min((edits for _, edits, _ in found), default=0)
    near = [options[index] for there, edits, index in found if edits == least and _share(typed, there)]
    # People rarely mistype how a word begins, which this measure minds.
    return sorted(near, key=lambda option: (_rapidfuzz().distance.JaroWinkler.distance(word, option), option))


def _share(one: str, other: str) -> bool:
    """Whether two words have a character in common: of two short ones, few edits make any other."""
    return one == other or bool(set(one) & set(other))


@lru_cache(maxsize=4096)
def _squeezed(word: str) -> str:
    return re.sub(r"[\W_]", "", word.lower())


def nearest(word: str, choices: Iterable[str]) -> str | None:
    """The likeliest of the choices that may have been meant."""
    return next(iter(alike(word, choices)), None)


def meant(word: str, choices: Iterable[str]) -> str:
    """The choice that was meant, where only one is nearest; empty where none is, or several are."""
    near = alike(word, choices)
    return near[0] if len(near) == 1 else ""


def offer(near: Iterable[str]) -> str:
    """A sentence for a diagnostic's help that offers words; nothing where there are none."""
    quoted = [f"`{word}`" for word in near]
    return f"Did you mean {series(quoted, 'or')}?" if quoted else ""


def offered(word: str, choices: Iterable[str]) -> str:
    """The same of the nearest choices."""
    return offer(alike(word, choices)[:TIED])


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
    distance = _rapidfuzz().distance.OSA.distance
    near = [choice for choice in options if distance(word.lower(), choice.lower(), score_cutoff=limit + 1) <= limit + 1]
    if len(near) != 1 or distance(word.lower(), near[0].lower()) > limit:
        return None
    return near[0] if _digits(near[0]) == _digits(word) else None


def _letters(word: str) -> str:
    return word.lower().replace("_", "").replace("-", "")


def _digits(word: str) -> list[str]:
    return [char for char in word if char.isdigit()]


def did_you_mean(word: str, choices: Iterable[str]) -> str:
    """A sentence for a diagnostic's help: the nearest choices, or all of them where they are few."""
    options = sorted(set(choices))
    everything = f"It can be {', '.join(f'`{option}`' for option in options)}."
    return offered(word, options) or (everything if 0 < len(options) <= FEW else "")
