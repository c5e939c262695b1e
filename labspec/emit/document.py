"""The document itself: parameters with their console form, raw resources, outputs."""

from __future__ import annotations

from typing import Any

from labspec.diagnostic import Diagnostic, Label, Path, Rule
from labspec.emit.emitter import SAME_ID, Emitter
from labspec.emit.raw import places_in
from labspec.graph import Body, Declaration, Node
from labspec.model.document import NUMBERS, PATTERNS, OutputDeclared, ParameterDeclared
from labspec.model.spec import Spec
from labspec.model.word import Parameter

NOTHING = Rule(
    "LS409",
    "makes-nothing",
    "A spec of which nothing is made.",
    "CloudFormation refuses a template without resources. What is there already is never one of them.",
    "vpcs: {company: {existing: vpc-0123456789abcdef0}}",
    "vpcs: {net: {cidr: 10.0.0.0/16}}",
)

RESERVED = ("RootStackName", "TemplateBucket", "TemplateFolder")
"""Parameters that nested layouts add."""

PASSWORD = (r"[ !#-.0-?A-~]{8,41}", 'A password of 8 to 41 characters of ASCII, none of them a slash, " or @')
"""What RDS takes as the password of a master user of MySQL (`CreateDBInstance MasterUserPassword`)."""


def parameter(e: Emitter, name: str, declared: ParameterDeclared) -> None:
    """A CloudFormation parameter with its type, bounds, pattern and words."""
    body: Body = {"Type": _type(declared)}
    if description := _description(declared):
        body["Description"] = description
    if declared.default is not None:
        body["Default"] = _number(declared, declared.default)
    if declared.type == "secret":
        body["NoEcho"] = True
    body |= _allowed(e, name, declared) | _bounds(declared) | _pattern(e, name, declared)
    e.graph.parameters[name] = Declaration(body, ("parameters", name))
    e.graph.labels[name] = declared.label or name


def _description(declared: ParameterDeclared) -> str:
    """What the console says beside the field; of a share also its unit, which the field itself does not take."""
    unit = "In percent" if declared.type == "percent" else ""
    return ". ".join(text for text in (declared.description.removesuffix("."), unit) if text)


def _type(declared: ParameterDeclared) -> str:
    if declared.type in NUMBERS:
        return "Number"
    if declared.type == "key_pair" and declared.default is None:
        return "AWS::EC2::KeyPair::KeyName"
    return "String"


def _number(declared: ParameterDeclared, text: str) -> Any:
    text = text.removesuffix("%") if declared.type == "percent" else text
    if declared.type not in NUMBERS:
        return text
    return float(text) if "." in text else int(text)


def _allowed(e: Emitter, name: str, declared: ParameterDeclared) -> Body:
    if declared.type == "boolean":
        return {"AllowedValues": ["true", "false"]}
    if declared.allowed:
        return {"AllowedValues": [_number(declared, value) for value in declared.allowed]}
    if declared.type == "zone":
        letters = sorted({str(zone) for zone in zones_for(e, name) if isinstance(zone, str)})
        return {"AllowedValues": letters} if letters else {}
    return {}


def zones_for(e: Emitter, name: str) -> list[str | int | None]:
    """The zones that a zone parameter can take: those of the subnets that its users stand in, or all there are."""
    subnets = [member for database in _databases_with(e, name) for member in e.architecture.many(database.subnets)]
    return [e.architecture.zone_of(member) for member in subnets or e.architecture.of("subnets")]


def _databases_with(e: Emitter, name: str) -> list[Any]:
    found = []
    for database in e.architecture.spec.databases.values():
        zones = [replica.zone for replica in database.replicas.values()]
        if any(getattr(zone, "name", None) == name for zone in zones):
            found.append(database)
    return found


def _bounds(declared: ParameterDeclared) -> Body:
    smallest, largest = ("MinValue", "MaxValue") if _type(declared) == "Number" else ("MinLength", "MaxLength")
    body: Body = {"MaxLength": 63} if declared.type == "bucket_name" else {}
    if declared.min is not None:
        body[smallest] = _number(declared, declared.min) if smallest == "MinValue" else int(declared.min)
    if declared.max is not None:
        body[largest] = _number(declared, declared.max) if largest == "MaxValue" else int(declared.max)
    return body


def _pattern(e: Emitter, name: str, declared: ParameterDeclared) -> Body:
    pattern, sentence = PASSWORD if _is_password(e, name) else PATTERNS.get(declared.type, ("", ""))
    if _type(declared) != "String" or declared.type == "zone":
        pattern = ""
    pattern = declared.pattern or pattern
    body: Body = {}
    if pattern:
        optional = declared.default == ""
        body["AllowedPattern"] = f"({pattern})?" if optional else pattern
        sentence = f"{sentence}, or nothing" if optional and sentence else sentence
    if declared.error or (sentence and pattern):
        body["ConstraintDescription"] = declared.error or f"{sentence}."
    return body


def _is_password(e: Emitter, name: str) -> bool:
    """Whether a parameter is the password of a database."""
    return any(database.password == Parameter(name) for database in e.architecture.spec.databases.values())


def interface(e: Emitter, spec: Spec) -> None:
    """The groups of parameters in the console, in the order in which they are written."""
    groups: dict[str, list[str]] = {}
    for name, declared in spec.parameters.items():
        groups.setdefault(declared.group or "Parameters", []).append(name)
    e.graph.interface = list(groups.items())


def check_content(e: Emitter) -> None:
    """Templates hold resources."""
    if not e.graph.nodes:
        message, help_ = "This spec makes nothing.", "Describe something, such as `vpcs: {net: {cidr: 10.0.0.0/16}}`."
        e.found.append(Diagnostic(NOTHING, message, ("name",), help=help_))


def check_names(e: Emitter) -> None:
    """A parameter must not be called what a resource is, or what the layout adds to the root."""
    for name in e.architecture.spec.parameters:
        path: Path = ("parameters", name)
        if (node := e.graph.nodes.get(name)) is not None:
            label = Label("This has it, too.", node.origin, "key")
            message = f"The parameter `{name}` has the logical id of a resource."
            e.found.append(Diagnostic(SAME_ID, message, path, "key", related=(label,), help="Rename the parameter."))
        elif name in RESERVED:
            message = f"`{name}` is a parameter that labspec adds by itself."
            e.found.append(Diagnostic(SAME_ID, message, path, "key", help="Rename it."))


def raw_resource(e: Emitter, name: str, body: Body) -> None:
    """A resource as the user wrote it, its expressions filled in."""
    path: Path = ("resources", name)
    plain = e.raw(body)
    e.keep(Node(name, plain, "resources", name, "resource", path, {place: path + place for place in places_in(plain)}))


def output(e: Emitter, name: str, declared: OutputDeclared) -> None:
    """An output of the root."""
    body: Body = {}
    if declared.description:
        body["Description"] = declared.description
    body["Value"] = e.plain(declared.value)
    if declared.export:
        body["Export"] = {"Name": declared.export}
    e.graph.outputs[name] = Declaration(body, ("outputs", name))
