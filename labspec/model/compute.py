"""Machines: instances, the templates of groups, and images made of machines."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar, Literal

from pydantic import AfterValidator, BeforeValidator, Field, WithJsonSchema, model_validator

from labspec.model.boot import Mount, MountPath, RunPath, SecretFile, Setup, UserData, refuse_crossed
from labspec.model.kind import Entries, Kind, Part
from labspec.model.notation import NAME, scalar_schema
from labspec.model.parts import Connected, Permissions
from labspec.model.refusal import KEY, refuse_but_one, wrong
from labspec.model.text import PlainText
from labspec.model.word import Choice, Name, Names, Parameter, Word, scalar_of
from labspec.model.words import Boolean, Duration, InstanceType, Integer, Size

IMAGE_ID = "ami-[0-9a-f]{8}([0-9a-f]{9})?"
DEVICE = "/dev/[a-z0-9/]{2,40}"
PUBLIC_IMAGES = {
    "amazon-linux-2023": "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-{arch}",
    "amazon-linux-2": "/aws/service/ami-amazon-linux-latest/amzn2-ami-hvm-{arch}-gp2",
}
"""Public images by alias: the parameters of Systems Manager that hold their newest ids."""


@dataclass(frozen=True, slots=True)
class PublicImage:
    """An image that AWS or somebody publishes in Parameter Store; `{arch}` is filled in from the instance type."""

    parameter: str


@dataclass(frozen=True, slots=True)
class ImageId:
    """One image of one region, by its id."""

    id: str


def read_image_id(text: str) -> str:
    """The id of an image."""
    if not re.fullmatch(IMAGE_ID, text):
        wrong(f"`{text}` is not the id of an image.", "It is `ami-` and 8 or 17 hexadecimal digits.")
    return str(text)


def read_image(value: Any) -> PublicImage | ImageId | Name:
    """A public alias, a member of `images`, `ami-...`, or `{ssm: path}`."""
    if isinstance(value, dict) and list(value) == ["ssm"]:
        return PublicImage(str(scalar_of(value["ssm"], "a path in Parameter Store")))
    text = scalar_of(value, "an image: a public alias, a member of `images`, `ami-...` or {ssm: path}")
    if text in PUBLIC_IMAGES:
        return PublicImage(PUBLIC_IMAGES[text])
    if text.startswith("ami-"):
        return ImageId(read_image_id(text))
    name = Names("images", reserved=tuple(PUBLIC_IMAGES)).read(text)
    assert isinstance(name, Name)
    return name


Image = Annotated[
    PublicImage | ImageId | Name,
    BeforeValidator(read_image),
    WithJsonSchema(
        {
            "anyOf": [
                scalar_schema("a public alias, the name of an image, or an image's id", f"(images\\.)?{NAME}"),
                {
                    "type": "object",
                    "properties": {"ssm": scalar_schema("a path in Parameter Store")},
                    "required": ["ssm"],
                    "additionalProperties": False,
                    "description": "{ssm: a path in Parameter Store}",
                },
            ]
        }
    ),
]


def _device(text: str) -> str:
    if not re.fullmatch(DEVICE, text):
        wrong(f"`{text}` is not the name of a disk's device.", "It is like `/dev/sda1`.")
    return str(text)


class Storage(Part):
    """The root disk: encrypted, gp3."""

    short: ClassVar[str] = "size"

    size: Size | None = None
    """Its size; that of the image unless said, which is 8 GiB for Amazon Linux 2023."""
    type: Annotated[Literal["gp3", "gp2"], Choice()] = "gp3"
    """`gp3` or `gp2`."""
    encrypted: Boolean = True
    """Whether it is encrypted."""
    device: Annotated[str, Word(_device, "a device, such as /dev/sda1", DEVICE)] | None = None
    """The device that the image calls its root. It is known of Amazon Linux, Debian, Ubuntu and Windows."""


class Metadata(Part):
    """The instance metadata service."""

    short: ClassVar[str] = "tokens"

    tokens: Annotated[Literal["required", "optional"], Choice()] = "required"
    """`required` is IMDSv2."""
    hops: Integer = 1
    """How many network hops an answer may travel; containers need 2."""


def _waited(seconds: int) -> int:
    if seconds > 12 * 3600:
        wrong("CloudFormation waits for no machine that long.", "Write `12h` at most.")  # CreationPolicy attribute
    return seconds


class Machine(Connected):
    """What instances and launch templates have in common."""

    type: InstanceType = "t3.micro"
    """The instance type."""
    image: Image = PublicImage(PUBLIC_IMAGES["amazon-linux-2023"])
    """A public alias (`amazon-linux-2023`), a member of `images`, an id, or `{ssm: path}`."""
    storage: Storage = Storage()
    """The root disk."""
    key_pair: Annotated[Name | Parameter, Names("key_pairs", parameters=("key_pair", "text"))] | None = None
    """The key pair for SSH."""
    setup: Setup | None = None
    """What is done once, at the first start."""
    mounts: Annotated[dict[MountPath, Mount], Entries("/srv/{0}: {0}")] = {}
    """Directories and the file systems attached there, at every boot."""
    secrets: Annotated[dict[RunPath, SecretFile], Entries("/run/lab/{0}.json: {0}")] = {}
    """Paths under `/run` and the databases whose credentials appear there."""
    user_data: UserData | None = None
    """A script of your own instead of `setup`, `mounts` and `secrets`. What is over 16 KB and begins with `#!` is
    fetched from the bucket of the templates, by the machine's role and with the AWS CLI of its image."""
    permissions: Permissions | None = None
    """What the machine may do in the account: a role of its own."""
    role: Annotated[Name, Names("roles")] | None = None
    """A shared role instead."""
    access: Annotated[Literal["ssm", "none"], Choice()] = "ssm"
    """`ssm` lets its own role be reached by Session Manager."""
    metadata: Metadata = Metadata()
    """The instance metadata service."""
    monitoring: Annotated[Literal["basic", "detailed"], Choice()] = "basic"
    """`detailed` is a metric a minute."""
    credits: Annotated[Literal["standard", "unlimited"], Choice()] | None = None
    """CPU credits of burstable types."""
    shutdown: Annotated[Literal["stop", "terminate"], Choice()] = "stop"
    """What a shutdown from inside does."""
    tenancy: Annotated[Literal["default", "dedicated"], Choice()] = "default"
    """Whether the hardware is shared."""
    ready_within: Annotated[Duration, AfterValidator(_waited)] = 900
    """How long its setup may take: 12 hours at most."""

    @property
    def boots(self) -> bool:
        """Whether it does anything as it boots that CloudFormation waits for."""
        return bool(self.setup or self.mounts or self.secrets)

    @model_validator(mode="after")
    def _one_way(self) -> Machine:
        if self.user_data is not None and (self.setup is not None or self.mounts or self.secrets):
            message = "`user_data` replaces `setup`, `mounts` and `secrets`; they cannot stand together."
            wrong(message, place=("user_data", KEY))
        if self.role is not None and self.permissions is not None:
            message = "`role` names a shared role; `permissions` make one of its own. Only one can be said."
            wrong(message, place=("role", KEY))
        refuse_crossed(self.setup.files if self.setup else (), self.secrets, self.mounts)
        return self


class Instance(Machine):
    """A machine. It is immutable: a change of what it runs replaces it, and its elastic address moves along.

    ```yaml
    instances:
      server:
        subnet: public-1
        elastic_ip: true
        ingress: {http: {port: 80, from: internet}}
        setup: {packages: [httpd], services: [httpd]}
    ```
    """

    section: ClassVar[str] = "instances"
    suffix: ClassVar[str] = "Instance"
    stands_in: ClassVar[tuple[str, ...]] = ("subnet",)

    subnet: Annotated[Name, Names("subnets")]
    """The subnet that it stands in."""
    elastic_ip: Boolean = False
    """A public address that stays the same when the machine is replaced."""
    public_ip: Boolean = False
    """A public address as long as the machine runs."""
    private_ip: PlainText | None = None
    """A fixed private address; only with `keep_on_change: true`, since two machines cannot hold one address."""
    keep_on_change: Boolean = False
    """Leaves the machine as it is when its setup, image, subnet, address or security groups change in the spec: whoever
    wants the change makes it by hand, and what replaces the machine starts as the first one did."""
    termination_protection: Boolean = False
    """Whether AWS refuses to terminate it."""

    @model_validator(mode="after")
    def _address(self) -> Instance:
        if self.private_ip is not None and not self.keep_on_change:
            wrong(
                "A fixed `private_ip` stands in the way of a replacement: two machines cannot hold one address.",
                "Say `keep_on_change: true`, or leave the address to AWS.",
                place=("private_ip",),
            )
        return self


class LaunchTemplate(Machine):
    """What the machines of an auto scaling group are made from.

    ```yaml
    launch_templates:
      web: {image: web-image, security_groups: [web-sg]}
    ```
    """

    section: ClassVar[str] = "launch_templates"
    suffix: ClassVar[str] = "LaunchTemplate"


class ImageMade(Kind):
    """A machine image: made of an instance once it is ready, or given.

    ```yaml
    images:
      lamp-image: {from: public-ec2-a1}
      hardened: {id: ami-0123456789abcdef0}
      golden: {public: /company/images/al2023}
    ```
    """

    section: ClassVar[str] = "images"
    suffix: ClassVar[str] = "Image"

    from_: Annotated[Name, Names("instances")] | None = Field(None, alias="from")
    """The instance that it is made of."""
    public: PlainText | None = None
    """A path in Parameter Store that holds an image's id, resolved at each launch."""
    id: Annotated[str, Word(read_image_id, "an image id, such as ami-0123456789abcdef0", IMAGE_ID)] | None = None
    """The id of an image."""
    pinned: Annotated[str, Word(read_image_id, "an image id, such as ami-0123456789abcdef0", IMAGE_ID)] | None = None
    """With `public`: the id that is used instead, until the line is removed."""
    by: Annotated[Literal["copy"], Choice()] = "copy"
    """How it is made: `copy` stops the instance for a moment and copies its disk."""

    @model_validator(mode="after")
    def _one_source(self) -> ImageMade:
        sources = {"id": self.id, "public": self.public, "from": self.from_}
        refuse_but_one("An image has exactly one of `from`, `public` and `id`.", sources)
        return self
