"""Several calls of AWS at once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

AT_ONCE = 8
Given = TypeVar("Given")
Made = TypeVar("Made")


def at_once(work: Callable[[Given], Made], things: Iterable[Given]) -> Iterator[Made]:
    """What the work makes of each thing, in order. Where one fails, or the user stops, what is not begun never is."""
    with ThreadPoolExecutor(AT_ONCE) as workers:
        try:
            yield from workers.map(work, things)
        except BaseException:
            workers.shutdown(cancel_futures=True)
            raise
