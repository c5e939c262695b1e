"""What AWS is known to say where something fails, and what helps.

The comment above a line of the tables names where its words were read: a page of AWS by its title, or an issue on
GitHub that quotes the event. The first line that fits counts, so that what is general stands last.
"""

from __future__ import annotations

import re

from labspec.cloud.causes import Failure
from labspec.cloud.known.accounts import ACCOUNTS
from labspec.cloud.known.data import DATA
from labspec.cloud.known.form import Known
from labspec.cloud.known.machines import MACHINES
from labspec.cloud.known.names import NAMES
from labspec.cloud.known.work import WORK

__all__ = ["KNOWN", "Known", "advice", "known"]

KNOWN = (*ACCOUNTS, *MACHINES, *DATA, *NAMES, *WORK)
"""The whole table."""


def known(failure: Failure) -> Known | None:
    """What is known of a failure; None where nothing is."""
    fits = (each for each in KNOWN if re.search(each.words, failure.reason) and re.search(each.type, failure.type))
    return next(fits, None)


def advice(failure: Failure, region: str) -> str:
    """What helps, in sentences; empty where nothing is known."""
    found = known(failure)
    if found is None:
        return ""
    said = re.search(found.words, failure.reason)
    groups = said.groupdict() if said else {}
    return found.advice.format(physical=failure.physical or "ID", stack=failure.stack, region=region, **groups)
