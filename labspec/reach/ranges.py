"""Sets of whole numbers as ranges: ports, and the addresses of a family."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple


class Ranges(NamedTuple):
    """Whole numbers as ranges with both ends, in order, with a gap between each two."""

    pairs: tuple[tuple[int, int], ...] = ()

    def __bool__(self) -> bool:
        return bool(self.pairs)

    def __or__(self, other: Ranges) -> Ranges:
        return ranges((*self.pairs, *other.pairs))

    def __and__(self, other: Ranges) -> Ranges:
        return Ranges(tuple(_common(self.pairs, other.pairs)))

    def __sub__(self, other: Ranges) -> Ranges:
        return Ranges(tuple(_left(self.pairs, other.pairs)))

    def covers(self, other: Ranges) -> bool:
        """Whether all of the other's numbers are here."""
        return not other - self


def ranges(pairs: Iterable[tuple[int, int]]) -> Ranges:
    """A set of ranges that may overlap; those without a number in them are nothing."""
    found: list[tuple[int, int]] = []
    for first, last in sorted(pair for pair in pairs if pair[0] <= pair[1]):
        if found and first <= found[-1][1] + 1:
            found[-1] = (found[-1][0], max(found[-1][1], last))
        else:
            found.append((first, last))
    return Ranges(tuple(found))


def _common(one: tuple[tuple[int, int], ...], other: tuple[tuple[int, int], ...]) -> Iterator[tuple[int, int]]:
    left, right = 0, 0
    while left < len(one) and right < len(other):
        first, last = max(one[left][0], other[right][0]), min(one[left][1], other[right][1])
        if first <= last:
            yield first, last
        if one[left][1] < other[right][1]:
            left += 1
        else:
            right += 1


def _left(one: tuple[tuple[int, int], ...], other: tuple[tuple[int, int], ...]) -> Iterator[tuple[int, int]]:
    for first, last in one:
        begin = first
        for start, end in other:
            if end < begin or start > last:
                continue
            if start > begin:
                yield begin, start - 1
            begin = end + 1
        if begin <= last:
            yield begin, last
