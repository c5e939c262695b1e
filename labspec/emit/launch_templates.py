"""Launch templates of groups.

The machines of a group signal the group by its logical id, so a template belongs to one group: a member of
`launch_templates` is emitted once for each group that uses it, under the group's name. One that no group uses is
emitted under its own. So an id is always made of the name of what owns the template, however many groups there are,
and a second group that shares a template changes nothing about the first.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from troposphere import ec2

from labspec.diagnostic import Path
from labspec.emit.emitter import Emitter, given, logical_id
from labspec.emit.groups import emit_own_group, groups_of
from labspec.emit.hardware import TEMPLATE, disks, image_id, key_name
from labspec.emit.machine import user_data, user_data_field
from labspec.emit.roles import machine_role
from labspec.graph import Body
from labspec.model.architecture import Member
from labspec.model.compute import LaunchTemplate


def launch_template(e: Emitter, member: Member) -> None:
    """What groups of machines are made from. Groups that share it share its role and its security group, too."""
    emit_own_group(e, member)
    profile = machine_role(e, member)
    users = e.architecture.users_of(member)
    for group in sorted(users, key=lambda group: group.name):
        _template_for(e, member, group, profile)
    if not users:
        body = _template(e, member, None, profile)
        e.put(member, logical_id(member), "", body, {"LaunchTemplateData": ()})


def _template_for(e: Emitter, member: Member, group: Member, profile: Any) -> None:
    """The template of one group: what it says is the launch template's, where it stands is the group's."""
    body = _template(e, member, group, profile)
    if group.body.when is not None:
        body["Condition"] = e.condition(group.body.when, (*group.path, "when"))
    identity = e.put(member, logical_id(group, TEMPLATE), "", body, {"LaunchTemplateData": ()}, group.section)
    node = e.graph.nodes[identity]
    said = member.body
    assert isinstance(said, LaunchTemplate)
    data: dict[Path, Path] = {
        ("Properties", "LaunchTemplateData", prop): (*member.path, field)
        for prop, field in (DATA | {"UserData": user_data_field(said)}).items()
    }
    e.graph.nodes[identity] = replace(node, member=group.name, origins={**data, **node.origins})


def _template(e: Emitter, member: Member, group: Member | None, profile: Any) -> Body:
    """A template whose machines are named for their group."""
    own = ec2.TagSpecifications(ResourceType="launch-template", Tags=e.tags(member))
    data = _machine(e, member, profile, group)
    # The group's tags reach its machines, but not their disks.
    data["TagSpecifications"] = [
        ec2.TagSpecifications(ResourceType=kind, Tags=e.tags(member, (group or member).name))
        for kind in ("instance", "volume")
    ]
    filled = ec2.LaunchTemplateData(**given(**data))
    body: Body = ec2.LaunchTemplate("Template", LaunchTemplateData=filled, TagSpecifications=[own]).to_dict()
    return body


DATA = {
    "BlockDeviceMappings": "storage",
    "CreditSpecification": "credits",
    "IamInstanceProfile": "permissions",
    "ImageId": "image",
    "InstanceInitiatedShutdownBehavior": "shutdown",
    "InstanceType": "type",
    "KeyName": "key_pair",
    "MetadataOptions": "metadata",
    "Monitoring": "monitoring",
    "Placement": "tenancy",
    "SecurityGroupIds": "security_groups",
}
"""The fields behind the properties of a template's data."""


def _machine(e: Emitter, member: Member, profile: Any, group: Member | None) -> dict[str, Any]:
    """Everything that a machine is. Its subnet is the group's to say."""
    body = member.body
    assert isinstance(body, LaunchTemplate)
    return {
        "BlockDeviceMappings": disks(e, member, ec2.LaunchTemplateBlockDeviceMapping),
        "CreditSpecification": body.credits and ec2.LaunchTemplateCreditSpecification(CpuCredits=body.credits),
        "IamInstanceProfile": profile and ec2.IamInstanceProfile(Name=profile),
        "ImageId": image_id(e, body),
        "InstanceInitiatedShutdownBehavior": body.shutdown,
        "InstanceType": e.value(body.type),
        "KeyName": key_name(e, body),
        "MetadataOptions": ec2.MetadataOptions(
            HttpEndpoint="enabled", HttpTokens=body.metadata.tokens, HttpPutResponseHopLimit=body.metadata.hops
        ),
        "Monitoring": ec2.Monitoring(Enabled=body.monitoring == "detailed"),
        "Placement": ec2.Placement(Tenancy=body.tenancy),
        "SecurityGroupIds": groups_of(e, member),
        "UserData": user_data(e, member, body, group),
    }


EMITTERS = {"launch_templates": launch_template}
ATTRIBUTES = {"launch_templates": {"id": lambda e, m: e.ref(m)}}
