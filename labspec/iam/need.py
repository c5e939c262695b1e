"""A permission that is needed, and who needs it for what."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

ANYTHING = ("*",)

Condition = tuple[tuple[str, str, tuple[str, ...]], ...]
"""Operator, key and values: `(("StringEquals", "iam:PassedToService", ("ec2.amazonaws.com",)),)`."""


class Setting(NamedTuple):
    """What is known of where the stacks will stand; `*` where it is not."""

    stack: str = "*"
    bucket: str = ""
    """The bucket that templates are published to; empty where none is."""
    prefix: str = ""
    """The folder in it, ending in a slash."""
    published: bool = False
    """Whether it holds the templates already, so that who deploys need not write to it."""
    commands: tuple[str, ...] = ()
    """labspec's commands that are to work."""
    region: str = ""
    """Where alone; empty where anywhere."""
    tag: tuple[str, str] = ("", "")
    """A tag of the stack, which all that is deleted must have; no such condition where its name is empty."""
    given: Mapping[str, str] = {}
    """Values of the root's parameters."""


class Need(NamedTuple):
    """An action on resources.

    ARNs speak of `${Partition}`, `${Region}` and `${Account}`, which are filled in as policies are written. `who` is
    the resource (by its address) or the command that needs it, and `why` what for: `create`, `update`, `pass-role`.
    """

    action: str
    resources: tuple[str, ...]
    who: str
    why: str
    condition: Condition = ()
    by_person: bool = False
    """Whether the person needs it even where CloudFormation works with a role of its own."""


class Needs(NamedTuple):
    """All that is needed, and what could not be told."""

    all: tuple[Need, ...]
    unknown_types: tuple[str, ...]
    """Addresses of resources of which it is not known what CloudFormation calls."""
    unknown_actions: tuple[str, ...]
    """What the schemas name and IAM does not know: it cannot be allowed."""
    wide: tuple[tuple[str, str], ...]
    """Resources (by address) and the property of each whose value is not known, so that any name is allowed."""

    def of(self, action: str) -> Iterable[Need]:
        """The needs for an action, however it is written."""
        return (need for need in self.all if need.action.lower() == action.lower())
