"""The images that machines start from, followed to where they come from."""

from __future__ import annotations

import re

from labspec.model.architecture import Architecture, Member
from labspec.model.compute import ImageMade, Machine, PublicImage
from labspec.model.word import Name

AMAZON_LINUX_2 = re.compile(r"/(amzn2-[^/]*|amazon-linux-2(/.*)?)\Z")
AMAZON_LINUX_2023 = re.compile(r"/(al2023-[^/]*|amazon-linux-2023(/.*)?)\Z")
"""How public images are called in Parameter Store (`Reference AMIs using Systems Manager public parameters`)."""


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


def _made_of(architecture: Architecture, machine: Member) -> Member | None:
    """The machine that a machine's image is made of."""
    assert isinstance(machine.body, Machine)
    image = machine.body.image
    for made in architecture.many([image]) if isinstance(image, Name) else ():
        assert isinstance(made.body, ImageMade)
        return next(iter(architecture.many([made.body.from_])), None) if made.body.from_ else None
    return None
