"""An AWS on loopback, for tests: MiniStack, and what its CloudFormation lacks of the types that labspec emits.

    python -m tests.emulated.server PORT

MiniStack orders resources, checks parameters, rolls back, nests stacks and runs Lambda functions as CloudFormation
does. Its EC2 has more than its CloudFormation knows of: the handlers here join the two. What they are given must be
there, which MiniStack itself does not ask.
"""

from __future__ import annotations

import asyncio
import os
import re
import sys
import uuid
from collections.abc import Callable
from typing import Any
from urllib.parse import urlparse

os.environ.update(
    GATEWAY_PORT=sys.argv.pop(1),
    BIND_HOST="127.0.0.1",
    MINISTACK_HOST="127.0.0.1",
    IOT_MTLS_ENABLED="0",  # these two would listen to the world
    SFTP_ENABLED="0",
)

from ministack import app
from ministack.services import cloudformation, ec2, rds, s3
from ministack.services.cloudformation import helpers, provisioners, stacks

Made = tuple[str, dict[str, Any]]
HANDLERS: dict[str, dict[str, Any]] = provisioners._RESOURCE_HANDLERS
RULE = ("IpProtocol", "FromPort", "ToPort")
ATTRIBUTES: dict[str, dict[str, Any]] = {}
"""What each resource can be asked for, by physical id: MiniStack forgets it of what an update leaves alone."""


# ------------------------------------------------------------------ EC2


def call(action: str, **asked: Any) -> str:
    """An action of MiniStack's EC2, in its own process; the answer as XML."""
    ec2._ensure_defaults_initialized()
    status, _, body = ec2._ACTION_MAP[action](dict(_flat(asked)))
    text = body.decode() if isinstance(body, bytes) else str(body)
    if status >= 300:
        raise ValueError(f"{action}: {' '.join(re.findall(r'<(?:Code|Message)>(.*?)</', text))}")
    return text


def _flat(value: Any, name: str = "") -> Any:
    """What is asked, as the Query protocol writes it: lists count from 1."""
    inner = value.items() if isinstance(value, dict) else enumerate(value, 1) if isinstance(value, list) else None
    if inner is None:
        yield name, [str(value).lower() if isinstance(value, bool) else str(value)]
        return
    for key, each in inner:
        yield from _flat(each, f"{name}.{key}" if name else str(key))


def told(text: str, tag: str) -> str:
    """The text of the first element of a name."""
    found = re.search(rf"<{tag}>([^<]+)</{tag}>", text)
    assert found, (tag, text)
    return found[1]


def some(said: dict[str, Any], *names: str) -> dict[str, Any]:
    return {name: said[name] for name in names if name in said}


def tagged(said: dict[str, Any], kind: str) -> dict[str, Any]:
    return {"TagSpecification": [{"ResourceType": kind, "Tag": said["Tags"]}]} if said.get("Tags") else {}


def address(_: str, said: dict[str, Any], __: str) -> Made:
    made = call("AllocateAddress", Domain="vpc", **tagged(said, "elastic-ip"))
    public, allocation = told(made, "publicIp"), told(made, "allocationId")
    if "InstanceId" in said:
        call("AssociateAddress", AllocationId=allocation, InstanceId=said["InstanceId"])
    return public, {"AllocationId": allocation, "PublicIp": public}


def release(public: str, _: dict[str, Any]) -> None:
    for allocation in [key for key, each in ec2._addresses.items() if each["PublicIp"] == public]:
        call("ReleaseAddress", AllocationId=allocation)


def association(_: str, said: dict[str, Any], __: str) -> Made:
    made = told(call("AssociateAddress", **some(said, "AllocationId", "InstanceId")), "associationId")
    return made, {"Id": made}


def nat_gateway(_: str, said: dict[str, Any], __: str) -> Made:
    made = call("CreateNatGateway", **some(said, "SubnetId", "AllocationId"), **tagged(said, "natgateway"))
    return told(made, "natGatewayId"), {"NatGatewayId": told(made, "natGatewayId")}


def rule(side: str) -> dict[str, Any]:
    """A rule of a security group, which EC2 refuses where it is there already."""

    def permission(said: dict[str, Any]) -> dict[str, Any]:
        peer = said.get("SourceSecurityGroupId") or said.get("DestinationSecurityGroupId")
        ends: dict[str, Any] = {"Groups": [{"GroupId": peer}]} if peer else {}
        if "CidrIp" in said:
            ends = {"IpRanges": [{"CidrIp": said["CidrIp"]}]}
        return {"GroupId": said["GroupId"], "IpPermissions": [{**some(said, *RULE), **ends}]}

    def create(_: str, said: dict[str, Any], __: str) -> Made:
        call(f"AuthorizeSecurityGroup{side}", **permission(said))
        made = f"sgr-{uuid.uuid4().hex[:17]}"
        return made, {"Id": made}

    def delete(_: str, said: dict[str, Any]) -> None:
        call(f"RevokeSecurityGroup{side}", **permission(said))

    def replace(identity: str, old: dict[str, Any], new: dict[str, Any], stack: str) -> Made:
        made = create(identity, new, stack)
        delete(identity, old)
        return made

    return {"create": create, "delete": delete, "update": replace}


def instance(_: str, said: dict[str, Any], __: str) -> Made:
    data: dict[str, Any] = {}
    if template := said.get("LaunchTemplate"):
        versions = ec2._launch_templates[template["LaunchTemplateId"]]["Versions"]
        data = versions[-1]["LaunchTemplateData"]
    asked = some({**data, **said}, "ImageId", "InstanceType", "KeyName", "UserData", "SubnetId")
    groups = said.get("SecurityGroupIds") or data.get("SecurityGroupIds") or []
    for place in said.get("NetworkInterfaces", ()):
        asked |= some(place, "SubnetId")
        groups = place.get("GroupSet", groups)
    own = asked.pop("ImageId") if asked.get("ImageId") in ec2._images else None  # MiniStack starts none of these
    made = call("RunInstances", MinCount=1, MaxCount=1, **asked, SecurityGroupId=groups, **tagged(said, "instance"))
    identity = told(made, "instanceId")
    there = ec2._instances[identity]
    there["ImageId"] = own or there["ImageId"]
    return identity, {
        "InstanceId": identity,
        "PrivateIp": there.get("PrivateIpAddress") or "10.0.0.4",
        "PublicIp": there.get("PublicIpAddress") or "203.0.113.4",
        "AvailabilityZone": there["Placement"]["AvailabilityZone"],
    }


def key_pair(_: str, said: dict[str, Any], __: str) -> Made:
    made = call("CreateKeyPair", **some(said, "KeyName", "KeyType"))
    return said["KeyName"], {"KeyPairId": told(made, "keyPairId"), "KeyFingerprint": told(made, "keyFingerprint")}


def image(asked: dict[str, Any]) -> Any:
    """`CreateImage`, which MiniStack lacks, by `RegisterImage`, which it has."""
    status, headers, body = ec2._register_image(asked)
    text = body.decode() if isinstance(body, bytes) else str(body)
    return status, headers, text.replace("RegisterImageResponse", "CreateImageResponse")


def gone(action: str, name: str) -> Callable[[str, dict[str, Any]], str]:
    return lambda identity, _: call(action, **{name: identity})


def recorded(identity: str, _: dict[str, Any], stack: str) -> Made:
    """A type that no test asks about: only its id is there."""
    return f"{stack}-{identity}-{uuid.uuid4().hex[:12]}", {}


EC2 = "AWS::EC2::"
HANDLERS |= {
    f"{EC2}EIP": {"create": address, "delete": release},
    f"{EC2}EIPAssociation": {"create": association, "delete": gone("DisassociateAddress", "AssociationId")},
    f"{EC2}NatGateway": {"create": nat_gateway, "delete": gone("DeleteNatGateway", "NatGatewayId")},
    f"{EC2}SecurityGroupIngress": rule("Ingress"),
    f"{EC2}SecurityGroupEgress": rule("Egress"),
    f"{EC2}Instance": {"create": instance, "delete": gone("TerminateInstances", "InstanceId.1")},
    f"{EC2}KeyPair": {"create": key_pair, "delete": gone("DeleteKeyPair", "KeyName")},
    "AWS::SSM::Document": {"create": recorded, "delete": lambda *_: None},
    "AWS::SSM::Association": {"create": recorded, "delete": lambda *_: None},
}
ec2._ACTION_MAP["CreateImage"] = image


# ------------------------------------------------------------------ what MiniStack makes otherwise than AWS


def also(kind: str, more: Callable[[str, dict[str, Any]], dict[str, Any]]) -> None:
    """Attributes that a type has beside those that MiniStack knows."""
    create = HANDLERS[kind]["create"]

    def whole(identity: str, said: dict[str, Any], stack: str) -> Made:
        made, attributes = create(identity, said, stack)
        return made, {**attributes, **more(made, said)}

    HANDLERS[kind] = HANDLERS[kind] | {"create": whole}


def replica(create: Callable[..., Made]) -> Callable[..., Made]:
    """A database that is made of another has its engine and its size, and both know of it."""

    def whole(identity: str, said: dict[str, Any], stack: str) -> Made:
        source = str(said.get("SourceDBInstanceIdentifier", "")).rpartition(":")[2]
        if not source:
            return create(identity, said, stack)
        there = rds._instances[source]
        alike = {name: there[name] for name in ("Engine", "EngineVersion", "AllocatedStorage")}
        made, attributes = create(identity, {**alike, **said, "SourceDBInstanceIdentifier": source}, stack)
        rds._instances[made]["ReadReplicaSourceDBInstanceIdentifier"] = source
        there.setdefault("ReadReplicaDBInstanceIdentifiers", []).append(made)
        return made, attributes

    return whole


def of_id(matches: Callable[..., bool]) -> Callable[..., bool]:
    """A filter by a machine's id, which MiniStack does not know, and passes over."""
    return lambda there, asked: (
        there["InstanceId"] in asked.get("instance-id", [there["InstanceId"]]) and matches(there, asked)
    )


ec2._matches_filters = of_id(ec2._matches_filters)
also("AWS::EC2::VPC", lambda _, said: {"CidrBlock": said["CidrBlock"]})
HANDLERS["AWS::RDS::DBInstance"]["create"] = replica(HANDLERS["AWS::RDS::DBInstance"]["create"])

MUST_BE_THERE = {
    "Subnet": {"VpcId": "_vpcs"},
    "RouteTable": {"VpcId": "_vpcs"},
    "SecurityGroup": {"VpcId": "_vpcs"},
    "SubnetRouteTableAssociation": {"SubnetId": "_subnets", "RouteTableId": "_route_tables"},
    "Route": {"RouteTableId": "_route_tables", "GatewayId": "_internet_gateways", "NatGatewayId": "_nat_gateways"},
    "NatGateway": {"SubnetId": "_subnets", "AllocationId": "_addresses"},
    "SecurityGroupIngress": {"GroupId": "_security_groups", "SourceSecurityGroupId": "_security_groups"},
    "SecurityGroupEgress": {"GroupId": "_security_groups", "DestinationSecurityGroupId": "_security_groups"},
    "EIPAssociation": {"InstanceId": "_instances", "AllocationId": "_addresses"},
    "AWS::EFS::MountTarget": {"SubnetId": "_subnets", "SecurityGroups": "_security_groups"},
    "AWS::ElasticLoadBalancingV2::LoadBalancer": {"Subnets": "_subnets", "SecurityGroups": "_security_groups"},
    "AWS::ElasticLoadBalancingV2::TargetGroup": {"VpcId": "_vpcs"},
    "AWS::RDS::DBSubnetGroup": {"SubnetIds": "_subnets"},
    "AWS::RDS::DBInstance": {"VPCSecurityGroups": "_security_groups"},
    "AWS::AutoScaling::AutoScalingGroup": {"VPCZoneIdentifier": "_subnets"},
}


def checked(kind: str, create: Callable[..., Made]) -> Callable[..., Made]:
    def whole(identity: str, said: dict[str, Any], stack: str) -> Made:
        for name, store in MUST_BE_THERE.get(kind.removeprefix(EC2), {}).items():
            value = said.get(name, [])
            for one in value if isinstance(value, list) else [value]:
                if one not in getattr(ec2, store):
                    raise ValueError(f"The {name} '{one}' of {identity} ({kind}) does not exist")
        made, attributes = create(identity, said, stack)
        ATTRIBUTES[made] = dict(attributes)
        return made, attributes

    return whole


for each, handler in HANDLERS.items():
    if "create" in handler:
        HANDLERS[each] = handler | {"create": checked(each, handler["create"])}


def nested(physical: str, _: dict[str, Any]) -> None:
    """A nested stack goes as its root does: MiniStack itself minds no policy and no failure in it."""
    name = provisioners._nested_stack_lookup_name(physical)
    if there := cloudformation._stacks.get(name):
        asyncio.run(stacks._delete_stack_async(name, there["StackId"]))
        if there["StackStatus"] != "DELETE_COMPLETE":
            raise ValueError(f"Embedded stack {physical} was not successfully deleted: {there['StackStatusReason']}")


def emptied(delete: Callable[..., None]) -> Callable[..., None]:
    """A bucket that holds anything is refused, as S3's own `DeleteBucket` does here."""

    def whole(identity: str, said: dict[str, Any]) -> None:
        if s3._buckets.get(identity, {}).get("objects") or s3._bucket_has_versions(identity):
            raise ValueError("The bucket you tried to delete is not empty")
        delete(identity, said)

    return whole


HANDLERS["AWS::CloudFormation::Stack"] |= {"delete": nested}
HANDLERS["AWS::S3::Bucket"] |= {"delete": emptied(HANDLERS["AWS::S3::Bucket"]["delete"])}


def updated(update: Callable[..., Made]) -> Callable[..., Made]:
    def whole(kind: str, identity: str, *rest: Any, **more: Any) -> Made:
        made, attributes = update(kind, identity, *rest, **more)
        return made, attributes or ATTRIBUTES.get(made, {})

    return whole


provisioners._update_resource = updated(provisioners._update_resource)


def told_above(add: Callable[..., None]) -> Callable[..., None]:
    """A stack's events name the stacks nested in it as they begin: theirs are found so."""

    def whole(stack_id: str, name: str, identity: str, kind: str, status: str, *rest: Any, **more: Any) -> None:
        add(stack_id, name, identity, kind, status, *rest, **more)
        above = cloudformation._stacks.get(name, {}).get("_parent_stack_name")
        if above and identity == name and status.endswith("_IN_PROGRESS"):
            inner = name.removeprefix(f"{above}-")[:-13]  # after it, a dash and twelve signs
            reason = "Resource creation Initiated" if status.startswith("CREATE") else ""
            add(cloudformation._stacks[above]["StackId"], above, inner, kind, status, reason, stack_id)

    return whole


stacks._add_event = told_above(stacks._add_event)


def of_bucket(resolve: Callable[..., Any]) -> Callable[..., Any]:
    """An address that begins with the bucket's name, as MiniStack reads it."""

    def whole(asked: dict[str, Any], body: str, url: str, label: str) -> Any:
        parts = urlparse(helpers._p(asked, url) or "")
        if found := re.fullmatch(r"(.+)\.s3\.[a-z0-9-]+\.amazonaws\.com", parts.netloc):
            asked = {**asked, url: [f"https://s3.amazonaws.com/{found[1]}{parts.path}"]}
        return resolve(asked, body, url, label)

    return whole


def with_change_set(describe: Callable[..., Any]) -> Callable[..., Any]:
    """A stack tells which change set it was changed by last."""

    def whole(asked: dict[str, Any]) -> Any:
        status, headers, body = describe(asked)
        sets = [each for each in cloudformation._change_sets.values() if each["ExecutionStatus"].startswith("EXECUTE")]
        for stack, change_set in {each["StackId"]: each["ChangeSetId"] for each in sets}.items():
            said = f"<StackId>{stack}</StackId>"
            body = body.replace(said.encode(), f"{said}<ChangeSetId>{change_set}</ChangeSetId>".encode())
        return status, headers, body

    return whole


cloudformation._ACTION_HANDLERS["DescribeStacks"] = with_change_set(cloudformation._ACTION_HANDLERS["DescribeStacks"])
helpers._resolve_document = of_bucket(helpers._resolve_document)

if __name__ == "__main__":
    sys.exit(app.main())
