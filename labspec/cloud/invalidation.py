"""What a distribution is told to forget of what its bucket had."""

from __future__ import annotations

import time
from collections.abc import Iterable
from typing import Any
from urllib.parse import quote

from labspec.cloud.account import plainly

EVERYTHING = ("/*",)
MOST = 15
"""More paths than these become one for everything: a month has 1,000 free ones, and `/*` counts as one (`Pay for file
invalidation`, Amazon CloudFront)."""
AS_THEY_ARE = "/$+!*'(),;:@=&"
"""Signs in a path that are not encoded: what RFC 1738 calls unsafe is, and nothing else may be (`What you need to know
when invalidating paths`, Amazon CloudFront). A question mark is, as it would begin a query."""


def paths(keys: Iterable[str], index: str | None) -> tuple[str, ...]:
    """The paths of what changed, in order; a page that is an index answers for its folder, too.

    `index` is what such pages are called; where that is not known, everything is forgotten.
    """
    found = sorted({path for key in keys for path in _of(key, index or "")})
    return EVERYTHING if len(found) > MOST or (found and index is None) else tuple(found)


def _of(key: str, index: str) -> Iterable[str]:
    path = "/" + quote(key, safe=AS_THEY_ARE).replace("~", "%7E")
    folder, _, page = path.rpartition("/")
    return (path, f"{folder}/") if page == quote(index) else (path,)


def invalidate(cloudfront: Any, distribution: str, paths: tuple[str, ...]) -> str:
    """Have paths forgotten, and return the invalidation's id. It goes on by itself."""
    batch = {
        "Paths": {"Quantity": len(paths), "Items": list(paths)},
        "CallerReference": f"labspec-{time.time_ns()}",
    }
    with plainly():
        made = cloudfront.create_invalidation(DistributionId=distribution, InvalidationBatch=batch)
    return str(made["Invalidation"]["Id"])


def wait(cloudfront: Any, distribution: str, invalidation: str) -> None:
    """Wait until no edge has what was to be forgotten; ten minutes at most."""
    with plainly():
        cloudfront.get_waiter("invalidation_completed").wait(DistributionId=distribution, Id=invalidation)
