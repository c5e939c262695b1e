"""Updates of groups: somebody signals where a signal is waited for, and no wait is longer than an hour."""

from __future__ import annotations

from collections.abc import Iterator

from labspec.check.machine_groups import MachineGroup, machine_groups
from labspec.diagnostic import Diagnostic, Label, Path, Rule
from labspec.model.architecture import Architecture

SILENT = Rule(
    "LS353",
    "nobody-signals",
    "An update waits for signals, and the machines send none.",
    "Only machines with `setup`, `mounts` or `secrets` tell CloudFormation that they are ready. It would wait in vain"
    " and roll back.",
    "launch_templates: {web: {image: web-image}}\n# ...\nupdate: {wait_for_signal: 10m}",
    "launch_templates: {web: {setup: {packages: [httpd]}}}\n# ...\nupdate: {wait_for_signal: 10m}",
)
TOO_LONG = Rule(
    "LS354",
    "update-waits-too-long",
    "An update is to wait for more than an hour for a machine.",
    "`PauseTime` is one hour at most (`UpdatePolicy` attribute, AWS CloudFormation).",
    "update: {wait_for_signal: 2h}",
    "update: {wait_for_signal: 1h}",
)
HOUR = 3600


def check_group_updates(architecture: Architecture) -> Iterator[Diagnostic]:
    """What each group waits for while its machines are replaced."""
    for group in machine_groups(architecture):
        path = (*group.member.path, "update", "wait_for_signal")
        if group.body.update.wait_for_signal is not None and not group.machine.boots:
            label = Label(f"`{group.template.name}` has nothing to do as it boots.", group.template.path, "key")
            message = f"`{group.member.name}` waits for a signal that no machine sends."
            yield Diagnostic(SILENT, message, path, related=(label,), help="Leave the line out.")
            continue
        seconds, place = _pause(group)
        if seconds > HOUR:
            message = f"An update of `{group.member.name}` would wait {seconds}s for each batch; an hour is the most."
            yield Diagnostic(TOO_LONG, message, place, help="Say `update: {wait_for_signal: 1h}` or less.")


def _pause(group: MachineGroup) -> tuple[int, Path]:
    """How long a batch is waited for, and where that is said."""
    if not group.machine.boots:
        return group.body.health_check.grace or 0, (*group.member.path, "health_check", "grace")
    said = group.body.update.wait_for_signal
    if said is not None:
        return said, (*group.member.path, "update", "wait_for_signal")
    return group.machine.ready_within, (*group.template.path, "ready_within")
