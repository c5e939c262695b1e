"""A change set, carried out."""

from __future__ import annotations

from typing import Any

from labspec.cloud import once
from labspec.cloud.change_sets import ChangeSet
from labspec.cloud.events import Watch, newest


def execute(cloudformation: Any, proposed: ChangeSet, rollback: bool = True) -> Watch:
    """Carry a change set out; what then happens to its stack is to be watched.

    Without `rollback`, what was made stays where something fails; a stack that has failed so can only go on so. That is
    always said: the documentation of `ExecuteChangeSet` has another default than CloudFormation.
    """
    before = newest(cloudformation, proposed.stack)
    once.execute(cloudformation, proposed.id, DisableRollback=not rollback or proposed.failed)
    return Watch(cloudformation, proposed.stack, after=before)
