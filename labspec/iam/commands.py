"""What labspec's own commands call, and what CloudFormation needs of who calls it.

`CALLS` has every operation that `labspec/cloud` asks for, by command; a test compares it with the code. What a command
does without where it is refused is left out where it would be the only reason for a permission: it says that it could
not look.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from labspec.iam.names import NAMED, nested, own_names
from labspec.iam.need import ANYTHING, Condition, Need, Setting
from labspec.template import Joined, Resource

STACK = "arn:${Partition}:cloudformation:${Region}:${Account}:stack/"
OF_OBJECTS = ("GetObject", "PutObject", "DeleteObject", "DeleteObjectVersion", "AbortMultipartUpload")

S3_ACTIONS = {
    "HeadBucket": "s3:ListBucket",
    "HeadObject": "s3:GetObject",
    "GetPublicAccessBlock": "s3:GetBucketPublicAccessBlock",
    "PutPublicAccessBlock": "s3:PutBucketPublicAccessBlock",
    "ListObjectsV2": "s3:ListBucket",
    "ListObjectVersions": "s3:ListBucketVersions",
    "ListMultipartUploads": "s3:ListBucketMultipartUploads",
    "DeleteObjects": "s3:DeleteObject",
    "GetBucketEncryption": "s3:GetEncryptionConfiguration",
    "ListBuckets": "s3:ListAllMyBuckets",
}
"""Operations whose action has another name (`Required permissions for Amazon S3 API operations`)."""
PREFIXES = {"efs": "elasticfilesystem", "elbv2": "elasticloadbalancing", "service-quotas": "servicequotas"}
"""Services whose actions begin otherwise than boto3 calls them."""

PUBLISHING = (
    *("s3:HeadBucket", "s3:HeadObject", "s3:PutObject"),
    *("s3:GetPublicAccessBlock", "s3:GetBucketAcl", "s3:GetBucketPolicyStatus", "s3:GetBucketEncryption"),
)
LOOKING = ("cloudformation:DescribeStacks", "cloudformation:ListStackResources")
EVENTS = ("cloudformation:DescribeStackEvents",)
CHANGE_SETS = (
    *("cloudformation:CreateChangeSet", "cloudformation:DescribeChangeSet", "cloudformation:ListChangeSets"),
    *("cloudformation:DeleteChangeSet", "cloudformation:ExecuteChangeSet"),
)

CALLS: dict[str, tuple[str, ...]] = {
    "publish": PUBLISHING,
    "deploy": (
        *(*PUBLISHING, *CHANGE_SETS, *LOOKING, *EVENTS),
        *("cloudformation:GetTemplate", "cloudformation:DeleteStack", "cloudformation:DescribeEvents"),
    ),
    "diff": (*LOOKING, "cloudformation:GetTemplate"),
    "status": LOOKING,
    "why": (*LOOKING, *EVENTS),
    "events": (*LOOKING, *EVENTS),
    "outputs": ("cloudformation:DescribeStacks",),
    "open": ("cloudformation:DescribeStacks",),
    "sync": (
        *LOOKING,
        *("s3:ListObjectsV2", "s3:HeadObject", "s3:PutObject", "s3:DeleteObjects"),
        *("cloudfront:CreateInvalidation", "cloudfront:GetInvalidation"),
    ),
    "connect": (
        *LOOKING,
        *("ec2:DescribeInstances", "ec2:DescribeSecurityGroups", "ec2:DescribeKeyPairs"),
        *("autoscaling:DescribeAutoScalingGroups", "ssm:DescribeInstanceInformation", "ssm:GetParameter"),
    ),
    "destroy": (
        *(*LOOKING, *EVENTS),
        *("cloudformation:DeleteStack", "cloudformation:GetTemplate"),
        "cloudformation:ListImports",
        *("cloudformation:ListChangeSets", "cloudformation:DescribeChangeSet", "cloudformation:DeleteChangeSet"),
        *("cloudformation:UpdateTerminationProtection", "s3:ListObjectVersions", "s3:DeleteObjects"),
        *("s3:ListMultipartUploads", "s3:AbortMultipartUpload"),
    ),
}
"""The operations of each command, by boto3's names of the services."""

ASIDE = frozenset(
    (
        # destroy tells what data holds and what stays; what it may not ask, it leaves out or names.
        *("rds:DescribeDBInstances", "rds:DescribeDBClusters", "rds:DescribeDBSnapshots"),
        *("rds:DescribeDBClusterSnapshots", "efs:DescribeFileSystems", "ec2:DescribeImages", "ec2:DescribeSnapshots"),
        *("ec2:DescribeVolumes", "dynamodb:DescribeTable", "logs:DescribeLogGroups", "s3:GetBucketVersioning"),
        "backup:ListRecoveryPointsByResource",
        # `--disable-protection`: whoever may update these resources may do it anyway.
        *("ec2:DescribeInstanceAttribute", "ec2:ModifyInstanceAttribute"),
        *("rds:ModifyDBInstance", "rds:ModifyDBCluster", "dynamodb:UpdateTable"),
        *("elbv2:DescribeLoadBalancerAttributes", "elbv2:ModifyLoadBalancerAttributes"),
        *("autoscaling:UpdateAutoScalingGroup", "logs:PutLogGroupDeletionProtection"),
        # `preflight --ask`: what these credentials may not ask counts as not known.
        *("ec2:DescribeAddresses", "ec2:DescribeEgressOnlyInternetGateways", "ec2:DescribeInternetGateways"),
        *("ec2:DescribeVpcs", "elbv2:DescribeLoadBalancers", "elbv2:DescribeTargetGroups"),
        *("rds:DescribeAccountAttributes", "iam:GetAccountSummary", "s3:ListBuckets", "pricing:GetProducts"),
        *("service-quotas:GetServiceQuota", "service-quotas:GetAWSDefaultServiceQuota"),
        # Whether CloudFormation will be able to read what a key of the account's own encrypts.
        "kms:GetKeyPolicy",
        "sts:GetCallerIdentity",  # nobody needs a permission for that (`GetCallerIdentity`, AWS STS)
        # `--create-bucket`: who keeps the bucket makes it once.
        *("s3:CreateBucket", "s3:PutPublicAccessBlock"),
    )
)
"""Operations that no permission is asked for: the commands do without them, or they are another's to call."""

ADVISED = {
    "deploy": ("cloudformation:ContinueUpdateRollback", "cloudformation:RollbackStack"),
    "destroy": ("cloudformation:CancelUpdateStack",),
}
"""What labspec tells people to type where a command cannot go on (`Continue rolling back an update`)."""
SESSION = ("ssm:StartSession", "ssm:TerminateSession", "ssm:ResumeSession")
"""What the AWS CLI calls for `connect` (`Sample IAM policies for Session Manager`, AWS Systems Manager)."""
ONCE_MORE = {"s3:DeleteObjects": ("s3:DeleteObjectVersion",)}
"""Actions beside the one that an operation is named for: old versions are deleted by another."""
MAKING = frozenset(("CreateChangeSet", "CreateStack", "UpdateStack"))
"""What takes a template's address."""
SUFFIXES = {r"(?!cn-|eusc-)": "amazonaws.com", "cn-": "amazonaws.com.cn", "eusc-": "amazonaws.eu"}
"""How hosts end, by how a region's name begins (`partitions`, botocore)."""
HERE = "${aws:RequestedRegion}"
"""The region that a request goes to, which IAM fills in (`IAM policy elements: Variables and tags`, IAM User Guide)."""


class Places(NamedTuple):
    """Where the commands work: ARNs."""

    stacks: tuple[str, ...]
    templates: str
    folder: str


def command_needs(joined: Joined, setting: Setting) -> Iterator[Need]:
    """What who types the commands needs, beyond what the resources take."""
    places = _places(setting)
    for command in setting.commands:
        for operation in (*CALLS[command], *ADVISED.get(command, ())):
            for action in actions_of(operation):
                yield from _needs(joined, setting, places, command, action)
        if command == "connect":
            yield from _session(joined, setting)
        if command == "deploy" and setting.bucket:
            yield from _fetched(places)


def actions_of(operation: str) -> Iterator[str]:
    """The actions of IAM that an operation takes: `s3:HeadObject` takes `s3:GetObject`."""
    service, _, name = operation.partition(":")
    yield S3_ACTIONS.get(name, operation) if service == "s3" else f"{PREFIXES.get(service, service)}:{name}"
    yield from ONCE_MORE.get(operation, ())


def _places(setting: Setting) -> Places:
    names = sorted({setting.stack, nested(setting.stack)})
    bucket = f"arn:${{Partition}}:s3:::{setting.bucket}"
    return Places(tuple(f"{STACK}{each}/*" for each in names), bucket, f"{bucket}/{setting.prefix}*")


def _needs(joined: Joined, setting: Setting, places: Places, command: str, action: str) -> Iterator[Need]:
    who, service = f"labspec {command}", action.partition(":")[0]
    if service == "cloudformation":
        yield _of_stack(setting, places, who, action)
    elif service == "s3" and command in ("publish", "deploy"):
        is_object = action.partition(":")[2] in OF_OBJECTS
        if setting.bucket and not (setting.published and action == "s3:PutObject"):
            yield Need(action, (places.folder if is_object else places.templates,), who, "publish", by_person=True)
    else:
        for resource in _of_resources(joined, setting, action):
            yield Need(action, resource, who, command, by_person=True)


def _of_stack(setting: Setting, places: Places, who: str, action: str) -> Need:
    if action == "cloudformation:ListImports":
        return Need(action, ANYTHING, who, "stack", by_person=True)
    condition: Condition = ()
    if setting.bucket and action.partition(":")[2] in MAKING:
        condition = (("StringLike", "cloudformation:TemplateUrl", template_urls(setting)),)
    return Need(action, places.stacks, who, "stack", condition, by_person=True)


def template_urls(setting: Setting) -> tuple[str, ...]:
    """How the addresses of templates begin in the bucket, in the forms that `publish` and nested stacks give them.

    The star of IAM also takes slashes, so that anybody's bucket would fit behind one: there is none but at the end.
    """
    region = setting.region or HERE
    ends = [end for begin, end in SUFFIXES.items() if not setting.region or re.match(begin, region)]
    return tuple(
        f"https://{place}{setting.prefix}*" for end in ends for place in _places_of(setting.bucket, region, end)
    )


def _places_of(bucket: str, region: str, end: str) -> Iterator[str]:
    """A bucket as a host; and as a folder where its name has dots, and is no host that has a certificate."""
    yield f"{bucket}.s3.{region}.{end}/"
    if "." in bucket:
        yield f"s3.{region}.{end}/{bucket}/"


def _of_resources(joined: Joined, setting: Setting, action: str) -> Iterator[tuple[str, ...]]:
    """What a command's action is needed on; nothing where the stacks have none of it."""
    service, _, verb = action.partition(":")
    if service == "s3":
        for resource in _of_type(joined, "AWS::S3::Bucket"):
            for name in own_names(joined, resource, NAMED["AWS::S3::Bucket"][0], setting.stack):
                yield (f"arn:${{Partition}}:s3:::{name}{'/*' if verb in OF_OBJECTS else ''}",)
    elif service == "cloudfront":
        if any(_of_type(joined, "AWS::CloudFront::Distribution")):
            yield ("arn:${Partition}:cloudfront::${Account}:distribution/*",)
    elif action == "ssm:GetParameter":
        if any(_of_type(joined, "AWS::EC2::KeyPair")):
            yield ("arn:${Partition}:ssm:${Region}:${Account}:parameter/ec2/keypair/*",)
    elif any(_of_type(joined, "AWS::EC2::Instance", "AWS::AutoScaling::AutoScalingGroup")):
        yield ANYTHING


def _of_type(joined: Joined, *types: str) -> Iterator[Resource]:
    return (each for each in joined.resources.values() if each.type in types and each.condition is not False)


def _session(joined: Joined, setting: Setting) -> Iterator[Need]:
    """Session Manager's part of `connect`, where there are machines.

    Of machines with a tag only, where one is asked for; but not where a group starts them: that it hands on the tags of
    its stack is not documented.
    """
    groups = any(_of_type(joined, "AWS::AutoScaling::AutoScalingGroup"))
    if groups or any(_of_type(joined, "AWS::EC2::Instance")):
        machines = "arn:${Partition}:ec2:${Region}:${Account}:instance/*"
        documents = "arn:${Partition}:ssm:${Region}:${Account}:document/SSM-SessionManagerRunShell"
        key, value = ("", "") if groups else setting.tag
        condition: Condition = (("StringEquals", f"ssm:resourceTag/{key}", (value,)),) if key else ()
        for on, limit in ((machines, condition), (documents, ())):
            yield Need("ssm:StartSession", (on,), "labspec connect", "connect", limit, by_person=True)
        own = "arn:${Partition}:ssm:*:*:session/${aws:userid}-*"
        for action in SESSION[1:]:
            yield Need(action, (own,), "labspec connect", "connect", by_person=True)


def _fetched(places: Places) -> Iterator[Need]:
    """CloudFormation fetches templates, and what they speak of, with the permissions that it works with."""
    yield Need("s3:GetObject", (places.folder,), "labspec deploy", "fetch")
