"""A scalar as it was typed: YAML's own guesses (`on`, `22:30`, `010`) never touch it; the field's type reads it."""

from __future__ import annotations

from typing import Literal

Style = Literal["plain", "quoted", "block", "empty", "null"]
Chars = tuple[int, int]
"""A stretch of a text: where it begins, and where the next one does."""


class Scalar(str):
    """The text of a scalar, how it was written, and the folder of the file that it was written in.

    `filled` are the stretches of it that were not typed there, but filled in: each with the stretch that was typed in
    its place.
    """

    __slots__ = ("filled", "folder", "style")
    style: Style
    folder: str
    filled: tuple[tuple[Chars, Chars], ...]

    def __new__(
        cls, text: str, style: Style = "plain", folder: str = "", filled: tuple[tuple[Chars, Chars], ...] = ()
    ) -> Scalar:
        """A scalar with what a plain string does not know."""
        self = super().__new__(cls, text)
        self.style = style
        self.folder = folder
        self.filled = filled
        return self

    def typed(self, chars: Chars) -> Chars:
        """The stretch that was typed for a stretch of this text."""
        return self._typed(chars[0], False), self._typed(chars[1], True)

    def _typed(self, border: int, ends: bool) -> int:
        """Where the first border of a stretch was typed, or the one that ends it."""
        shift = 0
        for (first, last), typed in self.filled:
            if first + ends <= border < last + ends:
                return typed[ends]
            if last <= border:
                shift = typed[1] - last
        return border + shift
