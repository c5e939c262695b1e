"""Files in a bucket: who may read them, by its policy, and by the distribution before it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from fnmatch import fnmatchcase
from typing import Any

from labspec.reach.flow import Gate
from labspec.reach.ranges import ranges
from labspec.reach.site import At
from labspec.reach.survey import truth
from labspec.reach.traffic import NONE, WHOLE
from labspec.reach.values import identity, is_vague, items
from labspec.template import Joined, Resource
from labspec.template.conditions import facts_of, under
from labspec.template.intrinsics import call, key, mentioned

POLICY, DISTRIBUTION = "AWS::S3::BucketPolicy", "AWS::CloudFront::Distribution"
READ = "s3:getobject"
"""The action, in small letters: IAM does not tell letters' case apart (`IAM JSON policy elements: Action`)."""
INVERSE = {"NotPrincipal", "NotAction", "NotResource"}
SOURCES = {"aws:sourcearn", "aws:sourceaccount"}
BLOCKS = ("BlockPublicPolicy", "RestrictPublicBuckets")
REFUSED = "S3_POLICY_RESTRICTION"
"""A name of ours: AWS's analyzer does not look at buckets."""


PORTS = {"tcp": ranges([(80, 80), (443, 443)])}
"""What S3 and CloudFront listen on. Whether they answer by anything else, such as QUIC, is not judged."""


def reading(joined: Joined, bucket: str, from_outside: bool, protocol: str = "tcp") -> Gate:
    """The gate of the one way that leads to a bucket's files: the bucket itself, or a distribution."""
    whole = PORTS.get(protocol, WHOLE[protocol])
    policies = [each for each in joined.resources.values() if each.type == POLICY and _is_of(each, bucket)]
    own = joined.resources[bucket]
    public = _any(_public(each, own) for each in policies)
    served = _any(_served(each, own, policies) for each in joined.resources.values() if each.type == DISTRIBUTION)
    passes = _any((public, served)) if from_outside and protocol in PORTS else None
    of = At(policies[0].address if policies else bucket)
    return Gate(REFUSED, of, whole if passes else NONE, NONE if passes is False else whole)


def _any(found: Iterable[bool | None]) -> bool | None:
    """Whether one holds; None where that is not known."""
    every = [*found]
    return True if True in every else None if None in every else False


def _is_of(policy: Resource, bucket: str) -> bool:
    name = identity(policy.properties.get("Bucket"))
    return policy.condition is not False and (name == bucket or is_vague(name))


def _public(policy: Resource, bucket: Resource) -> bool | None:
    """Whether a policy lets anybody read.

    S3 refuses such a one unless all that blocks it is switched off, which since April 2023 it is not by itself.
    """
    if not _opens(policy, _is_anybody):
        return False
    block = bucket.properties.get("PublicAccessBlockConfiguration")
    if call(block)[0]:
        return None
    off = isinstance(block, dict) and all(truth(block, name, absent=False) is False for name in BLOCKS)
    blocks = isinstance(block, dict) and any(truth(block, name, absent=False) is True for name in BLOCKS)
    return False if blocks else True if off and _is_plain(policy) and _is_there(policy, bucket) else None


def _is_there(resource: Resource, bucket: Resource) -> bool:
    """Whether a resource certainly is there where the bucket is."""
    return under(resource.condition, facts_of(bucket.condition)) is True


def _served(distribution: Resource, bucket: Resource, policies: Sequence[Resource]) -> bool | None:
    """Whether a distribution serves a bucket that it may read."""
    if distribution.condition is False or bucket.address not in mentioned(distribution.properties):
        return False
    config = distribution.properties.get("DistributionConfig")
    enabled = truth(config, "Enabled", absent=False) if isinstance(config, dict) and not call(config)[0] else None
    if enabled is False or not any(_opens(each, _is_cloudfront) for each in policies):
        return False
    is_sure = enabled and _is_there(distribution, bucket) and any(_is_plain(each) for each in policies)
    return True if is_sure else None


def _statements(policy: Resource) -> list[Any]:
    document = policy.properties.get("PolicyDocument")
    statements = document.get("Statement") if isinstance(document, Mapping) else None
    return [each.value for each in items(statements, ())]


def _opens(policy: Resource, lets_in: Callable[[Any], bool]) -> bool:
    """Whether a policy perhaps lets somebody read."""
    return any(
        not isinstance(each, dict) or (each.get("Effect") != "Deny" and lets_in(each.get("Principal")) and _reads(each))
        for each in _statements(policy)
    )


def _is_plain(policy: Resource) -> bool:
    """Whether a policy says plainly who may read: under no condition but CloudFront's, and nothing that it forbids."""
    plain = [each for each in _statements(policy) if isinstance(each, dict) and not call(each)[0]]
    allows = [each for each in plain if each.get("Effect") == "Allow" and _reads(each) and _is_unconditional(each)]
    forbids = [each for each in plain if each.get("Effect") != "Allow" and not _is_about_transport(each)]
    return bool(allows) and not forbids and len(plain) == len(_statements(policy))


def _is_about_transport(statement: Mapping[str, Any]) -> bool:
    """Whether a statement forbids only what does not come by TLS."""
    return statement.get("Condition") == {"Bool": {"aws:SecureTransport": "false"}}


def _is_unconditional(statement: Mapping[str, Any]) -> bool:
    """Whether all files are meant, and whoever calls: a distribution that says itself by `AWS:SourceArn` is it."""
    if INVERSE & {*statement} or not _is_whole(statement.get("Resource")):
        return False
    conditions, principal = statement.get("Condition"), statement.get("Principal")
    names = {name.lower() for each in (conditions or {}).values() if isinstance(each, Mapping) for name in each}
    return not conditions or (isinstance(principal, Mapping) and "Service" in principal and names <= SOURCES)


def _is_whole(resource: Any) -> bool:
    """Whether a resource is all files of a bucket, as far as can be seen."""
    found = [key(each.value) for each in items(resource, ())]
    return any(("/*" in each and each.count("/") == 1) or each == key("*") for each in found)


def _is_anybody(principal: Any) -> bool:
    """Whether a principal is everybody, or not known, or none is said but whom it is not."""
    if principal is None:
        return True
    if isinstance(principal, dict) and not call(principal)[0]:
        principal = principal.get("AWS", [])
    return "*" in _texts(principal) or bool(call(principal)[0])


def _is_cloudfront(principal: Any) -> bool:
    """Whether a principal is CloudFront, one of its identities, or everybody."""
    if not isinstance(principal, dict) or call(principal)[0]:
        return True
    return "cloudfront.amazonaws.com" in _texts(principal.get("Service")) or bool(
        {"AWS", "CanonicalUser"} & {*principal}
    )


def _reads(statement: Mapping[str, Any]) -> bool:
    """Whether a statement's actions perhaps are to read files."""
    texts = _texts(statement.get("Action"))
    return not texts or any(fnmatchcase(READ, text.lower()) for text in texts)


def _texts(value: Any) -> set[str]:
    return {each for each in (value if isinstance(value, list) else [value]) if isinstance(each, str)}
