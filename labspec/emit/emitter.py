"""What every emitter works with: logical ids, references, text, tags, conditions, and the door to the graph."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from troposphere import AWSHelperFn, AWSObject, GetAtt, ImportValue, Ref, Tags

from labspec.diagnostic import Diagnostic, Label, Path, Rule
from labspec.emit.raw import places_in, visible
from labspec.emit.substitution import Hole, Variables
from labspec.graph import Body, Declaration, Edge, Graph, Node
from labspec.logical_ids import main_id, pascal
from labspec.model.architecture import Architecture, Member
from labspec.model.attributes import ATTRIBUTES, AWS_VALUES
from labspec.model.kind import When
from labspec.model.parts import Existing
from labspec.model.text import Expression, Text
from labspec.model.word import Parameter
from labspec.nearest import did_you_mean

SAME_ID = Rule(
    "LS401",
    "logical-id-twice",
    "Two things of the spec would get the same logical id.",
    "Logical ids are made of names and roles, and two of them can read alike. CloudFormation knows resources by them.",
    "instances: {web-1: ...}\nload_balancers: {web-1-instance: ...}",
    "instances: {web-1: ...}\nload_balancers: {front: ...}",
)
UNKNOWN_ROLE = Rule(
    "LS402",
    "unknown-role",
    "`override` names a resource that the member does not have.",
    "A member becomes one or more resources, each with a role: the kind itself (`target_group`), or a part (`eip`).",
    "override: {targetgroup: {Properties: {...}}}",
    "override: {target_group: {Properties: {...}}}",
)

RESOURCE_ATTRIBUTES = ("CreationPolicy", "DeletionPolicy", "UpdatePolicy", "UpdateReplacePolicy")
"""What stands beside the properties of a resource."""

AFTERWARDS = {"snapshot": "Snapshot", "keep": "Retain", "delete": "Delete"}
"""What `on_delete` is in CloudFormation."""

Attribute = Callable[["Emitter", Member], Any]


def logical_id(member: Member, role: str = "") -> str:
    """A resource's logical id: a function of its member's name and its role, and of nothing else."""
    return pascal(member.key) + pascal(role) if role else main_id(member.key, member.body.suffix)


def main_role(section: str) -> str:
    """The role of the resource that is the member itself: `target_groups` has `target_group`."""
    return section.removesuffix("s")


def given(**properties: Any) -> dict[str, Any]:
    """The properties that have a value."""
    return {name: value for name, value in properties.items() if value is not None}


@dataclass
class Emitter:
    """Collects resources into the graph. `attributes` say what members' public attributes are in CloudFormation."""

    architecture: Architecture
    graph: Graph
    attributes: Mapping[str, Mapping[str, Attribute]]
    has_bucket: bool = True
    found: list[Diagnostic] = field(default_factory=list)
    roles: dict[Path, list[str]] = field(default_factory=dict)

    # -------------------------------------------------------------- resources

    def add(
        self,
        member: Member,
        kind: type[AWSObject],
        role: str = "",
        *,
        origins: Mapping[str, str | Path] | None = None,
        section: str = "",
        **properties: Any,
    ) -> str:
        """Add a resource for a member and return its logical id.

        `properties` may hold resource attributes (`DeletionPolicy`, `CreationPolicy`) too; None leaves one out.
        `origins` names the field behind each property (`Data.ImageId` is one inside another). `section` places it with
        another kind than the member's own.
        """
        identity = logical_id(member, role)
        body: Body = kind(identity, **given(**properties)).to_dict()
        return self.put(member, identity, role, body, origins or {}, section)

    def put(
        self, member: Member, identity: str, role: str, body: Body, origins: Mapping[str, str | Path], section: str = ""
    ) -> str:
        """Add a resource from its plain body."""
        name = role or main_role(member.section)
        places: dict[Path, Path] = {}
        for prop, source in origins.items():
            where = (prop,) if prop in RESOURCE_ATTRIBUTES else ("Properties", *prop.split("."))
            places[where] = member.path + ((source,) if isinstance(source, str) else source)
        if (when := member.body.when) is not None:
            body = {"Type": body["Type"], "Condition": self.condition(when, (*member.path, "when")), **body}
        self._override(member, name, body, places)
        self.roles.setdefault(member.path, []).append(name)
        self.keep(Node(identity, body, section or member.section, member.name, name, member.path, places))
        return identity

    def keep(self, node: Node) -> None:
        """Put a resource into the graph. Its logical id is its own."""
        if (other := self.graph.nodes.get(node.id)) is not None:
            message = f"`{node.member}` would get the logical id `{node.id}` a second time."
            label = Label("This has it, too.", other.origin, "key")
            self.found.append(
                Diagnostic(SAME_ID, message, node.origin, "key", related=(label,), help="Rename one of them.")
            )
        self.graph.nodes[node.id] = node

    def _override(self, member: Member, role: str, body: Body, places: dict[Path, Path]) -> None:
        patch = member.body.override.get(role)
        if patch is None:
            return
        path = (*member.path, "override", role)
        for place in _patched(self.raw(patch), body):
            places[place] = path + place

    def wrote(self, identity: str, place: Path, path: Path, items: Sequence[Any], first: int) -> None:
        """Note that the items of a list, from the n-th on, stand in the spec as they are."""
        node = self.graph.nodes[identity]
        said = {
            (*place, first + index, *inner): (*path, index, *inner)
            for index, item in enumerate(items)
            for inner in ((), *places_in(item))
        }
        self.graph.nodes[identity] = replace(node, origins={**node.origins, **said})

    def unknown_roles(self) -> Iterable[Diagnostic]:
        """Overrides that no resource of their member took."""
        for member in self.architecture.members.values():
            made = self.roles.get(member.path, [])
            for role in member.body.override:
                if role not in made:
                    path = (*member.path, "override", role)
                    message = f"`{member.name}` has no resource with the role `{role}`."
                    yield Diagnostic(UNKNOWN_ROLE, message, path, "key", help=did_you_mean(role, made))

    def edge(self, source: str, target: str, why: str, origin: Path = ()) -> None:
        """State that `source` comes after `target`."""
        self.graph.edges.append(Edge(source, target, why, origin))

    # -------------------------------------------------------------- references

    def ref(self, member: Member, role: str = "") -> Any:
        """A reference to a member's resource: its id, mostly. What already exists is referred to as the spec says."""
        existing = getattr(member.body, "existing", None)
        if existing is not None and not role:
            return self.existing(existing)
        return Ref(logical_id(member, role))

    def attr(self, member: Member, attribute: str, role: str = "") -> Any:
        """An attribute of a member's resource."""
        return GetAtt(logical_id(member, role), attribute)

    def existing(self, existing: Existing) -> Any:
        """The id of something that is already there."""
        if existing.parameter is not None:
            return self.value(existing.parameter)
        if existing.ssm is not None:
            return "{{resolve:ssm:" + existing.ssm + "}}"
        if existing.export is not None:
            return ImportValue(existing.export)
        return existing.id

    def value(self, value: Any) -> Any:
        """A typed field's value: a parameter becomes a reference, text is filled in, None stays None."""
        if isinstance(value, Parameter):
            return Ref(value.name)
        if isinstance(value, Text):
            return self.text(value)
        return value

    # -------------------------------------------------------------- text

    def text(self, text: Text) -> Any:
        """Text with its expressions: a string, one reference, or a substitution whose references stay visible."""
        if text.literal is not None:
            return text.literal
        if len(text.parts) == 1 and isinstance(text.parts[0], Expression):
            return self.meaning(text.parts[0])
        variables = Variables()
        return variables.sub([self._part(variables, part) for part in text.parts])

    def _part(self, variables: Variables, part: str | Expression) -> str | Hole:
        if isinstance(part, str):
            return part
        value = self.meaning(part)
        if isinstance(value, Ref) and str(value.data["Ref"]).startswith("AWS::"):
            return Hole(str(value.data["Ref"]))
        short = part.words[1:] if part.words[0] in ATTRIBUTES and len(part.words) > 2 else part.words
        # Two sections may each have a member of that name: then the section tells them apart.
        return Hole(variables.name(value, pascal("-".join(short)), pascal("-".join(part.words))))

    def meaning(self, expression: Expression) -> Any:
        """What an expression is in CloudFormation."""
        words = expression.words
        if len(words) == 1:
            return Ref(words[0])
        if words[0] == "aws":
            return Ref(AWS_VALUES[words[1]])
        if words[0] == "resources":
            return GetAtt(words[1], ".".join(words[2:])) if len(words) > 2 else Ref(words[1])
        member, attribute = self._attribute(words)
        known = self.attributes[member.section].get(attribute)
        return known(self, member) if known else self.attr(member, attribute)

    def _attribute(self, words: tuple[str, ...]) -> tuple[Member, str]:
        if words[0] in ATTRIBUTES and len(words) > 2:
            return self.architecture.members[words[0], words[1]], ".".join(words[2:])
        found = [member for section in ATTRIBUTES if (member := self.architecture.get(section, words[0]))]
        return found[0], ".".join(words[1:])

    def plain(self, value: Any) -> Any:
        """A raw body as plain data, its texts filled in. The order in which its keys were written decides nothing."""
        if isinstance(value, Text):
            return self.plain(self.text(value))
        if isinstance(value, AWSHelperFn):
            return value.to_dict()
        if isinstance(value, dict):
            return {key: self.plain(value[key]) for key in sorted(value)}
        if isinstance(value, (list, tuple)):
            return [self.plain(inner) for inner in value]
        return value

    def raw(self, value: Any) -> Any:
        """CloudFormation of the user's own as plain data, its references where they can be followed."""
        return visible(self.plain(value))

    # -------------------------------------------------------------- tags and conditions

    def tags(self, member: Member, name: str = "") -> Tags:
        """The member's tags: its name, the document's, its own."""
        return Tags(self.tag_values(member, name))

    def tag_values(self, member: Member, name: str = "") -> dict[str, Any]:
        """The same as a mapping."""
        said = {**self.architecture.spec.tags, **member.body.tags}
        values = {key: self.text(said[key]) for key in sorted(said) if key != "Name"}
        return {"Name": self.text(said["Name"]) if "Name" in said else name or member.name, **values}

    def condition(self, when: When, origin: Path = ()) -> str:
        """The name of the CloudFormation condition that a `when` stands for."""
        parameter = when.parameter.name
        declared = self.architecture.spec.parameters[parameter]
        boolean = declared.type == "boolean"
        name = parameter + (
            {True: "True", False: "Set"}[boolean] if not when.negated else {True: "False", False: "Unset"}[boolean]
        )
        test: Body = {"Fn::Equals": [{"Ref": parameter}, "true" if boolean else ""]}
        holds = test if boolean != when.negated else {"Fn::Not": [test]}
        self.graph.conditions.setdefault(name, Declaration(holds, origin))
        return name


def _patched(patch: Body, body: Body, place: Path = ()) -> Iterable[Path]:
    """Lay a merge patch over a body in place; the places that it touched."""
    for key, value in patch.items():
        inner = (*place, key)
        if isinstance(value, dict) and isinstance(body.get(key), dict):
            yield from _patched(value, body[key], inner)
            continue
        if value is None:
            body.pop(key, None)
        else:
            body[key] = value
        yield inner
        yield from ((*inner, *deeper) for deeper in places_in(value))
