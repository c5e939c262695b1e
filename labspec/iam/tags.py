"""That only what carries the stack's tag may be deleted: most ids are given by services, and names say nothing.

CloudFormation hands a stack's tags on to its resources (`Resource tags`, AWS CloudFormation). The condition is set
where that is sure to hold: the type has its tags as it is made, and the action takes that one resource and no other.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from labspec import schema
from labspec.iam.authority import Authority
from labspec.iam.need import ANYTHING, Need
from labspec.template import Joined

DESTROYS = re.compile(r"(Delete|Terminate|Release)[A-Z]")
UNHEEDED = ("s3:",)
"""Services that look at tags only where that is switched on, which it is not by default (`Enabling ABAC in general
purpose buckets`, Amazon S3 User Guide): a condition would refuse what it is there to allow."""
OF_TAGS = re.compile(r"\w*Tags?$")


def tagged(joined: Joined, needs: Iterable[Need], known: Authority, tag: tuple[str, str]) -> Iterator[Need]:
    """The needs, those that destroy with the tag as a condition."""
    key, value = tag
    for need in needs:
        if key and _can_tell(joined, need, known):
            condition = (*need.condition, ("StringEquals", f"aws:ResourceTag/{key}", (value,)))
            yield need._replace(condition=condition)
        else:
            yield need


def _can_tell(joined: Joined, need: Need, known: Authority) -> bool:
    resource, action = joined.resources.get(need.who), known.action(need.action)
    if resource is None or action is None or need.resources == ANYTHING or len(action.kinds) != 1:
        return False
    if action.name.startswith(UNHEEDED):
        return False
    verb = action.name.partition(":")[2]
    destroys = DESTROYS.match(verb) and not OF_TAGS.fullmatch(verb)
    return bool(destroys) and action.kinds[0].tagged and schema.is_tagged_when_made(resource.type)
