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
    """What one of a section is called: of `security_groups` a security group, of `vpcs` a VPC."""
    return section.removesuffix("s").replace("_", " ").replace("vpc", "VPC").replace("nat ", "NAT ")


def sentence(text: str) -> str:
    """Text that begins a sentence: abbreviations in it stay as they are, unlike by `capitalize`."""
    return text[:1].upper() + text[1:]


def plural(number: int, one: str) -> str:
    """A number of things: `1 place`, `2 places`."""
    return f"{number:,} {one}{'' if number == 1 else 's'}"
