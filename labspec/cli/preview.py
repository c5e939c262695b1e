"""What a deployment would change, shown before it is agreed to."""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path as FilePath
from typing import TYPE_CHECKING, Any

from labspec.cli import reporting
from labspec.cli.aws import agree

if TYPE_CHECKING:
    from labspec.cli.compiling import Made
    from labspec.cloud.change_sets import ChangeSet
    from labspec.cloud.changes import Change


def agreed_to(
    arguments: argparse.Namespace, target: Made, cloudformation: Any, proposed: ChangeSet, found: Sequence[Change]
) -> None:
    """Show what would change, and ask.

    Raises `Refused` where it would destroy what it was not allowed to, or is not agreed to.
    """
    from labspec.cloud.forecast import told
    from labspec.cloud.former import former, renamings
    from labspec.cloud.risk import lost, moves, refuse

    resources, gone = target.manifest.get("resources", {}), former(found)
    members = {**gone, **{identity: said["member"] for identity, said in resources.items()}}
    renamed = [each.hint for each in renamings(found, gone, members)]
    known = {**{identity: f"{gone[identity]}, no more in the spec" for identity in gone}, **_known(target, resources)}
    words = [*_notes(arguments, target, cloudformation, proposed, found), *told(found, known, arguments.verbose)]
    reporting.say(arguments, [*words, *renamed], always=not arguments.yes)
    risky = lost(found, arguments.allow_data_loss, members)
    refuse([] if arguments.allow_moves else moves(found), risky, members, renamed)
    if not arguments.no_execute:
        agree(arguments, f"Change the stack `{arguments.stack}`?")


def _notes(
    arguments: argparse.Namespace, target: Made, cloudformation: Any, proposed: ChangeSet, found: Sequence[Change]
) -> Iterator[str]:
    """What is to be known of the change as a whole."""
    from labspec.cloud.deployment import is_nested

    layout = target.manifest.get("layout")
    nests = None if proposed.made else is_nested(cloudformation, proposed.stack)
    if layout and nests is not None and nests != (layout == "nested" and len(target.templates) > 1):
        now = "nested" if nests else "flat"
        yield f"The stack `{arguments.stack}` is {now}, and this is {layout}: what moves is destroyed and made anew."
        yield f"To leave it as it is laid out, add `--layout {now}`."
    if proposed.failed:
        yield "The stack failed without a rollback: AWS changes it without one only, and so it is changed."
    replaces = any(change.verb == "replace" for change in found)
    if replaces and not proposed.made and (arguments.no_rollback or proposed.failed):
        yield "Without a rollback AWS may refuse to replace anything (`Replacement type updates not supported`)."


def _known(target: Made, resources: Mapping[str, Any]) -> dict[str, str]:
    """What the spec calls each resource, and where: `vpcs.lab-vpc, specs/full.yaml:12`."""
    folder: FilePath = target.folder
    return {
        identity: f"{said['member']}, {folder / said['at'].rpartition(':')[0]}" for identity, said in resources.items()
    }
