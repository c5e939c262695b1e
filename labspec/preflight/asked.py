"""What AWS said of an account, as plain data: what is known there takes the place of defaults."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from labspec.quotas import Quota


class Asked(NamedTuple):
    """Answers about an account in a region; what could not be asked is not there.

    `quotas` are those that it has, by service and code, `used` how much of each it has in use. `taken` are names of
    buckets that are not free, and whose they are: ours, or another's. `blocks_public` is whether it lets no bucket be
    public, None where that is not known.
    """

    region: str = ""
    quotas: Mapping[tuple[str, str], float] = {}
    used: Mapping[tuple[str, str], float] = {}
    taken: Mapping[str, str] = {}
    blocks_public: bool | None = None

    def most(self, quota: Quota) -> float | None:
        """How much there may be of something: what the account has, or the default, or None."""
        return self.quotas.get((quota.service, quota.code), quota.most)

    def in_use(self, quota: Quota) -> float | None:
        """How much the account has in use of what a region or an account has; None where that is not known."""
        return self.used.get((quota.service, quota.code)) if quota.per in ("region", "account") else None

    def is_answered(self, quota: Quota) -> bool:
        """Whether the account's own quota is known."""
        return (quota.service, quota.code) in self.quotas


OURS, ANOTHERS = "ours", "another's"
