"""Exit statuses."""

from __future__ import annotations

import sys

FINE, ERRORS, USAGE, OURS = 0, 1, 2, 3
"""All is well (warnings too), the spec or the output has errors, the command was misused, the failure is our own."""


def misused(message: str) -> int:
    """Say what is wrong with how a command was called."""
    print(f"labspec: {message}", file=sys.stderr)
    return USAGE
