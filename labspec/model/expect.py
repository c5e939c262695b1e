"""What a document expects of its network: who must reach whom, and who must not."""

from __future__ import annotations

import re
from ipaddress import IPv4Network
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, model_validator

from labspec.model.kind import Entries, ListOf, Part, SomeOf
from labspec.model.refusal import wrong
from labspec.model.word import Choice, Name, Names, Parameter, Word, scalar_of
from labspec.model.words import PortRange, read_cidr

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
    return read_cidr(text) if re.match(r"[0-9]", text) else Names(*ENDS, reserved=("internet", "endpoints")).read(text)


End = Annotated[
    Name | Parameter | IPv4Network | str,
    Word(_end, "a member, a CIDR, a parameter of type cidr, or `internet`", parameters=("cidr",)),
]


class Expectation(Part):
    """A sentence about who reaches whom."""

    from_: SomeOf[End] = Field((), alias="from")
    """Who calls: members, a CIDR, a parameter, or `internet`."""
    but_from: SomeOf[End] = ()
    """In `blocked`: nobody but these."""
    to: SomeOf[End]
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


Sentences = Annotated[dict[Annotated[str, BeforeValidator(_sentence)], Expectation], Entries()]


class Expect(Part):
    """What must be reachable, and what must not, in sentences of your own.

    Each build proves them of its templates, and so does `labspec reach` of what was built: one that does not hold is an
    error at its sentence. What is not known before deployment is not taken for proved.
    """

    reachable: Sentences = {}
    """Who must reach whom."""
    blocked: Sentences = {}
    """Who must not."""
