"""What is found as one set of stacks is to take the place of another."""

from __future__ import annotations

from labspec.diagnostic import Rule, Severity

DATA_AT_RISK = Rule(
    "LS720",
    "data-at-risk",
    "What holds data would be replaced or removed.",
    "CloudFormation replaces a resource by making a new, empty one, and deletes the old one unless its policy says"
    " otherwise. In a spec, `on_delete` decides that; `was` keeps what was only renamed.",
    severity=Severity.WARNING,
)
UPDATE_REFUSED = Rule(
    "LS721",
    "update-refused",
    "AWS would refuse the update, and CloudFormation roll the stack back.",
    "Some changes are neither made in place nor by replacing: a subnet group does not move to another VPC, and a name"
    " is not given twice. The schemas of AWS do not tell; the documentation that the finding names does.",
    severity=Severity.WARNING,
)
UNREADABLE_REVISION = Rule(
    "LS722",
    "unreadable-revision",
    "What stood at a revision of git cannot be read.",
    "`git:REV:PATH` is read from the repository that the current folder belongs to.",
)
