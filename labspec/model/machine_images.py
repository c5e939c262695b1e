"""The images that machines start from, followed to where they come from."""

from __future__ import annotations

import re

from labspec.model.architecture import Architecture, Member
from labspec.model.compute import ImageMade, Machine, PublicImage
from labspec.model.word import Name, Parameter

AMAZON_LINUX_2 = re.compile(r"/(amzn2-[^/]*|amazon-linux-2(/.*)?)\Z")
AMAZON_LINUX_2023 = re.compile(r"/(al2023-[^/]*|amazon-linux-2023(/.*)?)\Z")
"""How public images are called in Parameter Store (`Reference AMIs using Systems Manager public parameters`)."""
OTHER_SYSTEM = re.compile(r"/aws/service/(ami-windows-latest|canonical|debian|suse|redhat)/")
"""Public images that have neither dnf nor the AWS CLI, nor the helpers of CloudFormation in its repositories."""

ROOT_DEVICES = (
    (re.compile(r"/aws/service/(ami-amazon-linux-latest|ecs/optimized-ami/amazon-linux|debian)"), "/dev/xvda"),
    (re.compile(r"/aws/service/(canonical/ubuntu|ami-windows-latest)"), "/dev/sda1"),
)
"""The devices that are the root of public images (`RootDeviceName` of `DescribeImages`, as their publishers say it)."""


def machines_before(architecture: Architecture, machine: Member) -> list[Member]:
    """A machine, and those that its image is made of, back to the first: what they set up is on its disk."""
    found: list[Member] = []
    while machine not in found:
        found.append(machine)
        source = _made_of(architecture, machine)
        if source is not None:
            machine = source
    return found


def public_image(architecture: Architecture, machine: Member) -> str:
    """The path in Parameter Store of the image that all of it began with; empty where that is not known."""
    first = machines_before(architecture, machine)[-1].body
    assert isinstance(first, Machine)
    if isinstance(first.image, PublicImage):
        return first.image.parameter
    for made in architecture.many([first.image]) if isinstance(first.image, Name) else ():
        assert isinstance(made.body, ImageMade)
        return made.body.public or ""
    return ""


def root_device(architecture: Architecture, machine: Member) -> str | None:
    """The device that a machine's root disk is; None where its image does not say and the spec does not either."""
    for before in machines_before(architecture, machine):
        assert isinstance(before.body, Machine)
        if before.body.storage.device:
            return before.body.storage.device
    path = public_image(architecture, machine)
    return next((device for pattern, device in ROOT_DEVICES if pattern.match(path)), None)


def is_made_of_itself(architecture: Architecture, machine: Member) -> bool:
    """Whether images lead from a machine back to one of those before it."""
    return _made_of(architecture, machines_before(architecture, machine)[-1]) is not None


def architecture_of(body: Machine) -> str:
    """`arm64` for Graviton types (`t4g`, `m7gd`), `x86_64` for all others; a type that is a parameter is x86."""
    return "x86_64" if isinstance(body.type, Parameter) else architecture_of_type(body.type)


def architecture_of_type(word: str) -> str:
    """The architecture of an instance type."""
    return "arm64" if re.match(r"(a1|[a-z]+[0-9]+[a-z]*g[a-z]*)\.", word) else "x86_64"


def _made_of(architecture: Architecture, machine: Member) -> Member | None:
    """The machine that a machine's image is made of."""
    assert isinstance(machine.body, Machine)
    image = machine.body.image
    for made in architecture.many([image]) if isinstance(image, Name) else ():
        assert isinstance(made.body, ImageMade)
        return next(iter(architecture.many([made.body.from_])), None) if made.body.from_ else None
    return None
