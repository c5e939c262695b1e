"""Launch templates of groups: each group has its own, so none of them can be meant by the name that they share."""

from __future__ import annotations

from collections.abc import Iterator

from labspec.check.machine_groups import machine_groups
from labspec.diagnostic import Diagnostic, Label, Rule
from labspec.model.architecture import Architecture, Member
from labspec.model.attributes import ATTRIBUTES, split
from labspec.model.text import Expression, Text

OWNED = Rule(
    "LS360",
    "template-of-groups",
    "An expression asks for a launch template that groups are made from.",
    "The machines of a group signal that group, so each group has a template of its own.",
    "auto_scaling_groups: {web: {launch_template: web, ...}}\noutputs: {Template: '${{ launch_templates.web.id }}'}",
    "outputs: {Template: '${{ auto_scaling_groups.web.name }}'}",
)


def check_template_names(architecture: Architecture) -> Iterator[Diagnostic]:
    """Expressions that name a launch template that some group uses."""
    users = {group.template.path: group.member for group in machine_groups(architecture)}
    if not users:
        return
    for path, leaf in architecture.leaves:
        for expression in leaf.expressions if isinstance(leaf, Text) else ():
            for member in _meant(architecture, expression):
                if member.path in users:
                    message = f"`{expression}` is not one template: each group that uses `{member.name}` has its own."
                    label = Label("This group uses it.", (*users[member.path].path, "launch_template"))
                    help_ = "Ask for the group, or for a launch template that no group uses."
                    yield Diagnostic(OWNED, message, path, chars=expression.chars, related=(label,), help=help_)


def _meant(architecture: Architecture, expression: Expression) -> list[Member]:
    """The members that an expression can mean."""
    section, name, _ = split(expression.words)
    sections = [section] if section else ATTRIBUTES
    return [member for each in sections if (member := architecture.get(each, name)) is not None]
