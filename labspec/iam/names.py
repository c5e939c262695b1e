"""What the stacks' resources will be called, as patterns for ARNs.

A name is as the template gives it, or as CloudFormation makes it: mostly of the stack's name, the logical id and
letters by chance (`Name type`, AWS CloudFormation User Guide), in small letters where the service has only those.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from labspec.template import Joined, Resource
from labspec.template.intrinsics import NO_VALUE, call, text_of

VARIABLE = re.compile(r"\$\{([^}]*)\}")
MOST = 8
"""Names that one value is spelled out to; more are written as `*`."""
SHORT = 20
"""Letters of a stack's name that names made of it surely begin with, where the whole has at most 64: CloudFormation
shortens both names, and does not say how. 20 is less than in all such names that were seen."""
PSEUDO = {"AWS::Region": "${Region}", "AWS::AccountId": "${Account}", "AWS::Partition": "${Partition}"}


class Owned(NamedTuple):
    """How a type's resources are called in ARNs: the kind of resource, the variable of its ARN, the property.

    `made` says what CloudFormation's own name begins with: `stack` or `id`, or after a slash what the service's does;
    it is empty where that is not documented.
    `of` says that the property names a resource of another type.
    """

    service: str
    kind: str
    variable: str
    property: str
    made: str = ""
    small: bool = False
    of: bool = False
    after: str = ""
    """What follows the name in the ARN."""


def _path(kind: str, property_: str, of: bool = False) -> Owned:
    variable = "".join(word.capitalize() for word in kind.split("-")) + "NameWithPath"
    return Owned("iam", kind, variable, property_, "stack", of=of)


def _function(property_: str, of: bool = False) -> Owned:
    return Owned("lambda", "function", "FunctionName", property_, "stack", of=of)


def _bucket(property_: str, of: bool = False) -> tuple[Owned, Owned]:
    made = "stack", True, of
    return Owned("s3", "bucket", "BucketName", property_, *made), Owned("s3", "object", "BucketName", property_, *made)


def _rds(kind: str, variable: str, property_: str) -> tuple[Owned]:
    return (Owned("rds", kind, variable, property_, "stack", small=True),)


_GROUP = "autoscaling", "autoscalinggroup", "GroupFriendlyName", "AutoScalingGroupName", "stack"
_SECRET = "secretsmanager", "secret", "SecretId"
_TOPIC = "sns", "topic", "TopicName"

NAMED: Mapping[str, tuple[Owned, ...]] = {
    "AWS::AutoScaling::AutoScalingGroup": (Owned(*_GROUP),),
    "AWS::AutoScaling::LifecycleHook": (Owned(*_GROUP, of=True),),
    "AWS::AutoScaling::ScalingPolicy": (Owned(*_GROUP, of=True),),
    "AWS::AutoScaling::ScheduledAction": (Owned(*_GROUP, of=True),),
    "AWS::CloudWatch::Alarm": (Owned("cloudwatch", "alarm", "AlarmName", "AlarmName", "stack"),),
    "AWS::CloudWatch::Dashboard": (Owned("cloudwatch", "dashboard", "DashboardName", "DashboardName"),),
    "AWS::DynamoDB::Table": (Owned("dynamodb", "table", "TableName", "TableName", "stack"),),
    # The private key is kept by EC2 (`Create a key pair using CloudFormation`, Amazon EC2).
    "AWS::EC2::KeyPair": (Owned("ssm", "parameter", "ParameterNameWithoutLeadingSlash", "", "/ec2/keypair/*"),),
    "AWS::ECR::Repository": (Owned("ecr", "repository", "RepositoryName", "RepositoryName"),),
    "AWS::ECS::Cluster": (Owned("ecs", "cluster", "ClusterName", "ClusterName", "stack"),),
    "AWS::Events::Rule": (Owned("events", "rule-on-default-event-bus", "RuleName", "Name", "stack"),),
    "AWS::IAM::Group": (_path("group", "GroupName"),),
    "AWS::IAM::InstanceProfile": (_path("instance-profile", "InstanceProfileName"), _path("role", "Roles", of=True)),
    "AWS::IAM::ManagedPolicy": (
        _path("policy", "ManagedPolicyName"),
        _path("role", "Roles", of=True),
        _path("user", "Users", of=True),
        _path("group", "Groups", of=True),
    ),
    "AWS::IAM::Policy": (
        _path("role", "Roles", of=True),
        _path("user", "Users", of=True),
        _path("group", "Groups", of=True),
    ),
    "AWS::IAM::Role": (_path("role", "RoleName"),),
    "AWS::IAM::RolePolicy": (_path("role", "RoleName", of=True),),
    "AWS::IAM::User": (_path("user", "UserName"),),
    "AWS::Lambda::Function": (_function("FunctionName"), *_bucket("Code.S3Bucket", of=True)),
    "AWS::Lambda::Permission": (_function("FunctionName", of=True),),
    "AWS::Logs::LogGroup": (Owned("logs", "log-group", "LogGroupName", "LogGroupName", "stack", after="*"),),
    "AWS::RDS::DBCluster": _rds("cluster", "DbClusterInstanceName", "DBClusterIdentifier"),
    "AWS::RDS::DBInstance": _rds("db", "DbInstanceName", "DBInstanceIdentifier"),
    "AWS::RDS::DBParameterGroup": _rds("pg", "ParameterGroupName", "DBParameterGroupName"),
    "AWS::RDS::DBSubnetGroup": _rds("subgrp", "SubnetGroupName", "DBSubnetGroupName"),
    "AWS::RDS::OptionGroup": _rds("og", "OptionGroupName", "OptionGroupName"),
    "AWS::S3::Bucket": _bucket("BucketName"),
    "AWS::S3::BucketPolicy": _bucket("Bucket", of=True),
    "AWS::SNS::Subscription": (Owned(*_TOPIC, "TopicArn", of=True),),
    "AWS::SNS::Topic": (Owned(*_TOPIC, "TopicName", "stack"),),
    "AWS::SNS::TopicPolicy": (Owned(*_TOPIC, "Topics", of=True),),
    "AWS::SQS::Queue": (Owned("sqs", "queue", "QueueName", "QueueName", "stack"),),
    "AWS::SSM::Association": (Owned("ssm", "document", "DocumentName", "Name", of=True),),
    "AWS::SSM::Document": (Owned("ssm", "document", "DocumentName", "Name", "stack"),),
    "AWS::SSM::Parameter": (Owned("ssm", "parameter", "ParameterNameWithoutLeadingSlash", "Name"),),
    "AWS::SecretsManager::Secret": (Owned(*_SECRET, "Name", "id", after="-*"),),
    "AWS::SecretsManager::SecretTargetAttachment": (Owned(*_SECRET, "SecretId", of=True),),
    "AWS::StepFunctions::StateMachine": (Owned("states", "statemachine", "StateMachineName", "StateMachineName"),),
}
"""The types whose names are known before they are made. All others are found under ids that services give."""

NAMING_SERVICES = frozenset(owned.service for row in NAMED.values() for owned in row)


def known_names(joined: Joined, resource: Resource, owned: Owned, stack: str) -> list[str]:
    """The patterns of the names that a resource, or what it names, will have in ARNs; empty where it names none."""
    value = _at(resource.properties, owned.property)
    if owned.of:
        return _unique(name for each in _items(value) for name in _referred(joined, each, owned, stack))
    return own_names(joined, resource, owned, stack)


def own_names(
    joined: Joined, resource: Resource, owned: Owned, stack: str, asked: frozenset[str] = frozenset()
) -> list[str]:
    """The patterns of a resource's own name. Those of `asked` wait for it: a name that is made of itself is `*`."""
    if resource.address in asked:
        return ["*"]
    asked |= {resource.address}
    path = text_of(resource.properties.get("Path", "/")) if owned.variable.endswith("WithPath") else "/"
    before = (path or "*").removeprefix("/")
    value = _at(resource.properties, owned.property)
    given = patterns(joined, value, stack, lambda: made_name(resource, owned, stack), asked)
    if owned.variable.endswith("WithoutLeadingSlash"):
        given = [each.removeprefix("/") for each in given]
    return _unique(f"{before}{each}{'' if each.endswith('*') else owned.after}" for each in given)


def made_name(resource: Resource, owned: Owned, stack: str) -> str:
    """The pattern of the name that CloudFormation makes."""
    if owned.made.startswith("/"):
        return owned.made
    begins = {"stack": within(stack), "id": f"{resource.id}-*"}.get(owned.made, "*")
    return begins.lower() if owned.small else begins


def within(stack: str) -> str:
    """What names begin with that are made of a stack's name."""
    if stack == "*":
        return "*"
    return f"{stack}-*" if len(stack) <= SHORT else f"{stack[:SHORT]}*"


def nested(stack: str) -> str:
    """What the names of a stack's nested stacks begin with: they have room for it."""
    return "*" if stack == "*" else f"{stack}-*"


def patterns(
    joined: Joined,
    value: Any,
    stack: str,
    absent: Callable[[], str] = lambda: "*",
    asked: frozenset[str] = frozenset(),
) -> list[str]:
    """What a value may be, `*` for what is not known. `absent` makes what stands for no value at all."""
    name, argument = call(value)
    if value is None or value is NO_VALUE:
        return [absent()]
    if name == "Fn::If":
        return _unique(each for part in argument[1:] for each in patterns(joined, part, stack, absent, asked))
    return _written(joined, value, stack, asked)


def _written(joined: Joined, value: Any, stack: str, asked: frozenset[str]) -> list[str]:
    text = text_of(value)
    if text is not None:
        return ["*"] if "{{resolve:" in text else [text]
    match call(value):
        case "Ref", "AWS::StackName":
            return [stack]
        case "Labspec::StackName", str():
            return [nested(stack)]
        case "Ref", str(name) if name in PSEUDO:
            return [PSEUDO[name]]
        case "Ref", str(name):
            return _called(joined, name, stack, asked)
        case "Fn::Sub", [str(template), dict(names)]:
            return _spelled(_pieces(template, names), joined, stack, asked)
        case "Fn::Join", [str(between), list(parts)]:
            joints = [piece for part in parts for piece in (between, part)][1:]
            return _spelled(joints, joined, stack, asked)
    return ["*"]


def _called(joined: Joined, address: str, stack: str, asked: frozenset[str]) -> list[str]:
    """What `Ref` of a resource says: its own name, where that is what ARNs have."""
    resource = joined.resources.get(address)
    owned = NAMED.get(resource.type, ()) if resource else ()
    if resource is None or not owned or owned[0].of or owned[0].variable.endswith("WithPath"):
        return ["*"]
    return own_names(joined, resource, owned[0], stack, asked)


def _pieces(template: str, names: Mapping[str, Any]) -> Iterator[Any]:
    for index, piece in enumerate(VARIABLE.split(template)):
        yield piece if index % 2 == 0 else f"${{{piece[1:]}}}" if piece.startswith("!") else names.get(piece.strip())


def _spelled(parts: Iterable[Any], joined: Joined, stack: str, asked: frozenset[str]) -> list[str]:
    choices = [patterns(joined, part, stack, asked=asked) for part in parts]
    found = itertools.islice(itertools.product(*choices), MOST + 1)
    spelled = _unique("".join(each).replace("**", "*") for each in found)
    return spelled if len(spelled) <= MOST else ["*"]


def _referred(joined: Joined, value: Any, owned: Owned, stack: str) -> list[str]:
    """The name of what a value refers to, by its own row; of a literal name or ARN, its end."""
    match call(value):
        case ("Ref", str(address)) | ("Fn::GetAtt", [str(address), _]) if address in joined.resources:
            resource = joined.resources[address]
            rows = [each for each in NAMED.get(resource.type, ()) if not each.of]
            mine = next((each for each in rows if (each.service, each.kind) == (owned.service, owned.kind)), None)
            return own_names(joined, resource, mine, stack) if mine else ["*"]
        case "Fn::If", [_, then, otherwise]:
            return [name for part in (then, otherwise) for name in _referred(joined, part, owned, stack)]
    if value is NO_VALUE:
        return []
    return [each.rpartition(":")[2].removeprefix(f"{owned.kind}/") for each in patterns(joined, value, stack)]


def _at(properties: Mapping[str, Any], place: str) -> Any:
    value: Any = properties
    for step in place.split("."):
        value = value.get(step) if isinstance(value, Mapping) else None
    return value


def _items(value: Any) -> list[Any]:
    return [] if value is None else value if isinstance(value, list) else [value]


def _unique(words: Iterable[str]) -> list[str]:
    return sorted(set(words))
