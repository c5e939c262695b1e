"""Machines and the launch templates that they are made from."""

from __future__ import annotations

import re
from typing import Any

from troposphere import GetAtt, Ref, Sub, ec2
from troposphere.policies import CreationPolicy, ResourceSignal

from labspec.emit.emitter import Emitter, logical_id
from labspec.emit.groups import emit_own_group, groups_of
from labspec.emit.machine import boots, user_data, waits_for_mounts
from labspec.emit.order import waits_for_gateway, waits_for_way_out
from labspec.emit.roles import machine_role
from labspec.model.architecture import Member
from labspec.model.compute import ImageId, ImageMade, Instance, Machine, PublicImage
from labspec.model.kind import Name, Parameter

TEMPLATE = "launch_template"
ROOT_DEVICE = "/dev/xvda"
"""The root device of Amazon Linux images."""


def instance(e: Emitter, member: Member) -> None:
    """A machine: what must replace it stands in a launch template of its own, everything else on the instance."""
    body = member.body
    assert isinstance(body, Instance)
    place = e.architecture.one(body.subnet)
    emit_own_group(e, member)
    profile = machine_role(e, member)
    template = e.add(
        member,
        ec2.LaunchTemplate,
        TEMPLATE,
        LaunchTemplateData=ec2.LaunchTemplateData(
            ImageId=image_id(e, body),
            NetworkInterfaces=[_interface(e, member, body, place)],
            **_given(UserData=user_data(e, member, body)),
        ),
        TagSpecifications=[ec2.TagSpecifications(ResourceType="launch-template", Tags=e.tags(member))],
        origins={"LaunchTemplateData": ()},
    )
    identity = e.add(
        member,
        ec2.Instance,
        LaunchTemplate=ec2.LaunchTemplateSpecification(
            LaunchTemplateId=Ref(template), Version=_version(body, template)
        ),
        IamInstanceProfile=profile,
        Monitoring=body.monitoring == "detailed",
        DisableApiTermination=body.termination_protection,
        InstanceInitiatedShutdownBehavior=body.shutdown,
        Tenancy=body.tenancy,
        PropagateTagsToVolumeOnCreation=True,
        Tags=e.tags(member),
        CreationPolicy=_ready(body),
        **hardware(e, body),
        origins={
            **HARDWARE,
            "IamInstanceProfile": "permissions",
            "Monitoring": "monitoring",
            "DisableApiTermination": "termination_protection",
            "InstanceInitiatedShutdownBehavior": "shutdown",
            "Tenancy": "tenancy",
            "CreationPolicy": "ready_within",
        },
    )
    e.edge(identity, template, "its template signals for it", "same-stack", member.path)
    waits_for_gateway(e, identity, place)
    waits_for_way_out(e, identity, place)
    waits_for_mounts(e, identity, body, [place])
    if body.elastic_ip:
        _elastic_ip(e, member, place)


def _given(**values: Any) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not None}


def _version(body: Instance, template: str) -> Any:
    """The newest version, so that a new one replaces the machine; the first for good, so that none does."""
    return "1" if body.keep_on_change else GetAtt(template, "LatestVersionNumber")


def _ready(body: Machine) -> CreationPolicy | None:
    if not boots(body):
        return None
    return CreationPolicy(ResourceSignal=ResourceSignal(Count=1, Timeout=f"PT{body.ready_within}S"))


def _interface(e: Emitter, member: Member, body: Instance, place: Member) -> ec2.NetworkInterfaces:
    """The one network interface. A machine with an elastic address starts with another public one: it has a way out at once."""
    return ec2.NetworkInterfaces(
        AssociatePublicIpAddress=body.elastic_ip or body.public_ip,
        DeviceIndex=0,
        SubnetId=e.ref(place),
        **_given(Groups=groups_of(e, member), PrivateIpAddress=body.private_ip),
    )


HARDWARE = {
    "InstanceType": "type",
    "KeyName": "key_pair",
    "BlockDeviceMappings": "storage",
    "MetadataOptions": "metadata",
    "CreditSpecification": "credits",
}
"""The fields behind the properties of `hardware`."""


def hardware(e: Emitter, body: Instance) -> dict[str, Any]:
    """What an instance says of its hardware."""
    key = body.key_pair
    disk = ec2.EbsBlockDevice(
        VolumeSize=body.storage.size,
        VolumeType=body.storage.type,
        Encrypted=body.storage.encrypted,
        DeleteOnTermination=True,
    )
    return _given(
        InstanceType=e.value(body.type),
        KeyName=e.ref(e.architecture.one(key)) if isinstance(key, Name) else e.value(key),
        BlockDeviceMappings=[ec2.BlockDeviceMapping(DeviceName=ROOT_DEVICE, Ebs=disk)],
        MetadataOptions=ec2.MetadataOptions(
            HttpEndpoint="enabled", HttpTokens=body.metadata.tokens, HttpPutResponseHopLimit=body.metadata.hops
        ),
        CreditSpecification=ec2.CreditSpecification(CPUCredits=body.credits) if body.credits else None,
    )


def image_id(e: Emitter, body: Machine) -> Any:
    """The image: a public one is resolved at launch, so that a new release replaces nothing."""
    if isinstance(body.image, ImageId):
        return body.image.id
    if isinstance(body.image, PublicImage):
        return "resolve:ssm:" + body.image.parameter.format(arch=architecture_of(body))
    member = e.architecture.one(body.image)
    return made_image(e, member)


def made_image(e: Emitter, member: Member) -> Any:
    """The id of a member of `images`."""
    body = member.body
    assert isinstance(body, ImageMade)
    if body.from_ is not None:
        return GetAtt(logical_id(member), "ImageId")
    if body.public is not None and body.pinned is None:
        return "resolve:ssm:" + body.public
    return body.pinned or body.id


def architecture_of(body: Machine) -> str:
    """`arm64` for Graviton types (`t4g`, `m7gd`), `x86_64` for all others; a type that is a parameter is x86."""
    if isinstance(body.type, Parameter):
        return "x86_64"
    return "arm64" if re.match(r"[a-z]+[0-9]+[a-z]*g[a-z]*\.", body.type) else "x86_64"


def _elastic_ip(e: Emitter, member: Member, place: Member) -> None:
    """An address that stays: the association moves to the machine's successor."""
    address = e.add(member, ec2.EIP, "eip", Domain="vpc", Tags=e.tags(member), origins={"Domain": "elastic_ip"})
    waits_for_gateway(e, address, place)
    e.add(
        member,
        ec2.EIPAssociation,
        "eip_association",
        AllocationId=e.attr(member, "AllocationId", "eip"),
        InstanceId=e.ref(member),
        origins={"AllocationId": "elastic_ip", "InstanceId": "elastic_ip"},
    )


def public_ip(e: Emitter, member: Member) -> Any:
    """The elastic address of a machine that has one, else the address that it got."""
    body = member.body
    assert isinstance(body, Instance)
    return e.ref(member, "eip") if body.elastic_ip else e.attr(member, "PublicIp")


def instance_arn(e: Emitter, member: Member) -> Any:
    """An instance's ARN."""
    return Sub("arn:${AWS::Partition}:ec2:${AWS::Region}:${AWS::AccountId}:instance/${Id}", Id=e.ref(member))


EMITTERS = {"instances": instance}
ATTRIBUTES = {
    "instances": {
        "id": lambda e, m: e.ref(m),
        "public_ip": public_ip,
        "private_ip": lambda e, m: e.attr(m, "PrivateIp"),
        "arn": instance_arn,
    },
    "images": {"id": made_image},
}
