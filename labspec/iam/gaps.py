"""What deploying takes and the schemas leave out, each with where it is written.

Seen by others: a stack whose user may do what its resources need is refused for `ssm:GetParameters`,
`ec2:DescribeImages` and `ec2:DescribeKeyPairs` (yugabyte/yugabyte-db issue 4336), and one with custom resources for
`lambda:InvokeFunction` (aws-solutions/centralized-logging-with-opensearch issue 216).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from labspec.iam.handlers import linked_role
from labspec.iam.names import NAMED, known_names, own_names, patterns
from labspec.iam.need import ANYTHING, Need, Setting
from labspec.template import Joined, Resource
from labspec.template.intrinsics import UNRESOLVED, call

CUSTOM = "AWS::CloudFormation::CustomResource"
FUNCTION = "arn:${Partition}:lambda:${Region}:${Account}:function:"
BUCKETS = "arn:${Partition}:s3:::*"
PARAMETER = "arn:${Partition}:ssm:${Region}:*:parameter/"
SECRET = "arn:${Partition}:secretsmanager:${Region}:${Account}:secret:"
STORED = re.compile(r"AWS::SSM::Parameter::Value<(.+)>")
DYNAMIC = re.compile(r"\{\{resolve:(ssm|ssm-secure|secretsmanager):([^}]*)")
NATIVE = re.compile(r"resolve:ssm:([^:}]+)")


class Gap(NamedTuple):
    """Actions that go with a type, and the page that says so. A property narrows it to where that is given."""

    type: str
    actions: tuple[str, ...]
    source: str
    why: str
    resources: tuple[str, ...]
    property: str = ""


WITH_TYPE = (
    # Access logs are allowed by an entry in the bucket's list, which CloudFront writes with the caller's permissions.
    Gap(
        "AWS::CloudFront::Distribution",
        ("s3:GetBucketAcl", "s3:PutBucketAcl"),
        "Permissions required to configure standard logging and to access your log files, Amazon CloudFront",
        "log",
        (BUCKETS,),
        "DistributionConfig.Logging",
    ),
    # EFS makes, changes and deletes the network interface with the caller's permissions.
    Gap(
        "AWS::EFS::MountTarget",
        ("ec2:CreateNetworkInterface", "ec2:DeleteNetworkInterface", "ec2:ModifyNetworkInterfaceAttribute"),
        "CreateMountTarget, DeleteMountTarget, ModifyMountTargetSecurityGroups, Amazon EFS API Reference",
        "interface",
        ("arn:${Partition}:ec2:${Region}:${Account}:*",),
    ),
    Gap(
        "AWS::EFS::MountTarget",
        ("ec2:DescribeSubnets", "ec2:DescribeNetworkInterfaces", "ec2:DescribeNetworkInterfaceAttribute"),
        "CreateMountTarget, DescribeMountTargetSecurityGroups, Amazon EFS API Reference",
        "interface",
        ANYTHING,
    ),
)
"""Beyond what is in the tables of `handlers`."""

LINKED_WITH = ("AWS::ElasticLoadBalancingV2::LoadBalancer", "AWS::ElasticLoadBalancing::LoadBalancer")
"""Types whose first resource in an account makes a role of its service, and whose handlers do not say it
(`Elastic Load Balancing service-linked role`)."""

ASKED_ABOUT = {
    "AWS::EC2::AvailabilityZone::Name": "ec2:DescribeAvailabilityZones",
    "AWS::EC2::Image::Id": "ec2:DescribeImages",
    "AWS::EC2::Instance::Id": "ec2:DescribeInstances",
    "AWS::EC2::KeyPair::KeyName": "ec2:DescribeKeyPairs",
    "AWS::EC2::SecurityGroup::GroupName": "ec2:DescribeSecurityGroups",
    "AWS::EC2::SecurityGroup::Id": "ec2:DescribeSecurityGroups",
    "AWS::EC2::Subnet::Id": "ec2:DescribeSubnets",
    "AWS::EC2::Volume::Id": "ec2:DescribeVolumes",
    "AWS::EC2::VPC::Id": "ec2:DescribeVpcs",
    "AWS::Route53::HostedZone::Id": "route53:ListHostedZones",
}
"""How the values of parameters of AWS's types are looked up (`CloudFormation-supplied parameter types`)."""

ZONES = ("ec2:DescribeAccountAttributes", "ec2:DescribeAvailabilityZones", "ec2:DescribeSubnets")
"""What `Fn::GetAZs` takes (`Fn::GetAZs`, IAM permissions)."""


def gaps(joined: Joined, setting: Setting) -> Iterator[Need]:
    """The needs that no schema states."""
    stack = setting.stack
    yield from _parameters(joined, setting)
    for resource in joined.resources.values():
        if resource.condition is False:
            continue
        if is_custom(resource):
            yield from _custom(joined, resource, stack)
        if resource.type in LINKED_WITH:
            yield linked_role(resource)
        for value in _walk([resource.properties, resource.attributes]):
            yield from _read(joined, resource, value, stack)
        for gap in WITH_TYPE:
            if gap.type == resource.type and _given(resource.properties, gap.property):
                yield from (Need(action, gap.resources, resource.address, gap.why) for action in gap.actions)


def is_custom(resource: Resource) -> bool:
    """Whether a function, not a service, makes it."""
    return resource.type == CUSTOM or resource.type.startswith("Custom::")


def _custom(joined: Joined, resource: Resource, stack: str) -> Iterator[Need]:
    """The function or topic that is asked, as `ServiceToken` names it (`Custom resources`)."""
    token = resource.properties.get("ServiceToken")
    name, argument = call(token)
    target = joined.resources.get(argument[0] if name == "Fn::GetAtt" else str(argument)) if name else None
    if target is not None and target.type in ("AWS::Lambda::Function", "AWS::SNS::Topic"):
        names = own_names(joined, target, NAMED[target.type][0], stack)
        topic = target.type == "AWS::SNS::Topic"
        begins = "arn:${Partition}:sns:${Region}:${Account}:" if topic else FUNCTION
        arns = tuple(f"{begins}{each}" for each in names)
        yield Need("sns:Publish" if topic else "lambda:InvokeFunction", arns, resource.address, "ask")
        return
    for arn in patterns(joined, token, stack):
        action = "sns:Publish" if ":sns:" in arn else "lambda:InvokeFunction"
        yield Need(action, (arn if arn.startswith("arn:") else f"{FUNCTION}*",), resource.address, "ask")


def _parameters(joined: Joined, setting: Setting) -> Iterator[Need]:
    """What CloudFormation looks up before it begins."""
    for template in joined.templates.values():
        given = setting.given if template.file == joined.root else {}
        for name, body in template.section("Parameters").items():
            kind = str(body.get("Type", ""))
            who = f"parameter {name}"
            if stored := STORED.fullmatch(kind):
                yield _stored(given.get(name) or str(body.get("Default", "*")), who)
            inner = (stored[1] if stored else kind).removeprefix("List<").removesuffix(">")
            if inner in ASKED_ABOUT:
                yield Need(ASKED_ABOUT[inner], ANYTHING, who, "look-up")


def _stored(name: str, who: str) -> Need:
    """A parameter of Parameter Store, read: those that AWS publishes are its own account's."""
    if name.startswith("arn:"):
        return Need("ssm:GetParameters", (name,), who, "look-up")
    at = f"{PARAMETER.replace(':*:', '::') if name.startswith('/aws/') else PARAMETER}{name.lstrip('/')}"
    return Need("ssm:GetParameters", (at,), who, "look-up")


def _walk(value: Any) -> Iterator[Any]:
    """A value and all in it, but for the text of a substitution, which means nothing without its variables."""
    yield value
    name, argument = call(value)
    if name == "Fn::Sub" and isinstance(argument, list):
        yield from _walk(argument[1:])
    elif isinstance(value, (Mapping, list)):
        for inner in value.values() if isinstance(value, Mapping) else value:
            yield from _walk(inner)


def _read(joined: Joined, resource: Resource, value: Any, stack: str) -> Iterator[Need]:
    """What a value makes CloudFormation, or the service, read as it is filled in."""
    name, argument = call(value)
    if name == "Fn::GetAZs":
        yield from (Need(action, ANYTHING, resource.address, "zones") for action in ZONES)
    text = argument[0] if name == "Fn::Sub" and isinstance(argument, list) else value
    if isinstance(text, str):
        holes = argument[1] if name == "Fn::Sub" else {}
        for service, rest in DYNAMIC.findall(_closed(text)):
            yield _dynamic(joined, resource, service, rest.replace("$(", "${").replace(")", "}"), holes, stack)
        if "{{" not in text and (found := NATIVE.match(text)):
            yield _stored(found[1], resource.address)._replace(action="ssm:GetParameters", why="image")


def _closed(text: str) -> str:
    """A text whose variables hold no brace, so that the end of a dynamic reference is found."""
    return re.sub(r"\$\{([^}]*)\}", r"$(\1)", text)


def _dynamic(joined: Joined, resource: Resource, service: str, rest: str, holes: Mapping[str, Any], stack: str) -> Need:
    """A dynamic reference: the secret or parameter that it names."""
    if service != "secretsmanager":
        name = rest.partition(":")[0]
        return _stored("*" if "$" in name else name, resource.address)._replace(why="fill-in")
    hole = re.match(r"\$\{([^}]*)\}", rest)
    target = _resource(joined, holes.get(hole[1])) if hole else None
    if target is not None and target.type == "AWS::SecretsManager::Secret":
        names = own_names(joined, target, NAMED[target.type][0], stack)
    elif target is not None and target.type in NAMED:
        names = known_names(joined, target, NAMED[target.type][0], stack)
    else:
        names = ["*" if "$" in rest or rest.startswith("arn:") else f"{rest.partition(':')[0]}-*"]
    return Need(
        "secretsmanager:GetSecretValue",
        tuple(f"{SECRET}{each}" for each in names or ["*"]),
        resource.address,
        "fill-in",
    )


def _resource(joined: Joined, value: Any) -> Resource | None:
    match call(value):
        case ("Ref", str(address)) | ("Fn::GetAtt", [str(address), _]):
            return joined.resources.get(address)
    return None


def _given(properties: Mapping[str, Any], place: str) -> bool:
    value: Any = properties
    for step in place.split(".") if place else ():
        value = value.get(step) if isinstance(value, Mapping) else None
    return value is not None and call(value)[0] != UNRESOLVED
