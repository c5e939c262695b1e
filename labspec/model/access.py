"""Access: who may talk to whom, who may log in, who may do what."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from labspec.model.kind import Kind, MembersOf
from labspec.model.parts import Egress, Existing, Ingress, Permissions
from labspec.model.text import PlainText
from labspec.model.word import Choice, Name, Names


class SecurityGroup(Kind):
    """A firewall around members. Each rule is a resource of its own, so that groups can name one another.

    ```yaml
    security_groups:
      web-sg:
        ingress:
          http: {port: 80, from: internet}
          ssh: {port: 22, from: AdminCidr}
    ```
    """

    section: ClassVar[str] = "security_groups"
    suffix: ClassVar[str] = "SecurityGroup"
    stands_in: ClassVar[tuple[str, ...]] = ("vpc",)

    vpc: Annotated[Name, Names("vpcs")] | None = None
    """Its VPC; the one that all stand in that use it, or the only one, unless said."""
    description: PlainText | None = None
    """Shown in the console. A change replaces the group."""
    ingress: MembersOf[Ingress] = {}
    """Who may come in: rules by name."""
    egress: MembersOf[Egress] | None = None
    """Who may be called; everyone unless said, nobody when written and empty."""
    existing: Existing | None = None
    """A group that is already there."""


class KeyPair(Kind):
    """A key pair for SSH, made by the stack: its private half lies in Parameter Store, under `/ec2/keypair/`.

    ```yaml
    key_pairs:
      admin:
      office: {existing: office-key}       # one that is already there, by name
    ```
    """

    section: ClassVar[str] = "key_pairs"
    suffix: ClassVar[str] = "KeyPair"

    format: Annotated[Literal["pem", "ppk"], Choice()] = "pem"
    """`pem` for OpenSSH, `ppk` for PuTTY."""
    existing: Existing | None = None
    """A key pair that is already there, by its name."""


EC2 = "ec2.amazonaws.com"
"""The service that starts machines, and takes their roles."""


class Role(Kind):
    """An IAM role that several members share. A member's own `permissions` need none.

    ```yaml
    roles:
      worker: {trust: ec2.amazonaws.com, permissions: {read: database-1}}
    ```
    """

    section: ClassVar[str] = "roles"
    suffix: ClassVar[str] = "Role"

    trust: PlainText = EC2
    """The AWS service that may take the role."""
    permissions: Permissions = Permissions()
    """What the role allows."""
    existing: Existing | None = None
    """A role that is already there, by its name. The log of a machine's setup reaches CloudWatch Logs if it allows
    `logs:CreateLogStream` and `logs:PutLogEvents`."""
