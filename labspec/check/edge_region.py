"""What CloudFront uses: certificates and firewalls of one region, whichever the spec's own is."""

from __future__ import annotations

from collections.abc import Iterator

from labspec.check.own_bodies import own_bodies, written
from labspec.diagnostic import Diagnostic, Rule
from labspec.model.architecture import Architecture

ELSEWHERE = Rule(
    "LS349",
    "not-where-cloudfront-is",
    "A distribution, or what is for one, names something of another region than us-east-1.",
    "CloudFront takes certificates of Certificate Manager in us-east-1 only, and web ACLs for it are made there"
    " (`Requirements for using SSL/TLS certificates with CloudFront`; `CreateWebACL Scope`, AWS WAF). Elsewhere"
    " creating them fails.",
    "region: ap-northeast-2\nresources: {Acl: {Type: AWS::WAFv2::WebACL, Properties: {Scope: CLOUDFRONT, ...}}}",
    "region: us-east-1\nresources: {Acl: {Type: AWS::WAFv2::WebACL, Properties: {Scope: CLOUDFRONT, ...}}}",
)
HOME = "us-east-1"
NAMED = (
    ("DistributionConfig", "ViewerCertificate", "AcmCertificateArn"),
    ("DistributionConfig", "WebACLId"),
)
"""Where a distribution names such things, by their ARNs."""


def check_edge_region(architecture: Architecture) -> Iterator[Diagnostic]:
    """Distributions of the user's own, what is laid over those of websites, and firewalls for them."""
    region = architecture.spec.region
    for own in own_bodies(architecture):
        for steps in NAMED:
            for path, value in own.at(*steps):
                parts = written(value).split(":")
                if parts[0] == "arn" and len(parts) > 5 and parts[3] not in ("", HOME, "${AWS"):
                    message = f"CloudFront takes this from {HOME} only, and it is in {parts[3]}."
                    yield Diagnostic(ELSEWHERE, message, path, help=f"Have one made in {HOME}, and name that.")
        if own.type == "AWS::WAFv2::WebACL" and region not in (None, HOME):
            for path, value in own.at("Scope"):
                if value == "CLOUDFRONT":
                    message = f"A web ACL for CloudFront is made in {HOME} only, and this spec is for {region}."
                    help_ = "Move it, with its website, to a spec of that region."
                    yield Diagnostic(ELSEWHERE, message, path, help=help_)
