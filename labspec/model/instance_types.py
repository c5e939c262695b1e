"""Types of machines and classes of databases, held against those that AWS has."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from labspec import schema
from labspec.diagnostic import Diagnostic, Fix, Path, Rule, Severity
from labspec.model.word import PASCAL
from labspec.nearest import meant, offered
from labspec.scalar import Scalar

UNKNOWN_TYPE = Rule(
    "LS109",
    "unknown-instance-type",
    "A type of machines, or a class of databases, that AWS is not known to have.",
    "A type is a family and a size (`Amazon EC2 instance type naming conventions`). A size that no family has is an"
    " error; of a family that is not known, new ones may come, there is a warning.",
    "instances:\n  web: {type: t3.mirco}",
    "instances:\n  web: {type: t3.micro}",
    Severity.WARNING,
)
SIZE = r"(nano|micro|small|medium|large|[0-9]*xlarge|metal(-[0-9]+xl)?)"
TYPE = re.compile(rf"[a-z]+[0-9]*[a-z0-9-]*\.{SIZE}")
CLASS = re.compile(rf"db\.(serverless|[a-z]+[0-9]*[a-z0-9-]*\.{SIZE}(\.[a-z0-9.]+)?)")
CLASS_WORD = r"db\.[a-z0-9-]+\.[a-z0-9]+"
"""What the field of a class takes; anything else is told of there."""
MACHINES = ("instances", "launch_templates")


def unknown_types(document: Mapping[str, Any]) -> Iterator[Diagnostic]:
    """The types and classes in a document that are not known."""
    for path, text in _types(document):
        if "${{" not in text and not schema.has_instance_type(text):
            yield _unknown("instance type", text, path, schema.instance_types(), TYPE)
    for path, text in _classes(document):
        if re.fullmatch(CLASS_WORD, text) and not schema.has_database_class(text):
            yield _unknown("class of databases", text, path, schema.database_classes(), CLASS)


def _unknown(what: str, text: str, path: Path, known: tuple[str, ...], form: re.Pattern[str]) -> Diagnostic:
    right = meant(text, known)
    return Diagnostic(
        UNKNOWN_TYPE,
        f"There is no {what} `{text}`." if not form.fullmatch(text) else f"No {what} `{text}` is known.",
        path,
        help=offered(text, known),
        fix=Fix(f"Write `{right}`.", right, text) if right else None,
        severity=None if form.fullmatch(text) else Severity.ERROR,
    )


def _types(document: Mapping[str, Any]) -> Iterator[tuple[Path, str]]:
    for section in MACHINES:
        yield from _words((section,), document.get(section), "type")
    parameters = document.get("parameters")
    for name, body in parameters.items() if isinstance(parameters, dict) else ():
        if isinstance(body, dict) and body.get("type") == "instance_type":
            path: Path = ("parameters", str(name))
            yield from _word((*path, "default"), body.get("default"))
            allowed = body.get("allowed")
            for index, value in enumerate(allowed if isinstance(allowed, list) else ()):
                yield from _word((*path, "allowed", index), value)


def _classes(document: Mapping[str, Any]) -> Iterator[tuple[Path, str]]:
    databases = document.get("databases")
    yield from _words(("databases",), databases, "class")
    for name, body in databases.items() if isinstance(databases, dict) else ():
        if isinstance(body, dict):
            yield from _words(("databases", str(name), "replicas"), body.get("replicas"), "class")


def _words(path: Path, members: Any, field: str) -> Iterator[tuple[Path, str]]:
    for name, body in members.items() if isinstance(members, dict) else ():
        if isinstance(body, dict):
            yield from _word((*path, str(name), field), body.get(field))


def _word(path: Path, value: Any) -> Iterator[tuple[Path, str]]:
    """A word that is no parameter."""
    if isinstance(value, Scalar) and value.style in ("plain", "quoted") and value and not PASCAL.match(value):
        yield path, str(value)
