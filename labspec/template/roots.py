"""Which template of a folder is the root: the one that no other includes."""

from __future__ import annotations

import pathlib

from labspec.diagnostic import Span
from labspec.template.join import STACK, names_in, text_in
from labspec.template.text import Template, read
from labspec.template.tree import TemplateError
from labspec.template.urls import find_template


def main_template(folder: pathlib.Path) -> str:
    """The name of the root. Raises `TemplateError` where there is none, or more than one."""
    templates = dict(_templates(folder))
    included = {name for template in templates.values() for name in _included(template, templates)}
    roots = sorted(templates.keys() - included)
    if len(roots) == 1:
        return roots[0]
    message = "There is no template in this directory."
    if roots:
        message = f"No other template includes {', '.join(roots)}: say by `--root` which is meant."
    elif templates:
        message = "Every template in this directory is included by another: say by `--root` which is meant."
    raise TemplateError(message, Span(".", 1, 1, 1, 1))


def _templates(folder: pathlib.Path) -> dict[str, Template]:
    """What in a folder is a template; all else is passed over."""
    found = {}
    for name in names_in(folder):
        try:
            template = read(text_in(folder, name), name)
        except TemplateError:
            continue
        if template.data.get("Resources"):
            found[name] = template
    return found


def _included(template: Template, templates: dict[str, Template]) -> list[str]:
    bodies = [body for body in template.section("Resources").values() if isinstance(body, dict)]
    stacks = [body.get("Properties") or {} for body in bodies if body.get("Type") == STACK]
    found = [find_template(stack.get("TemplateURL"), template.file, templates)[0] for stack in stacks]
    return [name for name in found if name]
