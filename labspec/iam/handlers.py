"""What CloudFormation calls for each resource, as the schemas of AWS's resource types state it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from fnmatch import fnmatchcase
from typing import Any, NamedTuple

from labspec import schema
from labspec.iam.authority import Authority
from labspec.iam.need import ANYTHING, Condition, Need
from labspec.iam.roles import roles_given
from labspec.iam.scope import scoped
from labspec.template import Joined, Resource
from labspec.template.intrinsics import NO_VALUE

PASS_ROLE, LINKED_ROLE = "iam:PassRole", "iam:CreateServiceLinkedRole"
LINKED = "arn:${Partition}:iam::${Account}:role/aws-service-role/*"
LINKED_TO = {
    "AWS::AutoScaling::AutoScalingGroup": "autoscaling.amazonaws.com",
    "AWS::EFS::FileSystem": "elasticfilesystem.amazonaws.com",
    "AWS::EFS::MountTarget": "elasticfilesystem.amazonaws.com",
    "AWS::ElasticLoadBalancingV2::LoadBalancer": "elasticloadbalancing.amazonaws.com",
    "AWS::ECS::Cluster": "ecs.amazonaws.com",
    "AWS::ECS::Service": "ecs.amazonaws.com",
    "AWS::ElastiCache::ReplicationGroup": "elasticache.amazonaws.com",
    "AWS::RDS::DBCluster": "rds.amazonaws.com",
    "AWS::RDS::DBInstance": "rds.amazonaws.com",
    "AWS::RDS::DBParameterGroup": "rds.amazonaws.com",
    "AWS::RDS::DBSubnetGroup": "rds.amazonaws.com",
    "AWS::SSM::Association": "ssm.amazonaws.com",
}
"""The service whose own role is made with the first of a type (`AWS services that work with IAM`, IAM User Guide)."""


class OnlyWhere(NamedTuple):
    """Actions that only matter where a property is given, as its description in the type's reference says."""

    types: str
    actions: str
    word: str
    """A word that the property's name, or a text in it, holds."""


ONLY_WHERE = (
    # An AWS managed key's own policy lets the account's people use it through the service (`AWS KMS keys`, KMS).
    OnlyWhere("*", "kms:*", "Kms"),
    OnlyWhere("AWS::ElasticLoadBalancingV2::Listener*", "cognito-idp:*", "Cognito"),
    OnlyWhere("AWS::Lambda::Function", "elasticfilesystem:*", "FileSystem"),
    OnlyWhere("AWS::Lambda::Function", "s3files:*", "FileSystem"),
    OnlyWhere("AWS::Lambda::Function", "s3:Get*", "S3Bucket"),
    OnlyWhere("AWS::Lambda::Function", "lambda:PassCapacityProvider", "CapacityProvider"),
    OnlyWhere("AWS::AutoScaling::AutoScalingGroup", "vpc-lattice:*", "TrafficSources"),
    OnlyWhere("AWS::Logs::LogGroup", "firehose:*", "DataProtectionPolicy"),
    OnlyWhere("AWS::Logs::LogGroup", "logs:CreateLogDelivery", "DataProtectionPolicy"),
    OnlyWhere("AWS::Logs::LogGroup", "logs:*ResourcePolicy", "ResourcePolicyDocument"),
    OnlyWhere("AWS::Logs::LogGroup", "logs:*IndexPolicy", "FieldIndexPolicies"),
    OnlyWhere("AWS::RDS::DBInstance", "secretsmanager:*", "ManageMasterUserPassword"),
    OnlyWhere("AWS::S3::Bucket", "s3tables:*", "Metadata"),
    OnlyWhere("AWS::S3::Bucket", "s3:GetObject*", "Metadata"),
    OnlyWhere("AWS::SSM::Document", "s3:Get*", "Attachments"),
    OnlyWhere("AWS::EC2::Instance", "ssm:CreateAssociation", "SsmAssociations"),
    OnlyWhere("AWS::EC2::Instance", "ssm:DeleteAssociation", "SsmAssociations"),
    OnlyWhere("AWS::SecretsManager::SecretTargetAttachment", "docdb-elastic:*", "DocDBElastic"),
    OnlyWhere("AWS::SecretsManager::SecretTargetAttachment", "redshift:*", "Redshift::"),
    OnlyWhere("AWS::SecretsManager::SecretTargetAttachment", "redshift-serverless:*", "RedshiftServerless"),
    # The parameter that names an image is read where a launch template says so: `gaps` adds that one parameter.
    OnlyWhere("AWS::AutoScaling::AutoScalingGroup", "ssm:Get*", "resolve:ssm:"),
)


class Stated(NamedTuple):
    """What the schemas say of a resource."""

    needs: tuple[Need, ...]
    is_known: bool
    strange: tuple[str, ...]
    """Actions that IAM does not have."""


def stated(joined: Joined, resource: Resource, known: Authority, stack: str) -> Stated:
    """What the schema of a resource's type says that CloudFormation calls."""
    handlers = schema.permissions(resource.type)
    if handlers is None or not handlers:
        return Stated((), is_known=False, strange=())
    needs: dict[tuple[str, tuple[str, ...], Condition], Need] = {}
    strange: list[str] = []
    for why, action in _wanted(resource, handlers):
        found = list(_needs(joined, resource, known, stack, action))
        strange += [action] if found == [None] else []
        for need in found:
            if need is not None:
                needs.setdefault((need.action, need.resources, need.condition), need._replace(why=why))
    return Stated(tuple(needs.values()), is_known=True, strange=tuple(dict.fromkeys(strange)))


def _wanted(resource: Resource, handlers: Mapping[str, Iterable[str]]) -> Iterator[tuple[str, str]]:
    """Each action once, with the first of the handlers that call it."""
    seen: set[str] = set()
    for why, actions in handlers.items():
        for action in actions:
            if action not in seen and _matters(resource, action):
                yield why, action
            seen.add(action)


def _matters(resource: Resource, action: str) -> bool:
    rows = (row for row in ONLY_WHERE if fnmatchcase(resource.type, row.types) and fnmatchcase(action, row.actions))
    return all(_has(resource.properties, row.word) for row in rows)


def _has(value: Any, word: str) -> bool:
    """Whether a property whose name holds a word is given anywhere, or a text that holds it."""
    if isinstance(value, str):
        return word in value
    if isinstance(value, Mapping):
        return any(
            (word in key and inner is not NO_VALUE and inner is not False) or _has(inner, word)
            for key, inner in value.items()
        )
    return isinstance(value, list) and any(_has(inner, word) for inner in value)


def _needs(joined: Joined, resource: Resource, known: Authority, stack: str, action: str) -> Iterator[Need | None]:
    """The needs for one action that a schema states; None where IAM does not know it."""
    who = resource.address
    if action == PASS_ROLE:
        for arn, condition in roles_given(joined, resource, stack):
            yield Need(PASS_ROLE, (arn,), who, "", condition)
    elif action == LINKED_ROLE:
        yield linked_role(resource)
    elif "*" in action:
        yield Need(action, ANYTHING, who, "") if known.matching(action) else None
    else:
        found = known.action(action)
        arns = scoped(joined, resource, found, stack) if found else ()
        if found is None or arns:
            yield Need(found.name, arns, who, "") if found else None


def linked_role(resource: Resource) -> Need:
    """That a service makes its own role, with the first resource of its kind in an account."""
    service = LINKED_TO.get(resource.type)
    condition: Condition = (("StringEquals", "iam:AWSServiceName", (service,)),) if service else ()
    return Need(LINKED_ROLE, (LINKED,), resource.address, "create", condition)
