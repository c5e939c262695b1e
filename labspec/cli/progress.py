"""What is going on, while it takes long: a line on the terminal that goes away; nothing in a pipe."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext


def progress(words: str) -> AbstractContextManager[object]:
    """Show the words as long as the context lasts."""
    if not sys.stderr.isatty():
        return nullcontext()
    from rich.console import Console

    return Console(stderr=True).status(words)


@contextmanager
def counting(words: str, most: int = 0) -> Iterator[Callable[[int], None]]:
    """Show the words and how far the work has come: what is given is to be called with the number.

    `most` is how many there are; 0 where nobody knows.
    """
    if not sys.stderr.isatty():
        yield lambda _: None
        return
    from rich.console import Console

    with Console(stderr=True).status(f"{words}...") as status:
        yield lambda number: status.update(f"{words}: {number:,}{f' of {most:,}' if most else ''}")
