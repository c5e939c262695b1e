"""Functions that run in the user's account: typed, tested, on their own.

Each is one module that imports nothing of labspec but other modules of this package. Its text goes into the template
(`inline.inline(source_of(name))`); the compiler never imports it, because it needs boto3, which is Lambda's to bring.
What the emitter must know of it is declared here.

The texts of a `Grant` are for `Fn::Sub`: beside pseudo-parameters they name what the emitter fills in, such as
`LogGroupName`. A policy that names its function must exist before it: then `FunctionName` is the
physical name that the emitter gives it. It may have 64 characters, so a long stack name does not fit into it, but the
last part of the stack's id (36 characters, no other stack has it) does.
"""

from __future__ import annotations

from typing import NamedTuple


class Grant(NamedTuple):
    """Actions that a role allows, on these resources, where each condition key has this value or is like it."""

    actions: tuple[str, ...]
    resources: tuple[str, ...]
    equals: tuple[tuple[str, str], ...] = ()
    like: tuple[tuple[str, str], ...] = ()


class Function(NamedTuple):
    """What a template must say of one of these functions; `timeout` is in seconds, `memory` in MB."""

    module: str
    runtime: str
    handler: str
    timeout: int
    memory: int
    grants: tuple[Grant, ...]


SERVICE_TIMEOUT = 3600
"""The seconds that CloudFormation waits for a custom resource's answer: the default, and the most there is."""

_EC2 = "arn:${AWS::Partition}:ec2:${AWS::Region}"
_INSTANCES = f"{_EC2}:${{AWS::AccountId}}:instance/*"
_IMAGES = f"{_EC2}::image/*"
_SNAPSHOTS = f"{_EC2}::snapshot/*"
_FUNCTION = "arn:${AWS::Partition}:lambda:${AWS::Region}:${AWS::AccountId}:function:${FunctionName}"
_LOG_STREAMS = "arn:${AWS::Partition}:logs:${AWS::Region}:${AWS::AccountId}:log-group:${LogGroupName}:log-stream:*"
_OF_THESE_STACKS = ("aws:ResourceTag/aws:cloudformation:stack-name", "${RootStackName}*")
"""An image can be made, and so a machine be restarted, of the root stack's and its nested stacks' machines only."""
_MAKES_ITS_OWN = ("aws:RequestTag/labspec:image-maker", "${FunctionName}")
_OWNS = ("aws:ResourceTag/labspec:image-maker", "${FunctionName}")

IMAGE_MAKER = Function(
    module="image_maker",
    # The newest in cfn-lint's table of runtimes, which has it supported until 2029-06-30. The schema of functions lists
    # python3.15 too, but that table does not, and advises python3.14 in place of every older one.
    runtime="python3.14",
    handler="index.handler",
    timeout=900,
    memory=256,  # boto3 with EC2's model takes about 70 MB; the rest is for the processor's share that comes with it
    grants=(
        # Each action is held to what the service authorization reference lists for it. Descriptions know no resources.
        Grant(("ec2:DescribeImages", "ec2:DescribeSnapshots"), ("*",)),
        Grant(("ec2:CreateImage",), (_INSTANCES,), like=(_OF_THESE_STACKS,)),
        Grant(("ec2:CreateImage",), (_IMAGES, _SNAPSHOTS), (_MAKES_ITS_OWN,)),
        Grant(("ec2:CreateTags",), (_IMAGES, _SNAPSHOTS), (("ec2:CreateAction", "CreateImage"), _MAKES_ITS_OWN)),
        Grant(("ec2:CreateTags", "ec2:DeleteTags"), (_IMAGES, _SNAPSHOTS), (_OWNS,)),
        Grant(("ec2:DeregisterImage",), (_IMAGES,), (_OWNS,)),
        Grant(("ec2:DeleteSnapshot",), (_SNAPSHOTS,), (_OWNS,)),
        Grant(("lambda:InvokeFunction",), (_FUNCTION,)),
        # The log group is the template's, so that it is deleted with the stack: no logs:CreateLogGroup.
        Grant(("logs:CreateLogStream", "logs:PutLogEvents"), (_LOG_STREAMS,)),
    ),
)
"""The function behind `Custom::Image`.

Its resource takes `InstanceId` and may take `Reboot` (`false` copies the disks of a running machine as they are) and
`Tags`, a list of keys and values for the image and its snapshots. `ServiceTimeout` belongs to CloudFormation. `Ref` and
`ImageId` give the image's id. The resource comes after the instance is ready, and after everything in these grants.
"""

_CONTENT = "${BucketArn}/*"

CONTENT_COPIER = Function(
    module="content_copier",
    runtime=IMAGE_MAKER.runtime,
    handler="index.handler",
    timeout=900,
    memory=512,  # 16 files at a time, in parts of 8 MB; more memory also brings more of the network
    grants=(Grant(("logs:CreateLogStream", "logs:PutLogEvents"), (_LOG_STREAMS,)),),
)
"""The function behind `Custom::WebsiteContent`.

Its resource takes `SourceBucket` and `SourceKey`, the archive; `Bucket`, which is filled; `Distribution`, where there
is one; and `Empty`, `true` where the bucket goes with the resource. `Ref` gives `<bucket>/content`, `Files` their
number.
"""
CONTENT_COPIES = (
    Grant(("s3:GetObject",), ("arn:${AWS::Partition}:s3:::${TemplateBucket}/${TemplateFolder}/${Archives}",)),
    # A file over 8 MB is put in parts, and taken back where one of them fails.
    Grant(("s3:AbortMultipartUpload", "s3:DeleteObject", "s3:PutObject"), (_CONTENT,)),
)
"""What the function needs to fill the bucket. It empties a former bucket, and reads what a former archive held: what it
may do there has to stay until then."""
CONTENT_TIMEOUT = 1800
"""The seconds that CloudFormation waits for the content: twice what the function has, which Lambda runs again."""
CONTENT_EMPTIES = (
    Grant(("s3:DeleteObjectVersion",), (_CONTENT,)),
    Grant(("s3:ListBucketMultipartUploads", "s3:ListBucketVersions"), ("${BucketArn}",)),
)
"""What the function needs more where it empties the bucket."""
CONTENT_INVALIDATES = (
    Grant(
        ("cloudfront:CreateInvalidation",),
        ("arn:${AWS::Partition}:cloudfront::${AWS::AccountId}:distribution/${Distribution}",),
    ),
)
"""What the function needs more where there is a distribution."""
