"""What stands literally in the text of an `Fn::Sub`."""

from __future__ import annotations

import re
from collections.abc import Callable

_OPENED = re.compile(r"\$\{([^!${}\n][^${}\n]*\})?")
"""A `${`, with all that is up to its `}` where that is plain text."""


def literally(text: str, dollar: Callable[[], str]) -> str:
    """Text as it stands in an `Fn::Sub`, whatever follows it; `dollar` names a variable that holds a `$`.

    `${!x}` means `${x}` (`Fn::Sub`). It ends at the first `}`, and not every reader looks into it: so nothing but plain
    text stands there. Where a `${` has a variable or another `${` before its `}`, or has none, its `$` is a variable.
    """
    return _OPENED.sub(lambda found: f"${{!{found[1]}" if found[1] else f"${{{dollar()}}}{{", text)
