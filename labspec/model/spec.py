"""The root: a whole document."""

from __future__ import annotations

import re
from ipaddress import IPv4Network
from typing import Annotated, Any, ClassVar, Literal

from pydantic import BeforeValidator, Field, model_validator

from labspec.model.access import KeyPair, Role, SecurityGroup
from labspec.model.balance import LoadBalancer, TargetGroup
from labspec.model.compute import ImageMade, Instance, LaunchTemplate
from labspec.model.database import Database
from labspec.model.kind import (
    Choice,
    ListOf,
    MembersOf,
    Name,
    Names,
    Parameter,
    Part,
    PascalName,
    PlainText,
    RawBody,
    Tags,
    Text,
    Word,
    mapped,
    scalar_of,
    wrong,
)
from labspec.model.network import Vpc
from labspec.model.notation import NAME, noted
from labspec.model.scaling import AutoScalingGroup
from labspec.model.storage import FileSystem
from labspec.model.watch import Notification
from labspec.model.website import Website
from labspec.model.words import PortRange, Region, read_boolean, read_cidr, read_integer, read_percent
from labspec.scalar import Scalar

ParameterType = Literal[
    "text",
    "integer",
    "percent",
    "boolean",
    "cidr",
    "email",
    "zone",
    "key_pair",
    "secret",
    "bucket_name",
    "instance_type",
    "certificate",
]


def _written(value: Any) -> str:
    """A parameter's value as it was typed; an empty one is written `""`."""
    if isinstance(value, Scalar) and value.style == "quoted":
        return str(value)
    return str(scalar_of(value, "a value of the parameter's type", null_help='Write `""` for an empty one.'))


Written = Annotated[str, BeforeValidator(_written), noted("a value, as its type is written")]


class ParameterDeclared(Part):
    """A value that is asked for when the stack is deployed.

    ```yaml
    parameters:
      AdminCidr: {type: cidr, label: Where SSH may come from}
    ```
    """

    type: Annotated[ParameterType, Choice()]
    """`text`, `integer`, `percent`, `boolean`, `cidr`, `email`, `zone`, `key_pair`, `secret`, `bucket_name`,
    `instance_type` or `certificate`."""
    default: Written | None = None
    """Its value unless the console is told another. Without one the console asks; `""` where empty means unset."""
    label: PlainText = ""
    """What the console calls it."""
    description: PlainText = ""
    """A sentence beside the field."""
    group: PlainText = ""
    """The heading under which the console shows it."""
    min: Written | None = None
    """The smallest number, or the shortest text."""
    max: Written | None = None
    """The largest number, or the longest text."""
    allowed: ListOf[Written] = ()
    """The only values there are."""
    pattern: PlainText | None = None
    """A regular expression that the whole value matches."""
    error: PlainText | None = None
    """What the console says about a value that does not fit."""

    @model_validator(mode="after")
    def _values_of_its_type(self) -> ParameterDeclared:
        read = {"integer": read_integer, "percent": read_percent, "boolean": read_boolean}.get(self.type)
        for value in (*self.allowed, self.default):
            if read and value is not None:
                read(value)
        for bound in (self.min, self.max):
            if bound is not None:
                (read_percent if self.type == "percent" else read_integer)(bound)
        return self


class Variable(Part):
    """A value known when the spec is built; it may decide anything.

    ```yaml
    variables:
      stage: {default: dev, one_of: [dev, prod]}
    ```
    """

    short: ClassVar[str] = "default"

    default: Any
    """Its value unless `--set` gives another."""
    one_of: ListOf[Written] = ()
    """The only values there are."""


class OutputDeclared(Part):
    """A value that the console shows when the stack is there.

    ```yaml
    outputs:
      Page: http://${{ server.public_ip }}
    ```
    """

    short: ClassVar[str] = "value"

    value: Text
    """The value."""
    description: PlainText = ""
    """A sentence beside it."""
    export: PlainText | None = None
    """A name under which other stacks import it."""


ENDS = (
    "instances",
    "auto_scaling_groups",
    "launch_templates",
    "load_balancers",
    "databases",
    "replicas",
    "file_systems",
    "subnets",
    "vpcs",
    "websites",
)


def _end(text: str) -> Any:
    if text in ("internet", "endpoints"):
        return str(text)
    return read_cidr(text) if re.match(r"[0-9]", text) else Names(*ENDS).read(text)


End = Annotated[Name | Parameter | IPv4Network | str, Word(_end, "a member, a CIDR, a parameter or `internet`")]


class Expectation(Part):
    """A sentence about who reaches whom."""

    from_: ListOf[End] = Field((), alias="from")
    """Who calls: members, a CIDR, a parameter, or `internet`."""
    but_from: ListOf[End] = ()
    """In `blocked`: nobody but these."""
    to: ListOf[End]
    """Who is called."""
    port: PortRange | None = None
    """The port; the one that the called listens on unless said."""
    protocol: Annotated[Literal["tcp", "udp", "icmp", "all"], Choice()] = "tcp"
    """`tcp`, `udp`, `icmp` or `all`."""
    via: ListOf[Annotated[Name, Names("nat_gateways", "internet_gateways")]] = ()
    """What the way leads through."""

    @model_validator(mode="after")
    def _one_caller(self) -> Expectation:
        if bool(self.from_) == bool(self.but_from):
            wrong("An expectation has either `from` or `but_from`.")
        return self


def _sentence(value: Any) -> str:
    """Any sentence in any language: it is in no template."""
    return str(scalar_of(value, "a sentence"))


Sentences = Annotated[dict[Annotated[str, BeforeValidator(_sentence)], Expectation], BeforeValidator(mapped)]


class Expect(Part):
    """What must be reachable, and what must not, in sentences of your own.

    They are held against names and written into the manifest; this version does not prove them yet.
    """

    reachable: Sentences = {}
    """Who must reach whom."""
    blocked: Sentences = {}
    """Who must not."""


SELECTOR = r"[a-z_]+(\.[A-Za-z0-9-]+)?"


def _selector(value: Any) -> str:
    text = scalar_of(value, "a section, or `section.member`")
    if not re.fullmatch(SELECTOR, text):
        wrong(f"`{text}` selects nothing.", "Write a section, such as `instances`, or one member: `instances.web`.")
    return str(text)


def _stack_name(value: Any) -> str:
    text = scalar_of(value, "the name of a stack")
    if not re.fullmatch(r"[a-z][a-z0-9]*(-[a-z0-9]+)*", text) or text in ("root", "flat", "manifest"):
        wrong(f"`{text}` cannot be the name of a stack.", "Names are kebab-case; `root` and `flat` are taken.")
    return str(text)


Selector = Annotated[str, BeforeValidator(_selector), noted("a section, or section.member", SELECTOR)]
StackName = Annotated[str, BeforeValidator(_stack_name), noted("the name of a stack, in kebab-case", NAME)]


class Layout(Part):
    """Which stack holds what, where the default does not please."""

    stacks: Annotated[dict[StackName, ListOf[Selector]], BeforeValidator(mapped)] = {}
    """Names of stacks, each with sections or single members (`instances.web`)."""


def _edition(text: str) -> int:
    if text != "1":
        wrong(f"There is no edition `{text}` of the language.", "Write `labspec: 1`.", "1")
    return 1


def _spec_name(value: Any) -> str:
    text = scalar_of(value, "a name in kebab-case")
    if not re.fullmatch(r"[a-z][a-z0-9]*(-[a-z0-9]+)*", text) or len(text) > 60:
        wrong(f"`{text}` cannot be the name of a spec.", "Names are kebab-case, 60 characters at most.")
    return str(text)


class Spec(Part):
    """A document.

    ```yaml
    labspec: 1
    name: hello
    region: ap-northeast-2
    ```
    """

    labspec: Annotated[int, Word(_edition, "1", "1")]
    """The edition of the language, 1. It pins the defaults."""
    name: Annotated[str, BeforeValidator(_spec_name), noted("a name in kebab-case", NAME)]
    """The name of what is described."""
    description: PlainText = ""
    """A sentence about it: the description of the root stack."""
    region: Region | None = None
    """The region that it is meant for. The linters check against it."""
    tags: Tags = {}
    """Tags on everything."""
    variables: Annotated[dict[str, Variable], BeforeValidator(mapped)] = {}
    """Values known when the spec is built."""
    parameters: Annotated[dict[PascalName, ParameterDeclared], BeforeValidator(mapped)] = {}
    """Values asked for when the stack is deployed."""
    vpcs: MembersOf[Vpc] = {}
    """Networks."""
    security_groups: MembersOf[SecurityGroup] = {}
    """Firewalls."""
    key_pairs: MembersOf[KeyPair] = {}
    """Keys for SSH."""
    roles: MembersOf[Role] = {}
    """Shared IAM roles."""
    instances: MembersOf[Instance] = {}
    """Machines."""
    images: MembersOf[ImageMade] = {}
    """Machine images."""
    launch_templates: MembersOf[LaunchTemplate] = {}
    """What groups of machines are made from."""
    file_systems: MembersOf[FileSystem] = {}
    """Shared file systems."""
    target_groups: MembersOf[TargetGroup] = {}
    """Targets of load balancers."""
    load_balancers: MembersOf[LoadBalancer] = {}
    """Load balancers."""
    databases: MembersOf[Database] = {}
    """Databases."""
    auto_scaling_groups: MembersOf[AutoScalingGroup] = {}
    """Groups of machines."""
    notifications: MembersOf[Notification] = {}
    """Who hears what happens."""
    websites: MembersOf[Website] = {}
    """Static websites."""
    resources: Annotated[dict[PascalName, RawBody], BeforeValidator(mapped)] = {}
    """CloudFormation resources as they are written there."""
    layout: Layout = Layout()
    """Which stack holds what."""
    outputs: Annotated[dict[PascalName, OutputDeclared], BeforeValidator(mapped)] = {}
    """Values that the console shows."""
    expect: Expect = Expect()
    """Who must reach whom, and who must not."""
