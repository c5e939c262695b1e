"""Any set of stacks joined into one graph.

The root's template is resolved first, then each nested stack in the order in which they need one another's outputs:
its `TemplateURL` names a file, its parameters are what its parent passes, its outputs are what its parent gets. Nothing
is guessed: what cannot be followed stays as it was written and is entered in `unresolved`.
"""

from __future__ import annotations

import os
import pathlib
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from graphlib import CycleError, TopologicalSorter
from typing import Any

from labspec.diagnostic import Path, Span
from labspec.template.conditions import Condition
from labspec.template.intrinsics import mentioned
from labspec.template.joined import Joined, NestedStack, Output, Resource, Wait
from labspec.template.parameters import child_values, is_list, root_values
from labspec.template.scope import Scope
from labspec.template.text import Template, read
from labspec.template.trace import Ledger
from labspec.template.tree import TemplateError
from labspec.template.urls import find_template

STACK = "AWS::CloudFormation::Stack"
_OWN_KEYS = ("Type", "Properties", "Condition", "DependsOn")
_UNDERSTOOD_TRANSFORMS = ("AWS::LanguageExtensions",)
_MAX_NESTING = 32
_MAX_STACKS = 2_500
SUFFIXES = (".yaml", ".yml", ".json", ".template")
"""How the names of templates end."""


def read_directory(
    texts: Mapping[str, str], root: str, *, parameters: Mapping[str, Any] | None = None, use_defaults: bool = False
) -> Joined:
    """Join the template `root` with all that it includes, from texts by file name (with `/` between folders).

    `parameters` are values of the root's parameters, and of pseudo parameters such as `AWS::Region`; the root's
    defaults are taken only where `use_defaults` says so. Raises `TemplateError`.
    """
    return _join(texts, lambda name: read(texts[name], name), root, parameters or {}, use_defaults)


def read_folder(
    folder: pathlib.Path, root: str, *, parameters: Mapping[str, Any] | None = None, use_defaults: bool = False
) -> Joined:
    """The same from a folder on disk; `root` and all names are relative to it. Only what is included is read."""
    return _join(names_in(folder), lambda name: read(text_in(folder, name), name), root, parameters or {}, use_defaults)


def join(
    templates: Mapping[str, Template],
    root: str,
    *,
    parameters: Mapping[str, Any] | None = None,
    use_defaults: bool = False,
) -> Joined:
    """The same for templates that are data already."""
    return _join(templates, templates.__getitem__, root, parameters or {}, use_defaults)


def names_in(folder: pathlib.Path) -> list[str]:
    """The files that may be templates, hidden ones and those of hidden folders left out."""
    names: list[str] = []
    for where, folders, files in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith((".", "node_modules")))
        paths = (pathlib.Path(where, name) for name in sorted(files) if not name.startswith("."))
        names += [path.relative_to(folder).as_posix() for path in paths if path.suffix.lower() in SUFFIXES]
    return names


def text_in(folder: pathlib.Path, name: str) -> str:
    """The text of a file of a folder. Raises `TemplateError` where it has none."""
    try:
        return (folder / name).read_text(encoding="utf-8-sig")
    except OSError as error:
        raise TemplateError(f"The file cannot be read: {error.strerror}.", Span(name, 1, 1, 1, 1)) from error
    except UnicodeDecodeError as error:
        raise TemplateError("The file is not UTF-8.", Span(name, 1, 1, 1, 1)) from error


def _join(
    names: Collection[str],
    load: Callable[[str], Template],
    root: str,
    parameters: Mapping[str, Any],
    use_defaults: bool,
) -> Joined:
    if root not in names:
        raise TemplateError("There is no such template.", Span(root, 1, 1, 1, 1))
    template = load(root)
    declared = template.section("Parameters")
    pseudo = {name: value for name, value in parameters.items() if name.startswith("AWS::")}
    values = root_values(declared, parameters, use_defaults=use_defaults)
    scope = Scope(template, "", values, Ledger(pseudo), True)
    for name in parameters:
        if name not in declared and name not in pseudo:
            scope.trace.note(("Parameters", name), f"A value was given for {name}, which is no parameter of the root")
    lists = frozenset(name for name, declaration in declared.items() if is_list(declaration))
    joiner = _Joiner(names, load, lists, {root: template})
    outputs = joiner.stack(scope, (root,))
    return Joined(
        root=root,
        templates=joiner.templates,
        resources=joiner.resources,
        stacks=joiner.stacks,
        parameters=declared,
        values=values,
        rules=template.section("Rules"),
        mappings=joiner.mappings,
        outputs=outputs,
        waits=joiner.waits,
        unresolved=tuple(scope.trace.ledger.notes),
    )


@dataclass(frozen=True, slots=True)
class _Body:
    """What a resource and a nested stack have in common, resolved."""

    properties: dict[str, Any]
    attributes: dict[str, Any]
    condition: Condition
    depends_on: tuple[str, ...]


@dataclass
class _Joiner:
    """Gathers the parts of the joined graph, stack by stack."""

    names: Collection[str]
    load: Callable[[str], Template]
    lists: frozenset[str]
    templates: dict[str, Template]
    resources: dict[str, Resource] = field(default_factory=dict)
    stacks: dict[str, NestedStack] = field(default_factory=dict)
    mappings: dict[str, Any] = field(default_factory=dict)
    waits: dict[str, tuple[Wait, ...]] = field(default_factory=dict)

    def stack(self, scope: Scope, chain: tuple[str, ...]) -> dict[str, Output]:
        """Join one stack with all that it includes, and answer its outputs. `chain` names the files that led to it."""
        self._note_transforms(scope)
        for name, table in scope.template.section("Mappings").items():
            self.mappings[scope.address(name)] = table
        nested = [name for name, body in scope.resources.items() if body["Type"] == STACK]
        for name in _in_order(scope, nested):
            self._include(scope, name, chain)
        for name in scope.resources:
            if scope.address(name) not in self.waits:
                self._keep(scope, name, self._body(scope, name))
        return dict(self._outputs(scope))

    def _note_transforms(self, scope: Scope) -> None:
        transforms = scope.template.data.get("Transform") or []
        for transform in transforms if isinstance(transforms, list) else [transforms]:
            name = transform.get("Name") if isinstance(transform, dict) else transform
            if name not in _UNDERSTOOD_TRANSFORMS:
                scope.trace.note(("Transform",), f"What the transform {name} makes of this template is not known")

    def _body(self, scope: Scope, name: str) -> _Body:
        place: Path = ("Resources", name)
        body = scope.resources[name]
        condition = scope.existence((*place, "Condition"), body.get("Condition"))
        properties = scope.resolve((*place, "Properties"), body.get("Properties"))
        if not isinstance(properties, dict | None):
            scope.trace.note((*place, "Properties"), "Properties are a mapping")
            properties = {}
        others = {key: value for key, value in body.items() if key not in _OWN_KEYS}
        attributes = scope.resolve(place, others)
        depends_on = scope.depends_on((*place, "DependsOn"), body.get("DependsOn"))
        self.waits[scope.address(name)] = scope.trace.take_waits()
        return _Body(
            scope.settle(properties or {}, condition), scope.settle(attributes, condition), condition, depends_on
        )

    def _keep(self, scope: Scope, name: str, body: _Body) -> None:
        address = scope.address(name)
        self.resources[address] = Resource(
            address=address,
            id=name,
            stack=scope.stack,
            file=scope.template.file,
            type=scope.resources[name]["Type"],
            properties=body.properties,
            attributes=body.attributes,
            condition=body.condition,
            depends_on=body.depends_on,
        )

    def _include(self, scope: Scope, name: str, chain: tuple[str, ...]) -> None:
        """Join a nested stack; where its template is not known, it stays a resource like any other."""
        address, place = scope.address(name), ("Resources", name, "Properties", "TemplateURL")
        body = self._body(scope, name)
        file, problem = find_template(body.properties.get("TemplateURL"), scope.template.file, self.names)
        if file is None:
            scope.trace.note(place, problem)
            self._keep(scope, name, body)
            return
        self._refuse_circles(file, chain, scope.template.span(place, "value"))
        self.templates.setdefault(file, self.templates.get(file) or self.load(file))
        self.stacks[address] = NestedStack(
            address=address,
            id=name,
            parent=scope.stack,
            file=file,
            properties=body.properties,
            attributes=body.attributes,
            condition=body.condition,
            depends_on=body.depends_on,
        )
        values = self._passed(scope, name, body.properties.get("Parameters"), self.templates[file])
        inner = Scope(self.templates[file], address, values, scope.trace.ledger, body.condition)
        scope.children[name] = self.stack(inner, (*chain, file))

    def _refuse_circles(self, file: str, chain: tuple[str, ...], span: Span) -> None:
        if file in chain:
            raise TemplateError(f"A template includes itself: {' includes '.join((*chain, file))}.", span)
        if len(chain) > _MAX_NESTING or len(self.stacks) >= _MAX_STACKS:
            raise TemplateError(f"More than {_MAX_NESTING} levels or {_MAX_STACKS} nested stacks are not joined.", span)

    def _passed(self, scope: Scope, name: str, passed: Any, child: Template) -> dict[str, Any]:
        """The values of a nested stack's parameters."""
        place: Path = ("Resources", name, "Properties", "Parameters")
        declared = child.section("Parameters")
        passed = passed if isinstance(passed, dict) else {}
        for parameter in passed:
            if parameter not in declared:
                scope.trace.note((*place, parameter), f"{child.file} declares no parameter {parameter}")

        def missing(parameter: str) -> Any:
            scope.trace.note(place, f"{child.file} needs a value for {parameter}, and none is passed")
            return {"Ref": f"{scope.address(name)}.{parameter}"}

        values = child_values(declared, passed, self.lists, missing)
        for parameter, value in values.items():
            scope.check_size((*place, parameter), value)
        return values

    def _outputs(self, scope: Scope) -> Iterator[tuple[str, Output]]:
        for name, body in scope.template.section("Outputs").items():
            place: Path = ("Outputs", name)
            if not isinstance(body, dict) or "Value" not in body:
                scope.trace.note(place, "This is no output: it has no Value")
                continue
            condition = scope.existence((*place, "Condition"), body.get("Condition"))
            value = scope.settle(scope.resolve((*place, "Value"), body["Value"]), condition)
            export = body.get("Export")
            export = scope.resolve((*place, "Export", "Name"), export.get("Name")) if isinstance(export, dict) else None
            scope.check_size(place, value)
            yield name, Output(name, value, condition, str(body.get("Description", "")), export)
        scope.trace.take_waits()


def _in_order(scope: Scope, nested: list[str]) -> list[str]:
    """The nested stacks of a template, each after those whose outputs it takes."""
    siblings = frozenset(nested)
    needs = {name: [other for other in mentioned(scope.resources[name]) if other in siblings] for name in nested}
    try:
        return list(TopologicalSorter(needs).static_order())
    except CycleError as error:
        circle = error.args[1]
        scope.trace.note(
            ("Resources", circle[0]), f"Nested stacks wait for each other: {', '.join(sorted(set(circle)))}"
        )
        return nested
