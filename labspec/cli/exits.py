"""Exit statuses."""

from __future__ import annotations

import sys

FINE, ERRORS, USAGE, OURS = 0, 1, 2, 3
"""All is well (warnings too), the spec or the output has errors, the command was misused, the failure is our own."""

UNREAD = 141
"""The reader left before all was said, and nobody knows of an error: as of what SIGPIPE ends (128 and its number)."""


def misused(message: str) -> int:
    """Say what is wrong with how a command was called."""
    print(f"labspec: {message}", file=sys.stderr)
    return USAGE
