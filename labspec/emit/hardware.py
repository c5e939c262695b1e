"""What machines are made of, alone or in groups: their image, their key, their disk."""

from __future__ import annotations

from typing import Any, TypeVar

from troposphere import GetAtt, ec2

from labspec.emit.emitter import Emitter, logical_id
from labspec.model.architecture import Member
from labspec.model.compute import ImageId, ImageMade, Machine, PublicImage
from labspec.model.machine_images import architecture_of, root_device
from labspec.model.word import Name

Mapping = TypeVar("Mapping", ec2.BlockDeviceMapping, ec2.LaunchTemplateBlockDeviceMapping)
TEMPLATE = "launch_template"
"""The role of the launch template that a machine or a group brings along."""


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


def disks(e: Emitter, member: Member, mapping: type[Mapping]) -> list[Mapping] | None:
    """What is said of the root disk; nothing where its device is not known: another would be a second disk."""
    body = member.body
    assert isinstance(body, Machine)
    device = root_device(e.architecture, member)
    if device is None:
        return None
    said = {
        "VolumeSize": body.storage.size,
        "VolumeType": body.storage.type,
        "Encrypted": body.storage.encrypted,
        "DeleteOnTermination": True,
    }
    given = {name: value for name, value in said.items() if value is not None}
    return [mapping.from_dict("Disk", {"DeviceName": device, "Ebs": given})]


def key_name(e: Emitter, body: Machine) -> Any:
    """The name of the key pair for SSH; None without one."""
    key = body.key_pair
    return e.ref(e.architecture.one(key)) if isinstance(key, Name) else e.value(key)
