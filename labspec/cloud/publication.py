"""Templates with the addresses that they are published under, and the files that they fetch.

A file's key holds the digest of what it holds, so that a key never means two things: what was published stays as it
was, a rollback finds its templates, and what is there already is not sent again.
"""

from __future__ import annotations

import hashlib
import posixpath
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from labspec.cloud.refusal import Refused
from labspec.diagnostic import Span
from labspec.graph import TEMPLATE_BUCKET, TEMPLATE_FOLDER, Body, rewrite
from labspec.template import TemplateError, read
from labspec.template.intrinsics import mentioned, text_of
from labspec.template.urls import find_template
from labspec.write import to_json, to_yaml

STACK = "AWS::CloudFormation::Stack"
INTERFACE = "AWS::CloudFormation::Interface"


class Location(NamedTuple):
    """Where things are published: a bucket, the folder in it (ending in a slash), and the address of a key there."""

    bucket: str
    folder: str
    address: Callable[[str], str]


class Piece(NamedTuple):
    """A file as it is published."""

    key: str
    content: bytes


class Publication(NamedTuple):
    """The root, and before it all that it leads to: files, and templates, each after those that it needs."""

    root: Piece
    others: tuple[Piece, ...]
    parameters: Mapping[str, Any]
    """What the root declares."""

    @property
    def pieces(self) -> tuple[Piece, ...]:
        """Everything, the root last."""
        return (*self.others, self.root)


def publication(templates: Mapping[str, str], assets: Mapping[str, bytes], location: Location) -> Publication:
    """What is published of templates, the root first, and of the files that they fetch, all given by their names.

    Raises `Refused` where a template cannot be read, or nests what is not among them.
    """
    root, press = next(iter(templates)), _Press(templates, location)
    try:
        piece = press.piece(root, ())
    except TemplateError as error:
        raise Refused(f"`{error.span.file}` cannot be published: {error.message}") from error
    files = (Piece(location.folder + name, content) for name, content in assets.items())
    others = (other for name, other in press.done.items() if name != root)
    return Publication(piece, (*files, *others), read(piece.content.decode(), root).section("Parameters"))


@dataclass
class _Press:
    texts: Mapping[str, str]
    location: Location
    done: dict[str, Piece] = field(default_factory=dict)

    def piece(self, name: str, inside: tuple[str, ...]) -> Piece:
        """A template whose nested ones have their addresses; the root also says where files are fetched from."""
        if name not in self.done:
            if name in inside:
                raise TemplateError("This template nests itself.", Span(name, 1, 1, 1, 1))
            content = self._located(name, inside).encode()
            digest = hashlib.sha256(content).hexdigest()[:32]
            self.done[name] = Piece(f"{self.location.folder}{digest}/{posixpath.basename(name)}", content)
        return self.done[name]

    def _located(self, name: str, inside: tuple[str, ...]) -> str:
        template = read(self.texts[name], name)
        resources = {
            identity: self._placed(name, body, (*inside, name))
            for identity, body in template.section("Resources").items()
        }
        located = template.data | {"Resources": resources}
        if not inside:
            located = {key: rewrite(value, self._bound) for key, value in located.items()}
        if located == template.data:
            return self.texts[name]
        body = _without_unused(template.data, located)
        return to_json(body) if name.endswith(".json") else to_yaml(body)

    def _placed(self, name: str, body: Body, inside: tuple[str, ...]) -> Body:
        if body.get("Type") != STACK or "TemplateURL" not in body.get("Properties", {}):
            return body
        url = self._url(name, body["Properties"]["TemplateURL"], inside)
        return {**body, "Properties": {**body["Properties"], "TemplateURL": url}}

    def _bound(self, reference: Body) -> Any:
        """Where files are fetched from is no longer a question: they lie beside the templates."""
        known = {TEMPLATE_BUCKET: self.location.bucket, TEMPLATE_FOLDER: self.location.folder.removesuffix("/")}
        return known.get(str(reference.get("Ref")), reference)

    def _url(self, parent: str, url: Any, inside: tuple[str, ...]) -> Any:
        name, why = find_template(url, parent, self.texts)
        if name is not None:
            return self.location.address(self.piece(name, inside).key)
        if (text := text_of(url)) is not None and "://" in text:
            return url  # published already, by others
        raise TemplateError(f"{why}.", Span(parent, 1, 1, 1, 1))


def _without_unused(before: Body, after: Body) -> Body:
    """A template without the parameters that only the addresses spoke of."""
    spoken, still = ({*mentioned({**body, "Metadata": {}})} for body in (before, after))
    gone = (spoken - still) & set(after.get("Parameters", {}))
    if not gone:
        return after
    parameters = {name: body for name, body in after["Parameters"].items() if name not in gone}
    metadata = {**after.get("Metadata", {})}
    if INTERFACE in metadata:
        metadata[INTERFACE] = _interface(metadata[INTERFACE], gone)
    changed = {"Metadata": metadata if any(metadata.values()) else {}, "Parameters": parameters}
    return {key: changed.get(key, value) for key, value in after.items() if changed.get(key, value)}


def _interface(console: Body, gone: set[str]) -> Body:
    groups = [
        {**group, "Parameters": kept}
        for group in console.get("ParameterGroups", [])
        if (kept := [name for name in group.get("Parameters", []) if name not in gone])
    ]
    labels = {name: label for name, label in console.get("ParameterLabels", {}).items() if name not in gone}
    return {key: value for key, value in (("ParameterGroups", groups), ("ParameterLabels", labels)) if value}
