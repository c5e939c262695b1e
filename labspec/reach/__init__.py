"""Who reaches whom in finished stacks, proved and not tried."""

from labspec.reach.residents import settle
from labspec.reach.survey import survey

__all__ = ["settle", "survey"]
