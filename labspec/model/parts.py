"""Parts that kinds of several domains share: rules of security groups, permissions, what already exists."""

from __future__ import annotations

import re
from ipaddress import IPv4Network
from typing import Annotated, Any, ClassVar, Literal, NoReturn

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from labspec.model.kind import Kind, ListOf, MemberName, MembersOf, Part, Silence, SomeOf
from labspec.model.notation import PARAMETER, noted
from labspec.model.refusal import refuse_but_one, wrong
from labspec.model.text import PlainText, RawBody, expressions, plain, typed
from labspec.model.word import Choice, Name, Names, Parameter, Word, scalar_of
from labspec.model.words import Arn, PortRange, Ports, read_cidr

GROUPED = (
    "security_groups",
    "instances",
    "launch_templates",
    "auto_scaling_groups",
    "load_balancers",
    "databases",
    "file_systems",
)
"""Sections whose members have security groups, so that a rule can name them."""


def _peer(text: str) -> Any:
    if text in ("*", "0.0.0.0"):
        wrong(f"`{text}` is not a source.", "Everybody is `internet`.", "internet")
    if re.fullmatch(r"pl-[0-9a-f]{8,17}", text):
        return str(text)
    if re.match(r"[0-9]", text):
        return read_cidr(text)
    if "/" in text or " " in text:
        wrong(f"`{text}` is not a source.", "Name a group, a member, a VPC, a parameter, `internet`, `self` or a CIDR.")
    return Names(*GROUPED, "vpcs", reserved=("internet", "self"), parameters=("cidr",)).read(text)


Peer = Annotated[
    Name | Parameter | IPv4Network | str,
    Word(
        _peer, "a CIDR, `internet`, `self`, a parameter of type cidr, a group, a VPC or a member", parameters=("cidr",)
    ),
]
"""The other side of a rule. A parameter becomes the addresses of one, and nothing else: so it is a `cidr`."""


def _refuse_port(protocol: str, port: Ports) -> None:
    """EC2 takes no ports of these protocols: where some stand, all are meant, and it must be read so."""
    if protocol in ("icmp", "all") and str(port) != "all":
        what = "every port of every protocol" if protocol == "all" else "all of ICMP, which has no ports"
        wrong(
            f"`protocol: {protocol}` is {what}, not {port}.", "Write `all` here, or another protocol.", place=("port",)
        )


class Ingress(Part):
    """Who may come in, on which port."""

    port: PortRange
    """`80`, `3000-3010` or `all`."""
    from_: SomeOf[Peer] = Field(alias="from")
    """A CIDR or a parameter of that type, `internet`, `self`, a prefix list, a security group, a VPC, or a member that
    has a group."""
    protocol: Annotated[Literal["tcp", "udp", "icmp", "all"], Choice()] = "tcp"
    """`tcp`, `udp`, `icmp` or `all`."""
    description: PlainText = ""
    """Shown in the console. What the rule says, unless said."""
    was: MemberName | None = None
    """The name that the rule had before."""
    silence: Silence = {}
    """Findings that are accepted for this rule: their rule's name, and the reason."""

    @model_validator(mode="after")
    def _ports_of_protocol(self) -> Ingress:
        _refuse_port(self.protocol, self.port)
        return self


class Egress(Part):
    """Who may be called, on which port."""

    port: PortRange
    """`80`, `3000-3010` or `all`."""
    to: SomeOf[Peer]
    """A CIDR or a parameter of that type, `internet`, `self`, a prefix list, a security group, a VPC, or a member that
    has a group."""
    protocol: Annotated[Literal["tcp", "udp", "icmp", "all"], Choice()] = "tcp"
    """`tcp`, `udp`, `icmp` or `all`."""
    description: PlainText = ""
    """Shown in the console. What the rule says, unless said."""
    was: MemberName | None = None
    """The name that the rule had before."""
    silence: Silence = {}
    """Findings that are accepted for this rule: their rule's name, and the reason."""

    @model_validator(mode="after")
    def _ports_of_protocol(self) -> Egress:
        _refuse_port(self.protocol, self.port)
        return self


class Connected(Kind):
    """What every member with a network interface can say."""

    security_groups: ListOf[Annotated[Name, Names("security_groups")]] = ()
    """Groups that it belongs to. What has none, and no rules of its own, gets the default group of its VPC, which lets
    in nobody but its own members."""
    ingress: MembersOf[Ingress] | None = None
    """Rules of a security group of its own."""
    egress: MembersOf[Egress] | None = None
    """Rules of a security group of its own; without them it may call anyone."""

    @model_validator(mode="after")
    def _grouped(self) -> Connected:
        own = self.ingress is not None or self.egress is not None
        if "security_groups" in self.model_fields_set and not (self.security_groups or own or existing_of(self)):
            wrong(
                "Without a group it would get the default group of its VPC.",
                "Name one, or write rules of its own. Leave the line out for the default group.",
                place=("security_groups",),
            )
        return self


def _not_a_parameter(text: str) -> NoReturn:
    wrong(f"`{text}` is not a parameter.", "A parameter's name is PascalCase, such as `VpcId`.")


EACH = "${{ each.key }}"
"""In what finds a subnet that stands in several zones: the zone's letter or number."""


def _found(value: Any) -> str:
    text = scalar_of(value, "an id, or a name in AWS")
    found = plain(text)
    for words, chars in reversed(list(expressions(text))):
        if words != ("each", "key"):
            wrong(
                "Of expressions only `${{ each.key }}` can stand here.",
                "What exists is found by a literal text, or by a `parameter`.",
                chars=typed(text, chars),
            )
        found = found[: chars[0]] + EACH + found[chars[1] :]
    return found


Found = Annotated[str, BeforeValidator(_found), noted("an id, or a name in AWS")]


class Existing(Part):
    """Something that is already there. Exactly one of these says how it is found.

    Where `${{ each.key }}` stands in what finds a subnet, there is one in each zone of its VPC, unless it says its
    `zone`: the zone's letter or number takes that place.
    """

    short: ClassVar[str] = "id"

    id: Found | None = None
    """Its id, or its name where it has no id."""
    parameter: Annotated[Parameter, Word(_not_a_parameter, "a parameter", PARAMETER, ("text", "key_pair"))] | None = (
        None
    )
    """A parameter that holds its id: of type `text`, as ids have no type of their own; a key pair's is its name."""
    ssm: Found | None = None
    """A path in Parameter Store that holds its id, read when the stack is deployed."""
    export: Found | None = None
    """An export of another stack."""

    @model_validator(mode="after")
    def _one_way(self) -> Existing:
        ways = {"id": self.id, "parameter": self.parameter, "ssm": self.ssm, "export": self.export}
        refuse_but_one("What exists is found in exactly one way: `id`, `parameter`, `ssm` or `export`.", ways)
        return self

    def in_zone(self, zone: str | int) -> Existing:
        """How the one in a zone is found."""
        filled = {way: text.replace(EACH, str(zone)) for way, text in self._texts() if text is not None}
        return self.model_copy(update=filled)

    @property
    def is_zoned(self) -> bool:
        """Whether it stands for one in each zone."""
        return any(text is not None and EACH in text for _, text in self._texts())

    def _texts(self) -> tuple[tuple[str, str | None], ...]:
        return ("id", self.id), ("ssm", self.ssm), ("export", self.export)


def existing_of(body: Kind) -> Existing | None:
    """How a member is found that exists; None for one that is made."""
    return getattr(body, "existing", None)


READABLE = ("databases", "file_systems", "websites")


def _policy(text: str) -> str:
    """The name of a managed policy of AWS's own, with its path."""
    if own := re.fullmatch(r"arn:aws[a-z-]*:iam::aws:policy/(.+)", text):
        wrong(f"`{text}` is an ARN; this field takes the policy's name.", f"Write `{own[1]}`.", own[1], safe=True)
    if not re.fullmatch(r"[A-Za-z0-9+=,.@_/-]{1,128}", text):
        wrong(f"`{text}` is not a policy of AWS's own.", "Write it as `ReadOnlyAccess`, or `statements` of your own.")
    return str(text)


ManagedPolicy = Annotated[PlainText, AfterValidator(_policy)]


class Permissions(Part):
    """What something that runs code may do in the account."""

    read: ListOf[Annotated[Name, Names(*READABLE)]] = ()
    """Members that it may read; a database stands for its secret."""
    write: ListOf[Annotated[Name, Names(*READABLE)]] = ()
    """Members that it may read and change."""
    managed: ListOf[ManagedPolicy] = ()
    """Names of AWS's own managed policies, such as `CloudWatchAgentServerPolicy`."""
    statements: ListOf[RawBody] = ()
    """Statements in IAM's own JSON form."""
    boundary: Arn | None = None
    """The ARN of a permissions boundary."""
