"""Files in a bucket: who may read them, by its policy, and by the distribution before it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from labspec.reach.flow import Gate
from labspec.reach.site import At
from labspec.reach.survey import truth
from labspec.reach.traffic import NONE, WHOLE
from labspec.reach.values import identity, items
from labspec.template import Joined, Resource
from labspec.template.intrinsics import mentioned

POLICY, DISTRIBUTION = "AWS::S3::BucketPolicy", "AWS::CloudFront::Distribution"
READS = {"s3:GetObject", "s3:Get*", "s3:*", "*"}
REFUSED = "S3_POLICY_RESTRICTION"
"""A name of ours: AWS's analyzer does not look at buckets."""


def reading(joined: Joined, bucket: str, from_outside: bool) -> Iterator[tuple[Gate, ...]]:
    """The gates of the one way that leads to a bucket's files: the bucket itself, or a distribution."""
    whole = WHOLE["tcp"]
    public, at = _is_public(joined, bucket)
    served = _distribution(joined, bucket)
    passes = True if from_outside and (public or (served and served.condition is True)) else None
    if from_outside and public is False and served is None:
        passes = False
    of = At(served.address) if served and not public else at
    yield (Gate(REFUSED, of, whole if passes else NONE, NONE if passes is False else whole),)


def _is_public(joined: Joined, bucket: str) -> tuple[bool | None, At]:
    own = joined.resources[bucket].properties
    block = own.get("PublicAccessBlockConfiguration")
    is_blocked = isinstance(block, dict) and any(
        truth(block, name, absent=False) for name in ("BlockPublicPolicy", "RestrictPublicBuckets")
    )
    for policy in joined.resources.values():
        if (
            policy.type == POLICY
            and identity(policy.properties.get("Bucket")) == bucket
            and policy.condition is not False
        ):
            at = At(policy.address)
            if not _opens(policy):
                return False, at
            return (False if is_blocked else True if policy.condition is True else None), at
    return False, At(bucket)


def _opens(policy: Resource) -> bool:
    """Whether a policy lets anybody read, under no condition."""
    document = policy.properties.get("PolicyDocument")
    statements = document.get("Statement") if isinstance(document, Mapping) else None
    return any(_lets_read(each.value) for each in items(statements, ()))


def _lets_read(statement: Any) -> bool:
    if not isinstance(statement, dict) or statement.get("Effect") != "Allow" or statement.get("Condition"):
        return False
    principal = statement.get("Principal")
    actions = statement.get("Action")
    named = actions if isinstance(actions, list) else [actions]
    return principal in ("*", {"AWS": "*"}) and any(action in READS for action in named)


def _distribution(joined: Joined, bucket: str) -> Resource | None:
    """The distribution that has the bucket as an origin."""
    for resource in joined.resources.values():
        if resource.type == DISTRIBUTION and resource.condition is not False:
            config = resource.properties.get("DistributionConfig")
            origins = config.get("Origins") if isinstance(config, Mapping) else None
            if bucket in mentioned(origins) and truth(config or {}, "Enabled", absent=False):
                return resource
    return None
