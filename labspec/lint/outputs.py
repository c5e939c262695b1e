"""Outputs that a nested stack is asked for and does not have: linters look at its parameters only."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from posixpath import dirname, join, normpath
from typing import Any

from labspec.diagnostic import Diagnostic, Path, Rule
from labspec.nearest import offered
from labspec.template import Template, TemplateError, read
from labspec.template.intrinsics import variables

LS604 = Rule(
    "LS604",
    "unknown-stack-output",
    "A template asks a nested stack for an output that its template does not have.",
    why="CloudFormation makes the nested stack first, asks it then, and rolls everything back. `labspec lint DIR` finds"
    " it where both templates lie in the directory; what labspec builds always has what it asks for.",
    binding=True,
)


def unknown_outputs(templates: Mapping[str, str]) -> Iterator[Diagnostic]:
    """What is asked of a nested stack that is not there. `TemplateURL`s lead to templates as relative paths do."""
    whole = dict(_readable(templates))
    for template in whole.values():
        children = dict(_children(template, whole))
        for path, stack, output in _asked(template.data, ()):
            there = children.get(stack)
            if there is not None and output not in there:
                message = f"The template of `{stack}` has no output `{output}`."
                yield Diagnostic(LS604, message, help=offered(output, there), span=template.span(path, "value"))


def _readable(templates: Mapping[str, str]) -> Iterator[tuple[str, Template]]:
    """Those that are templates; of the others the linters tell."""
    for file, text in templates.items():
        try:
            yield file, read(text, file)
        except TemplateError:
            continue


def _children(template: Template, whole: Mapping[str, Template]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """The nested stacks of a template, and their outputs, where it is plain which they have."""
    for name, body in _mapping(template.data.get("Resources")).items():
        url = _mapping(_mapping(body).get("Properties")).get("TemplateURL")
        child = whole.get(normpath(join(dirname(template.file), url))) if isinstance(url, str) else None
        if child is not None and "Transform" not in child.data:
            yield name, _mapping(child.data.get("Outputs"))


def _asked(value: Any, path: Path) -> Iterator[tuple[Path, str, str]]:
    """Where an output of a stack is asked for: the place, the stack and the output."""
    for name in _named(value):
        stack, found, output = name.partition(".Outputs.")
        if found:
            yield path, stack, output
    for key, inner in value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ():
        yield from _asked(inner, (*path, key))


def _named(value: Any) -> Iterator[str]:
    """The attributes that a value asks for itself, as `Resource.Attribute`."""
    match value:
        case {"Fn::GetAtt": str(name)}:
            yield name
        case {"Fn::GetAtt": [*parts]}:
            yield ".".join(map(str, parts))
        case {"Fn::Sub": str(text) | [str(text), _]}:
            yield from variables(text)


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}
