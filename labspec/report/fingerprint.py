"""What a finding is known by from one run to the next, whatever moves the line that it stands in."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable

from labspec.diagnostic import Diagnostic


def fingerprints(found: Iterable[Diagnostic]) -> list[str]:
    """One for each finding: of its rule, its file, its path in the spec and its words; never of a line.

    Those that nothing tells apart are numbered.
    """
    seen: Counter[str] = Counter()
    prints = []
    for diagnostic in found:
        file = diagnostic.span.file.replace("\\", "/") if diagnostic.span else ""
        path = [*map(str, diagnostic.path), diagnostic.at]
        said = "\0".join((diagnostic.rule.code, file, *path, diagnostic.message))
        seen[said] += 1
        prints.append(hashlib.sha256(f"{said}\0{seen[said]}".encode("utf-8", "replace")).hexdigest())
    return prints
