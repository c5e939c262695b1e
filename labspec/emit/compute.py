"""Machines and the launch templates that they are made from."""

from __future__ import annotations

from typing import Any

from troposphere import GetAtt, Ref, Sub, ec2
from troposphere.policies import CreationPolicy, ResourceSignal

from labspec.emit.emitter import Emitter, given
from labspec.emit.groups import emit_own_group, groups_of
from labspec.emit.hardware import TEMPLATE, disks, image_id, key_name
from labspec.emit.machine import user_data, user_data_field, waits_for_mounts
from labspec.emit.order import waits_for_gateway, waits_for_way_out
from labspec.emit.roles import machine_role
from labspec.model.architecture import Member
from labspec.model.compute import Instance, Machine
from labspec.model.network import Subnet


def instance(e: Emitter, member: Member) -> None:
    """A machine: what must replace it stands in a launch template of its own, everything else on the instance.

    Any edit of a template makes a new version, and a new version replaces the machine: so not even tags stand there.
    """
    body = member.body
    assert isinstance(body, Instance)
    place = e.architecture.one(body.subnet)
    emit_own_group(e, member)
    profile = machine_role(e, member)
    template = _template(e, member, body, place)
    identity = _instance(e, member, body, template, profile)
    if _addressed(body, place):
        waits_for_gateway(e, identity, place)
    waits_for_way_out(e, identity, place)
    waits_for_mounts(e, identity, body, [place])
    if body.elastic_ip:
        _elastic_ip(e, member, place)


def _template(e: Emitter, member: Member, body: Instance, place: Member) -> str:
    """What must replace the machine."""
    return e.add(
        member,
        ec2.LaunchTemplate,
        TEMPLATE,
        LaunchTemplateData=ec2.LaunchTemplateData(
            ImageId=image_id(e, body),
            NetworkInterfaces=[_interface(e, member, body, place)],
            **given(UserData=user_data(e, member, body)),
        ),
        origins={
            "LaunchTemplateData": (),
            "LaunchTemplateData.ImageId": "image",
            "LaunchTemplateData.UserData": user_data_field(body),
        },
    )


def _instance(e: Emitter, member: Member, body: Instance, template: str, profile: Any) -> str:
    """Everything else."""
    return e.add(
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
        **hardware(e, member, body),
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


def _addressed(body: Instance, place: Member) -> bool:
    """Whether a machine gets a public address as it starts."""
    return body.elastic_ip or body.public_ip or (isinstance(place.body, Subnet) and place.body.auto_public_ip)


def _version(body: Instance, template: str) -> Any:
    """The newest version, so that a new one replaces the machine; the first for good, so that none does."""
    return "1" if body.keep_on_change else GetAtt(template, "LatestVersionNumber")


def _ready(body: Machine) -> CreationPolicy | None:
    if not body.boots:
        return None
    return CreationPolicy(ResourceSignal=ResourceSignal(Count=1, Timeout=f"PT{body.ready_within}S"))


def _interface(e: Emitter, member: Member, body: Instance, place: Member) -> ec2.NetworkInterfaces:
    """The one network interface.

    A machine with an elastic address starts with another public one, so that it has a way out at once.
    """
    return ec2.NetworkInterfaces(
        AssociatePublicIpAddress=body.elastic_ip or body.public_ip,
        DeviceIndex=0,
        SubnetId=e.ref(place),
        **given(Groups=groups_of(e, member), PrivateIpAddress=body.private_ip),
    )


HARDWARE = {
    "InstanceType": "type",
    "KeyName": "key_pair",
    "BlockDeviceMappings": "storage",
    "MetadataOptions": "metadata",
    "CreditSpecification": "credits",
}
"""The fields behind the properties of `hardware`."""


def hardware(e: Emitter, member: Member, body: Instance) -> dict[str, Any]:
    """What an instance says of its hardware."""
    return given(
        InstanceType=e.value(body.type),
        KeyName=key_name(e, body),
        BlockDeviceMappings=disks(e, member, ec2.BlockDeviceMapping),
        MetadataOptions=ec2.MetadataOptions(
            HttpEndpoint="enabled", HttpTokens=body.metadata.tokens, HttpPutResponseHopLimit=body.metadata.hops
        ),
        CreditSpecification=ec2.CreditSpecification(CPUCredits=body.credits) if body.credits else None,
    )


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
}
