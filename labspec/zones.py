"""The zones of regions, by their letters, as far as they are known without asking AWS."""

from __future__ import annotations

from typing import Final

USUAL: Final = "abc"
MORE: Final = {
    "ap-northeast-1": "abcd",
    "ap-northeast-2": "abcd",
    "ca-central-1": "abcd",
    "us-east-1": "abcdef",
    "us-west-2": "abcd",
}
"""Regions with more zones than the usual three: those of cfn-lint 1.58 (`AVAILABILITY_ZONES` in its `helpers.py`)."""


def letters(region: str) -> str:
    """The letters of a region's zones: `abc`."""
    return MORE.get(region, USUAL)
