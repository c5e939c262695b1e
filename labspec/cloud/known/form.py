"""The form of a line of the table."""

from __future__ import annotations

from typing import NamedTuple


class Known(NamedTuple):
    """What AWS says, and what helps.

    `words` is a pattern over the reason, and `type` one over the resource's type. The advice may name the groups of
    `words`, and of what failed `{physical}`, what the service calls it, `{stack}` and `{region}`. `property` is what of
    the resource it is about.
    """

    words: str
    advice: str
    type: str = ""
    property: str = ""


GROUPS = "`aws logs describe-log-groups --region {region} --log-group-name-prefix {stack}-` names"
"""The log groups of what failed: CloudFormation's names for them begin with the stack's."""
