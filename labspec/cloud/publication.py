"""Templates with the addresses that they are published under.

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
from labspec.graph import Body
from labspec.template import TemplateError, read
from labspec.template.intrinsics import mentioned, text_of
from labspec.template.urls import find_template
from labspec.write import to_json, to_yaml

STACK = "AWS::CloudFormation::Stack"
INTERFACE = "AWS::CloudFormation::Interface"


class Piece(NamedTuple):
    """A file as it is published."""

    key: str
    text: str


class Publication(NamedTuple):
    """The root, and before it every template that it leads to, each after those that it needs."""

    root: Piece
    others: tuple[Piece, ...]
    parameters: Mapping[str, Any]
    """What the root declares."""


def publication(texts: Mapping[str, str], root: str, prefix: str, address: Callable[[str], str]) -> Publication:
    """What is published of the template `root` and those that it nests, all given by their names.

    `address` is where a key is found. Raises `Refused` where a template cannot be read, or nests what is not among the
    texts.
    """
    press = _Press(texts, prefix, address)
    try:
        piece = press.piece(root, ())
    except TemplateError as error:
        raise Refused(f"`{error.span.file}` cannot be published: {error.message}") from error
    others = tuple(other for name, other in press.done.items() if name != root)
    return Publication(piece, others, read(piece.text, root).section("Parameters"))


@dataclass
class _Press:
    texts: Mapping[str, str]
    prefix: str
    address: Callable[[str], str]
    done: dict[str, Piece] = field(default_factory=dict)

    def piece(self, name: str, inside: tuple[str, ...]) -> Piece:
        """A template whose nested ones have their addresses."""
        if name not in self.done:
            if name in inside:
                raise TemplateError("This template nests itself.", Span(name, 1, 1, 1, 1))
            text = self._located(name, (*inside, name))
            digest = hashlib.sha256(text.encode()).hexdigest()[:32]
            self.done[name] = Piece(f"{self.prefix}{digest}/{posixpath.basename(name)}", text)
        return self.done[name]

    def _located(self, name: str, inside: tuple[str, ...]) -> str:
        template = read(self.texts[name], name)
        resources = template.section("Resources")
        nested = {
            identity: _with_url(body, self._url(name, body["Properties"]["TemplateURL"], inside))
            for identity, body in resources.items()
            if body.get("Type") == STACK and "TemplateURL" in body.get("Properties", {})
        }
        if not nested:
            return self.texts[name]
        resources = {identity: nested.get(identity, body) for identity, body in resources.items()}
        body = _without_unused(template.data, template.data | {"Resources": resources})
        return to_json(body) if name.endswith(".json") else to_yaml(body)

    def _url(self, parent: str, url: Any, inside: tuple[str, ...]) -> Any:
        name, why = find_template(url, parent, self.texts)
        if name is not None:
            return self.address(self.piece(name, inside).key)
        if (text := text_of(url)) is not None and "://" in text:
            return url  # published already, by others
        raise TemplateError(f"{why}.", Span(parent, 1, 1, 1, 1))


def _with_url(body: Body, url: Any) -> Body:
    return {**body, "Properties": {**body["Properties"], "TemplateURL": url}}


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
