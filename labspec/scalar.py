"""A scalar as it was typed: YAML's own guesses (`on`, `22:30`, `010`) never touch it; the field's type reads it."""

from __future__ import annotations

from typing import Literal

Style = Literal["plain", "quoted", "block", "empty", "null"]


class Scalar(str):
    """The text of a scalar, how it was written, and the folder of the file that it was written in."""

    __slots__ = ("folder", "style")
    style: Style
    folder: str

    def __new__(cls, text: str, style: Style = "plain", folder: str = "") -> Scalar:
        """A scalar with what a plain string does not know."""
        self = super().__new__(cls, text)
        self.style = style
        self.folder = folder
        return self
