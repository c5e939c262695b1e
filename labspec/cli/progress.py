"""What is going on, while it takes long: a line on the terminal that goes away; nothing in a pipe."""

from __future__ import annotations

import sys
from contextlib import AbstractContextManager, nullcontext


def progress(words: str) -> AbstractContextManager[object]:
    """Show the words as long as the context lasts."""
    if not sys.stderr.isatty():
        return nullcontext()
    from rich.console import Console

    return Console(stderr=True).status(words)
