"""A machine that load balancers ask is ready when they find it healthy."""

from __future__ import annotations

from typing import NamedTuple

from labspec.emit.shell import Script, pieces, step, words


class Check(NamedTuple):
    """A load balancer's health check: where it asks, the answers that are well, and the seconds until it is sure."""

    scheme: str
    port: int
    path: str
    codes: tuple[tuple[int, int], ...]
    seconds: int

    @property
    def url(self) -> str:
        """Where the machine asks itself."""
        return f"{self.scheme}://127.0.0.1:{self.port}{self.path}"


# A group counts a machine as ready once it says so, and takes an old one away: that must not be before load balancers
# find the new one healthy. They ask from the time that it is launched.
_WELL = """\

# well URL CONDITION: whether a load balancer that asks there would be content with the answer
well() {
  local code
  code=$(curl --silent --insecure --output /dev/null --write-out '%{http_code}' --max-time 10 "$1") && (($2))
}
"""


def healthy(checks: tuple[Check, ...], patience: int) -> Script:
    """What waits until the checks are content, for so many seconds at most; nothing where there are none."""
    if not checks:
        return ()
    sure = max(check.seconds for check in checks)
    asked = (
        pieces(step(f"health check {check.url}"), f"retry $(({max(patience - sure, 60)} - SECONDS)) ", _well(check))
        for check in checks
    )
    return pieces(_WELL, *asked, f"sleep {sure} # until load balancers have asked often enough\n")


def _well(check: Check) -> Script:
    content = " || ".join(f"code >= {low} && code <= {high}" for low, high in check.codes)
    return pieces(words("well", check.url, content), "\n")
