"""Characters that look like others: what keyboards of other scripts, word processors and web pages put into a spec."""

from __future__ import annotations

import re
import unicodedata

LIKE = {
    '"': "\u201c\u201d\u201e\u201f\u2033\u301d\u301e",
    "'": "\u2018\u2019\u201a\u201b\u2032\u00b4",
    ",": "\u3001",
    "-": "\u2010\u2011\u2012\u2013\u2014\u2015\u2212\uff70\u30fc",
    ".": "\u3002",
    ":": "\u2236",
    "A": "\u0410\u0391",
    "B": "\u0412\u0392",
    "C": "\u0421",
    "E": "\u0415\u0395",
    "H": "\u041d\u0397",
    "I": "\u0406\u0399",
    "J": "\u0408",
    "K": "\u041a\u039a",
    "M": "\u041c\u039c",
    "N": "\u039d",
    "O": "\u041e\u039f",
    "P": "\u0420\u03a1",
    "S": "\u0405",
    "T": "\u0422\u03a4",
    "X": "\u0425\u03a7",
    "Y": "\u03a5",
    "Z": "\u0396",
    "[": "\u3010\u3014",
    "]": "\u3011\u3015",
    "a": "\u0430\u03b1",
    "c": "\u0441",
    "d": "\u0501",
    "e": "\u0435",
    "h": "\u04bb",
    "i": "\u0456",
    "j": "\u0458",
    "o": "\u043e\u03bf",
    "p": "\u0440\u03c1",
    "q": "\u051b",
    "s": "\u0455",
    "u": "\u03c5",
    "v": "\u03bd",
    "w": "\u051d",
    "x": "\u0445",
    "y": "\u0443",
}
"""What is taken for punctuation and for letters: typographic signs, and letters of Cyrillic and Greek.

Of full-width forms Unicode itself knows what they stand for.
"""
SHAPES = {odd: plain for plain, alike in LIKE.items() for odd in alike}

UNSEEN = re.compile("[\u00ad\u034f\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff]")


def meant_by(char: str) -> str | None:
    """The plain character that one is taken for, nothing for one that is not seen; None for any other."""
    if char.isascii():
        return None
    if UNSEEN.match(char):
        return ""
    same = SHAPES.get(char) or unicodedata.normalize("NFKC", char)
    return same if len(same) == 1 and same.isascii() else None


def plainly(text: str) -> str:
    """A text as it looks, in plain characters where there are some for it."""
    return "".join(char if (same := meant_by(char)) is None else same for char in text)


def lookalike(text: str) -> int | None:
    """Where the first character stands that only looks like another; None where there is none."""
    if text.isascii():
        return None
    return next((index for index, char in enumerate(text) if meant_by(char) is not None), None)


def told(char: str, text: str) -> tuple[str, str]:
    """What is wrong with a character of a text that looks like another one, and what to do."""
    name, same = f"U+{ord(char):04X}, {unicodedata.name(char, 'without a name').lower()}", meant_by(char)
    if same and same != " ":
        return f"This `{char}` only looks like `{same}`: it is {name}.", f"Write `{same}`."
    count = text.count(char)
    every = f"all {count} of them" if count > 1 else "it"
    if same:
        return (
            f"This only looks like a blank: it is {name}.",
            f"Replace {every} by blanks." if count > 1 else "Replace it by a blank.",
        )
    return f"An invisible character stands here: {name}.", f"Remove {every}."
