"""The root: a whole document."""

from __future__ import annotations

import re
from typing import Annotated, Any

from pydantic import BeforeValidator

from labspec.model.access import KeyPair, Role, SecurityGroup
from labspec.model.balance import LoadBalancer, TargetGroup
from labspec.model.compute import ImageMade, Instance, LaunchTemplate
from labspec.model.database import Database
from labspec.model.document import (
    Layout,
    Level,
    OutputDeclared,
    ParameterDeclared,
    Variable,
)
from labspec.model.expect import Expect
from labspec.model.kind import Entries, MembersOf, Part, PascalName, RuleName, Tags
from labspec.model.network import Vpc
from labspec.model.notation import NAME, noted
from labspec.model.refusal import wrong
from labspec.model.scaling import AutoScalingGroup
from labspec.model.storage import FileSystem
from labspec.model.text import PlainText, RawBody
from labspec.model.watch import Notification
from labspec.model.website import Website
from labspec.model.word import Word, scalar_of
from labspec.model.words import Region


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
    variables: Annotated[dict[str, Variable], Entries("{0}: its value")] = {}
    """Values known when the spec is built."""
    parameters: Annotated[dict[PascalName, ParameterDeclared], Entries()] = {}
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
    resources: Annotated[dict[PascalName, RawBody], Entries()] = {}
    """CloudFormation resources as they are written there."""
    layout: Layout = Layout()
    """Which stack holds what."""
    outputs: Annotated[dict[PascalName, OutputDeclared], Entries()] = {}
    """Values that the console shows."""
    expect: Expect = Expect()
    """Who must reach whom, and who must not."""
    checks: Annotated[dict[RuleName, Level], Entries("{0}: error")] = {}
    """Levels of rules, for the whole spec."""
