"""Static websites: a bucket, its policy, and the distribution before it."""

from __future__ import annotations

import hashlib
from typing import Any

from awacs.aws import Action, Allow, Bool, Condition, Deny, Principal, Statement, StringEquals
from troposphere import If, Ref, Select, Split, Sub, cloudfront, s3

from labspec.emit.content import content
from labspec.emit.emitter import AFTERWARDS, Emitter
from labspec.emit.roles import BUCKET, policy
from labspec.model.architecture import Member
from labspec.model.kind import When
from labspec.model.text import Expression, Text
from labspec.model.website import Cdn, Website
from labspec.model.word import Parameter

POLICY = "bucket_policy"
DISTRIBUTION = "distribution"
ACCESS_CONTROL = "origin_access_control"

ORIGIN = "bucket"
"""What the distribution calls its one origin."""

CACHE_POLICIES = {
    "optimized": "658327ea-f89d-4fab-a63d-7e88639e58f6",
    "disabled": "4135ea2d-6df8-44a3-9df3-4b5a84be39ad",
}
"""AWS's managed policies CachingOptimized and CachingDisabled, whose ids are the same in every account."""
VIEWERS = {"http-and-https": "allow-all", "redirect-to-https": "redirect-to-https", "https-only": "https-only"}
EDGES = {"all": "PriceClass_All", "200": "PriceClass_200", "100": "PriceClass_100"}

MOST_IN_NAME = 64
"""The longest name of an origin access control."""
GUID = 36
"""The length of the GUID that ends a stack's id."""
MOST_IN_COMMENT = 128
"""The longest comment of a distribution."""


def website(e: Emitter, member: Member) -> None:
    """A website: everything in it can be switched off together, and it waits for no other member."""
    body = member.body
    assert isinstance(body, Website)
    _bucket(e, member, body)
    if body.cdn is not None:
        if body.access == "private":
            _access_control(e, member)
        _distribution(e, member, body, body.cdn)
    _policy(e, member, body)
    content(e, member, body, e.ref(member, DISTRIBUTION) if body.cdn is not None else None)


# ------------------------------------------------------------------ the bucket


def _bucket(e: Emitter, member: Member, body: Website) -> None:
    encryption = s3.ServerSideEncryptionRule(
        ServerSideEncryptionByDefault=s3.ServerSideEncryptionByDefault(SSEAlgorithm="AES256")
    )
    e.add(
        member,
        s3.Bucket,
        BUCKET,
        BucketName=_bucket_name(e, member, body),
        OwnershipControls=s3.OwnershipControls(
            Rules=[s3.OwnershipControlsRule(ObjectOwnership="BucketOwnerEnforced")],
        ),
        PublicAccessBlockConfiguration=_public_access_block(blocked=body.access == "private"),
        BucketEncryption=s3.BucketEncryption(ServerSideEncryptionConfiguration=[encryption]),
        VersioningConfiguration=s3.VersioningConfiguration(Status="Enabled") if body.versioning else None,
        WebsiteConfiguration=_pages(e, body) if body.access == "public" else None,
        Tags=e.tags(member),
        DeletionPolicy=AFTERWARDS[body.on_delete],
        UpdateReplacePolicy=AFTERWARDS[body.on_delete],
        origins={
            "BucketName": "aws_name",
            "PublicAccessBlockConfiguration": "access",
            "VersioningConfiguration": "versioning",
            "WebsiteConfiguration": "index",
            "DeletionPolicy": "on_delete",
        },
    )


def _bucket_name(e: Emitter, member: Member, body: Website) -> Any:
    """The name that is said. A parameter that may be empty names the bucket only while it is not."""
    name = body.aws_name
    if name is None or name.literal == "":
        return None
    if (parameter := _optional(e, name)) is None:
        return e.text(name)
    condition = e.condition(When(parameter), (*member.path, "aws_name"))
    return If(condition, e.text(name), Ref("AWS::NoValue"))


def _optional(e: Emitter, text: Text) -> Parameter | None:
    """The parameter that is the whole text, where its default is empty."""
    match text.parts:
        case (Expression(words=(name,)),) if e.architecture.spec.parameters[name].default == "":
            return Parameter(name)
    return None


def _public_access_block(blocked: bool) -> s3.PublicAccessBlockConfiguration:
    return s3.PublicAccessBlockConfiguration(
        BlockPublicAcls=blocked, BlockPublicPolicy=blocked, IgnorePublicAcls=blocked, RestrictPublicBuckets=blocked
    )


def _pages(e: Emitter, body: Website) -> s3.WebsiteConfiguration:
    error = {} if body.error is None else {"ErrorDocument": e.text(body.error)}
    return s3.WebsiteConfiguration(IndexDocument=e.text(body.index), **error)


# ------------------------------------------------------------------ who may read it


def _policy(e: Emitter, member: Member, body: Website) -> None:
    """Who may read the bucket. It refers to the bucket, whose public access is unblocked by then if it is to be."""
    arn = e.attr(member, "Arn", BUCKET)
    objects = Sub("${Bucket}/*", Bucket=arn)
    statements = [_tls_only(arn, objects)] if body.access == "private" else [_anyone_reads(objects)]
    if body.access == "private" and body.cdn is not None:
        statements.insert(0, _distribution_reads(e, member, objects))
    e.add(
        member,
        s3.BucketPolicy,
        POLICY,
        Bucket=e.ref(member, BUCKET),
        PolicyDocument=policy(*statements),
        origins={"PolicyDocument": "access"},
    )


def _anyone_reads(objects: Sub) -> Statement:
    """The website endpoint speaks plain HTTP and knows no callers."""
    return Statement(
        Sid="AllowPublicRead",
        Effect=Allow,
        Principal=Principal("*"),
        Action=[Action("s3", "GetObject")],
        Resource=[objects],
    )


def _distribution_reads(e: Emitter, member: Member, objects: Sub) -> Statement:
    """Nobody but this one distribution: the service alone would let everybody's distributions in."""
    arn = Sub(
        "arn:${AWS::Partition}:cloudfront::${AWS::AccountId}:distribution/${Distribution}",
        Distribution=e.ref(member, DISTRIBUTION),
    )
    return Statement(
        Sid="AllowCloudFrontRead",
        Effect=Allow,
        Principal=Principal("Service", "cloudfront.amazonaws.com"),
        Action=[Action("s3", "GetObject")],
        Resource=[objects],
        Condition=Condition(StringEquals("AWS:SourceArn", arn)),
    )


def _tls_only(arn: Any, objects: Sub) -> Statement:
    return Statement(
        Sid="DenyInsecureTransport",
        Effect=Deny,
        Principal=Principal("*"),
        Action=[Action("s3", "*")],
        Resource=[arn, objects],
        Condition=Condition(Bool("aws:SecureTransport", "false")),
    )


# ------------------------------------------------------------------ the distribution


def _access_control(e: Emitter, member: Member) -> None:
    """How the distribution signs what it asks of the bucket."""
    config = cloudfront.OriginAccessControlConfig(
        Name=_access_control_name(member),
        OriginAccessControlOriginType="s3",
        SigningBehavior="always",
        SigningProtocol="sigv4",
    )
    e.add(member, cloudfront.OriginAccessControl, ACCESS_CONTROL, OriginAccessControlConfig=config)


def _access_control_name(member: Member) -> Sub:
    """The website's name and the GUID of its stack.

    CloudFront knows no regions: the name must be free in the whole account, so a stack's name, which two regions may
    have, is not enough; and with its 128 characters it would not fit into the 64 that there are.
    """
    name, most = member.key, MOST_IN_NAME - GUID - 1
    if len(name) > most:
        digest = hashlib.sha256(name.encode()).hexdigest()[:8]
        name = f"{name[: most - len(digest) - 1]}-{digest}"
    return Sub(f"{name}-${{StackGuid}}", StackGuid=Select(2, Split("/", Ref("AWS::StackId"))))


def _distribution(e: Emitter, member: Member, body: Website, cdn: Cdn) -> None:
    private = body.access == "private"
    e.add(
        member,
        cloudfront.Distribution,
        DISTRIBUTION,
        DistributionConfig=cloudfront.DistributionConfig(
            Comment=f"{e.architecture.spec.name}: {member.name}"[:MOST_IN_COMMENT],
            DefaultCacheBehavior=_behavior(cdn),
            DefaultRootObject=e.text(body.index),
            Enabled=True,
            HttpVersion="http2and3",
            IPV6Enabled=cdn.ipv6,
            Origins=[_signed_origin(e, member) if private else _endpoint_origin(e, member)],
            PriceClass=EDGES[cdn.edges],
            ViewerCertificate=cloudfront.ViewerCertificate(CloudFrontDefaultCertificate=True),
            **_error_page(e, body.error if private else None),
        ),
        Tags=e.tags(member),
        origins={"DistributionConfig": "cdn"},
    )


def _behavior(cdn: Cdn) -> cloudfront.DefaultCacheBehavior:
    return cloudfront.DefaultCacheBehavior(
        AllowedMethods=["GET", "HEAD"],
        CachePolicyId=CACHE_POLICIES[cdn.cache],
        Compress=cdn.compress,
        TargetOriginId=ORIGIN,
        ViewerProtocolPolicy=VIEWERS[cdn.viewers],
    )


def _endpoint_origin(e: Emitter, member: Member) -> cloudfront.Origin:
    """The website endpoint. Its host has a dash or a dot before the region, so it is cut out of the URL."""
    return cloudfront.Origin(
        Id=ORIGIN,
        DomainName=Select(1, Split("//", e.attr(member, "WebsiteURL", BUCKET))),
        CustomOriginConfig=cloudfront.CustomOriginConfig(OriginProtocolPolicy="http-only"),
    )


def _signed_origin(e: Emitter, member: Member) -> cloudfront.Origin:
    """The bucket itself. The empty identity says that access control has taken its place."""
    return cloudfront.Origin(
        Id=ORIGIN,
        DomainName=e.attr(member, "RegionalDomainName", BUCKET),
        OriginAccessControlId=e.ref(member, ACCESS_CONTROL),
        S3OriginConfig=cloudfront.S3OriginConfig(OriginAccessIdentity=""),
    )


def _error_page(e: Emitter, error: Text | None) -> dict[str, Any]:
    """The page for what is not there, which a bucket that may not be listed answers with 403."""
    if error is None:
        return {}
    page = e.text(Text(("/", *error.parts)))
    return {
        "CustomErrorResponses": [
            cloudfront.CustomErrorResponse(ErrorCode=code, ResponseCode=404, ResponsePagePath=page)
            for code in (403, 404)
        ]
    }


def cdn_url(e: Emitter, member: Member) -> Sub:
    """A website's address at CloudFront."""
    return Sub("https://${Domain}", Domain=e.attr(member, "DomainName", DISTRIBUTION))


EMITTERS = {"websites": website}
ATTRIBUTES = {
    "websites": {
        "url": lambda e, m: e.attr(m, "WebsiteURL", BUCKET),
        "cdn_url": cdn_url,
        "cdn_domain": lambda e, m: e.attr(m, "DomainName", DISTRIBUTION),
        "bucket": lambda e, m: e.ref(m, BUCKET),
        "arn": lambda e, m: e.attr(m, "Arn", BUCKET),
    },
}
