"""All files of the reference, by name: pages for people, schemas for editors and other programs."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable
from dataclasses import fields, is_dataclass
from typing import Any

from pydantic import TypeAdapter

from labspec.diagnostic import Rule
from labspec.reference import lists, schema
from labspec.reference.docs import field_docs, summary
from labspec.reference.lists import Role
from labspec.reference.markdown import page
from labspec.reference.parts import DOCUMENT, MEMBERS, sections
from labspec.reference.sections import described, section_pages

LANGUAGE, REPORT = "labspec.schema.json", "report.schema.json"


def reference(rules: Iterable[Rule], roles: Iterable[Role], report: type) -> dict[str, str]:
    """Every file. `report` is the class of the JSON report; `roles` are what the resources of members can be called."""
    return {
        "index.md": _index(),
        **section_pages(),
        "notations.md": lists.notations(),
        "attributes.md": lists.attributes(),
        "overrides.md": lists.overrides(roles),
        "rules.md": lists.rule_list(rules),
        LANGUAGE: schema.text(),
        REPORT: _report(report),
    }


INDEX = f"""\
Made from the compiler itself: what is written here is what it reads.

- [A document]({DOCUMENT}.md): what stands at its top, and its sections
- [Members]({MEMBERS}.md): what every member can say
- [Notations](notations.md): how values are written
- [Attributes](attributes.md): what expressions can ask for
- [Overrides](overrides.md): the roles of resources
- [Rules](rules.md): every finding, by its code"""

PROGRAMS = f"""\
- [{LANGUAGE}]({LANGUAGE}): the JSON schema of the language, which `labspec schema` prints. Editors with a language
  server for YAML use it for a spec that begins with `# yaml-language-server: $schema=` and the path of that file.
- [{REPORT}]({REPORT}): the JSON schema of `--report json`."""


def _index() -> str:
    listed = "\n".join(f"- [{name}]({name}.md): {described(name)}" for name in sections())
    return page("The language of labspec", [INDEX, "## Sections", listed, "## For programs", PROGRAMS])


def _report(report: type) -> str:
    """The schema of the JSON report, from its classes and their docstrings."""
    made: dict[str, Any] = TypeAdapter(report).json_schema(mode="serialization")
    definitions = made.get("$defs", {})
    _describe(made, report)
    for described_class in _classes(report):
        if described_class.__name__ in definitions:
            _describe(definitions[described_class.__name__], described_class)
    return json.dumps({"$schema": schema.DIALECT, "$comment": schema.COMMENT, **made}, indent=1) + "\n"


def _describe(node: dict[str, Any], described_class: type) -> None:
    node["description"] = summary(described_class)
    node["additionalProperties"] = False
    for name, text in field_docs(described_class).items():
        inner = node["properties"][name]
        inner.pop("title", None)
        inner["description"] = text


def _classes(report: type) -> Iterable[type]:
    """The dataclasses of the module that a report's class stands in."""
    found = vars(sys.modules[report.__module__]).values()
    return [value for value in found if isinstance(value, type) and is_dataclass(value) and fields(value)]
