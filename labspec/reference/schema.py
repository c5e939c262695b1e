"""The JSON schema of the language, for editors (draft 2020-12).

pydantic knows the shape of each class and the words what each scalar takes. What only the whole language knows is added
here: docstrings, short forms, `extends`, `include` and `like`, and that a document which extends another, like a member
that is `like` another, says only what differs: nothing is required there, and a null removes. So every class stands in
the schema twice, whole and as a patch.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from inspect import get_annotations
from typing import Any

from pydantic.fields import FieldInfo

from labspec.model import grammar
from labspec.model.kind import Part
from labspec.model.notation import LINTER_RULE, RULE, scalar_schema
from labspec.model.spec import Spec
from labspec.reference.defaults import default_text
from labspec.reference.docs import field_docs, summary
from labspec.reference.markdown import GENERATED
from labspec.reference.notation import Node, body_of, class_named, notation, said, values, without_body
from labspec.reference.parts import parts
from labspec.rules import rules

COMMENT = f"{GENERATED} Change the classes that it is made from."
DIALECT = "https://json-schema.org/draft/2020-12/schema"
VARIABLE = r"\$\{\{ *variables\."
"""Any value may be a variable of the spec: they are filled in before anything is read."""

FILE = scalar_schema("the name of a file")
DIRECTIVES: Mapping[str, Node] = {
    "extends": FILE | {"description": "A document that this one is laid over."},
    "include": {
        "anyOf": [FILE, {"type": "array", "items": FILE}],
        "description": "Documents whose sections join this one's.",
    },
}
LIKE: Node = {"type": "string", "description": "Another member of the section, whose fields this one begins with."}
RULES = f"^({RULE})$"
"""The pattern of keys that are names of rules."""
ANYTHING: Node = {"type": ["string", "integer", "number", "boolean", "array"]}


def language() -> Node:
    """The whole schema."""
    bare = bare_schemas()
    members = {name for pattern in grammar.MEMBERS for name in _members_at(pattern, bare)}
    definitions: dict[str, Node] = {}
    for patch in (False, True):
        form = Form(bare, patch)
        for part in parts():
            name = part.__name__
            definition = form.document() if part is Spec else form.definition(part, name in members)
            definitions[form.name(name)] = definition
        definitions |= form.inherited
    return {
        "$schema": DIALECT,
        "$comment": COMMENT,
        "title": "labspec",
        "description": summary(Spec),
        "type": "object",
        "if": {"required": ["extends"]},
        "then": {"$ref": f"#/$defs/{Form(bare, True).name('Spec')}"},
        "else": {"$ref": "#/$defs/Spec"},
        "$defs": definitions,
    }


def text() -> str:
    """The whole schema as JSON."""
    return json.dumps(language(), indent=1) + "\n"


def bare_schemas() -> dict[str, Node]:
    """What pydantic says of each class, by its name: fields by their names in a spec, with their notations."""
    document = Spec.model_json_schema(by_alias=True)
    return {**document.pop("$defs"), "Spec": document}


def _members_at(pattern: tuple[str, ...], bare: Mapping[str, Node]) -> Iterator[str]:
    """The classes of what stands at the places of a pattern."""
    nodes = [bare["Spec"]]
    for step in pattern:
        nodes = [inner for node in nodes for inner in _inside(node, step, bare)]
    yield from (class_named(node) for node in nodes if "$ref" in node)


def _inside(node: Node, step: str, bare: Mapping[str, Node]) -> Iterator[Node]:
    """What a node has at a key; `*` is any key."""
    for alternative in said(node) or [node]:
        whole = bare[class_named(alternative)] if "$ref" in alternative else alternative
        fields = whole.get("properties", {})
        if (value := values(whole)) is not None and step == "*":
            yield value
        yield from fields.values() if step == "*" else [fields[step]] if step in fields else []


@dataclass(frozen=True)
class Form:
    """Whole, or as a patch over another. What classes have in common is kept in `inherited`, once."""

    bare: Mapping[str, Node]
    patch: bool
    inherited: dict[str, Node] = field(default_factory=dict)

    def name(self, part: str) -> str:
        """The name of a class's definition."""
        return f"{part}Patch" if self.patch else part

    def document(self) -> Node:
        """The definition of a document."""
        node = self._object(Spec)
        node["properties"] = dict(DIRECTIVES) | node["properties"]
        node["patternProperties"] = {"^x-": {"description": "The user's own; it is not read."}}
        return node

    def definition(self, part: type[Part], member: bool) -> Node:
        """The definition of any other class: its mapping, its short form, and what an empty value means."""
        node = self._object(part)
        if member:
            node["properties"] = {"like": LIKE, **node["properties"]}
        if part.short:
            short = _alone(self.bare[part.__name__]["properties"][part.short])
            node = {"anyOf": [node, self._value(short) or ANYTHING], "description": node["description"]}
        else:
            node |= {"type": [*_listed(node["type"]), "string"], "pattern": VARIABLE}
        if not member or self.patch:
            return node
        like = {"type": "object", "required": ["like"]}
        return {"if": like, "then": {"$ref": f"#/$defs/{part.__name__}Patch"}, "else": node}

    def _object(self, part: type[Part]) -> Node:
        required = [] if self.patch else self.bare[part.__name__].get("required", [])
        properties = {info.alias or name: self._field(part, name, info) for name, info in part.model_fields.items()}
        return {
            "type": "object" if required else ["object", "null"],
            "description": summary(part),
            "properties": properties,
            "additionalProperties": False,
            **({"required": required} if required else {}),
        }

    def _field(self, part: type[Part], name: str, info: FieldInfo) -> Node:
        """A field: what it takes and what it is for."""
        bare = self.bare[part.__name__]["properties"][info.alias or name]
        default = default_text(info)
        node = self._value(bare)
        node["description"] = _told(field_docs(part)[name], notation(bare, lambda _: "a mapping"), default)
        node |= {"default": _typed(default)} if default else {}
        owner = next(base for base in part.__mro__ if name in get_annotations(base))
        if owner is part:
            return node
        kept = f"{self.name(owner.__name__)}.{name}"
        self.inherited[kept] = node
        return {"$ref": f"#/$defs/{kept}"}

    def _value(self, node: Node) -> Node:
        """What a field takes."""
        made = self._made(node)
        if not self.patch or not made:
            return made
        if "type" in made:
            return made | {"type": [*_listed(made["type"]), "null"]} if "null" not in made["type"] else made
        return {"anyOf": [*(made.get("anyOf") or [made]), {"type": "null"}]}

    def _made(self, node: Node) -> Node:
        if "$ref" in node:
            return {"$ref": f"#/$defs/{self.name(class_named(node))}"}
        if "enum" in node:
            options = [*node["enum"], *(int(option) for option in node["enum"] if option.isdecimal())]
            return {"anyOf": [{"enum": options}, {"type": "string", "pattern": VARIABLE}]}
        if alternatives := said(node):
            made = [self._made(alternative) for alternative in alternatives]
            return made[0] if len(made) == 1 else {"anyOf": made}
        if node.get("type") == "array":
            item = self._made(without_body(node["items"]))
            some = {key: node[key] for key in ("minItems",) if key in node}
            return {"anyOf": [item, {"type": "array", "items": item, **some}]}
        if node.get("type") == "object":
            return self._mapping(node)
        if (body := body_of(node)) is not None:
            return {"anyOf": [self._made(without_body(node)), {"$ref": f"#/$defs/{self.name(body)}"}]}
        kept = {key: value for key, value in node.items() if key in ("type", "pattern")}
        return kept | ({"pattern": f"{kept['pattern']}|{VARIABLE}"} if "pattern" in kept else {})

    def _mapping(self, node: Node) -> Node:
        kept: Node = {key: node[key] for key in ("properties", "required") if key in node}
        if patterns := node.get("patternProperties"):
            if RULES in patterns:
                return self._by_rule(self._value(patterns[RULES]))
            inner = {"patternProperties": {key: self._value(value) for key, value in patterns.items()}}
            return {"type": ["object", "string", "null"], "pattern": VARIABLE, **inner, "additionalProperties": False}
        others = node.get("additionalProperties", True)
        more = self._value(others) if isinstance(others, dict) else others
        return {"type": "object", **kept, "additionalProperties": more}

    def _by_rule(self, value: Node) -> Node:
        """A mapping from rules, which editors offer by name, each with what it finds."""
        kept = self.name("Levels" if "$ref" in value else "Reasons")
        self.inherited[kept] = {
            "type": ["object", "null"],
            "properties": {
                rule.name: {"description": rule.summary, **value} for rule in rules() if rule.can_be_lowered
            },
            "patternProperties": {f"^{LINTER_RULE}$": value},
            "additionalProperties": False,
        }
        return {"$ref": f"#/$defs/{kept}"}


def _alone(node: Node) -> Node:
    """A field as the short form of its class."""
    alternatives = said(node)
    return without_body(alternatives[0] if len(alternatives) == 1 else node)


def _listed(types: Any) -> list[str]:
    return [types] if isinstance(types, str) else list(types)


def _told(doc: str, takes: str, default: str) -> str:
    """A field's description: what it is, what it takes, and what it is unless said."""
    return f"{doc}\n\nTakes {takes}." + (f" Default: {default}" if default else "")


def _typed(default: str) -> str | int | bool:
    """A default as an editor writes it."""
    if default in ("true", "false"):
        return default == "true"
    return int(default) if default.isdecimal() else default
