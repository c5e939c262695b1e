"""What machines are made of, alone or in groups: their image, their key, their disk."""

from __future__ import annotations

import re
from typing import Any

from troposphere import GetAtt

from labspec.emit.emitter import Emitter, logical_id
from labspec.model.architecture import Member
from labspec.model.compute import ImageId, ImageMade, Machine, PublicImage
from labspec.model.word import Name, Parameter

TEMPLATE = "launch_template"
"""The role of the launch template that a machine or a group brings along."""
ROOT_DEVICE = "/dev/xvda"
"""The root device of Amazon Linux images."""


def image_id(e: Emitter, body: Machine) -> Any:
    """The image: a public one is resolved at launch, so that a new release replaces nothing."""
    if isinstance(body.image, ImageId):
        return body.image.id
    if isinstance(body.image, PublicImage):
        return "resolve:ssm:" + body.image.parameter.format(arch=architecture_of(body))
    member = e.architecture.one(body.image)
    path = public_path(member)
    return made_image(member) if path is None else "resolve:ssm:" + path


def public_path(member: Member) -> str | None:
    """Where Parameter Store holds the id of an image that somebody publishes; None for any other image."""
    body = member.body
    assert isinstance(body, ImageMade)
    return body.public if body.pinned is None else None


def made_image(member: Member) -> Any:
    """The id of an image that the spec makes or names."""
    body = member.body
    assert isinstance(body, ImageMade)
    if body.from_ is not None:
        return GetAtt(logical_id(member), "ImageId")
    return body.pinned or body.id


def architecture_of(body: Machine) -> str:
    """`arm64` for Graviton types (`t4g`, `m7gd`), `x86_64` for all others; a type that is a parameter is x86."""
    if isinstance(body.type, Parameter):
        return "x86_64"
    return "arm64" if re.match(r"[a-z]+[0-9]+[a-z]*g[a-z]*\.", body.type) else "x86_64"


def key_name(e: Emitter, body: Machine) -> Any:
    """The name of the key pair for SSH; None without one."""
    key = body.key_pair
    return e.ref(e.architecture.one(key)) if isinstance(key, Name) else e.value(key)
