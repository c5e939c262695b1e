"""How messages put words together."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal


def series(words: Sequence[str], last: Literal["and", "or"]) -> str:
    """Words one after another: `a, b and c`."""
    *most, end = words or [""]
    return f"{', '.join(most)} {last} {end}" if most else end


def an(noun: str) -> str:
    """A noun with its article."""
    return ("an " if noun[0] in "aeiou" else "a ") + noun


def noun(section: str) -> str:
    """What one of a section is called: of `security_groups` a security group."""
    return section.removesuffix("s").replace("_", " ")
